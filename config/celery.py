"""The Celery application and the one beat table: beat only wakes, the rows say what is due (docs/rules.md 7.3)."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import task_prerun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("weibao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
#: A worker that was busy for an hour is woken once, not sixty times.
_FOR_A_MINUTE = {"expires": 55}
app.conf.beat_schedule = {
    "heartbeat": {"task": "console.tasks.beat", "schedule": crontab()},
    "seals": {"task": "base.audit.tasks.seal_logs", "schedule": crontab()},
    "heartbeat of the jobs": {"task": "console.tasks.jobs_beat", "schedule": crontab(), "options": _FOR_A_MINUTE},
    "jobs": {"task": "base.jobs.tasks.work_off_jobs", "schedule": crontab(), "options": _FOR_A_MINUTE},
    "mail": {"task": "base.mail.tasks.send_due_mail", "schedule": crontab()},
    "people": {"task": "console.tasks.tell_people", "schedule": crontab()},
    "alarms": {"task": "service.tasks.ring_alarms", "schedule": crontab()},
    "desk's day": {"task": "service.tasks.pass_day", "schedule": crontab(minute="25")},
    "daily run": {"task": "warranty.tasks.run_day_if_due", "schedule": crontab(minute="*/10")},
}


@task_prerun.connect  # type: ignore[untyped-decorator]
def tell_our_time(**_: object) -> None:
    """What a task writes, a mail or a paper, names times in the company's time zone."""
    from django.utils import timezone

    from base.company.queries import zone

    timezone.activate(zone())

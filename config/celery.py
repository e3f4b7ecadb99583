"""The Celery application and the one beat table: beat only wakes, the rows say what is due (DESIGN 2.7)."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("weibao")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "heartbeat": {"task": "config.tasks.beat", "schedule": crontab()},
    "mail": {"task": "base.documents.tasks.send_due_mail", "schedule": crontab()},
    "imports": {"task": "warranty.tasks.continue_imports", "schedule": crontab()},
    "alarms": {"task": "service.tasks.ring_alarms", "schedule": crontab()},
    "desk's day": {"task": "service.tasks.pass_day", "schedule": crontab(minute="25")},
    "daily run": {"task": "warranty.tasks.run_day_if_due", "schedule": crontab(minute="*/10")},
}

"""What the beat wakes: signs of life, one message a minute noted by who sends it and by who gets it; mails to our own."""

from datetime import datetime

import structlog
from celery import shared_task
from celery.signals import before_task_publish
from django.db import DatabaseError

from base.company import clock
from console.briefing.at_once import tell
from console.briefing.morning import brief
from console.models import Heartbeat

log = structlog.get_logger(__name__)

_NAME = "console.tasks.beat"


@shared_task(name=_NAME)  # type: ignore[untyped-decorator]
def beat() -> None:
    """The worker is alive."""
    note("worker", at=clock.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_people() -> int:
    """Write the mails to our own people that are due: of what is new, and of the morning."""
    now = clock.now()
    return tell(now) + brief(now)


# While it carries out a job it answers no message: then the job's claim is its sign of life.
@shared_task(name="console.tasks.jobs_beat", acks_late=False)  # type: ignore[untyped-decorator]
def jobs_beat() -> None:
    """The worker of the jobs is alive."""
    note("jobs", at=clock.now())


@before_task_publish.connect(sender=_NAME)  # type: ignore[untyped-decorator]
def beat_sent(**_: object) -> None:
    """The beat is alive: nobody else sends this message."""
    try:
        note("beat", at=clock.now())
    except DatabaseError:  # the beat goes on, and is missed until the database is back
        log.warning("heartbeat_not_noted", exc_info=True)


def note(name: str, *, at: datetime) -> None:
    """Write down that a process was seen."""
    Heartbeat.objects.update_or_create(name=name, defaults={"seen_at": at})

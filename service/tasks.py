"""What the beat wakes."""

from celery import shared_task

from base.company import clock
from service import watch
from service.clock import adopt_rules
from service.promises import sessions


@shared_task  # type: ignore[untyped-decorator]
def ring_alarms() -> int:
    """Tell of what is at risk or late; the rows say what that is."""
    now = clock.now()
    adopt_rules(now)
    sessions.alarm_overrun_sessions(at=now)
    watch.escalate(now)
    return watch.ring(now)


@shared_task  # type: ignore[untyped-decorator]
def pass_day() -> None:
    """What a new day brings; passing it again changes nothing."""
    watch.pass_day(clock.now())

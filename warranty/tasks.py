"""What the beat wakes: the run of the day."""

from datetime import datetime

from celery import shared_task

from base.audit.sealing import seal
from base.company import clock
from warranty.planning.daily import day_to_run
from warranty.planning.run import run_day


@shared_task  # type: ignore[untyped-decorator]
def run_day_if_due(at: datetime | None = None) -> bool:
    """Run the day at or after its hour, unless it was run; returns whether it ran now."""
    at = at or clock.now()
    day = day_to_run(at)
    if day is None:
        return False
    run_day(on=day, by=None, at=at)
    seal(at=at)
    return True

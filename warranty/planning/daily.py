"""When the day is to be run."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from base.company.queries import company
from warranty.models import DailyRun


def day_to_run(at: datetime) -> date | None:
    """The company's day, once its hour has come and as long as no run of the whole day is finished; else None."""
    our_company = company()
    here = at.astimezone(ZoneInfo(our_company.time_zone))
    if here.time() < our_company.daily_run_at:
        return None
    done = DailyRun.objects.filter(on=here.date(), whole=True, finished_at__isnull=False)
    return None if done.exists() else here.date()

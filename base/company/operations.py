"""Setting up the company, and changing its working calendar."""

from django.apps.registry import Apps
from django.db import transaction

from base.lib.official_days import seed_days
from base.lib.worktime import STANDARD_WINDOWS


@transaction.atomic
def set_up(apps: Apps) -> None:
    """Make the company's row where there is none, with usual working hours and the official days known now.

    An existing row is left alone with its calendar: an upgraded package moves no due date (DESIGN 2.3).
    `apps` holds the models as they are after the migration that was just run.
    """
    _, new = apps.get_model("company", "Company").objects.get_or_create(pk=1)
    if not new:
        return
    window = apps.get_model("company", "WorkWindow")
    year = apps.get_model("company", "CalendarYear")
    day = apps.get_model("company", "CalendarDay")
    window.objects.bulk_create(
        window(weekday=weekday, opens=opens, closes=closes)
        for weekday, stretches in STANDARD_WINDOWS.items()
        for opens, closes in stretches
    )
    known, years = seed_days()
    year.objects.bulk_create(year(year=number, source="chinesecalendar") for number in sorted(years))
    day.objects.bulk_create(day(on=on, kind=kind, name=name, origin="official") for on, kind, name in known)

"""Who we are, which day it is here, and which days are worked."""

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import groupby
from typing import Literal, TypeAlias, cast
from zoneinfo import ZoneInfo

from base.company.models import CalendarDay, CalendarYear, Company, WorkWindow
from base.lib.worktime import DayKind, DayRule, Windows, WorkCalendar

DayOrigin: TypeAlias = Literal["official", "company"]

#: The calendar of this process under the key it was read by. One entry: there is one company.
_kept: dict[tuple[object, str], WorkCalendar] = {}


def company() -> Company:
    """The one company. The row is made after every migration, so it is always there."""
    return Company.objects.get(pk=1)


def zone() -> ZoneInfo:
    """The company's time zone."""
    return ZoneInfo(company().time_zone)


def today(at: datetime) -> date:
    """The day it is at `at` in the company's time zone, never the server's or the browser's (docs/rules.md 1)."""
    return at.astimezone(zone()).date()


def start_of(day: date) -> datetime:
    """When a day begins here, for comparing with moments."""
    return datetime.combine(day, time.min, zone())


def calendar() -> WorkCalendar:
    """The company's working calendar.

    Costs one look at the company's row: the rest is kept per process until the row's `calendar_stamp` or time
    zone differs. The stamp is random, not a counter, so that a change rolled back here and another one made
    elsewhere meanwhile are never taken for the same. ValueError when no window is left.
    """
    our_company = company()
    key = (our_company.calendar_stamp, our_company.time_zone)
    kept = _kept.get(key)
    if kept is None:
        kept = _read(our_company.time_zone)
        _kept.clear()
        _kept[key] = kept
    return kept


def _read(time_zone: str) -> WorkCalendar:
    return WorkCalendar(
        windows=windows(),
        days=days(),
        official_years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
        tz=time_zone,
    )


def windows() -> Mapping[int, Windows]:
    """The weekly windows by weekday, 0 is Monday."""
    rows = WorkWindow.objects.order_by("weekday", "opens").values_list("weekday", "opens", "closes")
    by_weekday: dict[int, Windows] = {}
    for weekday, group in groupby(rows, key=lambda row: row[0]):
        stretches: list[tuple[time, time]] = [(opens, closes) for _, opens, closes in group]
        by_weekday[weekday] = tuple(stretches)
    return by_weekday


def days() -> Mapping[date, DayRule]:
    """The dated exceptions; the company's own day wins over an official one of the same date."""
    # Read backwards by origin, "company" comes after "official" and so replaces it.
    rows = CalendarDay.objects.order_by("-origin").values_list("on", "kind", "name", "origin")
    return {on: DayRule(cast(DayKind, kind), name, cast(DayOrigin, origin)) for on, kind, name, origin in rows}

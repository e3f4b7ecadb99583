"""Working days and business hours (docs/rules.md 3)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import groupby, islice, pairwise
from operator import attrgetter
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from base.lib.dates import daterange

DayKind: TypeAlias = Literal["holiday", "workday"]
Windows: TypeAlias = tuple[tuple[time, time], ...]
Reason: TypeAlias = Literal["working_hours", "make_up_day", "outside_hours", "day_off", "holiday"]

_OFFICE_HOURS: Windows = ((time(9), time(12)), (time(13), time(18)))
STANDARD_WINDOWS: Mapping[int, Windows] = MappingProxyType(dict.fromkeys(range(5), _OFFICE_HOURS))

_DAY = timedelta(days=1)
_TEN_YEARS = 3653


@dataclass(frozen=True)
class DayRule:
    """What was declared for one date: a day off, or a day worked although its weekday is free."""

    kind: DayKind
    name: str
    origin: Literal["official", "company"]


class Due(NamedTuple):
    """A day, and whether it was computed with a year whose official days are not known yet."""

    day: date
    provisional: bool


class DueAt(NamedTuple):
    """A moment in the calendar's time zone; `provisional` as in Due."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class Segment:
    """A stretch of time that counted or was skipped, and why; `name` is what a declared day is called."""

    start: datetime
    end: datetime
    reason: Reason
    name: str
    provisional: bool

    @property
    def counted(self) -> bool:
        return self.reason in ("working_hours", "make_up_day")


@dataclass(frozen=True)
class WorkCalendar:
    """Weekly windows (0 is Monday) with dated exceptions, in one time zone.

    A window that ends at 00:00 ends at the midnight after it. A declared working day at a weekend, or on a
    weekday without windows, has Monday's (the first weekday's that has any). A day is provisional when its
    year is not in `official_years`; a result is when any day it took the status of is.
    Moments are aware datetimes (ValueError otherwise) and come back in the calendar's time zone.
    """

    windows: Mapping[int, Windows]
    days: Mapping[date, DayRule]
    official_years: frozenset[int]
    tz: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        if not any(self.windows.values()):
            raise ValueError("a working calendar needs at least one working window")
        for weekday, windows in self.windows.items():
            if weekday not in range(7):
                raise ValueError(f"no such weekday: {weekday}")
            if any(start >= end != time.min for start, end in windows):
                raise ValueError(f"weekday {weekday}: a window ends before it starts")
            if any(end > start or end == time.min for (_, end), (start, _) in pairwise(windows)):
                raise ValueError(f"weekday {weekday}: windows overlap or are out of order")

    # Days

    def is_workday(self, day: date) -> bool:
        if isinstance(day, datetime):  # never equal to a date, so every holiday would be missed
            raise TypeError("a date is needed, not a datetime")
        rule = self.days.get(day)
        return rule.kind == "workday" if rule else bool(self.windows.get(day.weekday()))

    def is_provisional(self, day: date) -> bool:
        return day.year not in self.official_years

    def next_workday(self, day: date) -> date:
        """The first working day on or after `day`."""
        return next(self._workdays(day, 1))

    def previous_workday(self, day: date) -> date:
        """The last working day on or before `day`."""
        return next(self._workdays(day, -1))

    def add_working_days(self, day: date, n: int) -> Due:
        """The n-th working day after `day`, which is not counted itself; for 0 the first on or after it."""
        if n < 0:
            raise ValueError("working days are counted forward")
        first = day + _DAY if n else day
        due = next(islice(self._workdays(first, 1), max(n - 1, 0), None))
        return Due(due, self._any_provisional(first, due))

    def close_of_business(self, day: date) -> datetime:
        """The end of the day's last window. ValueError when the day is not worked."""
        windows = self._windows_on(day)
        if not windows:
            raise ValueError(f"{day} is not a working day")
        return windows[-1][1].astimezone(self._zone)

    def add_working_days_at(self, reported: datetime, n: int) -> DueAt:
        """Close of business of the n-th working day after the day of the report."""
        day, provisional = self.add_working_days(self._day_of(_utc(reported)), n)
        return DueAt(self.close_of_business(day), provisional)

    # Hours

    def add_business_time(self, at: datetime, span: timedelta) -> DueAt:
        """The earliest moment with `span` of business time since `at`; for zero the next in a window."""
        if span < timedelta(0):
            raise ValueError("business time is counted forward")
        at = _utc(at)
        first = self._day_of(at)
        workdays = self._workdays(first, 1)
        while True:
            day = next(workdays)
            for opens, closes in self._windows_on(day):
                left = closes - max(opens, at)
                if left >= span:
                    due = (closes - left + span).astimezone(self._zone)
                    return DueAt(due, self._any_provisional(first, day))
                span -= max(left, timedelta(0))

    def business_time_between(self, a: datetime, b: datetime) -> timedelta:
        """Time inside the windows from `a` to `b`, exactly; negative when `b` lies before `a`."""
        a, b = _utc(a), _utc(b)
        if b < a:
            return -self.business_time_between(b, a)
        counted = timedelta(0)
        for day in daterange(self._day_of(a), self._day_of(b)):
            for opens, closes in self._windows_on(day):
                counted += max(min(closes, b) - max(opens, a), timedelta(0))
        return counted

    def segments(self, a: datetime, b: datetime) -> Iterator[Segment]:
        """The stretches from `a` to `b`, without a gap: how a deadline is explained to a person."""
        alike = attrgetter("reason", "name", "provisional")
        for _, group in groupby(self._pieces(_utc(a), _utc(b)), key=alike):
            pieces = list(group)
            yield replace(pieces[0], end=pieces[-1].end)

    def _pieces(self, a: datetime, b: datetime) -> Iterator[Segment]:
        for day in daterange(self._day_of(a), self._day_of(b)):
            rule = self.days.get(day)
            for opens, closes, reason in self._plan_of(day):
                start, end = max(opens, a), min(closes, b)
                if start < end:
                    # Evenings and lunch breaks look the same on every worked day, so that they join up.
                    name = rule.name if rule and reason != "outside_hours" else ""
                    local = start.astimezone(self._zone), end.astimezone(self._zone)
                    yield Segment(*local, reason, name, self.is_provisional(day))

    def _plan_of(self, day: date) -> Iterator[tuple[datetime, datetime, Reason]]:
        declared = day in self.days
        windows = self._windows_on(day)
        cursor, midnight = self._moment(day, time.min), self._moment(day + _DAY, time.min)
        if not windows:
            yield cursor, midnight, "holiday" if declared else "day_off"
            return
        for opens, closes in windows:
            yield cursor, opens, "outside_hours"
            yield opens, closes, "make_up_day" if declared else "working_hours"
            cursor = closes
        yield cursor, midnight, "outside_hours"

    # What both stand on

    def _workdays(self, day: date, step: Literal[1, -1]) -> Iterator[date]:
        """Working days from `day` on, forward or backward; ValueError when ten years are searched through."""
        start = day.toordinal()
        for ordinal in range(start, start + step * _TEN_YEARS, step):
            candidate = date.fromordinal(ordinal)
            if self.is_workday(candidate):
                yield candidate
        raise ValueError(f"not enough working days within ten years of {day}")

    def _windows_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """The day's windows in UTC, where differences and order hold through a change of summer time."""
        if not self.is_workday(day):
            return []
        own: Windows = self.windows.get(day.weekday(), ())
        windows = self._substitute if day in self.days and (day.weekday() >= 5 or not own) else own
        return [
            (self._moment(day, start), self._moment(day + _DAY if end == time.min else day, end))
            for start, end in windows
        ]

    @cached_property
    def _substitute(self) -> Windows:
        return next(windows for _, windows in sorted(self.windows.items()) if windows)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)

    def _day_of(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _any_provisional(self, first: date, last: date) -> bool:
        return any(year not in self.official_years for year in range(first.year, last.year + 1))


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC)

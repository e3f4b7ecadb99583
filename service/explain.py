"""Why a deadline is when it is: every stretch that counted or did not, for a person who asks (docs/rules.md 4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from base.lib.dates import daterange
from base.lib.worktime import Reason as CalendarReason
from base.lib.worktime import WorkCalendar
from service.enums import Unit
from service.rules import Pause, Target

Why: TypeAlias = CalendarReason | Literal["clock", "paused", "report_day", "working_day"]


@dataclass(frozen=True)
class Stretch:
    """Time between two moments that counted, or why it did not; `name` is what a declared day is called."""

    start: datetime
    end: datetime
    counted: bool
    why: Why
    name: str = ""
    provisional: bool = False


def stretches(
    reported: datetime, by: datetime, target: Target, pauses: Sequence[Pause], calendar: WorkCalendar
) -> list[Stretch]:
    """The way from the report to the deadline, without a gap, alike neighbours joined.

    Clock and business targets are told by moments; working days by whole days, of which the last ends at its close.
    """
    if target.unit == Unit.DAYS:
        found = _days(reported, by, pauses, calendar)
    else:
        running = [Stretch(reported, by, counted=True, why="clock")]
        if target.unit == Unit.BUSINESS:
            running = [
                Stretch(each.start, each.end, each.counted, each.reason, each.name, each.provisional)
                for each in calendar.segments(reported, by)
            ]
        found = _without(running, pauses)
    alike = attrgetter("counted", "why", "name", "provisional")
    joined = [list(group) for _key, group in groupby(found, key=alike)]
    return [replace(group[0], end=group[-1].end) for group in joined]


def _without(running: Sequence[Stretch], pauses: Sequence[Pause]) -> Iterator[Stretch]:
    """The stretches with the pauses cut out of them, told as such."""
    for stretch in running:
        cursor = stretch.start
        for pause in pauses:
            start, end = max(pause.start, cursor), min(pause.end, stretch.end)
            if start < end:
                if cursor < start:
                    yield replace(stretch, start=cursor, end=start)
                yield replace(stretch, start=start, end=end, counted=False, why="paused", name="")
                cursor = end
        if cursor < stretch.end:
            yield replace(stretch, start=cursor)


def _days(reported: datetime, by: datetime, pauses: Sequence[Pause], calendar: WorkCalendar) -> Iterator[Stretch]:
    zone = ZoneInfo(calendar.tz)
    first, last = reported.astimezone(zone).date(), by.astimezone(zone).date()
    for day in daterange(first, last):
        start = datetime.combine(day, time.min, zone)
        end = by if day == last else start + timedelta(days=1)
        rule = calendar.days.get(day)
        counted, why, name = False, "day_off", ""
        if day == first:
            start, why = reported, "report_day"
        elif not calendar.is_workday(day):
            why, name = ("holiday", rule.name) if rule else ("day_off", "")
        elif any(pause.start <= calendar.close_of_business(day) < pause.end for pause in pauses):
            why = "paused"
        else:
            counted, why, name = True, "make_up_day" if rule else "working_day", rule.name if rule else ""
        yield Stretch(start, end, counted, why, name, calendar.is_provisional(day))  # type: ignore[arg-type]

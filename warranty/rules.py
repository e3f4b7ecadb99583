"""The law of coverage: where terms begin and end, and the windows of their inspections. Pure; docs/rules.md 1, 5.2."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from base.lib.dates import add_months, months_between
from base.lib.worktime import WorkCalendar

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """A stretch of coverage, both ends included, and the anchor every boundary in it is counted from."""

    first_day: date
    last_day: date
    months: int
    anchor: date
    start_months: int = 0
    #: The acceptance day itself counts (`same_day`): each last day is one day earlier.
    acceptance_day_counts: bool = False
    hand_set: bool = False

    @property
    def whole_months(self) -> int:
        """How long it is, in whole months rounded up; `months` is what was agreed before its end was set by hand."""
        if not self.hand_set:
            return self.months
        start = add_months(self.anchor, self.start_months)
        return max(months_between(start, self.last_day + (DAY if self.acceptance_day_counts else timedelta())), 1)

    def boundary(self, months: int) -> date:
        """The last day `months` whole months into the period, counted from the anchor (Civil Code 202)."""
        return add_months(self.anchor, self.start_months + months) - (
            DAY if self.acceptance_day_counts else timedelta()
        )


def term_subject(term_id: int) -> str:
    """The subject of a planned action about a term."""
    return f"term:{term_id}"


def contract_subject(contract_id: int) -> str:
    """The subject of a planned action about a whole contract."""
    return f"contract:{contract_id}"


def subject_of(contract_id: int, term_id: int | None) -> str:
    """What a planned action is about that was given this term, or none."""
    return contract_subject(contract_id) if term_id is None else term_subject(term_id)


def first_period(accepted_on: date, months: int, *, same_day: bool = False) -> Period:
    """Coverage that starts on the day of final acceptance and ends on the corresponding day."""
    last = add_months(accepted_on, months) - (DAY if same_day else timedelta())
    return Period(accepted_on, last, months, accepted_on, acceptance_day_counts=same_day)


def next_period(previous: Period, months: int) -> Period:
    """The stretch that starts the day after `previous`; counted from the same anchor, or from a hand-set end."""
    if previous.hand_set:
        anchor, start = previous.last_day + (DAY if previous.acceptance_day_counts else timedelta()), 0
    else:
        anchor, start = previous.anchor, previous.start_months + previous.months
    last = add_months(anchor, start + months) - (DAY if previous.acceptance_day_counts else timedelta())
    return Period(previous.last_day + DAY, last, months, anchor, start, previous.acceptance_day_counts)


def resumed_period(first_day: date, months: int) -> Period:
    """Lapsed coverage taken up again: D₂ … D₂ + n months − 1 day; later terms are counted from D₂."""
    return Period(first_day, add_months(first_day, months) - DAY, months, first_day, acceptance_day_counts=True)


def with_last_day(period: Period, last_day: date) -> Period:
    """The same stretch with its end set by hand: written dates win. ValueError before its first day.

    What was agreed for `months` stays agreed for them: neither price nor cap follow the written day.
    """
    if last_day < period.first_day:
        raise ValueError("a term cannot end before it starts")
    return replace(period, last_day=last_day, hand_set=last_day != period.boundary(period.months))


class Window(NamedTuple):
    """A stretch in which one promised visit is to be held."""

    first_day: date
    last_day: date


def inspection_windows(period: Period, per_year: int) -> Iterator[Window]:
    """`per_year` windows a year of equal length on the anchor; ceil(n·m/12) for m months (docs/rules.md 5.2)."""
    months = period.whole_months
    count = -(-per_year * months // 12)
    first = period.first_day
    for j in range(1, count + 1):
        last = period.last_day if j == count else min(period.boundary(j * months // count), period.last_day)
        if first > last:
            continue
        yield Window(first, last)
        first = last + DAY


def planned_visit(window: Window, *, today: date, calendar: WorkCalendar) -> date:
    """30 days before the window ends, never before it or today, on a working day, never past the window."""
    wanted = max(window.last_day - timedelta(days=30), window.first_day, today)
    return min(calendar.next_workday(wanted), max(window.last_day, wanted))

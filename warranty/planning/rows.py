"""Which rows a term's plan has, and on which day each falls. Pure; docs/rules.md 5.1."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from base.lib.worktime import WorkCalendar
from warranty.enums import ActionKind, ActionState, PlanReason
from warranty.rules import DAY, Period, Window, inspection_windows, planned_visit


@dataclass(frozen=True)
class TermFacts:
    """All that the plan of one term follows from."""

    period: Period
    inspections_per_year: int
    #: Another agreed term follows: nothing is to be renewed.
    followed: bool
    #: Nobody wants this one renewed.
    no_renewal: bool
    budget_funded: bool
    review_days: int
    planned_on: date
    #: When rows of this term were done, by kind and step: what follows on them counts from that day.
    done_on: Mapping[tuple[str, str], date] = field(default_factory=dict, compare=False, kw_only=True)
    calendar: WorkCalendar = field(repr=False, compare=False)
    #: A person moved the term's days just now; else what is over is history.
    moved: bool = field(default=False, compare=False, kw_only=True)

    @property
    def over(self) -> bool:
        return self.period.last_day < self.planned_on


@dataclass(frozen=True)
class Row:
    """One row as it should stand. `computed_on` is the day by the rule, `due_on` the day it is done."""

    kind: str
    step: str
    computed_on: date
    due_on: date
    state: ActionState = ActionState.PLANNED
    window: Window | None = None
    #: The day was found with the working calendar, so it is provisional in a year without official days.
    by_calendar: bool = False
    #: Why it is skipped, where it is.
    reason: PlanReason | None = None

    @property
    def problem(self) -> str:
        """Why it is skipped as the plan keeps it; empty where it is not."""
        return str(self.reason.value) if self.reason and self.state == ActionState.SKIPPED else ""


def placed(
    kind: str,
    step: str,
    day: date,
    facts: TermFacts,
    *,
    window: Window | None = None,
    by_calendar: bool = False,
    before_term: bool = False,
) -> Row:
    """The row on its day; one written late is due on the day of planning, or skipped when its time is over.

    Its time is over also where its day was before the term began, unless `before_term`.
    """
    row = Row(kind, step, day, day, window=window, by_calendar=by_calendar)
    if day >= facts.planned_on:
        return row
    if facts.over:
        return replace(row, state=ActionState.SKIPPED, reason=PlanReason.TERM_OVER)
    if window is not None and window.last_day < facts.planned_on:
        return replace(row, state=ActionState.SKIPPED, reason=PlanReason.WINDOW_OVER)
    if day < facts.period.first_day and not before_term:
        return replace(row, state=ActionState.SKIPPED, reason=PlanReason.BEFORE_TERM)
    return replace(row, due_on=facts.planned_on)


def inspection_rows(facts: TermFacts) -> Iterator[Row]:
    """The visit, its notices 14 and 7 days before, and the alarm the day after its window.

    `computed_on` is counted from the day the rule gives, `due_on` from the day the visit can still be held.
    """
    for k, window in enumerate(inspection_windows(facts.period, facts.inspections_per_year), 1):
        computed = planned_visit(window, today=window.first_day, calendar=facts.calendar)
        if window.last_day < facts.planned_on:
            visit, state = computed, ActionState.SKIPPED
        else:
            visit, state = planned_visit(window, today=facts.planned_on, calendar=facts.calendar), ActionState.PLANNED
        reason = PlanReason.WINDOW_OVER
        yield Row(ActionKind.INSPECTION, str(k), computed, visit, state, window, by_calendar=True, reason=reason)
        for days in (14, 7):
            before = timedelta(days=days)
            notice = placed(
                ActionKind.INSPECTION_NOTICE, f"{k}/{days}", visit - before, facts, window=window, by_calendar=True
            )
            yield replace(notice, computed_on=computed - before)
        yield placed(ActionKind.INSPECTION_MISSED, str(k), window.last_day + DAY, facts, window=window)


def coverage_end_rows(facts: TermFacts) -> Iterator[Row]:
    """The day after the last: the next term starts, or coverage lapses."""
    yield placed(ActionKind.COVERAGE_END, "", facts.period.last_day + DAY, facts)

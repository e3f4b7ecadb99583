"""Where a row of a term's plan comes to lie, to the day."""

from datetime import timedelta

import pytest

from tests.chain import CALENDAR, day
from warranty.enums import ActionState
from warranty.planning.rows import TermFacts, placed
from warranty.rules import Window, first_period

TODAY = day("2026-11-22")
DAY = timedelta(days=1)


def facts(accepted_on="2026-01-15", planned_on=TODAY) -> TermFacts:
    return TermFacts(
        period=first_period(day(accepted_on), 12), inspections_per_year=2, followed=False, no_renewal=False,
        budget_funded=False, review_days=3, planned_on=planned_on, calendar=CALENDAR,
    )  # fmt: skip


@pytest.mark.parametrize(("planned_on", "over"), [("2027-01-15", False), ("2027-01-16", True)])
def test_a_term_is_over_the_day_after_its_last(planned_on, over):
    assert facts(planned_on=day(planned_on)).over is over


@pytest.mark.parametrize(
    ("on", "due_on", "state"),
    [
        (TODAY + DAY, TODAY + DAY, ActionState.PLANNED),
        (TODAY, TODAY, ActionState.PLANNED),
        (TODAY - DAY, TODAY, ActionState.PLANNED),
        (day("2026-01-15"), TODAY, ActionState.PLANNED),
        (day("2026-01-14"), day("2026-01-14"), ActionState.SKIPPED),
    ],
)
def test_a_late_row_is_due_today_unless_its_day_was_before_the_term(on, due_on, state):
    row = placed("note", "", on, facts())
    assert (row.computed_on, row.due_on, row.state) == (on, due_on, state)


def test_a_row_may_belong_before_the_term():
    assert placed("note", "", day("2026-01-14"), facts(), before_term=True).state == ActionState.PLANNED


@pytest.mark.parametrize(("last_day", "state"), [(TODAY, ActionState.PLANNED), (TODAY - DAY, ActionState.SKIPPED)])
def test_a_late_row_is_skipped_once_its_window_is_over(last_day, state):
    window = Window(day("2026-01-15"), last_day)
    assert placed("note", "", day("2026-02-01"), facts(), window=window).state == state


def test_a_late_row_of_a_term_that_is_over_is_skipped():
    assert placed("note", "", day("2025-02-01"), facts("2025-01-15")).state == ActionState.SKIPPED

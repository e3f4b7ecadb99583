"""Which rows a term has and on which day: inspections, their notices and alarms, the end of coverage.

See docs/rules.md 5.1.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import CALENDAR, day
from warranty.planning.kinds import rows_of
from warranty.planning.rows import TermFacts, coverage_end_rows, inspection_rows
from warranty.rules import DAY, Period, first_period, next_period


def facts(accepted_on="2026-01-15", months=12, *, planned_on=None, period: Period | None = None, **values) -> TermFacts:
    period = period or first_period(day(accepted_on), months)
    return TermFacts(
        **{
            "period": period,
            "inspections_per_year": 2,
            "followed": False,
            "no_renewal": False,
            "budget_funded": False,
            "review_days": 3,
            "planned_on": day(planned_on) if planned_on else period.first_day,
            "calendar": CALENDAR,
            **values,
        }
    )


def lines(rows) -> list[str]:
    """Each row in a line: kind and step, the day it is done, its state unless planned."""
    return [
        f"{row.kind} {row.step} {row.due_on}".replace("  ", " ") + ("" if row.state == "planned" else f" {row.state}")
        for row in rows
    ]


def test_the_inspections_of_a_first_year():
    """Windows 2026-01-15 … 07-15 and 07-16 … 2027-01-15; 15 June is a Monday, 16 December a Wednesday."""
    assert lines(inspection_rows(facts())) == [
        "inspection 1 2026-06-15",
        "inspection_notice 1/14 2026-06-01",
        "inspection_notice 1/7 2026-06-08",
        "inspection_missed 1 2026-07-16",
        "inspection 2 2026-12-16",
        "inspection_notice 2/14 2026-12-02",
        "inspection_notice 2/7 2026-12-09",
        "inspection_missed 2 2027-01-16",
    ]


def test_found_late_what_is_over_is_skipped_and_the_rest_is_due_at_once():
    """On 2026-12-10 the first window is over, the second visit can be held, its first notice is past."""
    assert lines(inspection_rows(facts(planned_on="2026-12-10"))) == [
        "inspection 1 2026-06-15 skipped",
        "inspection_notice 1/14 2026-06-01 skipped",
        "inspection_notice 1/7 2026-06-08 skipped",
        "inspection_missed 1 2026-07-16 skipped",
        "inspection 2 2026-12-16",
        "inspection_notice 2/14 2026-12-10",
        "inspection_notice 2/7 2026-12-10",
        "inspection_missed 2 2027-01-16",
    ]


def test_a_visit_past_its_day_is_planned_today_or_the_next_working_day():
    rows = {(row.kind, row.step): row for row in inspection_rows(facts(planned_on="2027-01-09"))}
    visit = rows["inspection", "2"]
    assert (visit.computed_on, visit.due_on) == (day("2026-12-16"), day("2027-01-11"))
    # Its notices are counted from the day it can still be held, and their rule day from the rule's.
    notice = rows["inspection_notice", "2/14"]
    assert (notice.computed_on, notice.due_on, notice.state) == (day("2026-12-02"), day("2027-01-09"), "planned")


def test_a_notice_before_the_term_begins_is_only_skipped_when_written_late():
    monthly = facts(inspections_per_year=12)
    assert lines(inspection_rows(monthly))[:3] == [
        "inspection 1 2026-01-16",
        "inspection_notice 1/14 2026-01-02 skipped",
        "inspection_notice 1/7 2026-01-09 skipped",
    ]
    ahead = facts(inspections_per_year=12, planned_on="2025-12-20")
    assert lines(inspection_rows(ahead))[1:3] == [
        "inspection_notice 1/14 2026-01-02",
        "inspection_notice 1/7 2026-01-09",
    ]


@pytest.mark.parametrize(
    ("planned_on", "line"),
    [
        ("2026-01-15", "coverage_end 2027-01-16"),
        ("2027-01-16", "coverage_end 2027-01-16"),
        ("2027-01-17", "coverage_end 2027-01-16 skipped"),
    ],
)
def test_coverage_ends_the_day_after_the_last(planned_on, line):
    assert lines(coverage_end_rows(facts(planned_on=planned_on))) == [line]


def test_a_term_without_promised_inspections_has_none():
    assert list(inspection_rows(facts(inspections_per_year=0))) == []


def test_a_term_that_is_over_is_history():
    rows = rows_of(facts("2020-05-01", planned_on="2026-11-22", budget_funded=True))
    assert {row.state for row in rows} == {"skipped"}


terms = st.builds(
    lambda accepted_on, months, further, same_day: (
        next_period(first_period(accepted_on, months, same_day=same_day), further)
        if further
        else first_period(accepted_on, months, same_day=same_day)
    ),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.integers(1, 60),
    st.integers(0, 36),
    st.booleans(),
)


@given(terms, st.integers(0, 12), st.integers(-500, 2500), st.booleans())
def test_a_plan_never_leaves_its_term(period, per_year, offset, budget_funded):
    planned_on = period.first_day + timedelta(days=offset)
    rows = rows_of(
        facts(period=period, inspections_per_year=per_year, planned_on=str(planned_on), budget_funded=budget_funded)
    )
    assert len({(row.kind, row.step) for row in rows}) == len(rows)
    for row in rows:
        if row.window:
            assert period.first_day <= row.window.first_day <= row.window.last_day <= period.last_day
        if row.kind == "inspection":
            assert row.window.first_day <= row.due_on <= row.window.last_day
        if row.state == "planned":
            assert row.due_on >= planned_on, "what was written late is not due in the past"
        if row.kind in ("inspection", "renewal_reminder", "renewal_quote", "inspection_notice", "budget_notice"):
            assert row.due_on <= period.last_day
        if row.kind == "inspection_missed":
            assert row.due_on in (row.window.last_day + DAY, planned_on)


@given(terms, st.integers(0, 12), st.integers(0, 900), st.integers(0, 60))
def test_planning_later_moves_no_rule_day(period, per_year, offset, later):
    """Rows keep their `computed_on`, which is how a stored row knows that nothing changed."""
    first = period.first_day + timedelta(days=offset)
    then = first + timedelta(days=later)

    def days(on: date) -> dict[tuple[str, str], date]:
        found = rows_of(facts(period=period, inspections_per_year=per_year, planned_on=str(on)))
        return {(row.kind, row.step): row.computed_on for row in found}

    assert days(first) == days(then)

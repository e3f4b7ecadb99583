"""The renewal of a term, step by step, and the budget season (docs/rules.md 5.1, docs/practice.md 3.4)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renewals.plan_rows import budget_rows, renewal_rows
from tests.chain import CALENDAR, day
from tests.warranty.planning.test_rows import facts, lines, terms
from warranty.rules import Period


def ending(last_day: str, *, planned_on: str = "2025-06-01", **values):
    """The facts of a year that ends on a day."""
    ends = day(last_day)
    period = Period(date(ends.year - 1, ends.month, ends.day), ends, 12, date(ends.year - 1, ends.month, ends.day))
    return facts(period=period, planned_on=planned_on, **values)


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (
            "2026-12-31",
            # 2 October is a holiday: the draft is made all the same, its mail waits three working days.
            ["2026-10-02", "2026-10-10", "2026-10-30", "2026-12-01", "2026-12-24", "2027-01-01"],
        ),
        ("2026-10-31", ["2026-08-02", "2026-08-05", "2026-09-01", "2026-09-30", "2026-10-23", "2026-11-01"]),
        ("2026-11-08", ["2026-08-10", "2026-08-13", "2026-09-09", "2026-10-09", "2026-10-30", "2026-11-09"]),
    ],
)
def test_the_renewal_of_a_year(ends, expected):
    kinds = ["renewal_quote", "renewal_send", *["renewal_reminder"] * 3, "quote_expiry"]
    steps = ["", "", "60", "30", "7", ""]
    wanted = [f"{kind} {step} {on}".replace("  ", " ") for kind, step, on in zip(kinds, steps, expected, strict=True)]
    assert lines(renewal_rows(ending(ends))) == wanted


def test_found_late_the_draft_is_due_at_once_and_its_mail_after_the_review_window():
    """The day is a Sunday; ends 2026-12-31, so the first reminder is past."""
    assert lines(renewal_rows(ending("2026-12-31", planned_on="2026-11-22"))) == [
        "renewal_quote 2026-11-22",
        "renewal_send 2026-11-25",
        "renewal_reminder 60 2026-11-22",
        "renewal_reminder 30 2026-12-01",
        "renewal_reminder 7 2026-12-24",
        "quote_expiry 2027-01-01",
    ]


def test_on_its_last_day_a_renewal_is_still_offered():
    assert lines(renewal_rows(ending("2026-11-22", planned_on="2026-11-22"))) == [
        "renewal_quote 2026-11-22",
        "renewal_send 2026-11-25",
        "renewal_reminder 60 2026-11-22",
        "renewal_reminder 30 2026-11-22",
        "renewal_reminder 7 2026-11-22",
        # valid for thirty days from 25 November
        "quote_expiry 2026-12-26",
    ]


def test_the_day_after_it_is_history():
    assert {row.state for row in renewal_rows(ending("2026-11-21", planned_on="2026-11-22"))} == {"skipped"}


def test_a_term_shorter_than_its_notice_is_quoted_on_the_day_of_acceptance():
    rows = lines(renewal_rows(facts("2026-03-02", 2)))
    assert rows[:3] == [
        "renewal_quote 2026-03-02",
        "renewal_send 2026-03-05",
        # 3 March is in the term
        "renewal_reminder 60 2026-03-03",
    ]
    assert lines(renewal_rows(facts("2026-03-02", 1)))[2] == "renewal_reminder 60 2026-01-30 skipped"


@pytest.mark.parametrize("reason", ["followed", "no_renewal"])
def test_nothing_is_renewed_that_is_followed_or_not_wanted(reason):
    unwanted = ending("2026-12-31", budget_funded=True, **{reason: True})
    assert list(renewal_rows(unwanted)) == []
    assert list(budget_rows(unwanted)) == []


@pytest.mark.parametrize("review_days", [0, 1, 5])
def test_the_review_window_is_a_setting(review_days):
    [send] = [row for row in renewal_rows(ending("2026-12-31", review_days=review_days)) if row.kind == "renewal_send"]
    assert send.due_on == CALENDAR.add_working_days(day("2026-10-02"), review_days).day


@pytest.mark.parametrize(
    ("ends", "planned_on", "expected"),
    [
        ("2027-01-01", "2026-01-01", ["budget_notice 2026-07-01"]),
        ("2027-12-31", "2026-12-31", ["budget_notice 2026-07-01 skipped"]),  # before the term's first day
        ("2027-03-15", "2026-08-20", ["budget_notice 2026-08-20"]),
        ("2026-12-31", "2026-01-05", ["budget_notice 2025-07-01 skipped"]),
    ],
)
def test_budget_funded_customers_are_told_on_the_first_of_july(ends, planned_on, expected):
    assert lines(budget_rows(ending(ends, planned_on=planned_on, budget_funded=True))) == expected


def test_other_customers_are_not():
    assert list(budget_rows(ending("2027-03-15"))) == []


@given(terms, st.integers(-200, 1500), st.integers(0, 15))
def test_the_steps_of_a_renewal_come_in_order(period, offset, review_days):
    planned_on = period.first_day + timedelta(days=offset)
    rows = {
        (row.kind, row.step): row
        for row in renewal_rows(facts(period=period, planned_on=str(planned_on), review_days=review_days))
    }
    quote, send, expiry = rows["renewal_quote", ""], rows["renewal_send", ""], rows["quote_expiry", ""]
    assert quote.due_on <= send.due_on < expiry.due_on
    assert expiry.due_on > period.last_day or expiry.state == "skipped"
    reminders = [rows["renewal_reminder", step] for step in ("60", "30", "7")]
    assert [row.due_on for row in reminders] == sorted(row.due_on for row in reminders)
    assert all(CALENDAR.is_workday(row.computed_on) for row in reminders)
    assert quote.state == send.state

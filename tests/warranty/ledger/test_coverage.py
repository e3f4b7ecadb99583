"""The terms a ledger row describes (docs/rules.md 6)."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger.rows import LedgerRow, Problem
from tests.chain import cny, day
from warranty.ledger.coverage import SAME_DAY, NotCoverage, stretches
from warranty.rules import DAY, first_period

ROW = LedgerRow(
    sheet="2023年", row=5, number="WB-2023-0001", project="", customer="甲", customer_key="甲", credit_code="",
    amount=cny("1000000.00"), signed_on=date(2023, 1, 5), final_acceptance_on=date(2024, 3, 15), go_live_on=None,
    preliminary_on=None, free_months=12, renewal_rate=None, inspections_per_year=2, covered_until=None,
    annual_fee=cny("150000.00"), manager="", project_manager="", contact="", phone="", email="", note="",
)  # fmt: skip


def terms(covered_until: str | None, *, same_day: bool | None = None, **values) -> list[str]:
    """Each term in a line: kind, first and last day, price, and a star where its end was set by hand."""
    until = day(covered_until) if covered_until else None
    found = stretches(replace(ROW, covered_until=until, **values), same_day=same_day)
    return [
        f"{t.kind} {t.period.first_day}…{t.period.last_day} {t.price.amount}{'*' if t.period.hand_set else ''}"
        for t in found
    ]


FREE = "free 2024-03-15…2025-03-15 0"
FIRST = "paid 2025-03-16…2026-03-15 150000.00"


@pytest.mark.parametrize(
    ("covered_until", "expected"),
    [
        (None, [FREE]),
        ("2025-03-15", [FREE]),
        ("2026-03-15", [FREE, FIRST]),
        ("2028-03-15", [FREE, FIRST, "paid 2026-03-16…2027-03-15 150000.00", "paid 2027-03-16…2028-03-15 150000.00"]),
        # off the anchor: the nearer year's end was written by hand
        ("2026-03-31", [FREE, "paid 2025-03-16…2026-03-31 150000.00*"]),
        ("2027-03-01", [FREE, FIRST, "paid 2026-03-16…2027-03-01 150000.00*"]),
        ("2025-12-31", [FREE, "paid 2025-03-16…2025-12-31 150000.00*"]),
        # a day too long is no question
        ("2026-03-16", [FREE, "paid 2025-03-16…2026-03-16 150000.00*"]),
        # shorter than the free term
        ("2025-01-31", ["free 2024-03-15…2025-01-31 0*"]),
    ],
)
def test_paid_years_lie_on_the_anchor(covered_until, expected):
    assert terms(covered_until) == expected


def test_without_a_fee_the_free_term_ends_on_the_day_named():
    assert terms("2027-01-31", annual_fee=None) == ["free 2024-03-15…2027-01-31 0*"]


def test_without_acceptance_nothing_is_covered():
    assert terms(None, final_acceptance_on=None) == []


def test_without_a_free_period_paid_years_start_with_acceptance():
    assert terms("2026-03-15", free_months=0) == ["paid 2024-03-15…2025-03-15 150000.00", FIRST]
    assert terms(None, free_months=0) == []


def test_a_covered_day_that_nothing_explains_is_impossible():
    with pytest.raises(NotCoverage) as fault:
        terms("2026-03-15", free_months=0, annual_fee=None)
    assert fault.value.problem == Problem.IMPOSSIBLE


@pytest.mark.parametrize("covered_until", ["2025-03-14", "2026-03-14", "2029-03-14"])
def test_one_day_before_the_anchor_is_asked(covered_until):
    with pytest.raises(NotCoverage) as fault:
        terms(covered_until)
    assert (fault.value.problem, fault.value.proposal) == (Problem.AMBIGUOUS, SAME_DAY)


def test_yes_the_acceptance_day_counts():
    assert terms("2026-03-14", same_day=True) == [
        "free 2024-03-15…2025-03-14 0",
        "paid 2025-03-15…2026-03-14 150000.00",
    ]
    assert terms("2025-03-14", same_day=True) == ["free 2024-03-15…2025-03-14 0"]


def test_no_it_does_not_and_the_day_was_written_by_hand():
    assert terms("2026-03-14", same_day=False) == [FREE, "paid 2025-03-16…2026-03-14 150000.00*"]
    assert terms("2025-03-14", same_day=False) == ["free 2024-03-15…2025-03-14 0*"]


@given(
    st.dates(date(2005, 1, 1), date(2030, 12, 31)),
    st.integers(0, 60),
    st.integers(0, 4000),
    st.booleans(),
    st.sampled_from([None, cny("150000.00")]),
)
def test_the_terms_of_a_row_tile_from_acceptance_to_the_day_named(accepted_on, free_months, days, same_day, fee):
    until = date.fromordinal(accepted_on.toordinal() + days)
    row = replace(ROW, final_acceptance_on=accepted_on, free_months=free_months, covered_until=until, annual_fee=fee)
    if not free_months and fee is None:
        with pytest.raises(NotCoverage):
            stretches(row, same_day=same_day)
        return
    found = [term.period for term in stretches(row, same_day=same_day)]
    assert found[0].first_day == accepted_on
    assert found[-1].last_day == until
    assert all(later.first_day == earlier.last_day + DAY for earlier, later in pairwise(found))
    assert not any(period.hand_set for period in found[:-1])
    counts = [free_months] if fee is None else [free_months + 12 * n for n in range(13)]
    on_anchor = {first_period(accepted_on, months, same_day=same_day).last_day for months in counts if months}
    assert found[-1].hand_set is (until not in on_anchor)

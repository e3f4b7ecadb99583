"""What a broken promise costs, and whether a promise was kept: the rules by themselves."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from service.rules import Count, LateFee, Standing, late_fee, standing, units_late
from tests.chain import ON, cny, day

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
USUAL = Decimal("0.0005")


# What a broken promise costs


@pytest.mark.parametrize(
    ("base", "days", "cap", "amount"),
    [
        ("100000", 1, "0", "50.00"),
        ("100000", 30, "0", "1500.00"),
        ("100000", 100, "0.05", "5000.00"),
        ("100000", 101, "0.05", "5000.00"),
        ("100000", 200, "0.10", "10000.00"),
        ("100000", 201, "0.10", "10000.00"),
        ("333333.33", 7, "0", "1166.67"),
        ("100000", 0, "0.05", "0.00"),
    ],
)
def test_the_usual_clause(base, days, cap, amount):
    fee = LateFee(DAY, USUAL, cap_rate=Decimal(cap))
    assert late_fee(cny(base), days, fee) == cny(amount)


@given(
    base=st.integers(1, 10**11),
    units=st.integers(0, 5000),
    rate=st.decimals("0.000001", "0.1", places=6),
    cap=st.decimals("0", "1", places=4),
    code=st.sampled_from(["CNY", "JPY"]),
)
def test_never_above_its_cap_and_always_whole(base, units, rate, cap, code):
    money = Money(Decimal(base) / (100 if code == "CNY" else 1), code)
    fee = late_fee(money, units, LateFee(DAY, rate, cap_rate=cap))
    exact = money.amount * rate * units
    assert not cap or fee.amount <= money.amount * cap
    assert fee.amount <= exact + 1
    assert fee == late_fee(money, units, LateFee(DAY, rate, cap_rate=cap))
    assert fee.amount == fee.amount.quantize(Decimal("0.01") if code == "CNY" else Decimal(1))


@pytest.mark.parametrize(
    ("late", "unit", "grace", "units"),
    [
        (timedelta(0), DAY, 0, 0),
        (timedelta(seconds=1), DAY, 0, 1),
        (DAY, DAY, 0, 1),
        (DAY + timedelta(seconds=1), DAY, 0, 2),
        (3 * DAY, DAY, 2, 1),
        (DAY, DAY, 2, 0),
        (-5 * DAY, DAY, 0, 0),
        (90 * timedelta(minutes=1), HOUR, 0, 2),
        (90 * timedelta(minutes=1), HOUR, 1, 1),
    ],
)
def test_every_begun_unit_counts_after_the_grace(late, unit, grace, units):
    due = datetime(2026, 11, 1, tzinfo=UTC)
    assert units_late(due, due + late, LateFee(unit, USUAL, grace)) == units


# Whether a promise was kept


@pytest.mark.parametrize(
    ("wanted", "given", "broken", "over", "due", "found"),
    [
        (2, 0, 0, False, None, Standing.OPEN),
        (2, 1, 0, False, day("2026-11-22"), Standing.OPEN),
        (2, 1, 0, False, day("2026-11-21"), Standing.BROKEN),
        (2, 2, 0, False, day("2026-11-21"), Standing.KEPT),
        (None, 0, 0, False, None, Standing.STANDING),
        (None, 9, 1, False, None, Standing.BROKEN),
        (None, 0, 0, True, None, Standing.KEPT),
        (2, 1, 0, True, None, Standing.BROKEN),
    ],
)
def test_how_a_promise_stands(wanted, given, broken, over, due, found):
    count = Count(None if wanted is None else Decimal(wanted), Decimal(given), broken, over)
    assert standing(count, due, ON) == found

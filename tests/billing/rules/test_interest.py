"""Interest on what is paid late (docs/rules.md 2.8)."""

from decimal import Decimal

import pytest

from billing.rules.interest import interest
from tests.chain import cny, day

RATE = Decimal("0.0005")
OWED, DUE = cny("100000.00"), day("2026-10-30")


def test_the_day_of_a_payment_still_counts():
    """Ten days on all of it, then 21 on what was left."""
    paid = [(day("2026-11-09"), cny("40000.00"))]
    assert interest(OWED, DUE, paid, day("2026-11-30"), RATE) == cny("1130.00")


@pytest.mark.parametrize(
    ("paid", "until", "sum_"),
    [
        ([], "2026-10-30", "0.00"),
        ([], "2026-10-31", "50.00"),
        ([], "2026-10-01", "0.00"),
        ([("2026-10-20", "100000.00")], "2026-11-30", "0.00"),
        ([("2026-10-20", "60000.00")], "2026-11-09", "200.00"),
        ([("2026-11-09", "100000.00")], "2026-12-31", "500.00"),
        ([("2026-11-19", "20000.00"), ("2026-11-09", "40000.00")], "2026-11-29", "1000.00"),
        ([("2026-11-09", "120000.00")], "2026-12-31", "500.00"),
        ([("2026-12-09", "40000.00")], "2026-11-09", "500.00"),
    ],
)
def test_simple_on_the_balance_of_each_day(paid, until, sum_):
    payments = [(day(on), cny(amount)) for on, amount in paid]
    assert interest(OWED, DUE, payments, day(until), RATE) == cny(sum_)

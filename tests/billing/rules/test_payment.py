"""What an invoice asks of whom."""

from billing.rules.payment import PAYMENT_DAYS
from tests.chain import day


def test_a_customer_has_thirty_days_to_pay():
    assert day("2026-11-22") + PAYMENT_DAYS == day("2026-12-22")

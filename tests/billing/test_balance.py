"""What an invoice was paid and credited says which state it is in (docs/rules.md 7.1)."""

import pytest
from moneyed import Money

from billing.balance import is_sum_of, settle_sums
from tests.chain import AT, cny, issued, verbs

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("paid", "credited", "status"),
    [
        ("0.00", "0.00", "issued"),
        ("0.00", "1.00", "issued"),
        ("0.01", "0.00", "part_paid"),
        ("240000.00", "0.00", "paid"),
        ("100000.00", "140000.00", "paid"),
        ("100000.00", "240000.00", "credited"),
    ],
)
def test_the_state_follows_from_the_sums(paid, credited, status, finance):
    invoice = issued()
    settle_sums(invoice, {"paid": cny(paid), "credited": cny(credited)}, by=finance, at=AT, verb="paid", seen=None)
    assert (invoice.status, invoice.paid, invoice.credited) == (status, cny(paid), cny(credited))
    assert (verbs(invoice)[-1] == "paid") is (paid != "0.00" or credited != "0.00")


@pytest.mark.parametrize(
    ("amount", "right"), [(cny("1.00"), True), (cny("1.001"), False), (Money("1.00", "USD"), False)]
)
def test_a_sum_is_in_its_currency_and_in_whole_cents(amount, right):
    assert is_sum_of(issued(), amount) is right

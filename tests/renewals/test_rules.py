"""The price of a renewal, and how long its quote stands (docs/rules.md 2.2, 5)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from contracts.rules import MAX_CAP_RATE, renewal_cap
from renewals.rules import Measures, PaidTerm, departs, measures, rule_price, valid_until
from tests.chain import cny, day

CAP = Decimal("0.20")


def price(amount="500000.00", *, cap_rate=CAP, renewal_rate=None, months=12, last_paid=None) -> str:
    rate = Decimal(renewal_rate) if renewal_rate else None
    found = rule_price(cny(amount), cap_rate=cap_rate, renewal_rate=rate, months=months, last_paid=last_paid)
    return str(found.amount)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        # the last paid year's price
        ({"last_paid": PaidTerm(cny("80000.00"), 12), "renewal_rate": "0.15"}, "80000.00"),
        ({"last_paid": PaidTerm(cny("80000.00"), 12), "months": 18}, "120000.00"),
        ({"last_paid": PaidTerm(cny("100000.00"), 36)}, "33333.33"),
        ({"last_paid": PaidTerm(cny("100000.00"), 18), "months": 7}, "38888.88"),
        # never more than the cap, whatever was paid before
        ({"last_paid": PaidTerm(cny("120000.00"), 12)}, "100000.00"),
        ({"last_paid": PaidTerm(cny("99000.00"), 12), "amount": "400000.00"}, "80000.00"),
        # another currency's price says nothing
        ({"last_paid": PaidTerm(Money("80000.00", "USD"), 12)}, "100000.00"),
        # the agreed rate, not the ceiling
        ({"renewal_rate": "0.15"}, "75000.00"),
        ({"renewal_rate": "0.1234", "amount": "333333.33", "months": 7}, "23994.44"),
        # none agreed: the cap
        ({}, "100000.00"),
        ({"amount": "3029809.07"}, "605961.81"),
        ({"amount": "333333.33", "months": 18}, "99999.99"),
        ({"amount": "333333.33", "months": 36, "cap_rate": Decimal("0.15")}, "149999.99"),
    ],
)
def test_price_by_the_rule(asked, expected):
    assert price(**asked) == expected


def test_a_term_given_away_leaves_the_next_price_at_nothing():
    assert price(last_paid=PaidTerm(cny("0.00"), 12)) == "0.00"


sums = st.decimals("0.01", "99999999999.99", places=2)
rates = st.decimals("0.0001", "0.2000", places=4)


@given(
    sums,
    rates,
    st.none() | rates,
    st.integers(1, 36),
    st.none() | st.builds(PaidTerm, sums.map(lambda amount: Money(amount, "CNY")), st.integers(1, 36)),
)
def test_no_rule_price_is_above_the_cap(amount, cap_rate, renewal_rate, months, last_paid):
    found = rule_price(
        Money(amount, "CNY"), cap_rate=cap_rate, renewal_rate=renewal_rate, months=months, last_paid=last_paid
    )
    assert cny("0") <= found <= renewal_cap(Money(amount, "CNY"), cap_rate, months)
    assert found <= renewal_cap(Money(amount, "CNY"), MAX_CAP_RATE, months)
    assert found.amount == found.amount.quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("offered", "rule", "far"),
    [
        ("110.00", "100.00", False),
        ("110.01", "100.00", True),
        ("90.00", "100.00", False),
        ("89.99", "100.00", True),
        ("100.00", "100.00", False),
        ("0.01", "0.00", True),
        ("0.00", "0.00", False),
    ],
)
def test_how_far_a_price_may_depart_without_approval(offered, rule, far):
    assert departs(cny(offered), Measures(cny(rule), cny(rule)), Decimal("0.10")) is far


@pytest.mark.parametrize(
    ("renewal_rate", "last_paid", "rule", "yardstick"),
    [
        (None, None, "200000.00", "200000.00"),
        ("0.10", None, "100000.00", "100000.00"),
        ("0.10", "60000.00", "60000.00", "100000.00"),
        ("0.10", "120000.00", "120000.00", "120000.00"),
        (None, "60000.00", "60000.00", "60000.00"),
        ("0.20", "250000.00", "200000.00", "200000.00"),
    ],
)
def test_a_price_is_measured_by_the_highest_of_what_was_agreed_paid_and_ruled(renewal_rate, last_paid, rule, yardstick):
    found = measures(
        cny("1000000.00"),
        cap_rate=Decimal("0.20"),
        renewal_rate=renewal_rate and Decimal(renewal_rate),
        months=12,
        last_paid=PaidTerm(cny(last_paid), 12) if last_paid else None,
    )
    assert found == (cny(rule), cny(yardstick))


@pytest.mark.parametrize(
    ("offered", "far"), [("60000.00", False), ("60000.01", True), ("89999.99", True), ("90000.00", False)]
)
def test_the_price_of_the_rule_is_free_and_any_other_is_held_against_the_highest(offered, far):
    assert departs(cny(offered), Measures(cny("60000.00"), cny("100000.00")), Decimal("0.10")) is far


@pytest.mark.parametrize(
    ("ends", "sent_on", "until"),
    [
        ("2027-02-20", "2026-11-25", "2027-02-20"),
        ("2026-12-25", "2026-11-25", "2026-12-25"),
        ("2026-12-24", "2026-11-25", "2026-12-25"),
        ("2026-11-01", "2026-11-25", "2026-12-25"),
    ],
)
def test_a_quote_stands_until_its_term_ends_and_thirty_days_at_least(ends, sent_on, until):
    assert valid_until(day(ends), day(sent_on)) == day(until)


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_a_quote_is_never_valid_for_less(ends, sent_on):
    assert valid_until(ends, sent_on) >= max(ends, sent_on + timedelta(days=30))

"""What is earned up to a day (docs/rules.md 2.7)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.money import from_minor
from billing.rules.credit import Left, credit_of
from billing.rules.payment import unserved
from billing.rules.revenue import earned, standing
from tests.chain import cny, day

FIRST, LAST = day("2026-03-16"), day("2027-03-15")
NET = cny("100000.00")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("until", "month", "liability"),
    [("2026-03-31", "4383.56", "95616.44"), ("2026-04-30", "8219.18", "87397.26")],
)
def test_a_month_earns_the_difference_of_two_days(until, month, liability):
    end = day(until)
    so_far = earned(NET, FIRST, LAST, end)
    assert so_far - earned(NET, FIRST, LAST, end.replace(day=1) - DAY) == cny(month)
    assert standing(so_far, NET) == (cny(liability), cny("0.00"))


def test_a_credit_is_caught_up_in_its_month():
    left = NET - cny("30000.00")
    so_far = earned(left, FIRST, LAST, day("2026-05-31"))
    assert so_far - earned(NET, FIRST, LAST, day("2026-04-30")) == cny("2164.38")
    assert standing(so_far, left).liability == cny("55232.88")


def test_what_was_not_served_is_credited_and_the_rest_is_earned():
    gross = cny("106000.00")
    share = unserved(gross, FIRST, LAST, day("2026-09-30"))
    taken = credit_of(share.amount, Left(NET, gross - NET, Decimal("0.06")))
    assert (share.amount, *taken) == (cny("48208.21"), cny("45479.44"), cny("2728.77"))
    assert NET - taken.net == cny("54520.56")


@pytest.mark.parametrize(
    ("until", "invoiced", "asset"), [("2026-03-31", "0.00", "24657.53"), ("2026-04-30", "25000.00", "7876.71")]
)
def test_service_done_before_it_is_invoiced_is_an_asset(until, invoiced, asset):
    so_far = earned(NET, day("2026-01-01"), day("2026-12-31"), day(until))
    assert standing(so_far, cny(invoiced)) == (cny("0.00"), cny(asset))


def test_nothing_before_the_first_day_and_all_after_the_last():
    assert earned(NET, FIRST, LAST, day("2026-03-15")) == cny("0.00")
    assert earned(NET, FIRST, LAST, day("2030-01-01")) == NET


@given(st.integers(0, 10**11), st.integers(0, 1200), st.integers(-100, 1500), st.integers(-100, 1500))
def test_it_never_goes_back(net, length, one, other):
    last = FIRST + DAY * length
    sooner, later = (FIRST + DAY * each for each in sorted((one, other)))
    money = from_minor(net, "CNY")
    assert cny("0.00") <= earned(money, FIRST, last, sooner) <= earned(money, FIRST, last, later) <= money

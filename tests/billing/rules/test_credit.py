"""What credits take from a line: never a cent more or less than was invoiced (docs/rules.md 7.6)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.money import TaxSplit, from_minor, split_tax, total
from billing.rules.credit import Left, credit_of, over_lines
from tests.chain import cny

SIX = Decimal("0.06")


def test_the_last_credit_takes_what_is_left():
    """100,000.00 at 6 % in three thirds: the last has a cent more of tax than its own split would give."""
    left = Left(*split_tax(cny("100000.00"), SIX), SIX)
    taken = []
    for amount in ("33333.33", "33333.33", "33333.34"):
        taken.append(credit_of(cny(amount), left))
        left = Left(left.net - taken[-1].net, left.tax - taken[-1].tax, SIX)
    assert taken[0] == taken[1] == TaxSplit(cny("31446.54"), cny("1886.79"))
    assert taken[2] == TaxSplit(cny("31446.54"), cny("1886.80"))


def test_no_more_than_is_left():
    left = Left(cny("94.34"), cny("5.66"), SIX)
    with pytest.raises(ValueError, match="left"):
        credit_of(cny("100.01"), left)
    with pytest.raises(ValueError, match="left"):
        over_lines(cny("100.01"), [left])


def test_a_credit_without_lines_goes_over_all_by_what_is_left_of_them():
    thirty, seventy = (Left(*split_tax(cny(each), SIX), SIX) for each in ("30.00", "70.00"))
    assert over_lines(cny("10.01"), [thirty, seventy]) == [cny("3.00"), cny("7.01")]


@given(
    st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=6), st.sampled_from(["0", "0.01", "0.06", "0.13"])
)
def test_credits_make_up_the_line_to_the_cent(gross, parts, rate):
    left = start = Left(*split_tax(from_minor(gross, "CNY"), Decimal(rate)), Decimal(rate))
    taken = []
    for part in [*parts, 10**10]:
        amount = min(from_minor(part, "CNY"), left.gross)
        net, tax = credit_of(amount, left)
        assert net + tax == amount
        assert net.amount >= 0 <= tax.amount
        taken.append((net, tax))
        left = Left(left.net - net, left.tax - tax, left.rate)
    assert total([net for net, _tax in taken], "CNY") == start.net
    assert total([tax for _net, tax in taken], "CNY") == start.tax


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.integers(1, 10**10))
def test_no_line_is_credited_beyond_itself(grosses, part):
    left = [Left(*split_tax(from_minor(each, "CNY"), SIX), SIX) for each in grosses]
    amount = from_minor(min(part, sum(grosses)), "CNY")
    if not sum(grosses):
        return
    shares = over_lines(amount, left)
    assert total(shares, "CNY") == amount
    assert all(share <= each.gross for share, each in zip(shares, left, strict=True))

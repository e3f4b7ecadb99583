"""The sum of a contract over its instalments (docs/rules.md 2.5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from base.lib.money import from_minor, total
from billing.rules.instalments import lay
from tests.chain import cny

NONE: list[Money | None] = [None, None, None]


@pytest.mark.parametrize(
    ("whole", "weights", "invoiced", "sums"),
    [
        ("333333.33", [30, 30, 40], NONE, ["100000.00", "100000.00", "133333.33"]),
        ("1000000.00", [30, 40, 30], NONE, ["300000.00", "400000.00", "300000.00"]),
        ("1200000.00", [30, 40, 30], [cny("300000.00"), None, None], ["300000.00", "514285.71", "385714.29"]),
        ("1200000.00", [30, 40, 30], [None, cny("400000.00"), None], ["400000.00", "400000.00", "400000.00"]),
    ],
)
def test_what_was_invoiced_stays_and_the_rest_goes_over_the_others(whole, weights, invoiced, sums):
    laid = lay(cny(whole), weights, invoiced)
    assert (laid.sums, laid.beyond) == ([cny(each) for each in sums], cny("0.00"))


def test_more_invoiced_than_there_is_leaves_nothing_to_ask_for_and_a_credit():
    laid = lay(cny("250000.00"), [30, 40, 30], [cny("300000.00"), None, None])
    assert (laid.sums, laid.beyond) == ([cny("300000.00"), cny("0.00"), cny("0.00")], cny("50000.00"))


def test_with_all_invoiced_a_higher_sum_is_still_to_be_asked_for():
    laid = lay(cny("1100000.00"), [50, 50], [cny("500000.00"), cny("500000.00")])
    assert (laid.sums, laid.beyond) == ([cny("500000.00"), cny("500000.00")], cny("-100000.00"))


def test_as_many_sums_as_weights():
    with pytest.raises(ValueError, match="shorter"):
        lay(cny("1.00"), [1, 1], [None])


@given(
    st.integers(0, 10**12),
    st.lists(st.tuples(st.integers(1, 10**4), st.none() | st.integers(0, 10**11)), min_size=1, max_size=8),
)
def test_no_cent_is_lost_whatever_was_invoiced(whole, instalments):
    invoiced = [None if done is None else from_minor(done, "CNY") for _weight, done in instalments]
    laid = lay(from_minor(whole, "CNY"), [weight for weight, _done in instalments], invoiced)
    assert total(laid.sums, "CNY") - laid.beyond == from_minor(whole, "CNY")
    assert [each for each, done in zip(laid.sums, invoiced, strict=True) if done is not None] == [
        done for done in invoiced if done is not None
    ]

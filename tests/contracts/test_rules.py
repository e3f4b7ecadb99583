"""The renewal cap (docs/rules.md 2.1)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from base.lib.money import minor_digits
from contracts.rules import MAX_CAP_RATE, MAX_TERM_MONTHS, greeting, renewal_cap

CURRENCIES = ["CNY", "USD", "EUR", "HKD", "JPY", "GBP", "SGD", "MOP"]


@pytest.mark.parametrize(
    ("amount", "rate", "months", "cap"),
    [
        ("500000.00", "0.20", 12, "100000.00"),
        ("3029809.07", "0.20", 12, "605961.81"),
        ("333333.33", "0.20", 12, "66666.66"),
        ("333333.33", "0.20", 18, "99999.99"),
        ("333333.33", "0.15", 36, "149999.99"),
        ("0.01", "0.20", 12, "0.00"),
        ("0.05", "0.20", 12, "0.01"),
        ("99999999999.99", "0.20", 36, "59999999999.99"),
        ("1000000.00", "0.1999", 1, "16658.33"),
    ],
)
def test_the_cap_is_cut_off_at_the_minor_unit(amount, rate, months, cap):
    assert renewal_cap(Money(amount, "CNY"), Decimal(rate), months) == Money(cap, "CNY")


def test_no_cap_is_above_a_fifth_and_no_term_longer_than_three_years():
    assert (Decimal("0.20"), 36) == (MAX_CAP_RATE, MAX_TERM_MONTHS)


@pytest.mark.parametrize(
    ("amount", "months", "cap"),
    [("999", 12, "199"), ("12345678", 12, "2469135"), ("12345678", 7, "1440329"), ("4", 12, "0")],
)
def test_yen_have_no_smaller_unit(amount, months, cap):
    assert renewal_cap(Money(amount, "JPY"), MAX_CAP_RATE, months) == Money(cap, "JPY")


@given(
    st.sampled_from(CURRENCIES),
    st.integers(1, 9_999_999_999_999),
    st.integers(1, 2000),
    st.integers(1, 36),
)
def test_the_cap_is_the_largest_legal_price(currency, minor, basis_points, months):
    """price · 120000 ≤ base · rate · months in whole minor units and basis points, and one unit more is too much."""
    unit = Decimal(1).scaleb(-minor_digits(currency))
    cap = renewal_cap(Money(minor * unit, currency), Decimal(basis_points) / 10000, months)
    assert cap.currency.code == currency
    in_minor = cap.amount / unit
    assert in_minor == int(in_minor)
    assert in_minor * 120000 <= minor * basis_points * months < (in_minor + 1) * 120000


@pytest.mark.parametrize(
    ("name", "form", "chinese", "english"),
    [
        ("沈卫东", "先生", "沈卫东先生", "Mr 沈卫东"),
        ("王芳", "女士", "王芳女士", "Ms 王芳"),
        ("李明", "处长", "李明处长", "customer"),
        ("李明", "李处长", "李处长", "customer"),
        ("王芳", "Ms", "王芳女士", "Ms 王芳"),
        ("Anna Li", "Dr.", "Anna Li博士", "Dr. Anna Li"),
        ("Anna Li", "Dame", "客户", "Dame Anna Li"),
        ("王女士", "", "王女士", "Ms 王"),
        ("Ms Wang", "", "Wang女士", "Ms Wang"),
        ("沈卫东", "", "客户", "customer"),
        ("", "先生", "客户", "customer"),
        ("先生", "", "客户", "customer"),
        ("", "", "客户", "customer"),
    ],
)
def test_a_mail_greets_by_what_was_noted_and_never_guesses(name, form, chinese, english):
    assert (greeting(name, form, "zh-hans"), greeting(name, form, "en")) == (chinese, english)

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import CNY, Money

from base.lib.money import (
    TaxSplit,
    allocate,
    as_typed,
    floor_to_minor,
    format_money,
    from_minor,
    half_up,
    is_whole,
    minor_digits,
    split_tax,
    to_minor,
    total,
)

fen = st.integers(-(10**14), 10**14)
currencies = st.sampled_from(["CNY", "USD", "JPY", "KWD"])
rates = st.sampled_from(["0", "0.01", "0.03", "0.05", "0.06", "0.09", "0.13"]).map(Decimal)


def yuan(amount: str) -> Money:
    return Money(amount, "CNY")


@pytest.mark.parametrize(("currency", "digits"), [("CNY", 2), (CNY, 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_minor_digits(currency, digits):
    assert minor_digits(currency) == digits


# docs/rules.md 2.1, the caps
@pytest.mark.parametrize(
    ("amount", "rate", "months", "cap"),
    [
        ("500000.00", "0.20", 12, "100000.00"),
        ("3029809.07", "0.20", 12, "605961.81"),
        ("333333.33", "0.20", 12, "66666.66"),
        ("333333.33", "0.20", 18, "99999.99"),
        ("333333.33", "0.15", 36, "149999.99"),
    ],
)
def test_floor_to_minor_cuts_the_caps(amount, rate, months, cap):
    assert floor_to_minor(Decimal(amount) * Decimal(rate) * months / 12, "CNY") == yuan(cap)


@pytest.mark.parametrize(
    ("amount", "currency", "floored"),
    [("1.999", "CNY", "1.99"), ("1.999", "JPY", "1"), ("1.9999", "KWD", "1.999"), ("-1.001", "CNY", "-1.01")],
)
def test_floor_to_minor(amount, currency, floored):
    assert floor_to_minor(Decimal(amount), currency) == Money(floored, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "CNY", "1.01"),
        ("1.0049", "CNY", "1.00"),
        ("2.5", "JPY", "3"),
        ("-1.005", "CNY", "-1.01"),
        ("1.0005", "KWD", "1.001"),
    ],
)
def test_half_up(amount, currency, rounded):
    assert half_up(Decimal(amount), currency) == Money(rounded, currency)


@pytest.mark.parametrize(
    ("money", "whole"),
    [
        (yuan("1.99"), True),
        (yuan("1.990"), True),
        (yuan("1.999"), False),
        (yuan("-0.001"), False),
        (Money("1.5", "JPY"), False),
        (Money("1.555", "KWD"), True),
    ],
)
def test_is_whole(money, whole):
    assert is_whole(money) is whole


@given(fen, currencies)
def test_minor_units_there_and_back(minor, currency):
    money = from_minor(minor, currency)
    assert to_minor(money) == minor
    assert -money.amount.as_tuple().exponent == minor_digits(currency)


@pytest.mark.parametrize("money", [yuan("0.001"), yuan("-1.005"), Money("0.5", "JPY"), yuan("1E-30")])
def test_to_minor_refuses_a_finer_fraction(money):
    with pytest.raises(ValueError, match="finer than the minor unit"):
        to_minor(money)


def test_to_minor_takes_trailing_zeros():
    assert to_minor(yuan("12.3400")) == 1234


# docs/practice.md 1.3, examples vat
@pytest.mark.parametrize(
    ("gross", "rate", "net", "tax"),
    [
        ("106000.00", "0.06", "100000.00", "6000.00"),
        ("100000.00", "0.06", "94339.62", "5660.38"),
        ("98765.43", "0.06", "93174.93", "5590.50"),
        ("98765.43", "0.13", "87403.04", "11362.39"),
        ("113000.00", "0.13", "100000.00", "13000.00"),
        ("33333.33", "0.06", "31446.54", "1886.79"),
        ("0.09", "0.06", "0.08", "0.01"),
        ("0.01", "0.06", "0.01", "0.00"),
        ("1.00", "0.06", "0.94", "0.06"),
        ("10100.00", "0.01", "10000.00", "100.00"),
        ("50000.00", "0.01", "49504.95", "495.05"),
        ("10300.00", "0.03", "10000.00", "300.00"),
        ("33333.34", "0.06", "31446.55", "1886.79"),
        ("100.00", "0", "100.00", "0.00"),
        ("0.03", "0.20", "0.03", "0.00"),  # 2.5 fen: half up, not to even
    ],
)
def test_split_tax(gross, rate, net, tax):
    assert split_tax(yuan(gross), Decimal(rate)) == TaxSplit(yuan(net), yuan(tax))


def test_totals_are_sums_of_lines_not_the_tax_of_the_sum():
    lines = [split_tax(yuan(gross), Decimal("0.06")) for gross in ("33333.33", "33333.33", "33333.34")]
    assert total((line.net for line in lines), "CNY") == yuan("94339.63")
    assert total((line.tax for line in lines), "CNY") == yuan("5660.37")
    assert split_tax(yuan("100000.00"), Decimal("0.06")).net == yuan("94339.62")


@given(fen, rates, currencies)
def test_split_tax_adds_up_and_mirrors(minor, rate, currency):
    gross = from_minor(minor, currency)
    net, tax = split_tax(gross, rate)
    assert net + tax == gross
    assert abs(Fraction(to_minor(net)) - minor / (1 + Fraction(rate))) <= Fraction(1, 2)
    assert split_tax(-gross, rate) == (-net, -tax)


@pytest.mark.parametrize("rate", ["6", "1", "-0.06"])
def test_split_tax_refuses_a_rate_that_is_no_fraction(rate):
    with pytest.raises(ValueError, match="tax rate"):
        split_tax(yuan("100"), Decimal(rate))


def test_total_of_nothing_is_zero_in_the_currency():
    assert total([], "CNY") == yuan("0.00")


def test_total_takes_the_money_of_models():
    from djmoney.money import Money as DjangoMoney

    assert total([DjangoMoney("1.10", "CNY"), yuan("2.20")], CNY) == yuan("3.30")


@pytest.mark.parametrize("amount", ["1.00", "0.00"])
def test_total_refuses_another_currency(amount):
    with pytest.raises(ValueError, match="USD cannot be added to CNY"):
        total([yuan("1.00"), Money(amount, "USD")], "CNY")


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("100000.00", [1, 1, 1], ["33333.33", "33333.33", "33333.34"]),
        ("0.05", [1, 1, 1], ["0.01", "0.02", "0.02"]),
        ("100.00", [50, 30, 20], ["50.00", "30.00", "20.00"]),
        ("0.01", [1, 2], ["0.00", "0.01"]),
        ("0.01", [2, 1], ["0.01", "0.00"]),
        ("0.02", [3, 3, 1], ["0.01", "0.01", "0.00"]),
        ("-100.00", [1, 1, 1], ["-33.33", "-33.33", "-33.34"]),
        ("10.00", [0, 1, 0], ["0.00", "10.00", "0.00"]),
        ("0.00", [1, 1], ["0.00", "0.00"]),
    ],
)
def test_allocate(amount, weights, parts):
    assert allocate(yuan(amount), weights) == [yuan(part) for part in parts]


@given(fen, st.lists(st.integers(0, 1000), min_size=1, max_size=60).filter(any), currencies)
def test_allocate_loses_nothing_and_is_fair(minor, weights, currency):
    parts = allocate(from_minor(minor, currency), weights)
    assert total(parts, currency) == from_minor(minor, currency)
    for part, weight in zip(parts, weights, strict=True):
        fair = Fraction(minor * weight, sum(weights))
        assert abs(to_minor(part) - fair) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_allocate_refuses_weights_that_share_nothing(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(yuan("1.00"), weights)


@pytest.mark.parametrize(
    ("money", "language", "text"),
    [
        (yuan("1200000"), "zh-hans", "¥1,200,000.00"),
        (yuan("1200000"), "zh_Hans", "¥1,200,000.00"),
        (yuan("1200000"), "en", "CNY 1,200,000.00"),
        (yuan("-0.5"), "zh-hans", "¥-0.50"),
        (yuan("-1234.5"), "en-gb", "CNY -1,234.50"),
        (Money("1200000", "JPY"), "zh-hans", "JPY 1,200,000"),
        (Money("9.5", "KWD"), "en", "KWD 9.500"),
        (yuan("0.00"), "en", "CNY 0.00"),
        (yuan("0.0012500"), "en", "CNY 0.00125"),
        (yuan("1E+3"), "en", "CNY 1,000.00"),
        (yuan("NaN"), "en", "CNY NaN"),
    ],
)
def test_format_money(money, language, text):
    assert format_money(money, language) == text


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("28万", "280000"), ("1.5亿", "150000000.0"), ("￥1,200.50", "1200.50"), ("３００元", "300"), (" 12 000 ", "12000"),
        ("28万5", "28万5"), ("1,2", "1,2"), ("1.2e4", "1.2e4"), ("", ""), ("-5", "-5"),
    ],
)  # fmt: skip
def test_an_amount_as_people_type_it(typed, plain):
    assert as_typed(typed) == plain

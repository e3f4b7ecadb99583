from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.capitals import capital_words
from contracts.ledger.amounts import is_open, read_amount, read_fee, read_rate
from contracts.ledger.columns import Unit

amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999999.99"), places=2)
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        # docs/ledger.md 5.3
        ("12万", "120000"), ("12.5万元", "125000"), ("￥120,000.00", "120000"), ("120000元", "120000"),
        ("壹拾贰万元整", "120000"), ("１２０", "120"), ("1.2亿", "120000000"),
        ("120万", "1200000"), ("¥ 120,000.00 元", "120000"), ("120000.00元整", "120000"), ("120万元整", "1200000"),
        ("人民币壹拾贰万元整", "120000"), ("人民币（大写）：壹拾贰万圆整", "120000"), ("人民币120000元", "120000"),
        ("RMB 120,000", "120000"), ("120000 CNY", "120000"), ("１２，０００．５０", "12000.50"),
        ("120 000.00", "120000"),
        ("￥120,000.00（壹拾贰万元整）", "120000"), ("壹拾贰万元整(￥120000.00)", "120000"),
        ("120000元（含税）", "120000"),
        ("12万5千", "125000"), ("12万5000元", "125000"), ("1亿2000万", "120000000"), ("350千元", "350000"),
        ("2百万", "2000000"), ("'120000", "120000"), (120000, "120000"), (120000.5, "120000.5"), (0.1 + 0.2, "0.3"),
        (3029809.07, "3029809.07"), (".5万", "5000"),
        # No positive sum, but a sum: the caller says so.
        (0, "0"), ("0", "0"), ("-5", "-5"), (-5.5, "-5.5"), ("(1,200.00)", "-1200"), ("¥(1,200.00)", "-1200"),
        ("负5元", "-5"),
    ],
)  # fmt: skip
def test_a_sum(cell, amount):
    reading = read_amount(cell)
    assert (reading.value.number, reading.problem) == (Decimal(amount), "")


@pytest.mark.parametrize(
    "cell",
    [
        "待定", "见合同", "壹拾贰万", "一百二十", "壹亿伍仟元整", "￥120,000.00（壹拾叁万元整）", "120000（不含税）",
        "约12万",
        "12万5", "100万+20万", "1.2E+06", "1,2,3", "1,20,000", "1.234,56", "12-15万", "#REF!", "#N/A", "12万/年", "abc",
        "万", "元", "5千12万", "1.2.3", "--5", True, float("inf"), date(2026, 3, 5),
    ],
)  # fmt: skip
def test_no_sum(cell):
    assert read_amount(cell) == (None, "", "unreadable", None)


@pytest.mark.parametrize("cell", [None, "", " ", "/", "—", "无"])
def test_no_sum_written(cell):
    assert read_amount(cell) == (None, "", "", None)


@pytest.mark.parametrize(
    ("cell", "currency"),
    [
        ("120元", ""), ("120", ""), (120, ""), ("¥120", "CNY"), ("￥120", "CNY"), ("人民币120元", "CNY"),
        ("120RMB", "CNY"),
        ("$120", "USD"), ("US$120", "USD"), ("USD 120", "USD"), ("120美元", "USD"), ("12万美元", "USD"),
        ("120(USD)", "USD"),
        ("€120", "EUR"), ("HK$120", "HKD"), ("120万港币", "HKD"), ("£120", "GBP"),
    ],
)  # fmt: skip
def test_the_currency_a_sum_names(cell, currency):
    assert read_amount(cell).value.currency == currency


def test_two_currencies_are_no_sum():
    assert read_amount("¥120美元").problem


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        (120, "1200000"),
        ("120", "1200000"),
        ("1.5", "15000"),
        ("￥120", "120"),
        ("120元", "120"),
        ("120万", "1200000"),
        ("壹拾元整", "10"),
    ],
)
def test_the_columns_unit_is_for_plain_numbers(cell, amount):
    reading = read_amount(cell, unit=Unit(Decimal(10000), "USD"))
    assert reading.value.number == Decimal(amount)


@given(
    amounts,
    st.sampled_from(["{:.2f}", "{:,.2f}", "￥{:,.2f}", "¥{:.2f}", " {:.2f}元", "人民币{:.2f}元整", "RMB{:,.2f}"]),
)
def test_any_written_sum_reads_back(amount, form):
    assert read_amount(form.format(amount)).value.number == amount
    assert read_amount(form.format(amount).translate(FULL_WIDTH)).value.number == amount
    assert read_amount(f"({form.format(amount).strip()})").value.number == -amount


@given(amounts.filter(lambda amount: amount >= 1))
def test_any_sum_in_capital_words_or_in_ten_thousands_reads_back(amount):
    assert read_amount(capital_words(amount)).value.number == amount
    assert read_amount(f"{amount / 10000:f}万元").value.number == amount


@given(st.integers(1, 10**13))
def test_any_number_cell_reads_as_excel_shows_it(fen):
    assert read_amount(fen / 100).value.number == Decimal(fen) / 100


@given(
    st.one_of(st.text(), st.text(alphabet="0123456789.,万亿元¥()（）壹贰拾整-"), st.floats(), st.integers(), st.dates())
)
def test_no_cell_breaks_the_reading(cell):
    for reading in (read_amount(cell), read_rate(cell), read_fee(cell)):
        assert not (reading.problem and reading.value)


@pytest.mark.parametrize(
    ("cell", "amount"), [("5万/年", "50000"), ("每年5万元", "50000"), ("605961.81", "605961.81"), (5, "5")]
)
def test_a_yearly_fee(cell, amount):
    assert read_fee(cell).value.number == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "rate"),
    [
        ("15%", "0.15"), ("0.15", "0.15"), ("15", "0.15"), ("８%", "0.08"), ("15％", "0.15"), (" 20 % ", "0.2"),
        (0.15, "0.15"),
        (15, "0.15"), (15.0, "0.15"), (0.2, "0.2"), (20, "0.2"), (1, "0.01"), ("1", "0.01"), ("1%", "0.01"),
        (0.99, "0.99"),
        ("0.5", "0.5"), ("25%", "0.25"), (0.3, "0.3"), ("百分之十五", "0.15"), ("15个点", "0.15"),
        ("合同金额的15%", "0.15"),
        ("15%/年", "0.15"), ("每年15%", "0.15"), (0.15000000000000002, "0.15"), (0.2000001, "0.2"), ("12.5%", "0.125"),
        ("12.345%", "0.12345"), (0.20004, "0.20004"),
    ],
)  # fmt: skip
def test_a_rate(cell, rate):
    assert read_rate(cell) == (Decimal(rate), "", "", None)


@pytest.mark.parametrize("cell", [None, "", "/", "—", "无"])
def test_no_rate_was_agreed(cell):
    assert read_rate(cell) == (None, "", "", None)


def test_a_rate_left_open_is_none_with_a_note():
    assert read_rate(" 面议 ") == (None, "面议", "", None)
    assert is_open("待定")
    assert not is_open("12%")
    assert not is_open(12)


@pytest.mark.parametrize(
    "cell",
    ["8%-10%", "不超过20%", "详见合同", "abc", 0, "0%", -1, "-5%", True, "#N/A", float("nan"), date(2026, 1, 15)],
)
def test_other_rates_are_asked(cell):
    assert read_rate(cell) == (None, "", "ambiguous", None)

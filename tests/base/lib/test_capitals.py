from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.capitals import capital_words, read_capital_words

# docs/practice.md 2.2, examples money: canonical words, and what is also accepted when reading
WORDS = [
    ("0.00", "零元整", []),
    ("0.01", "壹分", []),
    ("0.10", "壹角整", ["壹角"]),
    ("0.15", "壹角伍分", []),
    ("1.00", "壹元整", []),
    ("1.01", "壹元零壹分", []),
    ("1.10", "壹元壹角整", ["壹元壹角"]),
    ("10.00", "壹拾元整", []),
    ("10.05", "壹拾元零伍分", []),
    ("107.50", "壹佰零柒元伍角整", ["壹佰零柒元伍角"]),
    ("325.04", "叁佰贰拾伍元零肆分", []),
    ("1000.00", "壹仟元整", []),
    ("1409.50", "壹仟肆佰零玖元伍角整", ["壹仟肆佰零玖元伍角"]),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分", ["壹仟陆佰捌拾元零叁角贰分"]),
    ("6007.14", "陆仟零柒元壹角肆分", []),
    ("10000.00", "壹万元整", []),
    ("10010.05", "壹万零壹拾元零伍分", []),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分", []),
    ("100000.00", "壹拾万元整", []),
    ("100500.00", "壹拾万零伍佰元整", []),
    ("107000.53", "壹拾万柒仟元伍角叁分", ["壹拾万零柒仟元伍角叁分", "壹拾万柒仟元零伍角叁分"]),
    ("1000000.01", "壹佰万元零壹分", []),
    ("10001000.00", "壹仟万壹仟元整", ["壹仟万零壹仟元整"]),
    ("10100100.00", "壹仟零壹拾万零壹佰元整", []),
    ("100000000.00", "壹亿元整", []),
    ("100000000.10", "壹亿元壹角整", ["壹亿元壹角", "壹亿元零壹角"]),
    ("100000001.00", "壹亿零壹元整", []),
    ("100005000.00", "壹亿零伍仟元整", []),
    ("100010000.00", "壹亿零壹万元整", []),
    ("200004210.20", "贰亿零肆仟贰佰壹拾元贰角整", []),
    ("1000100000.00", "壹拾亿零壹拾万元整", []),
    ("1234567890.12", "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分", []),
    ("1000000000000.00", "壹万亿元整", []),
    ("1000100000000.00", "壹万零壹亿元整", []),
    ("-1234.50", "负壹仟贰佰叁拾肆元伍角整", []),
]

amounts = st.decimals(-(10**16) + 1, 10**16 - 1, places=2)
# Amounts with many zeros, where the rules are.
holey = st.builds(
    lambda figures, sign: sign * Decimal("".join(figures)).scaleb(-2),
    st.lists(st.sampled_from("000015"), min_size=1, max_size=18),
    st.sampled_from([1, -1]),
)


@pytest.mark.parametrize(("amount", "words", "_"), WORDS)
def test_written(amount, words, _):
    assert capital_words(Decimal(amount)) == words


@pytest.mark.parametrize(("amount", "canonical", "variants"), WORDS)
def test_read(amount, canonical, variants):
    for words in (canonical, *variants):
        assert read_capital_words(words) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.005", "壹分"),
        ("999999.995", "壹佰万元整"),
        ("0.0049999999999999999999999999999999", "零元整"),
        ("-0.001", "零元整"),
        ("1E+4", "壹万元整"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_rounded_half_up_to_the_fen(amount, words):
    assert capital_words(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["10000000000000000", "9999999999999999.995", "-1E+30", "NaN", "Infinity"])
def test_written_only_up_to_sixteen_figures(amount):
    with pytest.raises(ValueError, match="no capital words"):
        capital_words(Decimal(amount))


def test_written_as_the_tax_bureau_prints_it():
    assert capital_words(Decimal(960), unit="圆") == "玖佰陆拾圆整"
    assert capital_words(Decimal("0.5"), unit="圆", whole="正") == "伍角正"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("人民币壹佰元整", "100"),
        ("人民币（大写）：壹佰元整", "100"),
        ("人民幣貳萬陸仟圓正", "26000"),
        ("貳陸萬", None),
        ("貳拾陸萬圆整", "260000"),
        ("參億零壹萬圓整", "300010000"),
        ("叁萬伍仟元肆角正", "35000.4"),
        ("人民币 壹拾贰万 元整", "120000"),
        ("負壹拾元整", "-10"),
    ],
)
def test_read_in_other_hands(text, amount):
    if amount is None:
        with pytest.raises(ValueError, match="capital words"):
            read_capital_words(text)
    else:
        assert read_capital_words(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "人民币",
        "整",
        "壹拾贰万",  # no 元: a note, not an amount
        "壹拾贰万整",
        "120000",
        "一百元整",
        "拾元整",  # 10 is 壹拾
        "壹元",  # 整 must follow 元
        "壹元壹分整",
        "壹元壹分",  # 零 is missing
        "壹亿伍仟元整",  # reads like 1.5 亿: 零 is missing
        "壹万壹拾元整",
        "壹仟零元整",
        "壹贰元整",
        "壹元零壹角整",  # 零 only after an empty 元 place
        "零伍角整",
        "壹万零壹仟元整",  # 零 only after an empty 万 place
        "壹亿亿元整",
        "万元整",
        "零元伍角整",
        "负零元整",
        "壹万元整元整",
        "壹佰元整 含税",
        "万" * 100_000,
    ],
)
def test_refused(text):
    with pytest.raises(ValueError, match="capital words"):
        read_capital_words(text)


@given(amounts | holey)
def test_words_read_back_as_the_amount(amount):
    assert read_capital_words(capital_words(amount)) == amount
    assert read_capital_words(capital_words(amount, unit="圆", whole="正")) == amount


@given(holey, holey)
def test_words_tell_amounts_apart(one, other):
    assert (capital_words(one) == capital_words(other)) == (one == other)


@given(holey)
def test_no_two_zeros_and_no_zero_before_a_unit(amount):
    words = capital_words(amount)
    assert "零零" not in words
    assert not any(f"零{unit}" in words for unit in "亿万仟佰拾角分")

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger.cells import is_blank, read_credit_code, read_email, read_name, read_numeral, read_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" 明珠港务 有限公司\n", "明珠港务 有限公司"), ("a\u200bb\u00a0c", "ab c"),
        ("某某局（本级）", "某某局（本级）"),
        (13663654494.0, "13663654494"), (20250001, "20250001"), (0.5, "0.5"), (1e20, "100000000000000000000"),
        (date(2026, 3, 5), "2026-03-05"), (datetime(2026, 3, 5, 10), "2026-03-05"), (None, ""), (True, ""),
        (time(1), ""),
        ("#N/A", ""), ("#REF!", ""), ("'0571-88888888", "0571-88888888"), (float("nan"), ""),
    ],
)  # fmt: skip
def test_words_are_kept_as_typed(cell, text):
    assert read_text(cell) == text


def test_a_dash_is_no_name():
    assert [read_name(cell) for cell in ("/", "—", "无", "n/a", None, "甲")] == ["", "", "", "", "", "甲"]
    assert not is_blank("#N/A")
    assert not is_blank(0)


@pytest.mark.parametrize(
    ("cell", "address", "note"),
    [
        ("user1@example.com", "user1@example.com", ""),
        (" user1@example.com ", "user1@example.com", ""),
        ("ｕser＠example.com", "user@example.com", ""),
        ("a@example.com；b@example.com", "a@example.com", "a@example.com；b@example.com"),
        ("张三 <z@example.com>", "z@example.com", "张三 <z@example.com>"),
        ("邮箱：a@example.com。", "a@example.com", ""),
        ("mailto:a@mail.example.com.cn", "a@mail.example.com.cn", ""),
        (None, None, ""),
        ("  ", None, ""),
    ],
)
def test_a_mail_address(cell, address, note):
    assert read_email(cell) == (address, note, "", None)


@pytest.mark.parametrize(
    "cell", ["a@b", "暂无", "user.example.com", "无", "@example.com", "a@", "a@b..com", 123, "a b@c d"]
)
def test_no_mail_address(cell):
    reading = read_email(cell)
    assert (reading.value, reading.problem) == (None, "not an address")


# docs/practice.md 1.5, examples uscc
@pytest.mark.parametrize(
    "cell", ["91000000000000019G", "91000000000000019g", " 9100 0000 0000 0001 9G ", "９１000000000000019G"]
)
def test_a_right_code(cell):
    assert read_credit_code(cell) == ("91000000000000019G", "", "", None)


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("91000000000000019H", "check failed"), ("91000000000000091G", "check failed"),
        ("9100000000000001OG", "check failed"),
        ("91000000000000019", "check failed"), ("暂无", "check failed"), (110108123456789, "check failed"),
        ("9.1E+17", "damaged"), ("9.11101E+17", "damaged"), (9.1e17, "damaged"), (911101080000000000, "damaged"),
    ],
)  # fmt: skip
def test_a_wrong_or_damaged_code_is_not_taken(cell, problem):
    reading = read_credit_code(cell)
    assert (reading.value, reading.problem) == (None, problem)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("十", 10), ("十二", 12), ("二十", 20), ("二十四", 24), ("三十六", 36), ("壹", 1), ("两", 2),
        ("壹拾捌", 18),
        ("一百二十", 120), ("一百零五", 105), ("二〇二六", 2026), ("零", 0), ("甲", None), ("二三十", None),
        ("-1", None), ("1.5", None),
    ],
)  # fmt: skip
def test_numerals(text, number):
    assert read_numeral(text) == number


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.dates(), st.times(), st.timedeltas()))
def test_no_cell_breaks_the_reading(cell):
    assert isinstance(read_text(cell), str)
    assert "@" in (read_email(cell).value or "@")
    assert len(read_credit_code(cell).value or "x" * 18) == 18

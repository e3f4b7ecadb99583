from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger.dates import is_promise, read_date

DAY = date(2026, 3, 5)
days = st.dates(date(1980, 1, 1), date(2099, 12, 31))


# docs/ledger.md 5.2
@pytest.mark.parametrize(
    "cell",
    [
        "2026.3.5", "2026/3/5", "2026-03-05", "2026年3月5日", "20260305", "46086",
        46086, 46086.0, 46086.75, 20260305, 20260305.0, DAY, datetime(2026, 3, 5), datetime(2026, 3, 5, 17, 30),
        " 2026-03-05 ", "\u30002026-03-05\u00a0", "２０２６年３月５日", "２０２６．３．５", "2026.03.05", "2026-3-5",
        "2026年3月5号", "2026年 3月 5日", "2026–03–05", "2026.3.5。", "2026、3、5", "2026,3,5", "2026 03 05",
        "2026-03-05 00:00:00", "2026/3/5 9:30", "2026-03-05T00:00:00", "2026-03-05T08:00:00.000Z",
        "2026-03-05 08:00:00+08:00", "2026年3月5日 上午10:20", "2026年3月5日10时20分", "2026年3月5日 星期四",
        "2026-3-5(周四)",
        "二〇二六年三月五日", "二零二六年三月五日", "贰零贰陆年叁月零伍日", "5 Mar 2026", "5-Mar-2026", "March 5, 2026",
        "Mar 5th 2026",
    ],
)  # fmt: skip
def test_every_hand_of_one_day(cell):
    assert read_date(cell) == (DAY, "", "", None)


def test_the_time_of_a_two_digit_day_takes_nothing_from_it():
    assert read_date("2026-3-15 9:30").value == date(2026, 3, 15)
    assert read_date("13/05/2026").value == date(2026, 5, 13)
    assert read_date("05/13/2026").value == date(2026, 5, 13)


@given(days, st.sampled_from([
    "{0.year}.{0.month}.{0.day}", "{0.year}/{0.month}/{0.day}", "{0:%Y-%m-%d}", "{0.year}年{0.month}月{0.day}日",
    "{0:%Y%m%d}", " {0:%Y-%m-%d} ", "{0:%Y-%m-%d} 00:00:00", "{0.day} {0:%b} {0.year}",
]))  # fmt: skip
def test_any_written_day_reads_back(day, form):
    assert read_date(form.format(day)).value == day
    assert read_date(form.format(day).translate(str.maketrans("0123456789", "０１２３４５６７８９"))).value == day


@given(days)
def test_any_serial_reads_back(day):
    serial = (day - date(1899, 12, 30)).days
    assert read_date(serial).value == read_date(serial + 0.5).value == read_date(str(serial)).value == day


@pytest.mark.parametrize(
    "cell", [None, "", "  ", "/", "—", "——", "-", "无", "未终验", " 未终验 ", "未验收", "尚未终验", "N/A", "暂无"]
)
def test_no_date(cell):
    assert read_date(cell) == (None, "", "", None)


@pytest.mark.parametrize(
    "cell",
    ["详见合同", "见合同", "长期", "终验后一年", "验收合格之日起12个月", "永久", "待定", "试运行中", "按合同约定"],
)
def test_words_are_no_date_but_a_note(cell):
    assert read_date(cell) == (None, cell, "", None)
    assert is_promise(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "2023-02-30", "2024年13月1日", "20261301", "2026/3/32", "2026.0.5", "abc", "去年", "#N/A", "#REF!", "1.2.3.4",
        0, -5, 99999, 1e300, float("nan"), True, time(0, 0), "1899-01-01", "1900-01-05", date(1900, 1, 5), "2026305",
    ],
)  # fmt: skip
def test_not_a_date(cell):
    assert read_date(cell) == (None, "", "not a date", None)
    assert not is_promise(cell)


@pytest.mark.parametrize(
    ("cell", "proposal", "as_end"),
    [
        ("26.3.5", DAY, DAY),
        ("26/3/5", DAY, DAY),
        ("26年3月5日", DAY, DAY),
        ("260305", DAY, DAY),
        ("96.3.5", date(1996, 3, 5), date(1996, 3, 5)),
        ("2026年3月", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026.03", date(2026, 3, 1), date(2026, 3, 31)),
        (2026.03, date(2026, 3, 1), date(2026, 3, 31)),
        ("202603", date(2026, 3, 1), date(2026, 3, 31)),
        ("2024年2月底", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026年", date(2026, 1, 1), date(2026, 12, 31)),
        (2026, date(2026, 1, 1), date(2026, 12, 31)),
        ("3/5/2026", DAY, DAY),
        ("3月5日", None, None),
        ("2026.3.5-2027.3.4", DAY, date(2027, 3, 4)),
        ("2026-03-05（预计）", DAY, DAY),
    ],
)
def test_ambiguous_dates_are_asked_with_a_proposal(cell, proposal, as_end):
    for end, expected in ((False, proposal), (True, as_end)):
        reading = read_date(cell, end=end)
        assert (reading.value, reading.problem, reading.proposal) == (None, "ambiguous", expected)


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.datetimes(), st.dates(), st.times()))
def test_no_cell_breaks_the_reading(cell):
    reading = read_date(cell)
    assert reading.value is None or 1950 <= reading.value.year <= 2150
    assert not (reading.problem and reading.value)

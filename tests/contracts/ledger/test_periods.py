from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.ledger.columns import PLAIN, Unit
from contracts.ledger.periods import read_inspections, read_months

YEARS = Unit(Decimal(12))


@pytest.mark.parametrize(
    ("cell", "months"),
    [
        # docs/ledger.md 5.5
        ("1年", 12), ("一年", 12), ("壹年", 12), ("12个月", 12), ("十二个月", 12), ("18", 18), (18, 18), (18.0, 18),
        ("三年", 36), ("两年", 24), ("半年", 6), ("24月", 24), ("24个月", 24), ("１２个月", 12), (" 3 年 ", 36),
        ("一年半", 18), ("1.5年", 18), ("1年6个月", 18), ("十八个月", 18), ("二十四个月", 24), ("贰年", 24),
        ("两周年", 24),
        ("终验后一年", 12), ("自终验合格之日起12个月", 12), ("验收合格后三年", 36), ("免费三年", 36),
        ("三年免费维保", 36),
        ("质保期：三年", 36), ("质保3年", 36), ("三年期", 36), ("三年（36个月）", 36), ("三年（自终验之日起）", 36),
        ("36 months", 36), ("3 years", 36), ("10年", 120), ("0", 0), (0, 0), ("12.0", 12),
    ],
)  # fmt: skip
def test_a_free_period(cell, months):
    assert read_months(cell) == (months, "", "", None)


@pytest.mark.parametrize("read", [read_months, read_inspections])
@pytest.mark.parametrize("cell", [None, "", " ", "/", "—", "-"])
def test_nothing_written(read, cell):
    assert read(cell) == (None, "", "", None)


@pytest.mark.parametrize(
    ("cell", "proposal"),
    [
        ("三年(含一年免费)", None), ("三年（24个月）", None), ("12+6个月", None), ("1-3年", None), ("长期", None),
        ("详见合同", None), ("365天", None), ("11年", None), (12.5, None), ("#N/A", None), (-12, None), (True, None),
        (date(2026, 1, 1), None), ("2026.1.1-2027.1.1", None), ("无", 0), (1, 12), ("3", 36), ("5", 60),
    ],
)  # fmt: skip
def test_free_periods_that_are_asked(cell, proposal):
    assert read_months(cell) == (None, "", "ambiguous", proposal)


def test_the_headers_unit_is_for_plain_numbers():
    assert read_months(3, unit=YEARS).value == 36
    assert read_months("1", unit=YEARS).value == 12
    assert read_months("18个月", unit=YEARS).value == 18
    assert read_months("3", unit=PLAIN).value == 3
    assert read_months(36, unit=YEARS).problem == "ambiguous"


@pytest.mark.parametrize(
    ("cell", "visits"),
    [
        # docs/ledger.md 5.6
        ("每季一次", 4), ("每季度一次", 4), ("每季度1次", 4), ("每月一次", 12), ("半年一次", 2), ("每半年1次", 2),
        ("每年两次", 2), ("2次/年", 2), ("四次", 4), ("2", 2), (2, 2), (2.0, 2), ("1次", 1), ("每年一次", 1),
        ("每月1次", 12),
        ("２次", 2), (" 2 次 ", 2), ("一年两次", 2), ("一年一次", 1), ("季度", 4), ("按季度", 4), ("每月", 12),
        ("年度", 1),
        ("半年度一次", 2), ("1次/季度", 4), ("1次/半年", 2), ("1次/月", 12), ("一次/季", 4), ("每季度2次", 8),
        ("每两个月一次", 6), ("隔月一次", 6), ("3个月一次", 4), ("每3个月1次", 4), ("每季度巡检一次", 4),
        ("全年四次", 4),
        ("每年4次现场巡检", 4), ("4次/年。", 4), ("quarterly", 4), ("4 times a year", 4), ("twice a year", 2),
        ("0", 0), (0, 0),
        ("不巡检", 0), (12, 12),
    ],
)  # fmt: skip
def test_inspections(cell, visits):
    assert read_inspections(cell) == (visits, "", "", None)


@pytest.mark.parametrize(
    ("cell", "proposal"),
    [
        ("每年2-4次", None), ("每周一次", None), ("按需", None), ("详见合同", None), ("两年一次", None), ("两年", None),
        (13, None), (2.5, None), (-1, None), ("每月2次", None), ("#REF!", None), (True, None), ("每0月一次", None),
        ("无", 0),
    ],
)  # fmt: skip
def test_inspections_that_are_asked(cell, proposal):
    assert read_inspections(cell) == (None, "", "ambiguous", proposal)


def test_a_header_may_count_visits_by_another_period():
    assert read_inspections("1", unit=Unit(Decimal(4))).value == 4
    assert read_inspections("1次", unit=Unit(Decimal(4))).value == 4
    assert read_inspections("每年2次", unit=Unit(Decimal(4))).value == 2


@given(
    st.one_of(
        st.text(), st.text(alphabet="一二两半年季月次/每个12"), st.floats(), st.integers(), st.booleans(), st.dates()
    )
)
def test_no_cell_breaks_the_reading(cell):
    for reading, most in ((read_months(cell), 120), (read_inspections(cell), 12)):
        assert reading.value is None or 0 <= reading.value <= most


@given(st.integers(6, 120))
def test_any_number_of_months_reads_back(months):
    for form in ("{}", "{}个月", "{}月", "{} months", " {} "):
        assert read_months(form.format(months)).value == months

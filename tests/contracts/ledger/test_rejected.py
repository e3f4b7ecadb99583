import io
from datetime import date, datetime

import openpyxl
import pytest

from contracts.ledger import Finding, check_ledger, read_ledger, write_rejected

ON = date(2026, 11, 22)
HEADER = ["序号", "合同编号", "客户名称", "合同金额", "签订日期", "终验日期", "联系电话", "备注"]


def back(ledger, rejected, heading="未导入的原因"):
    target = io.BytesIO()
    write_rejected(target, ledger, rejected, reason=lambda fault: f"<{fault.text()}>", heading=heading)
    return target.getvalue()


@pytest.fixture
def ledger(book):
    rows = [
        [1, "HT-1", "甲局", "待定", "2025.1.5", None, 13800000000, "=1+1"],
        [2, "HT-2", "甲局", 5, "2025.1.5", None, None, None],
        [3, "@HT-3", None, "-5", datetime(2025, 1, 5), datetime(2024, 1, 5, 10, 30), "+86 13800000000", "-"],
        [4, 91110108000000000000, "乙局", 120000.5, "2025年13月1日", "=cmd|' /C calc'!A0", None, True],
    ]
    sheets = {
        "2024年": [["台账"], [], HEADER, *rows],
        "2025年": [HEADER, [1, "HT-9", None, 5, "2025.1.5"]],
        "2026年": [HEADER, [1, "HT-8", "丙局", 5, "2025.1.5"]],
    }
    for sheet in sheets.values():
        for row in sheet:
            row[:] = [f"'{cell}" if isinstance(cell, str) and cell.startswith("=") else cell for cell in row]
    return read_ledger(book(sheets, merged={"2024年": ["C6:C7"]}), on=ON)


def test_the_rejected_rows_come_back_with_their_reasons(ledger):
    checked = check_ledger(ledger)
    workbook = openpyxl.load_workbook(io.BytesIO(back(ledger, checked.rejected)))
    assert workbook.sheetnames == ["2024年", "2025年"]
    rows = list(workbook["2024年"].values)
    assert rows[0] == (*HEADER, "未导入的原因")
    assert [(row[1], row[-1]) for row in rows[1:]] == [
        ("HT-1", "<not a positive amount>"), ("@HT-3", "<not a positive amount>"),
        ("91110108000000000000", "<not a date>"),
    ]  # fmt: skip
    assert rows[2][4] == datetime(2025, 1, 5)
    assert rows[1][6] == 13800000000
    assert list(workbook["2025年"].values)[1][-1] == "<missing>"


def test_no_text_becomes_a_formula_and_none_is_changed(ledger):
    workbook = openpyxl.load_workbook(io.BytesIO(back(ledger, check_ledger(ledger).rejected)))
    cells = [cell for row in workbook["2024年"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert quoted == {"@HT-3", "-5", "+86 13800000000", "-"}


def test_text_that_looks_like_a_formula_stays_text():
    csv = '合同编号,客户名称,合同金额,签订日期,备注\n=1+1,甲,待定,2025.1.5,"=HYPERLINK(""http://a"",1)"\n'
    ledger = read_ledger(csv.encode(), on=ON, name="a/[甲]:乙*.csv")
    sheet = openpyxl.load_workbook(io.BytesIO(back(ledger, check_ledger(ledger).rejected))).active
    cells = {cell.value: (cell.data_type, cell.quotePrefix) for cell in sheet[2] if cell.value}
    assert cells["=1+1"] == cells['=HYPERLINK("http://a",1)'] == ("s", True)
    assert sheet.title == "_甲__乙_"


def test_the_cell_at_fault_is_marked(ledger):
    checked = check_ledger(ledger)
    sheet = openpyxl.load_workbook(io.BytesIO(back(ledger, checked.rejected)))["2024年"]
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"}
    assert marked == {"D2", "D3", "E4"}


def test_cells_come_back_as_they_were_typed(ledger):
    again = read_ledger(back(ledger, check_ledger(ledger).rejected), on=ON)
    typed = [row.cells for row in ledger.tables[0].rows if row.number != 5]
    assert [row.cells[:7] for row in again.tables[0].rows[:2]] == [cells[:7] for cells in typed[:2]]
    assert again.tables[0].rows[2].cells[1] == "91110108000000000000"


def test_mended_rows_import_again(ledger):
    workbook = openpyxl.load_workbook(io.BytesIO(back(ledger, check_ledger(ledger).rejected)))
    workbook["2024年"]["D2"] = "12万"
    workbook["2025年"]["C2"] = "丁局"
    target = io.BytesIO()
    workbook.save(target)
    mended = read_ledger(target.getvalue(), on=ON)
    checked = check_ledger(mended)
    assert [row.number for row in checked.rows] == ["HT-1", "HT-9"]
    once_more = openpyxl.load_workbook(io.BytesIO(back(mended, checked.rejected)))["2024年"]
    assert [cell.value for cell in once_more[1]].count("未导入的原因") == 1


@pytest.mark.parametrize(
    ("title", "header", "typed", "expected"),
    [
        ("单位：万元", "合同金额", 12, "合同金额(万元)"),
        ("单位：万美元", "合同金额", 12, "合同金额(万美元)"),
        ("单位：元", "合同金额", 12, "合同金额"),
        ("单位：元", "合同金额（万元）", 12, "合同金额（万元）"),
    ],
)
def test_the_unit_above_the_table_comes_along(book, title, header, typed, expected):
    rows = [
        [title],
        ["合同编号", "客户名称", header, "签订日期"],
        ["HT-1", "甲", typed, "abc"],
        ["HT-2", "甲", typed, "2025.1.5"],
    ]
    ledger = read_ledger(book({"甲": rows}), on=ON)
    checked = check_ledger(ledger)
    again = read_ledger(back(ledger, checked.rejected), on=ON)
    assert again.tables[0].header[2] == expected
    answers = {("甲", 2, "signed_on"): "2025.1.5"}
    assert check_ledger(again, answers=answers).rows[0].amount == checked.rows[0].amount


def test_two_tables_of_one_sheet_come_back_as_two(book):
    rows = [
        ["合同编号", "客户名称", "合同金额", "签订日期"],
        ["HT-1", "甲", 1, None],
        ["甲方", "合同号", "合同额", "签约日"],
        ["甲", "HT-2", 1, None],
    ]
    ledger = read_ledger(book({"甲": rows}), on=ON)
    workbook = openpyxl.load_workbook(io.BytesIO(back(ledger, check_ledger(ledger).rejected)))
    assert workbook.sheetnames == ["甲", "甲 (2)"]


def test_nothing_rejected_is_an_empty_workbook(ledger, tmp_path):
    path = tmp_path / "rejected.xlsx"
    write_rejected(path, ledger, [], reason=Finding.text, heading="Reason")
    assert openpyxl.load_workbook(path).active.max_row == 1

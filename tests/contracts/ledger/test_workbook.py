import codecs
import io
import zipfile
from datetime import date, datetime

import openpyxl
import openpyxl.chart
import pytest

from base.lib.errors import Refused
from contracts.ledger.cells import Unknown
from contracts.ledger.workbook import Merge, open_workbook

CSV = '合同编号,客户名称,"合同金额\n(元)"\r\nHT-1,"甲,乙",12\r\n\r\nHT-2,丙\r\n'
ODS_CELL = "<table:table-cell office:value-type='string'><text:p>{}</text:p></table:table-cell>"
ODS = (
    "<?xml version='1.0' encoding='UTF-8'?><office:document-content"
    " xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'"
    " xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0'"
    " xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:spreadsheet>"
    "<table:table table:name='台账'><table:table-row/>"
    f"<table:table-row>{ODS_CELL.format('合同编号')}"
    "<table:table-cell office:value-type='date' office:date-value='2026-03-05'/></table:table-row>"
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)


def test_rows_keep_excels_numbers_and_columns(book):
    content = book({"甲": [[], [], [None, "a", None, "b"], [], [None, 1, "", datetime(2026, 3, 5)]], "空": []})
    first, empty = open_workbook(content)
    assert (first.name, first.numbers) == ("甲", [3, 5])
    assert first.rows == [["", "a", "", "b"], ["", 1.0, "", date(2026, 3, 5)]]
    assert (empty.name, empty.rows) == ("空", [])


def test_vertical_merges(book):
    content = book({"甲": [["x"]] * 6}, merged={"甲": ["A2:B4", "A1:C1", "C5:C6"]})
    assert set(open_workbook(content)[0].merged) == {Merge(2, 4, 0, 1), Merge(5, 6, 2, 2)}


def test_error_values_are_told_from_empty_cells():
    source = openpyxl.Workbook()
    for name, cells in (("一", {"B2": "#N/A", "D3": "#REF!"}), ("二", {"C2": "#DIV/0!"})):
        sheet = source.create_sheet(name)
        sheet["B1"], sheet["E4"] = "x", "y"
        for place, value in cells.items():
            sheet[place] = value
    target = io.BytesIO()
    source.save(target)
    _, one, two = open_workbook(target.getvalue())
    assert (one.rows[1], one.rows[2][3]) == (["", "#N/A"], "#REF!")
    assert two.rows[1][2] == "#DIV/0!"
    assert all(isinstance(cell, Unknown) for cell in (one.rows[1][1], one.rows[2][3], two.rows[1][2]))


def test_a_sheet_that_is_a_chart_is_empty():
    source = openpyxl.Workbook()
    source.active.append(["a", "b"])
    source.create_chartsheet("图").add_chart(openpyxl.chart.BarChart())
    target = io.BytesIO()
    source.save(target)
    assert [len(grid.rows) for grid in open_workbook(target.getvalue())] == [1, 0]


def test_hidden_sheets_are_read(book):
    grids = open_workbook(book({"甲": [["a"]], "乙": [["b"]]}, hidden=["乙"]))
    assert [(grid.name, grid.hidden) for grid in grids] == [("甲", False), ("乙", True)]


def test_hidden_rows_are_marked():
    source = openpyxl.Workbook()
    for number in range(1, 6):
        source.active.append([number])
    source.active.row_dimensions[2].hidden = source.active.row_dimensions[4].hidden = True
    target = io.BytesIO()
    source.save(target)
    (grid,) = open_workbook(target.getvalue())
    assert grid.hidden_rows == {2, 4}


def test_a_formula_that_was_never_computed_is_told_from_an_empty_cell():
    source = openpyxl.Workbook()
    source.active.append(["x", "=A1+1", None, "=SUM(A1:A9)"])
    target = io.BytesIO()
    source.save(target)
    (grid,) = open_workbook(target.getvalue())
    assert grid.rows == [["x", "=A1+1", "", "=SUM(A1:A9)"]]
    assert [isinstance(cell, Unknown) for cell in grid.rows[0]] == [False, True, False, True]


def test_what_a_number_format_shows_is_kept_with_the_number():
    source = openpyxl.Workbook()
    formats = ["$#,##0.00", "0!.0000", "#,##0.00", "¥#,##0.00", "[$€-407]#,##0", '0.00"万"']
    source.active.append([12.5] * len(formats))
    for cell, code in zip(source.active[1], formats, strict=True):
        cell.number_format = code
    target = io.BytesIO()
    source.save(target)
    (grid,) = open_workbook(target.getvalue())
    assert grid.rows == [[12.5] * len(formats)]
    assert [getattr(cell, "sign", "") for cell in grid.rows[0]] == ["USD", "万/", "", "", "EUR", "万"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_any_origin(encoding, delimiter):
    text = CSV.replace(",", delimiter).replace(f"甲{delimiter}乙", "甲,乙")
    (grid,) = open_workbook(text.encode(encoding), name="ledgers/2024年.csv")
    assert (grid.name, grid.numbers) == ("2024年", [1, 2, 4])
    assert grid.rows == [["合同编号", "客户名称", "合同金额\n(元)"], ["HT-1", "甲,乙", "12"], ["HT-2", "丙"]]


def test_a_text_that_a_spreadsheet_guards_as_a_formula_is_that_text():
    (grid,) = open_workbook(b'"=""HT-1""",5\n"=""0138""","=SUM(A1)"\n')
    assert grid.rows == [["HT-1", "5"], ["0138", "=SUM(A1)"]]


def test_open_document():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
        )
        archive.writestr("content.xml", ODS)
    (grid,) = open_workbook(target.getvalue())
    assert (grid.name, grid.numbers, grid.rows) == ("台账", [2], [["合同编号", date(2026, 3, 5)]])


def test_paths_and_open_files(book, tmp_path):
    path = tmp_path / "台账.xlsx"
    path.write_bytes(book({"甲": [["a"]]}))
    with path.open("rb") as file:
        grids = [open_workbook(source)[0] for source in (path, str(path), file)]
    assert grids[0] == grids[1] == grids[2]
    (tmp_path / "甲.csv").write_text("a,b\n", encoding="utf-8")
    assert open_workbook(tmp_path / "甲.csv")[0].name == "甲"


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"just a line", "一封信。\n没有表格。".encode(), b"\x89PNG\r\n\x1a\n\0\0,\0",
        b"%PDF-1.7, 1, 2", b"PK\x03\x04broken",
        b"<html><table><tr><td>a,b</td></tr></table></html>", b"{\\rtf1, a}",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        codecs.BOM_UTF16_LE + b"\x00\xd8a,", b'a,"' + b"x" * 200_000 + b'"', b"\xff\xff,\xff",
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(Refused) as refused:
        open_workbook(content)
    assert refused.value.code in ("not_a_workbook", "damaged")


def test_another_kind_of_zip_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    with pytest.raises(Refused):
        open_workbook(target.getvalue())


def test_a_damaged_sheet_is_refused(book):
    content = io.BytesIO(book({"甲": [["a"]]}))
    with zipfile.ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(Refused):
        open_workbook(target.getvalue())

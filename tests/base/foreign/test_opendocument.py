from base.foreign.limits import Fault
from tests.base.foreign.small_books import fault, ods, ods_cell, ods_row, read


def test_cells_of_an_opendocument_sheet():
    rows = ods_row(
        ods_cell("2025-03-14", "office:value-type='date' office:date-value='2025-03-14'"),
        ods_cell("", "table:formula='of:=A1+1'"),
        ods_cell("", "table:formula='of:=&quot;&quot;' office:value-type='string'"),
        ods_cell("x<text:s text:c='3'/>y</text:p><text:p>z", "office:value-type='string'"),
        ods_cell("12.0000", "table:style-name='w' office:value-type='float' office:value='120000'"),
        ods_cell("3", "office:value-type='currency' office:currency='EUR' office:value='3'"),
        ods_cell("4", "office:value-type='currency' office:currency='CNY' office:value='4'"),
    )
    assert read(ods(rows))[0] == [
        [1, ["day", "2025-03-14"], ["unknown", "=A1+1"], "", "x   y\nz", ["shown", 120000.0, "万/"],
         ["shown", 3.0, "EUR"], 4.0]
    ]  # fmt: skip


def test_a_style_of_the_row_or_the_column_counts_where_the_cell_has_none():
    number = ods_cell("1", "office:value-type='float' office:value='1'")
    columns = "<table:table-column/><table:table-column table:default-cell-style-name='c'/>"
    rows = ods_row(number, number) + ods_row(number, of="table:default-cell-style-name='w'")
    assert read(ods(columns + rows))[0] == [[1, 1.0, ["shown", 1.0, "USD"]], [2, ["shown", 1.0, "万/"]]]


def test_what_stands_beside_the_table_is_not_read():
    remark = "<office:annotation><text:p>remark</text:p></office:annotation>"
    before = "<table:tracked-changes><table:table-row><table:table-cell/></table:table-row></table:tracked-changes>"
    rows = ods_row(f"<table:table-cell office:value-type='string'>{remark}<text:p>a</text:p></table:table-cell>")
    covered = ods_row("<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>", ods_cell("b"))
    assert read(ods(before + rows + covered))[0] == [[1, "a"], [2, "", "b"]]


def test_repeated_blanks_cost_nothing_and_keep_the_numbers():
    blank = ods_row(ods_cell(of="table:number-columns-repeated='16384'"), of="table:number-rows-repeated='1048574'")
    assert read(ods(ods_row(ods_cell("a")) + blank + ods_row(ods_cell("z"))))[0] == [[1, "a"], [1048576, "z"]]


def test_what_is_repeated_counts():
    assert fault(ods(ods_row(ods_cell("a"), of="table:number-rows-repeated='2000001'"))) == Fault.CELLS
    assert fault(ods(ods_row(ods_cell("a", "table:number-columns-repeated='16384'")))) == Fault.COLUMNS


def test_a_workbook_that_defines_texts_of_its_own_is_refused():
    laughs = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]>"
    assert fault(ods(ods_row(ods_cell("&b;")), before=laughs)) == Fault.DAMAGED

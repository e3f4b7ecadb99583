from datetime import date
from decimal import Decimal

import pytest

from contracts.ledger import read_ledger
from contracts.ledger.columns import PLAIN, Unit

ON = date(2026, 11, 22)
HEADER = ["序号", "合同编号", "客户名称", "项目名称", "合同金额", "签订日期", "终验日期", "备注"]
ONE = [1, "HT-1", "甲局", "平台", 120000, "2025.1.5", "2025.6.1", None]
TWO = [2, "HT-2", "乙局", "系统", 130000, "2025.1.6", None, "急"]
TEN_THOUSAND = Unit(Decimal(10000))


def numbers(ledger):
    """Every row found, as (sheet, Excel's row, contract number)."""
    found = []
    for table in ledger.tables:
        column = {field: index for index, field in table.mapping.items()}["number"]
        found += [(row.sheet, row.number, row.cells[column]) for row in table.rows]
    return found


def values(table, field):
    column = next(index for index, name in table.mapping.items() if name == field)
    return [row.cells[column] for row in table.rows]


@pytest.mark.parametrize(
    ("above", "header_row"),
    [
        ([], 1),
        ([["维保合同台账"]], 2),
        ([["维保合同台账（2024年）"], ["单位：元", None, "制表日期：2026-11-22"], []], 4),
        ([[], [], ["编制：张三", "审核：李四"], ["1、本表每月更新。"], ["2、金额为含税价。"]], 6),
        ([["说明"]] * 60, 61),
    ],
)
def test_the_header_is_found_under_titles(book, above, header_row):
    (table,) = read_ledger(book({"台账": [*above, HEADER, ONE, [], TWO]}), on=ON).tables
    assert (table.header_row, table.header) == (header_row, (*HEADER[:-1], "备注"))
    assert [row.number for row in table.rows] == [header_row + 1, header_row + 3]
    assert table.unmapped == ("序号",)


def test_rows_that_are_no_contracts_are_left_out(book):
    rows = [
        ["一、政务类项目"], ONE, [None] * 8, [3], ["小计", None, None, None, 120000],
        [None, "本页小计", None, None, 120000],
        HEADER, TWO, [None, None, None, "二、教育类"], [4, "HT-4", "丙局", "合计管理系统", 5, "2025.1.7"],
        ["合 计", 3, None, None, 250005],
        [None, None, None, "总计：", 250005], ["Total", None, None, None, 250005],
        ["备注：金额含税", None, "以合同为准"],
        ["制表：张三", None, "审核：李四", None, "日期：2026-11-22"], [None, None, "/", "—"],
    ]  # fmt: skip
    assert numbers(read_ledger(book({"台账": [HEADER, *rows]}), on=ON)) == [
        ("台账", 3, "HT-1"), ("台账", 9, "HT-2"), ("台账", 11, "HT-4"),
    ]  # fmt: skip


def test_a_bad_row_is_not_taken_for_a_remark(book):
    rows = [[5, None, "丁局", "网", 7, "2025.1.8"], [None, "HT-6"], [7, "HT-7", None, None, None, None]]
    assert [row[1] for row in numbers(read_ledger(book({"台账": [HEADER, *rows]}), on=ON))] == [2, 3, 4]


def test_all_sheets_hidden_ones_too(book):
    sheets = {
        "填表说明": [["本表由各客户经理每月更新，终验后填写终验日期。"]],
        "2023年": [HEADER, ONE],
        "回款": [["合同编号", "客户名称", "合同金额", "开票日期", "回款金额"], ["HT-1", "甲局", 120000, "2025.7.1", 5]],
        "巡检": [["合同编号", "客户名称", "终验日期", "巡检日期"], ["HT-1", "甲局", "2025.6.1", "2025.7.1"]],
        "统计": [["客户名称", "项目名称", "合同金额"], ["甲局", "平台", 120000]],
        "2024年": [["合同号", "甲方", "合同总价", "签约时间"], ["HT-2", "乙局", 130000, "2025.1.6"]],
        "空": [],
    }
    content = book(sheets, hidden=["2024年"])
    ledger = read_ledger(content, on=ON)
    assert numbers(ledger) == [("2023年", 2, "HT-1")]
    assert {name: (each.rows, each.hidden) for name, each in ledger.skipped.items()} == {
        "回款": (1, False), "巡检": (1, False), "统计": (1, False), "2024年": (1, True),
    }  # fmt: skip
    assert ledger.skipped["统计"].names == ("客户名称", "项目名称", "合同金额")
    assert ledger.skipped["统计"].examples == (("甲局",), ("平台",), ("120000",))
    assert (ledger.on, ledger.row_count) == (ON, 1)
    chosen = read_ledger(content, on=ON, chosen={"2024年": True, "统计": False})
    assert numbers(chosen) == [("2023年", 2, "HT-1"), ("2024年", 2, "HT-2")]
    assert [name for name, each in chosen.skipped.items() if each.on_purpose] == ["统计"]


def test_hidden_sheets_come_last(book):
    old = [1, "HT-1", "甲局", "平台", 800000, "2025.1.5", "2025.6.1", None]
    content = book({"2024旧": [HEADER, old], "台账": [HEADER, ONE]}, hidden=["2024旧"])
    assert numbers(read_ledger(content, on=ON)) == [("台账", 2, "HT-1")]
    both = read_ledger(content, on=ON, chosen={"2024旧": True})
    assert numbers(both) == [("台账", 2, "HT-1"), ("2024旧", 2, "HT-1")]


@pytest.mark.parametrize(
    "more", ["2025年维保费", "1季度巡检", "第1次巡检时间", "备注1", "联系人2", "7×24服务", 2025, "2025", "2025年"]
)
def test_a_header_may_hold_digits(book, more):
    (table,) = read_ledger(book({"台账": [[*HEADER, more], [*ONE, 5], [*TWO, None]]}), on=ON).tables
    assert len(table.rows) == 2
    assert table.unmapped == ("序号", str(more))


@pytest.mark.parametrize(
    "groups",
    [
        ["合同信息", None, None, None, "金额", "验收", None, None],
        ["合同", "合同", "客户", "项目", "金额", "日期", "日期", "其他"],
        ["序号", "合同信息", None, None, None, "时间", None, None],
    ],
)
def test_a_group_row_above_the_header(book, groups):
    for above in ([groups], [["台账 2025"], groups]):
        (table,) = read_ledger(book({"台账": [*above, HEADER, ONE, TWO]}), on=ON).tables
        assert (table.header_row, len(table.rows)) == (len(above) + 1, 2)
        assert set(table.mapping.values()) >= {"number", "customer", "project", "amount", "signed_on"}


def test_a_sheet_whose_columns_nobody_knows_is_named_with_its_rows(book):
    strange = [["Nr", "Wer", "Wieviel"], ["A", "x", 5], ["B", "y", 6], ["合计", None, 11]]
    ledger = read_ledger(book({"台账": [HEADER, ONE], "Liste": strange, "说明": [["a", "b", "c"], ["d"]]}), on=ON)
    assert {name: each.rows for name, each in ledger.skipped.items()} == {"Liste": 2}


def test_several_tables_on_one_sheet(book):
    other = [None, "甲方", "合同号", "签约时间", "合同总价（万元）"]
    rows = [
        HEADER,
        ONE,
        [],
        ["二、2024年"],
        other,
        [None, "乙局", "HT-2", "2025.1.6", 13],
        [],
        other,
        [None, "丙局", "HT-3", "2025.1.7", 14],
    ]
    first, second = read_ledger(book({"台账": rows}), on=ON).tables
    assert (first.header_row, [row.number for row in first.rows]) == (1, [2])
    assert (second.header_row, [row.number for row in second.rows]) == (5, [6, 9])
    assert (first.units, second.units) == ({}, {"amount": TEN_THOUSAND})


def test_a_value_merged_over_several_rows_holds_for_each(book):
    rows = [
        HEADER, [1, "HT-1", "甲局", "平台", 120000, "2025.1.5"], [2, "HT-2", None, None, 130000, None], [None] * 8,
        [3, "HT-3", None, "网", 140000, "2025.1.7"], [4, "HT-4", "乙局", "库", 150000, "2025.1.8"],
        [5, None, "丙局", "云", None, "2025.1.9"],
    ]  # fmt: skip
    merged = ["C2:C5", "D2:D3", "F2:F3", "B6:B7", "E6:E7"]
    (table,) = read_ledger(book({"台账": rows}, merged={"台账": merged}), on=ON).tables
    assert [row.number for row in table.rows] == [2, 3, 5, 6, 7]
    assert values(table, "customer") == ["甲局", "甲局", "甲局", "乙局", "丙局"]
    assert values(table, "project") == ["平台", "平台", "网", "库", "云"]
    assert values(table, "signed_on") == ["2025.1.5", "2025.1.5", "2025.1.7", "2025.1.8", "2025.1.9"]
    assert values(table, "number") == ["HT-1", "HT-2", "HT-3", "HT-4", ""]
    assert values(table, "amount") == [120000, 130000, 140000, 150000, ""]


def test_a_blank_cell_that_is_not_merged_stays_blank(book):
    (table,) = read_ledger(book({"台账": [HEADER, ONE, [2, "HT-2", None, "系统", 1, "2025.1.6"]]}), on=ON).tables
    assert values(table, "customer") == ["甲局", ""]


def test_two_header_rows(book):
    upper = ["序号", "合同信息", None, None, "金额", None, "维保期", None, "客户经理", "备注"]
    lower = [None, "编号", "甲方", "签订日期", "合同额", "年维保费", "终验日期", "止", None, None]
    row = [1, "HT-1", "甲局", "2025.1.5", 100, 10, "2025.6.1", "2027.6.1", "王芳", "急"]
    (table,) = read_ledger(
        book({"台账": [["台账"], upper, lower, row]}, merged={"台账": ["A2:A3", "B2:D2"]}), on=ON
    ).tables
    assert (table.header_row, [each.number for each in table.rows]) == (3, [4])
    assert dict(table.mapping) == {
        1: "number", 2: "customer", 3: "signed_on", 4: "amount", 5: "annual_fee", 6: "final_acceptance_on",
        7: "covered_until",
        8: "manager", 9: "note",
    }  # fmt: skip


def test_a_title_above_the_header_is_not_part_of_it(book):
    (table,) = read_ledger(book({"台账": [["维保合同台账", None, "内部资料"], HEADER, ONE]}), on=ON).tables
    assert table.header == tuple(HEADER)


@pytest.mark.parametrize(
    ("above", "header", "units"),
    [
        ("单位：元", "合同金额", {"amount": PLAIN}),
        ("单位：万元", "合同金额", {"amount": TEN_THOUSAND}),
        ("（金额单位: 人民币万元）", "合同金额", {"amount": Unit(Decimal(10000), "CNY")}),
        ("单位：万元", "合同金额（元）", {"amount": PLAIN}),
        ("", "合同金额（万元）", {"amount": TEN_THOUSAND}),
        ("填报单位：某某公司", "合同金额", {}),
    ],
)
def test_the_unit_of_sums(book, above, header, units):
    columns = [header if name == "合同金额" else name for name in HEADER]
    (table,) = read_ledger(
        book({"台账": [["台账"], [above, None, "制表日期：2026-11-22"], columns, ONE]}), on=ON
    ).tables
    assert table.units == units


def test_columns_the_user_mapped(book):
    rows = [["档案", "谁", "多少", "何时"], ["HT-1", "甲局", 5, "2025.1.5"]]
    ledger = read_ledger(book({"台账": rows}), on=ON)
    assert (ledger.tables, ledger.skipped["台账"].names) == ((), ("档案", "谁", "多少", "何时"))
    mapping = {"档案": "number", "谁": "customer", "多少": "amount", "何时": "signed_on"}
    assert numbers(read_ledger(book({"台账": rows}), on=ON, mapping=mapping)) == [("台账", 2, "HT-1")]


def test_csv(tmp_path):
    path = tmp_path / "2024年台账.csv"
    path.write_bytes(
        "维保合同台账,,,\n\n合同号,甲方,合同总价,签约时间\nHT-1,甲局,12万,2025.1.5\n,,,\n合计,,12万,\n".encode("gbk")
    )
    assert numbers(read_ledger(path, on=ON)) == [("2024年台账", 4, "HT-1")]
    assert numbers(read_ledger(path.read_bytes(), on=ON, name="甲.csv")) == [("甲", 4, "HT-1")]


def test_english_columns_in_another_order(book):
    header = ["Remarks", "Signed on", "Amount (USD)", "Customer", "Project", "Contract No.", "Final acceptance"]
    (table,) = read_ledger(book({"Ledger": [header, ["x", "2025-01-05", 5, "A", "P", "C-1", None]]}), on=ON).tables
    assert set(table.mapping.values()) == {
        "note", "signed_on", "amount", "customer", "project", "number", "final_acceptance_on",
    }  # fmt: skip
    assert table.units == {"amount": Unit(Decimal(1), "USD")}

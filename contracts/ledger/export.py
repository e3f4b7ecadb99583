"""Contracts written as a ledger that reads back the same: the usual Chinese columns, one sheet."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from xlsxwriter import Workbook

from contracts.ledger.rows import LedgerRow

SHEET: Final = "合同台账"


class _Column(NamedTuple):
    heading: str
    kind: str
    width: int
    value: Callable[[LedgerRow], Any]


_COLUMNS: Final = (
    _Column("合同编号", "text", 18, lambda row: row.number),
    _Column("项目名称", "text", 28, lambda row: row.project),
    _Column("客户名称", "text", 28, lambda row: row.customer),
    _Column("统一社会信用代码", "text", 22, lambda row: row.credit_code),
    _Column("合同金额", "money", 18, lambda row: row.amount.amount),
    _Column("币种", "text", 8, lambda row: row.amount.currency.code),
    _Column("签订日期", "day", 12, lambda row: row.signed_on),
    _Column("上线日期", "day", 12, lambda row: row.go_live_on),
    _Column("初验日期", "day", 12, lambda row: row.preliminary_on),
    _Column("终验日期", "day", 12, lambda row: row.final_acceptance_on),
    _Column("终验当日计入", "text", 12, lambda row: "是" if row.cells.get("same_day") else "否"),
    _Column("免费维保期(月)", "number", 14, lambda row: row.free_months),
    _Column("续保比例", "percent", 10, lambda row: row.renewal_rate),
    _Column("巡检次数(次/年)", "number", 14, lambda row: row.inspections_per_year),
    _Column("维保到期日", "day", 12, lambda row: row.covered_until),
    _Column("年维保费", "money", 18, lambda row: row.annual_fee.amount if row.annual_fee else None),
    _Column("客户经理", "text", 12, lambda row: row.manager),
    _Column("项目经理", "text", 12, lambda row: row.project_manager),
    _Column("客户联系人", "text", 12, lambda row: row.contact),
    _Column("联系电话", "text", 16, lambda row: row.phone),
    _Column("邮箱", "text", 24, lambda row: row.email),
    _Column("备注", "text", 30, lambda row: row.note),
)
_FORMATS: Final[dict[str, dict[str, object]]] = {
    "text": {"num_format": "@"},
    "number": {},
    "money": {"num_format": "#,##0.00"},
    "percent": {"num_format": "0.00%"},
    "day": {"num_format": "yyyy-mm-dd"},
}


def write_ledger(target: str | Path | BinaryIO, rows: Iterable[LedgerRow]) -> int:
    """Write rows under one header, in constant memory; returns how many. Texts stay texts, whatever they look like."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    written = 0
    with Workbook(target, options) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F2"})
        formats = {kind: book.add_format(style) for kind, style in _FORMATS.items()}
        sheet = book.add_worksheet(SHEET)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(_COLUMNS):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.heading, head)
        for written, row in enumerate(rows, 1):
            for place, column in enumerate(_COLUMNS):
                _write(sheet, written, place, column.value(row), formats[column.kind])
    return written


def _write(sheet: Any, line: int, place: int, value: object, style: Any) -> None:
    match value:
        case None | "":
            return
        case str():
            sheet.write_string(line, place, value, style)
        case int() | Decimal():
            sheet.write_number(line, place, value, style)
        case _:
            sheet.write_datetime(line, place, value, style)

"""The rejected rows given back as a workbook: the sheet's own columns and a reason, to mend and import."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contracts.ledger.cells import Cell, read_text
from contracts.ledger.columns import PLAIN, column_unit
from contracts.ledger.reader import Ledger, RawRow, Table
from contracts.ledger.rows import Rejection

_ACTIVE: Final = ("=", "+", "-", "@", "\t", "\r")
_FORBIDDEN_IN_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_LONGEST_NAME: Final = 31
_WIDTH: Final = 16
_EXACT: Final = 10**15


def write_rejected(
    target: str | Path | BinaryIO,
    ledger: Ledger,
    rejected: Iterable[Rejection],
    *,
    reason: Callable[[Rejection], str],
    heading: str,
) -> None:
    """Write one sheet for each table that has rejected rows; the cell at fault is marked.

    `reason` says a rejection in the user's language, `heading` names its column. Text that a spreadsheet
    could take for a formula stays text, without any sign added, so that it reads back the same.
    """
    faults = {(rejection.sheet, rejection.row): rejection for rejection in rejected}
    with Workbook(target) as book:
        page = _Page(book, reason, heading)
        for table in ledger.tables:
            found = ((row, faults.get((row.sheet, row.number))) for row in table.rows)
            if rows := [(row, fault) for row, fault in found if fault]:
                page.write(table, rows)
        if not book.worksheets():
            book.add_worksheet()


class _Page:
    """The formats of one workbook, and its sheets' names."""

    def __init__(self, book: Workbook, reason: Callable[[Rejection], str], heading: str) -> None:
        self.book, self.reason, self.heading = book, reason, heading
        self.names: set[str] = set()
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self.formats = {
            (kind, marked): book.add_format(style | ({"bg_color": "#FDE2E1"} if marked else {}))
            for kind, style in _STYLES.items()
            for marked in (False, True)
        }

    def write(self, table: Table, rows: Sequence[tuple[RawRow, Rejection]]) -> None:
        columns = [index for index, name in enumerate(table.header) if name != self.heading]
        sheet = self.book.add_worksheet(self._name(table.sheet))
        sheet.set_column(0, len(columns), _WIDTH)
        sheet.freeze_panes(1, 0)
        for place, index in enumerate(columns):
            sheet.write_string(0, place, _heading(table, index), self.head)
        sheet.write_string(0, len(columns), self.heading, self.head)
        for line, (row, rejection) in enumerate(rows, 1):
            for place, index in enumerate(columns):
                marked = table.mapping.get(index) == rejection.field
                self._cell(sheet, line, place, row.cells[index], marked=marked)
            sheet.write_string(line, len(columns), self.reason(rejection), self.formats["reason", False])

    def _cell(self, sheet: Worksheet, line: int, place: int, cell: Cell, *, marked: bool) -> None:
        if isinstance(cell, date):
            kind = "moment" if isinstance(cell, datetime) else "day"
            sheet.write_datetime(line, place, cell, self.formats[kind, marked])
        elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < _EXACT:
            sheet.write_number(line, place, cell, self.formats["number", marked])
        else:
            text = cell if isinstance(cell, str) else read_text(cell)
            kind = "quoted" if text.lstrip().startswith(_ACTIVE) else "text"
            self._text(sheet, line, place, text, self.formats[kind, marked])

    def _text(self, sheet: Worksheet, line: int, place: int, text: str, style: Format) -> None:
        if text:
            sheet.write_string(line, place, text, style)
        else:
            sheet.write_blank(line, place, None, style)

    def _name(self, wanted: str) -> str:
        """A sheet name Excel takes, each once."""
        base = wanted.translate(_FORBIDDEN_IN_NAME).strip("'")[:_LONGEST_NAME] or "Sheet"
        name, count = base, 1
        while name.casefold() in self.names:
            count += 1
            name = f"{base[: _LONGEST_NAME - 5]} ({count})"
        self.names.add(name.casefold())
        return name


_STYLES: Final[dict[str, dict[str, object]]] = {
    "text": {},
    "quoted": {"quote_prefix": True},
    "number": {},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "reason": {"font_color": "#B42318", "text_wrap": True},
}  # fmt: skip


def _heading(table: Table, index: int) -> str:
    """The column's name; a unit that stood above the table is put into it, because the titles stay behind."""
    name = table.header[index]
    field = table.mapping.get(index, "")
    unit = table.units.get(field, PLAIN)
    if unit == PLAIN or column_unit(field, name):
        return name
    scale, currency = _SCALE_NAMES.get(int(unit.factor), ""), _CURRENCY_NAMES.get(unit.currency, "元")
    return f"{name}({scale}{currency})"


_SCALE_NAMES: Final = {10**3: "千", 10**4: "万", 10**6: "百万", 10**8: "亿"}
_CURRENCY_NAMES: Final = {"CNY": "人民币", "USD": "美元", "EUR": "欧元", "HKD": "港币"}

"""An OpenDocument spreadsheet read from its XML, a piece at a time: what it repeats is counted and not unrolled.

It tells what calamine does not: errors, formulas that were never computed, hidden rows, currencies of the format.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from xml.parsers import expat

from base.foreign.archive import Archive
from base.foreign.formats import shown_beside
from base.foreign.limits import MAX_CELLS, MAX_CHARACTERS, MAX_COLUMNS, Fault, Unreadable
from base.foreign.marks import LONGEST_FORMULA

CONTENT: Final = "content.xml"
_STYLES: Final = "styles.xml"
_MANIFEST: Final = "META-INF/manifest.xml"

#: What stands in a sheet or a cell and is no part of the table, by local name: remarks, pictures, changes of before.
_ASIDE: Final = frozenset(
    ["annotation", "frame", "g", "custom-shape", "line", "rect", "shapes", "tracked-changes", "dde-links", "forms",
     "ruby-text", "named-expressions", "database-ranges", "data-pilot-tables"]
)  # fmt: skip
_DATA_STYLES: Final = frozenset(["number-style", "currency-style", "percentage-style", "date-style", "text-style"])
_LAST_ROW: Final = 2**20


@dataclass(slots=True)
class Table:
    """One sheet: its rows that hold something, by Excel's number."""

    name: str
    style: str
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def tables_of(archive: Archive) -> Iterator[tuple[Table, bool]]:
    """Each sheet, and whether it is hidden. Raises `Unreadable`."""
    if b"encryption-data" in archive.part(_MANIFEST):
        raise Unreadable(Fault.LOCKED)
    styles = _Styles()
    if _STYLES in archive.names:
        _parse(archive.chunks(_STYLES), styles.start, styles.end, styles.text)
    reader = _Reader(styles)
    _parse(archive.chunks(CONTENT), reader.start, reader.end, reader.text)
    if not reader.is_spreadsheet:
        raise Unreadable(Fault.NOT_A_WORKBOOK)
    return ((table, table.style in styles.hidden) for table in reader.tables)


def _parse(
    chunks: Iterator[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.EntityDeclHandler = _no_entities
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        raise Unreadable(Fault.DAMAGED) from None


def _no_entities(*_declared: object) -> None:
    """A workbook declares none; one that does would multiply them."""
    raise Unreadable(Fault.DAMAGED)


class _Styles:
    """What the styles show beside a number, and which of them hide a sheet."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        #: Cell style → its data style, and the style it is made from.
        self._cells: dict[str, tuple[str, str]] = {}
        self._codes: dict[str, list[str]] = {}
        self._others: dict[str, list[str]] = {}
        self._data, self._style, self._in_text = "", "", False
        self._found: dict[str, str] = {}

    def start(self, name: str, given: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "style":
            self._style = given.get("style:name", "")
            if given.get("style:family") == "table-cell":
                self._cells[self._style] = (
                    given.get("style:data-style-name", ""),
                    given.get("style:parent-style-name", ""),
                )
        elif local == "table-properties" and given.get("table:display") == "false":
            self.hidden.add(self._style)
        elif local in _DATA_STYLES:
            self._data = given.get("style:name", "")
            self._codes[self._data] = []
        elif not self._data:
            return
        elif local == "map":
            self._others.setdefault(self._data, []).append(given.get("style:apply-style-name", ""))
        elif local == "number":
            thousands = given.get("number:display-factor") == "1000"
            self._codes[self._data].append("0," if thousands else "0")
        elif local == "embedded-text":
            self._in_text = True
            # A point before the last four digits: a ten-thousandth is shown. Thousands leave one digit of the four.
            place = given.get("number:position")
            if (place == "4" and self._codes[self._data][-1:] == ["0"]) or (
                place == "1" and self._codes[self._data][-1:] == ["0,"]
            ):
                self._codes[self._data][-1:] = ["0!.0000"]
        elif local in ("text", "currency-symbol"):
            self._in_text = True

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local in _DATA_STYLES:
            self._data = ""
        elif local in ("text", "currency-symbol", "embedded-text"):
            self._in_text = False

    def text(self, words: str) -> None:
        if self._in_text and self._data:
            self._codes[self._data].append(words.replace(";", ""))

    def shown(self, style: str) -> str:
        """The currency or unit that numbers of this style show; nothing at home."""
        if style not in self._found:
            data, made_from, steps = "", style, 0
            while made_from and not data and steps < 20:
                data, made_from = self._cells.get(made_from, ("", ""))
                steps += 1
            codes = ["".join(self._codes.get(each, ())) for each in (data, *self._others.get(data, ()))]
            self._found[style] = next(filter(None, map(shown_beside, codes)), "")
        return self._found[style]


class _Reader:
    """The tables of the content; `styles` gets those that stand in it."""

    def __init__(self, styles: _Styles) -> None:
        self.styles, self.tables, self.is_spreadsheet = styles, list[Table](), False
        self._left = MAX_CELLS
        self._aside = 0
        self._row_number = self._repeated = 0
        self._row_style, self._hidden_row = "", False
        self._columns: list[tuple[int, str]] = []
        self._cells: list[tuple[int, int, Any]] | None = None
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._words: list[str] = []
        self._in_words = 0
        self._size = 0

    def start(self, name: str, given: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self._aside or (local in _ASIDE and self.is_spreadsheet):
            self._aside += 1
        elif not self.is_spreadsheet:
            self.is_spreadsheet = local == "spreadsheet"
            self.styles.start(name, given)
        elif self._cell is not None:
            self._start_in_cell(local, given)
        elif local == "table":
            self.tables.append(Table(given.get("table:name", ""), given.get("table:style-name", "")))
            self._row_number, self._columns = 0, []
        elif local == "table-column":
            width = _repeats(given, "table:number-columns-repeated")
            last = self._columns[-1][0] if self._columns else 0
            self._columns.append((last + width, given.get("table:default-cell-style-name", "")))
        elif local == "table-row" and self.tables:
            self._row_number += 1
            self._repeated = _repeats(given, "table:number-rows-repeated")
            self._row_style = given.get("table:default-cell-style-name", "")
            self._hidden_row = given.get("table:visibility", "visible") != "visible"
            self._cells, self._column = [], 0
        elif local in ("table-cell", "covered-table-cell") and self._cells is not None:
            self._cell, self._words, self._size, self._in_words = given, [], 0, 0

    def _start_in_cell(self, local: str, given: dict[str, str]) -> None:
        if local == "table":  # a table in a cell is none of the sheet's
            self._aside += 1
        elif local in ("p", "h"):
            self._in_words += 1
            if self._in_words == 1 and self._words:
                self.text("\n")
        elif local == "s":
            self.text(" " * min(_repeats(given, "text:c"), MAX_CHARACTERS))
        elif local == "tab":
            self.text("\t")
        elif local == "line-break":
            self.text("\n")

    def text(self, words: str) -> None:
        if self._aside:
            return
        if not self.is_spreadsheet:
            self.styles.text(words)
        elif self._in_words and self._size < MAX_CHARACTERS:
            self._words.append(words)
            self._size += len(words)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if self._aside:
            self._aside -= 1
        elif not self.is_spreadsheet:
            self.styles.end(name)
        elif local in ("p", "h"):
            self._in_words = max(0, self._in_words - 1)
        elif local == "table-cell" and self._cell is not None:
            self._end_cell(self._cell)
        elif local == "covered-table-cell" and self._cell is not None:
            self._column += _repeats(self._cell, "table:number-columns-repeated")
            self._cell = None
        elif local == "table-row" and self._cells is not None:
            self._end_row(self._cells)

    def _end_cell(self, given: dict[str, str]) -> None:
        assert self._cells is not None
        self._cell = None
        width = _repeats(given, "table:number-columns-repeated")
        value = self._value(given, "".join(self._words)[:MAX_CHARACTERS])
        if value != "":
            if width > MAX_COLUMNS or self._column >= MAX_COLUMNS:
                raise Unreadable(Fault.COLUMNS)
            self._cells.append((self._column, width, value))
        below = _repeats(given, "table:number-rows-spanned")
        if below > 1:
            beside = _repeats(given, "table:number-columns-spanned")
            last = (self._row_number + below - 1, self._column, self._column + beside - 1)
            self.tables[-1].merged.append((self._row_number, *last))
        self._column += width

    def _end_row(self, cells: list[tuple[int, int, Any]]) -> None:
        self._cells = None
        first, self._row_number = self._row_number, self._row_number + self._repeated - 1
        if not cells:
            return
        self._left -= sum(width for _column, width, _value in cells) * self._repeated
        if self._left < 0 or self._row_number > _LAST_ROW:
            raise Unreadable(Fault.CELLS)
        row: list[Any] = [""] * (cells[-1][0] + cells[-1][1])
        for column, width, value in cells:
            row[column : column + width] = [value] * width
        table = self.tables[-1]
        for number in range(first, self._row_number + 1):
            table.rows.append((number, list(row) if self._repeated > 1 else row))
            if self._hidden_row:
                table.hidden_rows.append(number)

    def _value(self, given: dict[str, str], words: str) -> Any:
        kind = given.get("office:value-type", "")
        formula = given.get("table:formula", "")
        if given.get("calcext:value-type") == "error":
            return ["unknown", words or "#N/A"]
        match kind:
            case "float" | "percentage" | "currency":
                return self._number(given, words, kind)
            case "date":
                return _moment(given.get("office:date-value", "")) or words
            case "boolean":
                return given.get("office:boolean-value") == "true"
            case "string":
                return words or given.get("office:string-value", "")[:MAX_CHARACTERS]
            case "" if formula and not words:
                return ["unknown", f"={formula.partition('=')[2][:LONGEST_FORMULA]}"]
        return words

    def _number(self, given: dict[str, str], words: str, kind: str) -> Any:
        try:
            value = float(given.get("office:value", ""))
        except ValueError:
            return words
        if not math.isfinite(value):
            return words
        code = given.get("office:currency", "") if kind == "currency" else ""
        style = given.get("table:style-name") or self._row_style or self._column_style()
        sign = self.styles.shown(style) or (code if code not in ("", "CNY", "RMB") else "")
        return ["shown", value, sign] if sign else value

    def _column_style(self) -> str:
        return next((style for end, style in self._columns if self._column < end), "")


def _repeats(given: dict[str, str], name: str) -> int:
    stated = given.get(name, "1")
    return max(1, int(stated[:9])) if stated.isascii() and stated.isdecimal() else 1


def _moment(text: str) -> date | datetime | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None

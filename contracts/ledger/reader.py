"""Finding the ledger in a workbook: which sheets, which header, which rows (docs/ledger.md 2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

from contracts.ledger.cells import Cell, is_blank, plain, read_text
from contracts.ledger.columns import Unit, column_unit, guess_mapping, header_key, known_field, sum_unit
from contracts.ledger.workbook import Grid, Merge, Source, open_workbook

_LEAST_COLUMNS: Final = 3

# Sums and numbers belong to one row; whatever else is merged over several rows holds for each of them.
_NOT_SHARED: Final = frozenset(["number", "amount", "annual_fee"])

_TOTAL = re.compile(
    r".{0,12}(?:合计|总计|小计|共计|累计|总和)(?:金额|数)?(?:[(\[].*[)\]])?:?.{0,4}|(?:grand|sub)?-?totals?:?|sum:?"
)
_REMARK = re.compile(
    r"(?:制表|填表|编制|审核|复核|审批|批准|主管|负责人|经办|填报|统计|更新|备注|附注|说明|注意|注|填写说明|单位|日期|打印).{0,6}:.*"
    r"|第\d+页.*|以下空白|以上.{0,10}|\(?续(?:上|下)?表\)?"
)
_OTHER_BOOK = re.compile("开票|发票|回款|到账|付款|收款|巡检日期|巡检时间|巡检记录|invoice|payment|paid")
_SHEET_UNIT = re.compile(r"(?:金额)?单位:?((?:人民币)?(?:百万|[万亿千])?(?:元|美元|欧元|港元|港币)|usd|rmb)")
_DIGIT = re.compile(r"\d")
_LONGEST_NUMBER: Final = 40


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a ledger, as typed; a value merged over several rows is filled in. `number` is Excel's."""

    sheet: str
    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows under it. A sheet may hold several with different columns.

    `units` are what the header, or a line like 单位：万元 above it, says of plain numbers.
    """

    sheet: str
    header_row: int
    header: tuple[str, ...]
    mapping: Mapping[int, str]
    units: Mapping[str, Unit]
    rows: tuple[RawRow, ...]

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns nobody knows, for the user to map."""
        return tuple(name for index, name in enumerate(self.header) if name and index not in self.mapping)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was found, to be checked as of the import day `on`.

    `skipped` are the sheets without a ledger, each with the names that look most like its header:
    what a user may map when a sheet was missed.
    """

    on: date
    tables: tuple[Table, ...]
    skipped: Mapping[str, tuple[str, ...]]

    @property
    def row_count(self) -> int:
        return sum(len(table.rows) for table in self.tables)


class _Header(NamedTuple):
    """A header of one row, or of two: `first` and `last` are their indexes in the grid."""

    first: int
    last: int
    cells: tuple[str, ...]
    mapping: Mapping[int, str]


def read_ledger(source: Source, *, on: date, mapping: Mapping[str, str] | None = None, name: str = "") -> Ledger:
    """The contracts of a workbook or CSV file, not judged yet.

    `mapping` holds the user's remembered choices, header -> field ("" for none); `name` is the file's name
    where `source` has none. Refused as `open_workbook` refuses; a file without any ledger has no tables.
    """
    tables: list[Table] = []
    skipped: dict[str, tuple[str, ...]] = {}
    for grid in open_workbook(source, name=name):
        found = _tables(grid, mapping or {})
        tables += found
        if not found:
            names = (_texts(row) for row in grid.rows if _names_only(row, _LEAST_COLUMNS))
            skipped[grid.name] = max(names, key=lambda row: sum(map(bool, row)), default=())
    return Ledger(on, tuple(tables), skipped)


def _tables(grid: Grid, remembered: Mapping[str, str]) -> list[Table]:
    """One table for each header that differs from the one before; a repeated header continues its table."""
    headers = list(_headers(grid, remembered))
    if not headers:
        return []
    tables: list[Table] = []
    ends = [header.first for header in headers[1:]] + [len(grid.rows)]
    unit = _sheet_unit(grid.rows[: headers[0].last])
    for header, end in zip(headers, ends, strict=True):
        rows = tuple(_rows(grid, header, end))
        if tables and tables[-1].header == header.cells:
            tables[-1] = replace(tables[-1], rows=tables[-1].rows + rows)
        else:
            row, units = grid.first_row + header.last, dict(_units(header, unit))
            tables.append(Table(grid.name, row, header.cells, header.mapping, units, rows))
    return tables


def _headers(grid: Grid, remembered: Mapping[str, str]) -> Iterator[_Header]:
    """The header under the title rows, and every later one: repeated, or of a further table."""
    below = 0
    for index, row in enumerate(grid.rows):
        if index < below or not _names_only(row, 2 if below else 1):
            continue
        header = _header_at(grid, index, remembered)
        if header and _is_ledger(header):
            below = header.last + 1
            yield header


def _names_only(row: Sequence[Cell], least: int) -> bool:
    """Whether a row can be (part of) a header: words, and no digits outside brackets."""
    words = 0
    for cell in row:
        if cell is None or cell == "":
            continue
        if not isinstance(cell, str) or (_DIGIT.search(cell) and (len(cell) > 24 or not known_field(cell))):
            return False
        words += 1
    return words >= least


def _header_at(grid: Grid, index: int, remembered: Mapping[str, str]) -> _Header | None:
    """The header that begins in this row; two rows when they name more together than either alone."""
    upper = _texts(grid.rows[index])
    header = _Header(index, index, upper, guess_mapping(upper, remembered))
    if index + 1 < len(grid.rows) and _names_only(grid.rows[index + 1], 1):
        lower = _texts(grid.rows[index + 1])
        joined = _joined(upper, lower, remembered)
        both = guess_mapping(joined, remembered)
        if len(both) > max(len(header.mapping), len(guess_mapping(lower, remembered))):
            header = _Header(index, index + 1, joined, both)
    return header if len(header.mapping) >= _LEAST_COLUMNS else None


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(read_text(cell) if isinstance(cell, str) else "" for cell in row)


def _joined(upper: Sequence[str], lower: Sequence[str], remembered: Mapping[str, str]) -> tuple[str, ...]:
    """One name a column: 维保期 over 止 is 维保期止; where that names nothing, the lower one.

    A heading stands over all the columns to its right that have a lower name and none of their own.
    """
    chosen = {header_key(header) for header in remembered}
    names, heading = [], ""
    for above, below in zip(upper, lower, strict=True):
        heading = above or (heading if below else "")
        candidates = [heading + below, below, heading] if below else [above]
        known = (name for name in candidates if name and (header_key(name) in chosen or known_field(name)))
        names.append(next(known, below or above))
    return tuple(names)


def _is_ledger(header: _Header) -> bool:
    """Contracts with their signing; without it only where numbers stand beside final acceptances.

    Other books (invoices, visits) and statistics name contracts too, and must not take their numbers.
    """
    fields = set(header.mapping.values())
    if "signed_on" in fields:
        return bool({"number", "project"} & fields) or {"customer", "amount"} <= fields
    other = any(map(_OTHER_BOOK.search, map(plain, header.cells)))
    return not other and {"number", "final_acceptance_on"} <= fields


def _sheet_unit(titles: Sequence[Sequence[Cell]]) -> Unit | None:
    """单位：万元 above the header holds for every sum that states no unit of its own."""
    for row in titles:
        for cell in row:
            if isinstance(cell, str) and (found := _SHEET_UNIT.search(plain(cell))):
                return sum_unit(found[1])
    return None


def _units(header: _Header, sheet_unit: Unit | None) -> Iterator[tuple[str, Unit]]:
    for index, name in header.mapping.items():
        if unit := column_unit(name, header.cells[index]):
            yield name, unit
        elif sheet_unit and name in ("amount", "annual_fee"):
            yield name, sheet_unit


def _rows(grid: Grid, header: _Header, end: int) -> Iterator[RawRow]:
    first = header.last + 1
    typed = grid.rows[first:end]
    filled = _filled(typed, grid.first_row + first, grid.merged, header.mapping)
    number = next((index for index, name in header.mapping.items() if name == "number"), None)
    for offset, row in enumerate(typed):
        if _is_plainly_contract(row, number) or _is_contract(row, header.mapping):
            yield RawRow(grid.name, grid.first_row + first + offset, tuple(filled.get(offset, row)))


def _filled(
    typed: Sequence[list[Cell]], first_row: int, merged: Sequence[Merge], mapping: Mapping[int, str]
) -> dict[int, list[Cell]]:
    """Offset -> row, for the rows that share a merged cell: only its first row holds the value."""
    filled: dict[int, list[Cell]] = {}
    for merge in merged:
        start, stop = merge.first_row - first_row, min(merge.last_row - first_row + 1, len(typed))
        if not 0 <= start < len(typed):
            continue
        for column in range(merge.first_column, merge.last_column + 1):
            if mapping.get(column, "number") not in _NOT_SHARED:
                for offset in range(start + 1, stop):
                    filled.setdefault(offset, list(typed[offset]))[column] = typed[start][merge.first_column]
    return filled


def _is_plainly_contract(row: Sequence[Cell], number: int | None) -> bool:
    """Nearly every row: a serial, if any, then a contract number like HT-2024-0001."""
    cell = None if number is None else row[number]
    return (
        isinstance(cell, str) and cell.isascii() and cell[-1:].isdigit() and (number == 0 or isinstance(row[0], float))
    )


def _is_contract(row: Sequence[Cell], mapping: Mapping[int, str]) -> bool:
    """Whether a row is meant as a contract: not empty, not a total, a section title or a remark."""
    filled = [index for index, cell in enumerate(row) if not is_blank(cell)]
    ours = [mapping[index] for index in filled if index in mapping]
    if not ours:
        return False
    cells = [row[index] for index in filled]
    words = [plain(cell) for cell in cells[:4] if isinstance(cell, str)]
    if words and words[0] == plain(cells[0]) and (_TOTAL.fullmatch(words[0]) or _REMARK.fullmatch(words[0])):
        return False
    if "number" not in ours and any(map(_TOTAL.fullmatch, words)):
        return False
    if len(cells) > 1:
        return True
    alone = read_text(cells[0])
    return ours == ["number"] and bool(_DIGIT.search(alone)) and len(alone) <= _LONGEST_NUMBER

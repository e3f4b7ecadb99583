"""Finding the ledger in a workbook: which sheets, which header, which rows (docs/ledger.md 2)."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts.ledger.cells import Cell, is_blank, plain, read_text
from contracts.ledger.columns import Unit, column_unit, sum_unit
from contracts.ledger.headers import LEAST_COLUMNS, Header, headers, is_names
from contracts.ledger.workbook import Grid, Merge, Source, open_workbook

# Sums and numbers belong to one row; whatever else is merged over several rows holds for each of them.
_NOT_SHARED: Final = frozenset(["number", "amount", "annual_fee"])

_TOTAL = re.compile(
    r".{0,12}(?:合计|总计|小计|共计|累计|总和)(?:金额|数)?(?:[(\[].*[)\]])?:?.{0,4}|(?:grand|sub)?-?totals?:?|sum:?"
)
_REMARK = re.compile(
    r"(?:制表|填表|编制|审核|复核|审批|批准|主管|负责人|经办|填报|统计|更新|备注|附注|说明|注意|注|填写说明|单位|日期|打印).{0,6}:.*"
    r"|第\d+页.*|以下空白|以上.{0,10}|\(?续(?:上|下)?表\)?"
)
_SHEET_UNIT = re.compile(r"(?:金额)?单位:?((?:人民币)?(?:百万|[万亿千])?(?:元|美元|欧元|港元|港币)|usd|rmb)")
_DIGIT = re.compile(r"\d")
_LONGEST_NUMBER: Final = 40


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a ledger, as typed; a value merged over several rows is filled in. `number` is Excel's.

    `hidden` rows are those that a filter or a hand hides from whoever looks at the sheet.
    """

    sheet: str
    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


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
    hidden: bool = False

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns nobody knows, for the user to map."""
        return tuple(name for index, name in enumerate(self.header) if name and index not in self.mapping)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sheet with a table that is not read: its columns are not known, or it is hidden.

    `names` are those of its columns, as far as they can be told, with some `examples` of each. `known` says
    that it is a ledger, `on_purpose` that the user left it out.
    """

    names: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]
    rows: int
    hidden: bool = False
    known: bool = False
    on_purpose: bool = False


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was found, to be checked as of the import day `on`.

    `skipped` are the sheets that hold a table and are left out, in workbook order: what a user may map or take.
    """

    on: date
    tables: tuple[Table, ...]
    skipped: Mapping[str, Skipped]

    @property
    def row_count(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def read_ledger(
    source: Source,
    *,
    on: date,
    mapping: Mapping[str, str] | None = None,
    name: str = "",
    chosen: Mapping[str, bool] | None = None,
) -> Ledger:
    """The contracts of a workbook or CSV file, not judged yet.

    `mapping` holds the user's remembered choices, header -> field ("" for none); `name` is the file's name
    where `source` has none. `chosen` says of sheets, by name, whether they are read: hidden ones, which come last, only
    if it says so. Refused as `open_workbook` refuses; a file without any ledger has no tables.
    """
    visible: list[Table] = []
    unseen: list[Table] = []
    skipped: dict[str, Skipped] = {}
    for grid in open_workbook(source, name=name):
        found, wanted = _tables(grid, mapping or {}), (chosen or {}).get(grid.name)
        if found and (not grid.hidden if wanted is None else wanted):
            (unseen if grid.hidden else visible).extend(found)
        elif missed := _skipped(grid, found):
            skipped[grid.name] = replace(missed, on_purpose=wanted is False)
    return Ledger(on, (*visible, *unseen), skipped)


_EXAMPLES: Final = 3


def _skipped(grid: Grid, found: Sequence[Table]) -> Skipped | None:
    """What a sheet that is left out holds; None for notes: fewer than three columns, or than two rows."""
    if found:
        cells = [row.cells for table in found for row in table.rows]
        names = found[0].header
        return Skipped(names, _examples(names, cells), len(cells), grid.hidden, known=True) if cells else None
    wide = [index for index, row in enumerate(grid.rows) if _filled_cells(row) >= LEAST_COLUMNS]
    if len(wide) < 2:
        return None
    named = [index for index in wide[:-1] if is_names(grid.rows[index])]
    head = max(named, key=lambda index: (_filled_cells(grid.rows[index]), -index), default=wide[0])
    names = tuple("" if is_blank(cell) else read_text(cell) for cell in grid.rows[head])
    cells = [tuple(row) for row in grid.rows[head + 1 :] if _filled_cells(row) > 1 and not _is_no_contract(row)]
    return Skipped(names, _examples(names, cells), len(cells), grid.hidden) if cells else None


def _filled_cells(row: Sequence[Cell]) -> int:
    return sum(not is_blank(cell) for cell in row)


def _examples(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[tuple[str, ...], ...]:
    return tuple(examples((row[index] for row in rows if index < len(row)), _EXAMPLES) for index in range(len(names)))


def examples(cells: Iterable[Cell], most: int) -> tuple[str, ...]:
    """The first values that say something, each once, short enough to be looked at."""
    found: list[str] = []
    for cell in cells:
        if not is_blank(cell) and (text := read_text(cell)[:40]) and text not in found:
            found.append(text)
        if len(found) == most:
            break
    return tuple(found)


def _tables(grid: Grid, remembered: Mapping[str, str]) -> list[Table]:
    """One table for each header that differs from the one before; a repeated header continues its table."""
    found = list(headers(grid, remembered))
    if not found:
        return []
    tables: list[Table] = []
    ends = [header.first for header in found[1:]] + [len(grid.rows)]
    unit = _sheet_unit(grid.rows[: found[0].last])
    for header, end in zip(found, ends, strict=True):
        rows = tuple(_rows(grid, header, end))
        if tables and tables[-1].header == header.cells:
            tables[-1] = replace(tables[-1], rows=tables[-1].rows + rows)
        else:
            row, units = grid.numbers[header.last], dict(_units(header, unit))
            tables.append(Table(grid.name, row, header.cells, header.mapping, units, rows, grid.hidden))
    return tables


def _sheet_unit(titles: Sequence[Sequence[Cell]]) -> Unit | None:
    """单位：万元 above the header holds for every sum that states no unit of its own."""
    for row in titles:
        for cell in row:
            if isinstance(cell, str) and (found := _SHEET_UNIT.search(plain(cell))):
                return sum_unit(found[1])
    return None


def _units(header: Header, sheet_unit: Unit | None) -> Iterator[tuple[str, Unit]]:
    for index, name in header.mapping.items():
        if unit := column_unit(name, header.cells[index]):
            yield name, unit
        elif sheet_unit and name in ("amount", "annual_fee"):
            yield name, sheet_unit


def _rows(grid: Grid, header: Header, end: int) -> Iterator[RawRow]:
    first, width = header.last + 1, len(header.cells)
    typed = [_wide(row, width) for row in grid.rows[first:end]]
    places = {number: offset for offset, number in enumerate(grid.numbers[first:end])} if grid.merged else {}
    filled = _filled(typed, places, grid.merged, header.mapping)
    number = next((index for index, name in header.mapping.items() if name == "number"), None)
    for offset, row in enumerate(typed):
        if _is_plainly_contract(row, number) or _is_contract(row, header.mapping):
            place = grid.numbers[first + offset]
            yield RawRow(grid.name, place, tuple(filled.get(offset, row)), place in grid.hidden_rows)


def _wide(row: list[Cell], width: int) -> list[Cell]:
    """As wide as the header: what stands beside the table belongs to no column."""
    return row[:width] if len(row) >= width else [*row, *[""] * (width - len(row))]


def _filled(
    typed: Sequence[list[Cell]], places: Mapping[int, int], merged: Sequence[Merge], mapping: Mapping[int, str]
) -> dict[int, list[Cell]]:
    """Offset -> row, for the rows that share a merged cell: only its first row holds the value.

    `places` are the offsets by Excel's number; of a merge over half a sheet only the rows that hold something count.
    """
    filled: dict[int, list[Cell]] = {}
    for merge in merged:
        columns = [column for column in mapping if merge.first_column <= column <= merge.last_column]
        shared = [column for column in columns if mapping[column] not in _NOT_SHARED]
        if merge.first_row not in places or not shared:
            continue
        source = typed[places[merge.first_row]]
        value = source[merge.first_column] if merge.first_column < len(source) else ""
        for number in _between(merge, places):
            row = filled.setdefault(places[number], list(typed[places[number]]))
            for column in shared:
                row[column] = value
    return filled


def _between(merge: Merge, places: Mapping[int, int]) -> list[int]:
    """The rows of a merge but its first."""
    if merge.last_row - merge.first_row < len(places):
        return [number for number in range(merge.first_row + 1, merge.last_row + 1) if number in places]
    return [number for number in places if merge.first_row < number <= merge.last_row]


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
    if _is_no_contract(row):
        return False
    if "number" not in ours and any(map(_TOTAL.fullmatch, words)):
        return False
    if len(cells) > 1:
        return True
    alone = read_text(cells[0])
    return ours == ["number"] and bool(_DIGIT.search(alone)) and len(alone) <= _LONGEST_NUMBER


def _is_no_contract(row: Sequence[Cell]) -> bool:
    """Whether a row begins as a total or a remark does."""
    first = next((cell for cell in row if not is_blank(cell)), None)
    return isinstance(first, str) and bool(_TOTAL.fullmatch(plain(first)) or _REMARK.fullmatch(plain(first)))

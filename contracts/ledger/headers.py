"""Finding the header of a ledger: the row, or rows, whose cells fit the names of columns best (docs/ledger.md 2)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from contracts.ledger.cells import Cell, is_blank, plain, read_text
from contracts.ledger.columns import guess_mapping, header_key, is_usual_name, known_field
from contracts.ledger.dates import read_date
from contracts.ledger.workbook import Grid

LEAST_COLUMNS: Final = 3
#: A group row, a heading and what stands under it: more rows than these are no header.
_MOST_ROWS: Final = 3
_LONGEST_NAME: Final = 40

_OTHER_BOOK = re.compile("开票|发票|回款|到账|付款|收款|巡检日期|巡检时间|巡检记录|invoice|payment|paid")
_WORD = re.compile(r"[^\W\d_]")
_CODE = re.compile(r"[a-z]{0,8}(?:[-_/.]?\d+)+[a-z]?|.*@.*|[\d,.%¥$€元万亿年月日天次个:：/+-]+")


class Header(NamedTuple):
    """A header of one row or several: `first` and `last` are their indexes in the grid."""

    first: int
    last: int
    cells: tuple[str, ...]
    mapping: Mapping[int, str]


def headers(grid: Grid, remembered: Mapping[str, str]) -> Iterator[Header]:
    """The header under the title rows, and every later one: repeated, or of a further table."""
    below = 0
    for index in range(len(grid.rows)):
        if index >= below and (header := _best_at(grid, index, remembered)) and _is_ledger(header):
            below = header.last + 1
            yield header


def _best_at(grid: Grid, index: int, remembered: Mapping[str, str]) -> Header | None:
    """The header that begins in this row; None where a row further down fits better by itself."""
    if not _may_begin(grid.rows[index], remembered):
        return None
    alone = _header(grid, index, index, remembered)
    best = alone
    for last in range(index + 1, min(index + _MOST_ROWS, len(grid.rows))):
        if not is_names(grid.rows[last]):
            break
        both = _header(grid, index, last, remembered)
        if len(both.mapping) > max(len(best.mapping), len(_header(grid, last, last, remembered).mapping)):
            best = both
        elif len(_header(grid, last, last, remembered).mapping) > len(best.mapping):
            return None
    return best if len(best.mapping) >= LEAST_COLUMNS else None


def _may_begin(row: Sequence[Cell], remembered: Mapping[str, str]) -> bool:
    """Whether a row holds names rather than values. Nearly every row of a ledger is told by the edges of its cells."""
    filled = [cell for cell in row if cell not in ("", None)]
    values = sum(not isinstance(cell, str) or cell[:1].isdigit() or cell[-1:].isdigit() for cell in filled)
    if (
        values * 2 > len(filled)
        and sum(isinstance(cell, str) and is_usual_name(cell) for cell in filled) < LEAST_COLUMNS
    ):
        return False
    return is_names(row) or len(guess_mapping(_texts(row), remembered)) >= max(LEAST_COLUMNS, _others(row))


def is_names(row: Sequence[Cell]) -> bool:
    """Whether a row can be (part of) a header: at least twice as many names as other things, such as years."""
    names = sum(map(_is_name, row))
    return names > 0 and _others(row) * 2 <= names


def _others(row: Sequence[Cell]) -> int:
    return sum(not is_blank(cell) and not _is_name(cell) for cell in row)


def _is_name(cell: Cell) -> bool:
    """Whether a cell could name a column: short words, with digits or without, but no code, day, sum or address."""
    if not isinstance(cell, str) or not cell or len(cell) > _LONGEST_NAME or not _WORD.search(cell):
        return False
    if not any(map(str.isdigit, cell)):
        return "@" not in cell
    if known_field(cell):
        return True
    return not _CODE.fullmatch(plain(cell)) and read_date(cell).problem == "not a date"


def _header(grid: Grid, first: int, last: int, remembered: Mapping[str, str]) -> Header:
    names = _texts(grid.rows[last])
    for upper in range(last - 1, first - 1, -1):
        names = _joined(_texts(grid.rows[upper]), names, remembered)
    return Header(first, last, names, guess_mapping(names, remembered))


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    """The cells as names; a year that stands as a number names its column too."""
    return tuple("" if is_blank(cell) else read_text(cell) for cell in row)


def _joined(upper: Sequence[str], lower: Sequence[str], remembered: Mapping[str, str]) -> tuple[str, ...]:
    """One name a column: 维保期 over 止 is 维保期止; where that names nothing, the lower one.

    A heading stands over all the columns to its right that have a lower name and none of their own.
    """
    chosen = {header_key(header) for header in remembered}
    width = max(len(upper), len(lower))
    names, heading = [], ""
    for above, below in zip(_padded(upper, width), _padded(lower, width), strict=True):
        heading = above or (heading if below else "")
        candidates = [heading + below, below, heading] if below else [above]
        known = (name for name in candidates if name and (header_key(name) in chosen or known_field(name)))
        names.append(next(known, below or above))
    return tuple(names)


def _padded(names: Sequence[str], width: int) -> list[str]:
    return [*names, *[""] * (width - len(names))]


def _is_ledger(header: Header) -> bool:
    """Contracts with their signing; without it only where numbers stand beside final acceptances.

    Other books (invoices, visits) and statistics name contracts too, and must not take their numbers.
    """
    fields = set(header.mapping.values())
    if "signed_on" in fields:
        return bool({"number", "project"} & fields) or {"customer", "amount"} <= fields
    other = any(map(_OTHER_BOOK.search, map(plain, header.cells)))
    return not other and {"number", "final_acceptance_on"} <= fields

"""The sheets of a file as they stand, read by a child within bounds (`base/foreign`); nothing judged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import Any, Final, NamedTuple

from base.foreign.child import Source, read
from base.foreign.limits import Fault, Unreadable
from base.lib.errors import Refused
from contracts.ledger.cells import Cell, Shown, Unknown, gettext_noop

__all__ = ["Grid", "Merge", "Source", "open_workbook"]

#: What is said of a file that is not read; the bounds stand in docs/ledger.md 1.
REFUSALS: Final[Mapping[Fault, str]] = {
    Fault.NOT_A_WORKBOOK: gettext_noop("This is neither a workbook nor a CSV file. Save it as .xlsx, or as CSV."),
    Fault.DAMAGED: gettext_noop("The workbook is damaged. Open it in Excel or WPS, save it anew, and try again."),
    Fault.LOCKED: gettext_noop("The workbook is locked with a password. Remove it in Excel, and try again."),
    Fault.SIZE: gettext_noop("The file is larger than 20 MB. Split it, and import the parts one after the other."),
    Fault.UNPACKED: gettext_noop("The workbook unpacks to more than 256 MB. Save only the ledger's sheets anew."),
    Fault.CELLS: gettext_noop("The file has more than 2,000,000 cells with content. Split it into several files."),
    Fault.COLUMNS: gettext_noop("A sheet has more than 1,000 columns. Delete those that do not belong to the ledger."),
    Fault.TEXT: gettext_noop("The file holds more than 100 MB of text. Split it into several files."),
    Fault.MEMORY: gettext_noop("Reading the file takes too much memory. Copy the ledger's rows into a new workbook."),
    Fault.TIME: gettext_noop(
        "Reading the file takes too long. Copy the ledger's rows into a new workbook, or split it."
    ),
}


class Merge(NamedTuple):
    """Cells made one: rows by Excel's number, columns by index from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(slots=True)
class Grid:
    """A sheet as it stands: the rows that hold something, each as long as it is, with Excel's `numbers` of them.

    `merged` are merges over several rows; `hidden_rows` are the numbers of those that a filter or a hand hides.
    """

    name: str
    numbers: list[int] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    merged: tuple[Merge, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()


def open_workbook(source: Source, *, name: str = "") -> list[Grid]:
    """All sheets, hidden ones too, in workbook order. `name` is the file's, where `source` has none.

    Raises `Refused` with a code of `base.foreign.limits.Fault`: for what is neither a workbook nor CSV, is locked with
    a password, or goes beyond a bound (docs/ledger.md 1).
    """
    if isinstance(source, str | Path):
        name = name or str(source)
    elif not isinstance(source, bytes):
        name = name or str(getattr(source, "name", ""))
    try:
        return list(_grids(read("base.foreign.sheets", source, PurePath(name).stem or "CSV")))
    except Unreadable as reason:
        raise Refused(REFUSALS[reason.fault], code=reason.fault.value) from None


def _grids(said: Iterator[Any]) -> Iterator[Grid]:
    grid: Grid | None = None
    for value in said:
        if isinstance(value, dict):
            if grid is not None:
                yield grid
            merged = tuple(Merge(*each) for each in value["merged"])
            grid = Grid(value["sheet"], [], [], merged, value["hidden"], frozenset(value["hidden_rows"]))
            continue
        assert grid is not None
        for number, row in value:
            grid.numbers.append(number)
            grid.rows.append([_cell(cell) if type(cell) is list else cell for cell in row])
    if grid is not None:
        yield grid


def _cell(said: list[Any]) -> Cell:
    """A cell that JSON has no word for (`base/foreign/sheets.py`)."""
    match said:
        case ["day", text]:
            return date.fromisoformat(text)
        case ["moment", text]:
            return datetime.fromisoformat(text)
        case ["shown", number, sign]:
            return Shown(number, sign)
        case ["unknown", text]:
            return Unknown(text)
    return str(said[1])

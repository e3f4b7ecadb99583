"""What is found in a sheet beside the values of its cells: marks, hidden rows, merges."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from base.foreign.limits import MAX_CELLS, Fault, Unreadable

#: A mark is what a cell holds that its value does not say: an error, a formula without a value, a currency.
Mark: TypeAlias = tuple[str, str]
ERROR: Final = "error"
FORMULA: Final = "formula"
SHOWN: Final = "shown"

LONGEST_FORMULA: Final = 60

#: Error values by the number that the binary formats write for them.
ERRORS: Final = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip


@dataclass(slots=True)
class Part:
    """What was found in the part of one sheet: rows by Excel's number, columns from 0."""

    cells: int = 0
    first_row: int = 0
    last_row: int = 0
    columns: int = 26
    far: bool = False
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    marks: dict[int, dict[int, Mark]] = field(default_factory=dict)
    #: Of a sheet whose empty rows were taken out: the number each row had.
    numbers: list[int] | None = None

    def mark(self, row: int, column: int, kind: str, words: str) -> None:
        self.marks.setdefault(row, {})[column] = (kind, words)

    def count(self, cells: int) -> None:
        """Raises `Unreadable` for more cells than a file may have."""
        self.cells += cells
        if self.cells > MAX_CELLS:
            raise Unreadable(Fault.CELLS)

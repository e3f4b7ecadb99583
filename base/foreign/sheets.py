"""The child that reads a workbook: `python -m base.foreign.sheets NAME` with the file as its input (docs/ledger.md 1).

It says one JSON value a line: `{"sheet": name, "hidden": …, "hidden_rows": […], "merged": […]}` before the rows of a
sheet, then some rows a line as `[[number, cells], …]`, and `{"end": true}` at last.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeAlias

from base.foreign.limits import MAX_CELLS, MAX_CHARACTERS, MAX_COLUMNS, MAX_TEXT, Fault, Unreadable, confine

Row: TypeAlias = tuple[int, list[object]]

#: So many rows are said in one line: encoding each for itself takes longer than reading it.
_TOGETHER: Final = 200
#: Where a library written in Rust says that it met what it did not expect: no exception that Python code catches.
_PANIC: Final = "pyo3_runtime"


def main(name: str) -> None:
    """Read standard input within the limits, and say what it holds, or why it is not read."""
    confine()
    said = 0
    try:
        for value in _said(sys.stdin.buffer.read(), name):
            line = _encode(value)
            said += len(line)
            if said > MAX_TEXT:
                raise Unreadable(Fault.TEXT)
            sys.stdout.write(line + "\n")
        sys.stdout.write('{"end":true}\n')
    except Unreadable as reason:
        sys.stdout.write(_encode({"fault": reason.fault}) + "\n")
    except MemoryError:
        sys.stdout.write(_encode({"fault": Fault.MEMORY}) + "\n")
    except BaseException as fault:
        if type(fault).__module__ != _PANIC:
            raise
        sys.stdout.write(_encode({"fault": Fault.DAMAGED}) + "\n")
    sys.stdout.flush()


def _said(content: bytes, name: str) -> Iterator[object]:
    # Loaded within the limits: a library that is out of memory must not be trusted.
    from base.foreign import tables, workbooks

    sheets = workbooks.sheets_of(content)
    left = MAX_CELLS
    if sheets is None:
        yield {"sheet": name, "hidden": False, "hidden_rows": [], "merged": []}
        yield from _together(((number, list(row)) for number, row in enumerate(tables.rows_of(content), 1)), left)
        return
    for sheet in sheets:
        rows = _together(sheet.rows, left)
        first = next(rows, [])
        # What a sheet says of itself is known once its first row was read.
        yield {"sheet": sheet.name, "hidden": sheet.hidden, "hidden_rows": sheet.hidden_rows, "merged": sheet.merged}
        left -= _count(first)
        yield first
        for some in rows:
            left -= _count(some)
            yield some


def _count(rows: Iterable[Row]) -> int:
    return sum(len(row) - row.count("") for _number, row in rows)


def _together(rows: Iterable[Row], left: int) -> Iterator[list[Row]]:
    """Rows that hold something, without the empty cells at their end. Raises `Unreadable` above the bounds."""
    some: list[Row] = []
    for number, row in rows:
        while row and row[-1] == "":
            row.pop()
        if not row:
            continue
        if len(row) > MAX_COLUMNS:
            raise Unreadable(Fault.COLUMNS)
        some.append((number, row))
        if len(some) == _TOGETHER:
            left -= _count(some)
            if left < 0:
                raise Unreadable(Fault.CELLS)
            yield some
            some = []
    if _count(some) > left:
        raise Unreadable(Fault.CELLS)
    yield some


def _encode(value: object) -> str:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_cell)
    if (
        len(line) > MAX_CHARACTERS
        and isinstance(value, list)
        and any(isinstance(cell, str) and len(cell) > MAX_CHARACTERS for _number, row in value for cell in row)
    ):
        rows = [
            (number, [cell[:MAX_CHARACTERS] if isinstance(cell, str) else cell for cell in row])
            for number, row in value
        ]
        line = json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_cell)
    return line


def _cell(value: object) -> Sequence[Any] | Mapping[str, Any]:
    """What JSON has no word for, as a list: its kind, and its text."""
    match value:
        case datetime():
            return ["moment", value.isoformat()]
        case date():
            return ["day", value.isoformat()]
        case time() | timedelta():
            return ["clock", str(value)]
    raise TypeError(value)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")

"""Workbooks of any kind: those of Excel by calamine, after a search that tightens what claims too much."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from base.foreign import biff, opendocument
from base.foreign.archive import Archive
from base.foreign.limits import Fault, Unreadable
from base.foreign.marks import ERROR, FORMULA, Mark, Part
from base.foreign.ooxml import blank_strings, check_strings, searched, sheet_parts, shown_by_style, tightened

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_ZIP = b"PK\x03\x04"
_OWN_NAMES = (b"xl/", b"application/vnd.oasis.opendocument.spreadsheet")


@dataclass(slots=True)
class Sheet:
    """One sheet; `rows` are pairs of Excel's number and the cells from the first column on."""

    name: str
    hidden: bool
    rows: Iterator[tuple[int, list[Any]]]
    hidden_rows: list[int] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def sheets_of(content: bytes) -> Iterator[Sheet] | None:
    """The sheets in workbook order; None for what is no workbook, and may be CSV. Raises `Unreadable`."""
    file: io.BytesIO = io.BytesIO(content)
    if zipfile.is_zipfile(file):
        file.seek(0)
        archive = Archive(file)
        if opendocument.CONTENT in archive.names:
            return _opened(archive)
        file, parts = _checked(file, archive)
    elif content.startswith(biff.COMPOUND):
        parts = biff.parts_of_compound(content)
    elif content.startswith(_ZIP):
        # The directory at the end is gone: what begins as a workbook was cut off.
        raise Unreadable(Fault.DAMAGED if any(name in content for name in _OWN_NAMES) else Fault.NOT_A_WORKBOOK)
    else:
        return None
    file.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(file)
    except PasswordError:
        raise Unreadable(Fault.LOCKED) from None
    except CalamineError:
        raise Unreadable(Fault.DAMAGED) from None
    return _sheets(workbook, parts)


def _opened(archive: Archive) -> Iterator[Sheet]:
    for table, hidden in opendocument.tables_of(archive):
        yield Sheet(table.name, hidden, iter(table.rows), table.hidden_rows, table.merged)


def _checked(file: io.BytesIO, archive: Archive) -> tuple[io.BytesIO, dict[str, Part]]:
    """An archive that calamine may open, and what was found in its sheets."""
    if biff.BOOK in archive.names:
        return file, biff.parts_of_binary(archive)
    names = sheet_parts(archive)
    if not names:
        raise Unreadable(Fault.DAMAGED if "xl/workbook.xml" in archive.names else Fault.NOT_A_WORKBOOK)
    check_strings(archive)
    styles = shown_by_style(archive)
    parts = {sheet: searched(archive, name, styles) for sheet, name in names.items()}
    if not any(part.far for part in parts.values()):
        return file, parts
    blank = blank_strings(archive)
    changed = {name: tightened(archive, name, parts[sheet], blank) for sheet, name in names.items() if parts[sheet].far}
    return archive.copy_with(changed), parts


def _sheets(workbook: CalamineWorkbook, parts: dict[str, Part]) -> Iterator[Sheet]:
    for found in workbook.sheets_metadata:
        part = parts.get(found.name, Part())
        hidden = found.visible != SheetVisibleEnum.Visible
        rows = _rows(workbook, found.name, part)
        yield Sheet(found.name, hidden, rows, part.hidden_rows, part.merged)


def _rows(workbook: CalamineWorkbook, name: str, part: Part) -> Iterator[tuple[int, list[Any]]]:
    try:
        sheet = workbook.get_sheet_by_name(name)
        numbers, marks = part.numbers, part.marks
        number = 0
        if sheet.start is not None:
            if not part.merged:
                part.merged += [
                    (a[0] + 1, b[0] + 1, a[1], b[1]) for a, b in sheet.merged_cell_ranges or () if a[0] != b[0]
                ]
            indent: list[Any] = [""] * sheet.start[1]
            for place, row in enumerate(sheet.iter_rows(), 0):
                number = numbers[place] if numbers is not None else place + 1
                cells = [*indent, *row]
                if number in marks:
                    _marked(cells, marks[number])
                yield number, cells
        # Rows of which the file holds no value stand after those of which it does.
        for further in sorted(each for each in marks if each > number):
            cells = []
            _marked(cells, marks[further])
            yield further, cells
    except CalamineError:
        raise Unreadable(Fault.DAMAGED) from None


def _marked(cells: list[Any], marks: dict[int, Mark]) -> None:
    for column, (kind, words) in marks.items():
        value = cells[column] if column < len(cells) else ""
        if kind in (ERROR, FORMULA):
            if value == "":
                cells += [""] * (column + 1 - len(cells))
                cells[column] = _literal(words) if kind == FORMULA else ["unknown", words]
        elif isinstance(value, int | float) and not isinstance(value, bool):
            cells[column] = ["shown", value, words]


def _literal(formula: str) -> Any:
    """What a formula says that was never computed: ="HT-1" is HT-1, anything else is unknown."""
    quoted = _QUOTED.fullmatch(formula.strip())
    return quoted[1].replace('""', '"') if quoted else ["unknown", f"={formula}"]

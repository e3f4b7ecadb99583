"""Opening the file: xlsx, xls, xlsb and ods by calamine, CSV by the standard library; nothing judged."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO, Final, NamedTuple, TypeAlias
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from base.lib.errors import Refused
from contracts.ledger.cells import ERROR_VALUES, Cell, gettext_noop

Source: TypeAlias = str | Path | bytes | BinaryIO

#: What a workbook may unpack to; a ledger of 100,000 rows takes about a tenth of it.
MAX_UNPACKED: Final = 512 * 1024 * 1024
_CSV_SAMPLE: Final = 64 * 1024
_NOT_TEXT: Final = ("<", "%PDF", "{\\rtf")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")

_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR_CELL = re.compile(rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]+)(\d+)"[^>]*>(?:(?!</c>).)*?<v>([^<]*)</v>', re.DOTALL)


class Merge(NamedTuple):
    """Cells made one: rows by Excel's number, columns by index from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands: `rows[0]` is Excel's row `first_row`; `merged` are merges over several rows."""

    name: str
    first_row: int
    rows: list[list[Cell]]
    merged: tuple[Merge, ...] = ()


def open_workbook(source: Source, *, name: str = "") -> list[Grid]:
    """All sheets, hidden ones too, in workbook order. `name` is the file's, where `source` has none.

    Refused: what is neither a workbook nor CSV (code `not_a_workbook`), or is locked with a password
    (`password`), or unpacks to more than 512 MB (`too_large`).
    """
    content, name = _content(source, name)
    parts = _parts(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except PasswordError:
        raise Refused(gettext_noop("The workbook is locked with a password."), code="password") from None
    except CalamineError:
        return [_csv_grid(content, PurePath(name).stem or "CSV")]
    try:
        errors = _error_cells(content, parts)
        sheets = [workbook.get_sheet_by_name(sheet) for sheet in workbook.sheet_names]
        return [_grid(sheet, errors.get(sheet.name, ())) for sheet in sheets]
    except CalamineError:
        raise Refused(gettext_noop("The workbook is damaged."), code="not_a_workbook") from None


def _content(source: Source, name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, name
    if isinstance(source, str | Path):
        return Path(source).read_bytes(), name or str(source)
    return source.read(), name or str(getattr(source, "name", ""))


def _grid(sheet: CalamineSheet, errors: Iterable[tuple[int, int, str]]) -> Grid:
    if sheet.start is None:
        return Grid(sheet.name, 1, [])
    top, left = sheet.start
    indent: list[Cell] = [""] * left
    rows: list[list[Cell]] = [[*indent, *row] for row in sheet.to_python(skip_empty_area=True)]
    for row, column, value in errors:
        if 0 <= row - top < len(rows) and column < len(rows[row - top]):
            rows[row - top][column] = value
    merged = tuple(
        Merge(first[0] + 1, last[0] + 1, first[1], last[1])
        for first, last in sheet.merged_cell_ranges or ()
        if first[0] != last[0]
    )
    return Grid(sheet.name, top + 1, rows, merged)


def _parts(content: bytes) -> set[str]:
    """The names of the parts of a zipped workbook, none of any other file."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
            raise Refused(gettext_noop("The workbook is too large."), code="too_large")
        return set(archive.namelist())


def _error_cells(content: bytes, parts: set[str]) -> dict[str, list[tuple[int, int, str]]]:
    """Sheet -> (row, column, #N/A) from 0, of an xlsx: calamine reads error values as empty cells."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= parts:
        return {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            sheet: [
                (int(row) - 1, _column(letters.decode()), value.decode())
                for letters, row, value in _errors_in(archive.read(part))
                if value.decode() in ERROR_VALUES
            ]
            for sheet, part in _sheet_parts(archive)
            if part in parts
        }


def _errors_in(xml: bytes) -> list[tuple[bytes, bytes, bytes]]:
    return _ERROR_CELL.findall(xml) if b't="e"' in xml else []


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    for element in ET.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        if element.tag.endswith("}sheet"):
            target = targets.get(element.get(_RELATIONS), "")
            yield element.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _column(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1


def _csv_grid(content: bytes, name: str) -> Grid:
    text = _decoded(content)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        rows = []
    width = max(map(len, rows), default=0)
    if width < 2:
        raise Refused(gettext_noop("This is neither a workbook nor a CSV file."), code="not_a_workbook")
    return Grid(name, 1, [[*row, *[""] * (width - len(row))] for row in rows])


def _decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 where it says so, else GBK as Excel in China writes it."""
    encodings: Sequence[str] = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else _ENCODINGS
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and not text.lstrip().startswith(_NOT_TEXT):
            return text
    raise Refused(gettext_noop("This is neither a workbook nor a CSV file."), code="not_a_workbook")


def _delimiter(text: str) -> str:
    """Whichever of comma, tab and semicolon the fullest of the first lines holds most of."""
    lines = text[:_CSV_SAMPLE].splitlines()
    return max(",\t;", key=lambda sign: max((line.count(sign) for line in lines), default=0))

"""CSV of any origin: decoded, and cut into rows within bounds."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from base.foreign.limits import MAX_CELLS, MAX_COLUMNS, Fault, Unreadable

_SAMPLE: Final = 64 * 1024
_NOT_TEXT: Final = ("<", "%PDF", "{\\rtf")
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def rows_of(content: bytes) -> Iterator[list[str]]:
    """The rows without the empty cells at their end. Raises `Unreadable` for what is no CSV, and above the bounds."""
    text = _decoded(content)
    cells, several = 0, False
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            several = several or len(row) > 1
            while row and not row[-1]:
                row.pop()
            if len(row) > MAX_COLUMNS:
                raise Unreadable(Fault.COLUMNS)
            cells += len(row)
            if cells > MAX_CELLS:
                raise Unreadable(Fault.CELLS)
            yield [_unwrapped(cell) for cell in row]
    except csv.Error:
        raise Unreadable(Fault.NOT_A_WORKBOOK) from None
    if not several:
        raise Unreadable(Fault.NOT_A_WORKBOOK)


def _unwrapped(cell: str) -> str:
    """="HT-1" is how a CSV file keeps a spreadsheet from reading numbers into a text."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1].replace('""', '"')
    return cell


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
    raise Unreadable(Fault.NOT_A_WORKBOOK)


def _delimiter(text: str) -> str:
    """Whichever of comma, tab and semicolon the fullest of the first lines holds most of."""
    lines = text[:_SAMPLE].splitlines()
    return max(",\t;", key=lambda sign: max((line.count(sign) for line in lines), default=0))

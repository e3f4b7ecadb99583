"""What calamine does not tell of the binary workbooks of Excel: hidden rows, errors, currencies of the format.

An xls is a stream of records in a compound file (BIFF), an xlsb has such a stream in each part of its archive (BIFF12).
"""

import io
import struct
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import olefile

from base.foreign.archive import Archive
from base.foreign.formats import shown_beside
from base.foreign.limits import Fault, Unreadable
from base.foreign.marks import ERROR, ERRORS, FORMULA, SHOWN, Part
from base.foreign.ooxml import relations

COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS: Final = ("Workbook", "Book")
_Record: TypeAlias = tuple[int, bytes]

_LONGEST_CODE: Final = 255


def parts_of_compound(content: bytes) -> dict[str, Part]:
    """Of an xls: sheet → what was found in it. Raises `Unreadable`."""
    try:
        with olefile.OleFileIO(io.BytesIO(content), raise_defects=olefile.DEFECT_FATAL) as container:
            name = next((name for name in _STREAMS if container.exists(name)), None)
            if name is None:
                # A workbook with a password is a container of another kind.
                raise Unreadable(Fault.LOCKED if container.exists("EncryptedPackage") else Fault.NOT_A_WORKBOOK)
            stream = container.openstream(name).read()
        return _Stream(stream).parts()
    except (OSError, struct.error, IndexError, ValueError, RecursionError):
        raise Unreadable(Fault.DAMAGED) from None


class _Stream:
    """The records of an xls: first those of the book, then those of each sheet where the book says it begins."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.wide = stream[:2] == b"\x09\x08" and stream[4:6] == b"\x00\x06"
        self.formats: dict[int, str] = {}
        self.styles: list[int] = []
        self.sheets: list[tuple[str, int]] = []
        #: Formulas whose text is empty; and whether there is one with another value.
        self.empty: list[tuple[Part, int, int]] = []
        self.computed = False

    def records(self, place: int) -> Iterator[_Record]:
        """Up to the end of what begins here; what is embedded in it (a chart) is left out."""
        depth = 0
        while place + 4 <= len(self.stream):
            kind, size = struct.unpack_from("<HH", self.stream, place)
            place += 4 + size
            if kind & 0xFF == 0x09 and kind >> 8 in (0, 2, 4, 8):
                depth += 1
            elif kind == 0x0A:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield kind, self.stream[place - size : place]
        raise Unreadable(Fault.DAMAGED)

    def parts(self) -> dict[str, Part]:
        for kind, data in self.records(0):
            if kind == 0x2F:
                raise Unreadable(Fault.LOCKED)
            if kind == 0x85:
                length = data[6]
                self.sheets.append((self.text(data[7:], length), struct.unpack_from("<I", data)[0]))
            elif kind == 0x41E:
                number = struct.unpack_from("<H", data)[0]
                code = self.text(data[4:], min(struct.unpack_from("<H", data, 2)[0], _LONGEST_CODE))
                self.formats[number] = code if self.wide else self.text(data[3:], data[2])
            elif kind == 0xE0:
                self.styles.append(struct.unpack_from("<H", data, 2)[0])
        signs = _signs(self.styles, self.formats)
        parts = {name: self.part(place, signs) for name, place in self.sheets}
        if not self.computed:
            # Programs write each formula with an empty text, to be computed by whoever opens the file.
            for part, row, column in self.empty:
                part.mark(row, column, FORMULA, "…")
        return parts

    def text(self, data: bytes, length: int) -> str:
        """A text of so many characters: with a byte before it that says how wide they are, or of the old kind."""
        if not self.wide:
            return data[:length].decode("gb18030", errors="replace")
        if data[:1] and data[0] & 1:
            return data[1 : 1 + 2 * length].decode("utf-16-le", errors="replace")
        return data[1 : 1 + length].decode("latin-1")

    def part(self, place: int, signs: dict[int, str]) -> Part:
        part = Part()
        for kind, data in self.records(place):
            if kind == 0x208:
                if data[12] & 0x20:
                    part.hidden_rows.append(struct.unpack_from("<H", data)[0] + 1)
            elif kind in (0x205, 0x06, 0x203, 0x27E, 0xBD):
                row, column, style = struct.unpack_from("<HHH", data)
                part.count(1)
                if kind == 0x205 and data[7]:
                    part.mark(row + 1, column, ERROR, ERRORS.get(data[6], "#N/A"))
                elif kind == 0x06 and data[12:14] == b"\xff\xff":
                    self.text_formula(part, row + 1, column, data)
                elif kind == 0xBD:
                    for n in range((len(data) - 6) // 6 if signs else 0):
                        if sign := signs.get(struct.unpack_from("<H", data, 4 + 6 * n)[0]):
                            part.mark(row + 1, column + n, SHOWN, sign)
                else:
                    self.computed = self.computed or kind == 0x06
                    if sign := signs.get(style):
                        part.mark(row + 1, column, SHOWN, sign)
        return part

    def text_formula(self, part: Part, row: int, column: int, data: bytes) -> None:
        """A formula whose value is no number."""
        if data[6] == 3:
            self.empty.append((part, row, column))
            return
        self.computed = True
        if data[6] == 2:
            part.mark(row, column, ERROR, ERRORS.get(data[8], "#N/A"))


def _signs(styles: Sequence[int], formats: dict[int, str]) -> dict[int, str]:
    """Style → the currency or unit its numbers show."""
    shown = {number: sign for number, code in formats.items() if (sign := shown_beside(code))}
    return {style: shown[number] for style, number in enumerate(styles) if number in shown}


BOOK: Final = "xl/workbook.bin"


def parts_of_binary(archive: Archive) -> dict[str, Part]:
    """Of an xlsb: sheet → what was found in it. Raises `Unreadable`."""
    try:
        targets = relations(archive, "xl/_rels/workbook.bin.rels")
        signs = _binary_signs(archive)
        sheets: dict[str, Part] = {}
        for kind, data in _records(archive, BOOK):
            if kind == 156:
                code, place = _wide_text(data, 8)
                name, _place = _wide_text(data, place)
                if (path := targets.get(code, "")) in archive.names and "worksheets/" in path:
                    sheets[name] = _binary_part(archive, path, signs)
        return sheets
    except (struct.error, IndexError):
        raise Unreadable(Fault.DAMAGED) from None


def _records(archive: Archive, name: str) -> Iterator[_Record]:
    """The records of a part; a number and a size of seven bits a byte come before each."""
    rest = b""
    for chunk in archive.chunks(name):
        rest, place = rest + chunk, 0
        while (found := _head(rest, place)) and found[1] + found[2] <= len(rest):
            kind, start, size = found
            yield kind, rest[start : start + size]
            place = start + size
        rest = rest[place:]


def _head(data: bytes, place: int) -> tuple[int, int, int] | None:
    """Kind, place of its content, and size; None where they are not all there yet."""
    kind = size = 0
    for n in range(2):
        if place >= len(data):
            return None
        kind |= data[place] << (8 * n)
        place += 1
        if not data[place - 1] & 0x80:
            break
    kind = kind & 0x7F | kind >> 1 & 0x3F80
    for n in range(4):
        if place >= len(data):
            return None
        size |= (data[place] & 0x7F) << (7 * n)
        place += 1
        if not data[place - 1] & 0x80:
            break
    return kind, place, size


def _wide_text(data: bytes, place: int) -> tuple[str, int]:
    """A text with its length before it, and what follows it."""
    length = struct.unpack_from("<I", data, place)[0]
    end = place + 4 + 2 * min(length, len(data))
    return data[place + 4 : end].decode("utf-16-le", errors="replace"), end


def _binary_signs(archive: Archive) -> dict[int, str]:
    formats: dict[int, str] = {}
    styles: list[int] = []
    in_cells = False
    for kind, data in _records(archive, "xl/styles.bin") if "xl/styles.bin" in archive.names else ():
        if kind == 44:
            formats[struct.unpack_from("<H", data)[0]] = _wide_text(data, 2)[0]
        elif kind in (617, 618):
            in_cells = kind == 617
        elif kind == 47 and in_cells:
            styles.append(struct.unpack_from("<H", data, 2)[0])
    return _signs(styles, formats)


def _binary_part(archive: Archive, name: str, signs: dict[int, str]) -> Part:
    part, row = Part(), 0
    for kind, data in _records(archive, name):
        if kind == 0:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[11] & 0x10:
                part.hidden_rows.append(row)
        elif kind in (3, 11):
            part.mark(row, struct.unpack_from("<I", data)[0], ERROR, ERRORS.get(data[8], "#N/A"))
        elif kind in (2, 5, 9):
            column, style = struct.unpack_from("<II", data)
            if sign := signs.get(style & 0xFFFFFF):
                part.mark(row, column, SHOWN, sign)
        elif kind == 176:
            top, bottom, first, last = struct.unpack_from("<IIII", data)
            if top != bottom:
                part.merged.append((top + 1, bottom + 1, first, last))
        if 1 < kind < 12:
            part.count(1)
    return part

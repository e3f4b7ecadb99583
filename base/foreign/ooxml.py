"""What calamine does not tell of an xlsx workbook, and what it must not see: found before it opens the file.

The parts are searched as bytes, a few whole rows at a time, and never as a whole.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from base.foreign.archive import Archive
from base.foreign.formats import shown_beside
from base.foreign.limits import MAX_CELLS, MAX_COLUMNS, Fault, Unreadable
from base.foreign.marks import ERROR, FORMULA, LONGEST_FORMULA, SHOWN, Part

_LAST_ROW: Final = 2**20
_LAST_COLUMN: Final = 2**14
#: Cells of the rectangle that a sheet claims; above it the rows and columns without content are taken out first.
_MAX_AREA: Final = 4_000_000
_LONGEST_ROW: Final = 8 * 2**20

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_STATED_COUNT = re.compile(rb"""(?:uniqueCount|count)\s*=\s*["'](\d+)""")
_NUMBER_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_CELL_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_CELL_FORMAT = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})[\"']")
#: A reference so far out that the rectangle around it would be absurd; each begins with a text that is quickly found.
_FAR = [re.compile(b" r=" + quote + rb"(?:[A-Za-z]{3}|[A-Za-z]*\d{7})") for quote in (b'"', b"'")]
_SECOND_ALPHABET = re.compile(rb' r="([A-Za-z]{2})\d')
_USUAL_ROW = re.compile(rb' r="(\d{1,8})"')
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]+)(\d+)[\"']")


def attributes(tag: bytes) -> dict[str, str]:
    """The attributes of a tag by their local name."""
    found = ((name, double or single) for name, double, single in _ATTRIBUTE.findall(tag))
    return {name.rpartition(b":")[2].decode(): html.unescape(value.decode(errors="replace")) for name, value in found}


def column_of(letters: bytes) -> int:
    """A column's letters as its index from 0."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + letter - 64
    return index - 1


def _row_number(tag: bytes) -> int:
    """The number a row states for itself, 0 if none."""
    stated = attributes(tag).get("r", "") if b"r" in tag else ""
    return int(stated[:9]) if stated.isascii() and stated.isdecimal() else 0


def _mark(part: Part, tag: bytes, kind: str, words: str) -> None:
    if reference := _REFERENCE.search(tag):
        part.mark(int(reference[2][:8]), column_of(reference[1][:4]), kind, words)


def relations(archive: Archive, name: str) -> dict[str, str]:
    """The part that each code of a book's relations leads to."""
    found = [attributes(tag) for tag in _RELATION.findall(archive.part(name))]
    targets = {each["Id"]: each.get("Target", "") for each in found if "Id" in each}
    return {code: target.lstrip("/") if target.startswith("/") else f"xl/{target}" for code, target in targets.items()}


def sheet_parts(archive: Archive) -> dict[str, str]:
    """The name of each sheet, and of the part that holds it."""
    targets = relations(archive, "xl/_rels/workbook.xml.rels")
    parts: dict[str, str] = {}
    for tag in _SHEET.findall(archive.part("xl/workbook.xml")):
        found = attributes(tag)
        name = targets.get(found.get("id", ""), "")
        if name in archive.names and "worksheets/" in name:
            parts[found.get("name", "")] = name
    return parts


def check_strings(archive: Archive) -> None:
    """Raises `Unreadable` for more shared strings than a sheet may have cells, said or real."""
    name = "xl/sharedStrings.xml"
    if name not in archive.names:
        return
    strings, tail = 0, b""
    for place, chunk in enumerate(archive.chunks(name)):
        if place == 0 and any(int(count[:20]) > 8 * MAX_CELLS for count in _STATED_COUNT.findall(chunk[:4096])):
            raise Unreadable(Fault.CELLS)
        strings += (tail + chunk).count(b"<si>") + (tail + chunk).count(b"<si ")
        tail = chunk[-3:]
        if strings > MAX_CELLS:
            raise Unreadable(Fault.CELLS)


def shown_by_style(archive: Archive) -> dict[str, str]:
    """Style → the currency or unit that its number format shows, where it shows one."""
    xml = archive.part("xl/styles.xml")
    codes: dict[str, str] = {}
    for tag in _NUMBER_FORMAT.findall(xml):
        found = attributes(tag)
        if sign := shown_beside(found.get("formatCode", "")):
            codes[found.get("numFmtId", "")] = sign
    block = _CELL_FORMATS.search(xml) if codes else None
    styles = [attributes(tag).get("numFmtId", "") for tag in _CELL_FORMAT.findall(block[0])] if block else []
    return {str(style): codes[code] for style, code in enumerate(styles) if code in codes}


class Searcher:
    """The patterns for one part; a writer may put a prefix before each of its tags."""

    def __init__(self, prefix: bytes, styles: dict[str, str]) -> None:
        self.styles, p = styles, re.escape(prefix)
        self.value, self.values = b"<" + prefix + b"v", [b"<" + prefix + tag for tag in (b"v>", b"v ", b"is>")]
        self.formula, self.row_end = b"<" + prefix + b"f", b"</" + prefix + b"row>"
        self.data_end = b"</" + prefix + b"sheetData>"
        self.row = re.compile(rb"<%brow\b([^>]*)>" % p)
        self.whole_row = re.compile(rb"<%brow\b([^>]*?)(?:/>|>(.*?)</%brow>)" % (p, p), re.DOTALL)
        self.cell = re.compile(rb"<%bc\b([^>]*?)(?:/>|>(.*?)</%bc>)" % (p, p), re.DOTALL)
        self.error = re.compile(
            rb"<%bc\b(?=[^>]*\bt=[\"']e[\"'])([^>]*)>(?:(?!</%bc>).)*?<%bv>([^<]*)<" % (p, p, p), re.DOTALL
        )
        self.uncomputed = re.compile(
            rb"<%bc\b([^>]*)>\s*<%bf\b[^>]*?(?:/>|>([^<]*)</%bf>)\s*(<%bv\s*/>|<%bv>\s*</%bv>)?\s*</%bc>"
            % (p, p, p, p, p, p, p)
        )
        wanted = b"|".join(style.encode() for style in styles)
        self.styled = re.compile(rb"<%bc\b(?=[^>]*\bs=[\"'](%b)[\"'])([^>]*)>" % (p, wanted)) if styles else None

    def search(self, part: Part, xml: bytes) -> None:
        """Note what some whole rows hold."""
        part.cells += sum(map(xml.count, self.values))
        part.far = part.far or any(pattern.search(xml) for pattern in _FAR)
        last = max(map(column_of, set(_SECOND_ALPHABET.findall(xml))), default=0)
        part.columns = max(part.columns, last + 1)
        for tag in self.row.findall(xml):
            stated = _USUAL_ROW.match(tag)
            part.last_row = int(stated[1]) if stated else _row_number(tag) or part.last_row + 1
            part.first_row = part.first_row or part.last_row
            if b"hidden" in tag and attributes(tag).get("hidden") in ("1", "true"):
                part.hidden_rows.append(part.last_row)
        if b'="e"' in xml or b"='e'" in xml:
            for tag, value in self.error.findall(xml):
                _mark(part, tag, ERROR, value.decode(errors="replace")[:20])
        if self.formula in xml:
            for tag, text, empty in self.uncomputed.findall(xml):
                # An empty text that was computed is known to be blank.
                if not (empty and attributes(tag).get("t") == "str"):
                    words = html.unescape(text[:LONGEST_FORMULA].decode(errors="replace"))
                    _mark(part, tag, FORMULA, words)
        if self.styled:
            for style, tag in self.styled.findall(xml):
                _mark(part, tag, SHOWN, self.styles[style.decode()])


def pieces(chunks: Iterable[bytes], searcher: Searcher) -> Iterator[bytes]:
    """The part in pieces that end with a row, and what follows the rows in pieces that end with a tag."""
    rest, over = b"", False
    for chunk in chunks:
        rest += chunk
        over = over or searcher.data_end in rest
        end = searcher.row_end
        cut = rest.rfind(b">") + 1 if over else rest.rfind(end) + len(end) if end in rest else 0
        if cut:
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > _LONGEST_ROW:
            raise Unreadable(Fault.CELLS)
    yield rest


def searcher_of(archive: Archive, name: str, styles: dict[str, str]) -> Searcher:
    head = next(archive.chunks(name), b"")[:4096]
    prefix = re.search(rb"<(\w+:)?worksheet\b", head)
    return Searcher((prefix[1] or b"") if prefix else b"", styles)


def searched(archive: Archive, name: str, styles: dict[str, str]) -> Part:
    """One sheet's part, searched. Raises `Unreadable` for too many cells."""
    part, searcher = Part(), searcher_of(archive, name, styles)
    for piece in pieces(archive.chunks(name), searcher):
        searcher.search(part, piece)
        if part.cells > MAX_CELLS:
            raise Unreadable(Fault.CELLS)
        for first, top, last, bottom in _MERGE.findall(piece):
            if top != bottom:
                part.merged.append((int(top), int(bottom), column_of(first), column_of(last)))
    area = (part.last_row - part.first_row + 1) * part.columns
    part.far = part.far or (area > _MAX_AREA and part.cells < area // 20)
    return part


def blank_strings(archive: Archive) -> set[str]:
    """Which shared strings hold nothing to read."""
    blank, place, rest = set(), 0, b""
    for chunk in archive.chunks("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in archive.names else ():
        rest += chunk
        *whole, rest = rest.split(b"</si>")
        for string in whole:
            if not re.sub(rb"<[^>]*>|\s|&#\w+;", b"", string.rpartition(b"<si>")[2]):
                blank.add(str(place))
            place += 1
    return blank


def tightened(archive: Archive, name: str, part: Part, blank: set[str]) -> bytes:
    """The sheet without empty rows and cells, its rows numbered anew; `part.numbers` keeps what they were.

    Raises `Unreadable` for something written beyond the columns that are read, or beyond the last cell there can be.
    """
    searcher = searcher_of(archive, name, {})
    part.numbers, out, number = [], [], 0
    for piece in pieces(archive.chunks(name), searcher):
        for tag, inner in searcher.whole_row.findall(piece):
            number = _row_number(tag) or number + 1
            if number > _LAST_ROW:
                raise Unreadable(Fault.DAMAGED)
            if searcher.value not in inner and searcher.values[2] not in inner:
                continue
            if cells := b"".join(_kept_cells(searcher, inner, len(part.numbers) + 1, blank)):
                part.numbers.append(number)
                out.append(b'<row r="%d">%b</row>' % (len(part.numbers), cells))
    return b'<worksheet xmlns="%b"><sheetData>%b</sheetData></worksheet>' % (_MAIN, b"".join(out))


_MAIN: Final = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TAG = re.compile(rb"(</?)\w+:")


def _kept_cells(searcher: Searcher, row: bytes, number: int, blank: set[str]) -> Iterator[bytes]:
    column = -1
    for tag, inner in searcher.cell.findall(row):
        found = _REFERENCE.search(tag)
        column = column_of(found[1][:8]) if found else column + 1
        if column >= _LAST_COLUMN or (found and int(found[2][:9]) > _LAST_ROW):
            raise Unreadable(Fault.DAMAGED)
        bare = _TAG.sub(rb"\1", inner)
        text = re.sub(rb"<[^>]*>|\s", b"", bare)
        if not text or (attributes(tag).get("t") == "s" and text.decode(errors="replace") in blank):
            continue
        if column >= MAX_COLUMNS:
            raise Unreadable(Fault.COLUMNS)
        kept = re.sub(rb"\s*\br\s*=\s*(?:\"[^\"]*\"|'[^']*')", b"", tag)
        yield b'<c r="%b%d"%b>%b</c>' % (_letters(column), number, kept, bare)


def _letters(column: int) -> bytes:
    letters = b""
    while column >= 0:
        letters = bytes([65 + column % 26]) + letters
        column = column // 26 - 1
    return letters

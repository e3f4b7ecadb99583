"""The same small sheet in each format: $100.50 and #N/A in the first row, and a hidden second one with 5."""

import io
import struct
import zipfile

import openpyxl
import pytest

from base.foreign import child
from base.foreign.limits import Fault, Unreadable


def read(content: bytes) -> tuple[list[list[object]], list[int]]:
    rows, hidden = [], []
    for said in child.read("base.foreign.sheets", content, "name"):
        if isinstance(said, dict):
            hidden += said["hidden_rows"]
        else:
            rows += [[number, *cells] for number, cells in said]
    return rows, hidden


def fault(content: bytes) -> Fault:
    with pytest.raises(Unreadable) as refused:
        read(content)
    return refused.value.fault


DOLLARS = '"US$"0.00'


def xlsx() -> bytes:
    book = openpyxl.Workbook()
    book.active.append([100.5, "#N/A"])
    book.active.append([5])
    book.active["A1"].number_format = DOLLARS
    book.active.row_dimensions[2].hidden = True
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xls(*formulas: bytes) -> bytes:
    """BIFF8 in a compound file; `formulas` stand in the third row as the eight bytes of their values."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def begin(of: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, of, 0, 1997, 0, 6))

    end = record(0x0A, b"")
    code = DOLLARS.encode("utf-16-le")
    styles = b"".join(record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 164))
    sheet = begin(0x10)
    for row, flags in ((0, 0), (1, 0x20), (2, 0)):
        sheet += record(0x208, struct.pack("<HHHHHHHI", row, 0, 2, 255, 0, 0, flags, 0))
    sheet += record(0x203, struct.pack("<HHHd", 0, 0, 1, 100.5)) + record(
        0x205, struct.pack("<HHHBB", 0, 1, 0, 0x2A, 1)
    )
    sheet += record(0x203, struct.pack("<HHHd", 1, 0, 0, 5))
    for column, value in enumerate(formulas):
        sheet += record(0x06, struct.pack("<HHH", 2, column, 0) + value + struct.pack("<HIH", 0, 0, 0))
    sheet += end
    head = begin(0x05) + record(0x41E, struct.pack("<HHB", 164, len(DOLLARS), 1) + code) + styles
    bound = record(0x85, struct.pack("<IHBB", len(head) + 13 + len(end), 0, 1, 0) + b"S")
    return _compound(head + bound + end + sheet)


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream: header, table of sectors, directory, content."""
    stream = stream.ljust(4096 + -len(stream) % 512 if len(stream) < 4096 else len(stream) + -len(stream) % 512, b"\0")
    count = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    sectors = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        wide = (name + "\0").encode("utf-16-le")
        links = struct.pack("<HBBIII36xIQ", len(wide), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, start, size)
        return wide.ljust(64, b"\0") + links

    nothing = entry("", 0, 0xFFFFFFFF, 0, 0)
    directory = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + nothing * 2
    )
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + sectors + directory + stream


def xlsb(*, counted: bool = True) -> bytes:
    """BIFF12; where it does not say how many styles it has, calamine gives up without a word."""

    def record(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        return number + bytes([len(data)]) + data

    def text(words: str) -> bytes:
        return struct.pack("<I", len(words)) + words.encode("utf-16-le")

    def row(number: int, flags: int, *cells: bytes) -> bytes:
        return record(0, struct.pack("<IIHBBBI", number, 0, 255, 0, flags, 0, 0)) + b"".join(cells)

    def number(value: float, style: int = 0) -> bytes:
        return record(5, struct.pack("<IId", 0, style, value))

    cells = row(0, 0, number(100.5, 1), record(3, struct.pack("<IIB", 1, 0, 0x2A))) + row(1, 0x10, number(5))
    sheet = (
        record(129) + record(148, struct.pack("<IIII", 0, 1, 0, 1)) + record(145) + cells + record(146) + record(130)
    )
    styles = [record(47, struct.pack("<HH12x", 0, code)) for code in (0, 164)]
    look = record(615, struct.pack("<I", 1)) + record(44, struct.pack("<H", 164) + text(DOLLARS)) + record(616)
    look += record(617, struct.pack("<I", 2) if counted else b"") + b"".join(styles) + record(618)
    book = record(143) + record(156, struct.pack("<II", 0, 1) + text("r1") + text("S"))
    book += record(144) + record(157, b"\0" * 26) + record(132)
    package = "http://schemas.openxmlformats.org/package/2006"
    relation = '<Relationship Id="r1" Type="worksheet" Target="worksheets/sheet1.bin"/>'
    return _zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{package}/relationships">{relation}</Relationships>',
            "xl/workbook.bin": book,
            "xl/styles.bin": look,
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def ods_row(*cells: str, of: str = "") -> str:
    return f"<table:table-row {of}>{''.join(cells)}</table:table-row>"


def ods_cell(words: str = "", of: str = "") -> str:
    return f"<table:table-cell {of}>{f'<text:p>{words}</text:p>' if words else ''}</table:table-cell>"


def ods(rows: str = "", *, before: str = "", kind: str = "application/vnd.oasis.opendocument.spreadsheet") -> bytes:
    """An OpenDocument spreadsheet of the given rows, or of those all formats share."""
    rows = rows or ods_row(
        ods_cell("US$100.50", "table:style-name='c' office:value-type='float' office:value='100.5'"),
        ods_cell("#N/A", "office:value-type='string' office:string-value='' calcext:value-type='error'"),
    ) + ods_row(ods_cell("5", "office:value-type='float' office:value='5'"), of="table:visibility='filter'")
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "number": "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0",
        "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }
    spaces = " ".join(f"xmlns:{prefix}='{name}'" for prefix, name in names.items())
    styles = (
        "<number:currency-style style:name='N1'><number:currency-symbol>US$</number:currency-symbol>"
        "<number:number number:decimal-places='2'/></number:currency-style>"
        "<number:number-style style:name='N2'><number:number number:min-integer-digits='5'>"
        "<number:embedded-text number:position='4'>.</number:embedded-text></number:number></number:number-style>"
        "<style:style style:name='c' style:family='table-cell' style:data-style-name='N1'/>"
        "<style:style style:name='w' style:family='table-cell' style:data-style-name='N2'/>"
        "<style:style style:name='away' style:family='table'><style:table-properties table:display='false'/></style:style>"
    )
    return _zipped(
        {
            "mimetype": kind,
            "META-INF/manifest.xml": "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>",
            "content.xml": f"<?xml version='1.0' encoding='UTF-8'?>{before}<office:document-content {spaces}>"
            f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
            f"<table:table table:name='S'>{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
        }
    )


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return target.getvalue()

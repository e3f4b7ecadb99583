"""Files made to do harm: small ones that claim, or become, far more than they hold."""

import io
import zipfile
from collections.abc import Iterable, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>',
}


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def cell(reference: str, value: object = 1) -> str:
    return f'<row><c r="{reference}"><v>{value}</v></c></row>'


def workbook(rows: str = "", **parts: str | Iterable[bytes]) -> bytes:
    """An xlsx of the given rows; `parts` replace others, with __ for / and no ending: `xl__workbook`."""
    target = io.BytesIO()
    named: Mapping[str, str | Iterable[bytes]] = {
        f"{name.replace('__', '/')}.xml": part for name, part in parts.items()
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in {**_PARTS, "xl/worksheets/sheet1.xml": sheet(rows), **named}.items():
            with archive.open(name, "w", force_zip64=True) as file:
                for chunk in [part.encode()] if isinstance(part, str) else part:
                    file.write(chunk)
    return target.getvalue()


def huge(megabytes: int, filler: bytes) -> Iterable[bytes]:
    """A part of so many megabytes, of one piece of XML again and again."""
    head, tail = sheet("\0").encode().split(b"\0")
    yield head
    block = filler * (2**20 // len(filler))
    for _n in range(megabytes):
        yield block
    yield tail


def laughs() -> str:
    """A text that is defined by itself, doubled again and again."""
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE sst [<!ENTITY l0 "haha">{entities}]><sst xmlns="{MAIN}"><si><t>&l11;</t></si></sst>'


def with_directory(entries: int) -> bytes:
    """An archive of many parts without anything in them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for n in range(entries):
            archive.writestr(f"{n}", b"")
    return target.getvalue()


def lying_sizes() -> bytes:
    """A workbook of 300 MB that says it has a thousand bytes."""
    content = workbook(xl__worksheets__sheet1=huge(300, b"<row><c><v>1</v></c></row>"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    return content.replace(size.to_bytes(8, "little"), (1000).to_bytes(8, "little")).replace(
        size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )

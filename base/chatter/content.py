"""What a file really is: judged by its bytes, and refused when its name says something else, or when it would act.

An office document that runs or fetches something on the reader's machine is refused by the name of the fault: macros,
embedded programs, a template from elsewhere. What is old and plain (.doc, .xls, .wps) passes.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, NamedTuple, TypeAlias, cast
from xml.etree import ElementTree as ET

import olefile
from django.core.files import File
from django.utils.translation import gettext as _

from base.foreign.archive import directory
from base.foreign.limits import Unreadable
from base.lib.errors import Refused

#: So much of a file is looked at, where its beginning is enough.
_HEAD = 8192
_OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES = "[Content_Types].xml"
_ODF = "application/vnd.oasis.opendocument"
#: What makes a browser take text for a page.
_ACTIVE = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"<iframe")
#: Parts of a ZIP-based document, in lower case: programs, and what holds macros (Office's, OpenDocument's).
_PROGRAMS = (".exe", ".dll", ".bat", ".cmd", ".js", ".vbs", ".ps1", ".sh", ".com", ".scr", ".msi", ".lnk", ".jar")
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|xl/macrosheets/.*|basic/.*|scripts/.*)$")
#: Whatever lies in a document as an object of another program; only the table behind a chart is no such thing.
_EMBEDDED = re.compile(r"(^|/)(embeddings|activex)/(?!.*\.xlsx$)[^/]+$|^object ?\d+/.*\.bin$")
#: Relations that make a reader fetch and use something from elsewhere as soon as it is opened.
_FETCHED = ("attachedtemplate", "oleobject", "subdocument", "frame", "externallink", "package", "control")
#: A relations part is small; whatever is larger was made to hurt.
_RELATIONS_MAX = 2 * 1024 * 1024
#: Streams of the old container, in lower case: what makes it a document, and what acts in it.
_OLE_DOCUMENTS = frozenset({"worddocument", "workbook", "book", "powerpoint document", "contents", "wpsdocument"})
_OLE_MACROS = frozenset({"macros", "_vba_project_cur", "_vba_project", "vba"})
_OLE_EMBEDDED = frozenset({"objectpool", "\x01ole10native", "package"})

Check: TypeAlias = Callable[["File[bytes]"], bool]


class Format(NamedTuple):
    """A kind of file that may be attached: its media type, and whether the bytes are really of it."""

    mime: str
    holds: Check


def check(name: str, file: "File[bytes]") -> str:
    """The media type of a file. Raises `Refused` unless ending and content are of one allowed kind."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    allowed = _FORMATS.get(ending)
    if allowed is None:
        text = _("Files of this kind cannot be attached. Take a PDF, a picture, Office, OFD or plain text.")
        raise Refused(text, field="file", code="kind")
    file.seek(0)
    if not allowed.holds(file):
        text = _("The content of “%(name)s” is not what its name says.") % {"name": name}
        raise Refused(text, field="file", code="content")
    return allowed.mime


def _head(file: "File[bytes]") -> bytes:
    file.seek(0)
    return bytes(file.read(_HEAD))


def _begins(pattern: bytes) -> Check:
    """By its signature; a page hidden behind one is served as what it was checked to be, never sniffed."""
    signature = re.compile(pattern, re.DOTALL)
    return lambda file: signature.match(_head(file)) is not None


def _parts(file: "File[bytes]") -> set[str] | None:
    """The names inside a ZIP file, None when it is none; only the directory is read, nothing is unpacked."""
    # A ZIP may have anything in front, such as a program: then it is not a document.
    if not _head(file).startswith(b"PK\x03\x04"):
        return None
    try:
        entries = directory(cast(IO[bytes], file))
    except Unreadable:  # a directory of a million parts is no document's
        return None
    return None if entries is None else {entry.filename for entry in entries}


def _zipped(*needed: str) -> Check:
    """A ZIP-based document with these parts. Raises `Refused` for one that would act on the reader's machine."""

    def holds(file: "File[bytes]") -> bool:
        names = _parts(file)
        if names is None or not names.issuperset(needed):
            return False
        lowered = [name.lower() for name in names]
        if any(map(_MACROS.search, lowered)):
            raise _acts(_("The document has macros: save it without them, or as PDF."), "macros")
        if any(name.endswith(_PROGRAMS) or _EMBEDDED.search(name) for name in lowered):
            raise _acts(
                _("A file of another program is embedded in the document: take it out, attach it by itself."),
                "embedded",
            )
        with zipfile.ZipFile(cast(IO[bytes], file)) as archive:
            if any(_fetches(archive, info) for info in archive.infolist() if info.filename.lower().endswith(".rels")):
                raise _acts(
                    _("The document fetches a template or an object from elsewhere when it is opened."), "remote"
                )
            if any(_says_macros(archive, info) for info in archive.infolist() if info.filename == _TYPES):
                raise _acts(_("The document has macros: save it without them, or as PDF."), "macros")
        return True

    return holds


def _acts(text: str, code: str) -> Refused:
    return Refused(text, field="file", code=code)


def _fetches(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether a relations part names something outside of the document that is used at once; a link is only a link."""
    root = _xml(archive, info)
    if root is None:
        return True
    outside = (each for each in root if each.get("TargetMode", "").lower() == "external")
    return any(each.get("Type", "").lower().rpartition("/")[2] in _FETCHED for each in outside)


def _says_macros(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    root = _xml(archive, info)
    return root is None or any("macroenabled" in each.get("ContentType", "").lower() for each in root)


def _xml(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> ET.Element | None:
    """A small part as XML; None for one that is too large, declares entities, or is none."""
    if info.file_size > _RELATIONS_MAX:
        return None
    try:
        content = archive.read(info)
        return None if b"<!" in content else ET.fromstring(content)  # noqa: S314 - nothing is declared in it
    except (ET.ParseError, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error):
        return None


def _opendocument(mime: str) -> Check:
    whole = _zipped("mimetype", "content.xml")

    def holds(file: "File[bytes]") -> bool:
        if not whole(file):
            return False
        try:
            with zipfile.ZipFile(cast(IO[bytes], file)) as archive, archive.open("mimetype") as part:
                return part.read(len(mime) + 1) == mime.encode()
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            OSError,
            EOFError,
        ):  # locked, or packed otherwise
            return False

    return holds


def _text(file: "File[bytes]") -> bool:
    """Text in an encoding Chinese offices use, which nothing would run or show as a page."""
    file.seek(0)
    content = file.read()
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        start = text[:1024].lstrip("\ufeff \t\r\n").lower().encode()
        return "\0" not in text and not start.startswith(b"#!") and not any(tag in start for tag in _ACTIVE)
    return False


#: A mark of UTF-8 may stand in front of a PDF: some programs write one, every reader takes it.
_PDF = _begins(rb"(\xef\xbb\xbf)?%PDF-")
_PNG = _begins(rb"\x89PNG\r\n\x1a\n")
_JPEG = _begins(rb"\xff\xd8\xff")
_GIF = _begins(rb"GIF8[79]a")
_WEBP = _begins(rb"RIFF....WEBP")


def _ole(file: "File[bytes]") -> bool:
    """The container of the Office programs before 2007, and of WPS, with a document in it and nothing that acts."""
    file.seek(0)
    try:
        with olefile.OleFileIO(io.BytesIO(file.read()), raise_defects=olefile.DEFECT_FATAL) as container:
            parts = {part.lower() for path in container.listdir(streams=True, storages=True) for part in path}
    except (OSError, ValueError, IndexError, KeyError, RecursionError, struct.error):
        return False
    if parts & _OLE_MACROS:
        raise _acts(_("The document has macros: save it without them, or as PDF."), "macros")
    if parts & _OLE_EMBEDDED:
        raise _acts(
            _("A file of another program is embedded in the document: take it out, attach it by itself."), "embedded"
        )
    return bool(parts & _OLE_DOCUMENTS)


_FORMATS = {
    "pdf": Format("application/pdf", _PDF),
    "png": Format("image/png", _PNG),
    "jpg": Format("image/jpeg", _JPEG),
    "jpeg": Format("image/jpeg", _JPEG),
    "gif": Format("image/gif", _GIF),
    "webp": Format("image/webp", _WEBP),
    "ofd": Format("application/ofd", _zipped("OFD.xml")),
    "docx": Format(f"{_OOXML}.wordprocessingml.document", _zipped(_TYPES, "word/document.xml")),
    "xlsx": Format(f"{_OOXML}.spreadsheetml.sheet", _zipped(_TYPES, "xl/workbook.xml")),
    "pptx": Format(f"{_OOXML}.presentationml.presentation", _zipped(_TYPES, "ppt/presentation.xml")),
    "odt": Format(f"{_ODF}.text", _opendocument(f"{_ODF}.text")),
    "ods": Format(f"{_ODF}.spreadsheet", _opendocument(f"{_ODF}.spreadsheet")),
    "odp": Format(f"{_ODF}.presentation", _opendocument(f"{_ODF}.presentation")),
    "doc": Format("application/msword", _ole),
    "xls": Format("application/vnd.ms-excel", _ole),
    "ppt": Format("application/vnd.ms-powerpoint", _ole),
    "wps": Format("application/vnd.ms-works", _ole),
    "et": Format("application/vnd.ms-excel", _ole),
    "dps": Format("application/vnd.ms-powerpoint", _ole),
    "txt": Format("text/plain", _text),
    "csv": Format("text/csv", _text),
}

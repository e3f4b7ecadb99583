"""What a file really is: judged by its bytes, and refused when its name says something else."""

import re
import zipfile
from collections.abc import Callable
from typing import IO, NamedTuple, TypeAlias, cast

from django.core.files import File
from django.utils.translation import gettext as _

from base.lib.errors import Refused

#: So much of a file is looked at, where its beginning is enough.
_HEAD = 8192
_OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES = "[Content_Types].xml"
_ODF = "application/vnd.oasis.opendocument"
#: What makes a browser take text for a page, and which parts of a ZIP-based document are programs.
_ACTIVE = (b"<!doctype", b"<html", b"<head", b"<body", b"<script", b"<svg", b"<?xml", b"<?php", b"<iframe")
_ACTIVE_PARTS = (".exe", ".dll", ".bat", ".cmd", ".js", ".vbs", ".ps1", ".sh", "vbaproject.bin")

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
        with zipfile.ZipFile(cast(IO[bytes], file)) as archive:
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None


def _zipped(*needed: str) -> Check:
    """A ZIP-based document with these parts, and without macros or programs."""

    def holds(file: "File[bytes]") -> bool:
        names = _parts(file)
        return names is not None and names.issuperset(needed) and not any(map(_active_part, names))

    return holds


def _active_part(name: str) -> bool:
    return name.lower().endswith(_ACTIVE_PARTS)


def _opendocument(mime: str) -> Check:
    whole = _zipped("mimetype", "content.xml")

    def holds(file: "File[bytes]") -> bool:
        if not whole(file):
            return False
        with zipfile.ZipFile(cast(IO[bytes], file)) as archive, archive.open("mimetype") as part:
            return part.read(len(mime) + 1) == mime.encode()

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
#: The container of the Office programs before 2007, and of WPS.
_OLE = _begins(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

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
    "doc": Format("application/msword", _OLE),
    "xls": Format("application/vnd.ms-excel", _OLE),
    "ppt": Format("application/vnd.ms-powerpoint", _OLE),
    "wps": Format("application/vnd.ms-works", _OLE),
    "et": Format("application/vnd.ms-excel", _OLE),
    "dps": Format("application/vnd.ms-powerpoint", _OLE),
    "txt": Format("text/plain", _text),
    "csv": Format("text/csv", _text),
}

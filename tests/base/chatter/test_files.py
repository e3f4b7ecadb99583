import io
import struct
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from base.chatter.files import add_attachment, clean_name, file_response, remove_attachment
from base.chatter.models import Attachment, Event
from base.company.queries import company
from base.lib.errors import Refused

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n"


TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def archive(*names, mimetype=b"", first=b"", method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    buffer.write(first)
    with zipfile.ZipFile(buffer, "w", method) as written:
        if mimetype:
            written.writestr("mimetype", mimetype)
        for name in names:
            written.writestr(name, TYPES if name == "[Content_Types].xml" else "x")
    return buffer.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def ole(*streams):
    """The container of the Office programs before 2007, with these streams, empty: as small as it may be."""
    names = ["Root Entry", *streams]
    entries = b""
    for place, name in enumerate(names):
        entry = name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", len(name) * 2 + 2)
        entry += struct.pack("<BB", 5 if place == 0 else 2, 1)
        right = place + 1 if 0 < place < len(streams) else 0xFFFFFFFF
        entry += struct.pack("<III", 0xFFFFFFFF, right, 1 if place == 0 and streams else 0xFFFFFFFF)
        entry += bytes(16 + 4 + 16) + struct.pack("<IQ", 0xFFFFFFFE, 0)
        entries += entry
    entries = entries.ljust(-(-len(entries) // 512) * 512, b"\0")
    sectors = len(entries) // 512
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    table = struct.pack("<I", 0xFFFFFFFD)
    table += b"".join(struct.pack("<I", n + 2 if n < sectors - 1 else 0xFFFFFFFE) for n in range(sectors))
    return head + table.ljust(512, b"\xff") + entries


DOC, XLS = ole("WordDocument", "1Table"), ole("Workbook")
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="https://x.example/a" '
    'TargetMode="External"/></Relationships>'
)


def docx(**parts):
    """A Word document; `parts` are further ones by name, with their content."""
    buffer = io.BytesIO(DOCX)
    with zipfile.ZipFile(buffer, "a") as written:
        for name, text in parts.items():
            written.writestr(name, text)
    return buffer.getvalue()


TAKEN = {
    "合同.pdf": (PDF, "application/pdf"),
    "照片.JPG": (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(20), "image/jpeg"),
    "a.png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20), "image/png"),
    "marked.pdf": (b"\xef\xbb\xbf" + PDF, "application/pdf"),
    "b.jpeg": (b"\xff\xd8\xff\xe1\x00\x10Exif" + bytes(20), "image/jpeg"),
    "old.gif": (b"GIF87a" + bytes(20), "image/gif"),
    "a.gif": (b"GIF89a" + bytes(20), "image/gif"),
    "a.webp": (b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(20), "image/webp"),
    "发票.ofd": (archive("OFD.xml", "Doc_0/Document.xml"), "application/ofd"),
    "a.docx": (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "a.xlsx": (
        archive("[Content_Types].xml", "xl/workbook.xml"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "a.pptx": (
        archive("[Content_Types].xml", "ppt/presentation.xml"),
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "a.ods": (archive("content.xml", mimetype=ODS_TYPE), ODS_TYPE.decode()),
    "旧.doc": (DOC, "application/msword"),
    "旧.wps": (DOC, "application/vnd.ms-works"),
    "旧.xls": (XLS, "application/vnd.ms-excel"),
    "报表.et": (XLS, "application/vnd.ms-excel"),
    "with a link.docx": (
        docx(**{"word/_rels/document.xml.rels": RELATIONS.format(kind="hyperlink")}),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "with a chart.docx": (
        docx(**{"word/embeddings/Microsoft_Excel_Sheet.xlsx": "x"}),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "a.txt": ("第一行\n1 < 2".encode(), "text/plain"),
    "b.txt": ("国标".encode("gb18030"), "text/plain"),
    "c.txt": ("宽".encode("utf-16"), "text/plain"),
    "a.csv": ("编号,名称\n1,张\n".encode("utf-8-sig"), "text/csv"),
}
REFUSED = {
    "no ending": PDF,
    "a.exe": b"MZ" + bytes(50),
    "a.html": b"<html>",
    "a.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a.js": b"alert(1)",
    "a.zip": archive("a.txt"),
    "a.pdf.exe": PDF,
    "program.pdf": b"MZ" + bytes(50),
    "page.pdf": b"<html>%PDF-1.7",
    "picture.png": PDF,
    "picture.jpg": b"GIF89a" + bytes(20),
    "late.pdf": b"\n" + PDF,
    "sound.webp": b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(20),
    "picture.gif": b"GIF88a" + bytes(20),
    "cut.png": b"\x89PNG",
    "page.txt": b"  <!DOCTYPE html><script>alert(1)</script>",
    "drawing.txt": "\ufeff<svg onload=alert(1)>".encode(),
    "page.csv": "<HTML>".encode("utf-16"),
    "script.txt": b"#!/bin/sh\nrm -rf /\n",
    "binary.txt": b"\x7fELF" + bytes(20),
    "program in front.docx": archive("[Content_Types].xml", "word/document.xml", first=b"MZ" + bytes(20)),
    "cut.doc": DOC[:600],
    "installer.doc": ole("Property", "File"),
    "another.docx": archive("[Content_Types].xml", "xl/workbook.xml"),
    "bare.docx": archive("word/document.xml"),
    "cut.docx": DOCX[:40],
    "another.ods": archive("content.xml", mimetype=b"application/vnd.oasis.opendocument.text"),
    "text.doc": b"just text",
}
#: What would act on the reader's machine, by the name of the fault.
ACTS = {
    "macros.docx": (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macros"),
    "old macros.xlsx": (archive("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "macros"),
    "macros.ods": (archive("content.xml", "Basic/Standard/Module1.xml", mimetype=ODS_TYPE), "macros"),
    "macros.doc": (ole("WordDocument", "Macros"), "macros"),
    "macros.xls": (ole("Workbook", "_VBA_PROJECT_CUR"), "macros"),
    "program inside.ofd": (archive("OFD.xml", "Doc_0/setup.EXE"), "embedded"),
    "object.docx": (docx(**{"word/embeddings/oleObject1.bin": "x"}), "embedded"),
    "object.doc": (ole("WordDocument", "ObjectPool"), "embedded"),
    "template.docx": (
        docx(**{"word/_rels/settings.xml.rels": RELATIONS.format(kind="attachedTemplate")}),
        "remote",
    ),
    "object elsewhere.docx": (
        docx(**{"word/_rels/document.xml.rels": RELATIONS.format(kind="oleObject")}),
        "remote",
    ),
    "hidden entity.docx": (docx(**{"word/_rels/document.xml.rels": "<!DOCTYPE a><a/>"}), "remote"),
}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def target(db):
    return company()


def add(target, name="合同.pdf", data=PDF, **more):
    return add_attachment(target=target, upload=SimpleUploadedFile(name, data), by=None, at=AT, **more)


@pytest.mark.parametrize("name", TAKEN)
def test_what_offices_use_is_taken(target, name):
    data, mime = TAKEN[name]
    attachment = add(target, name, data)
    assert (attachment.name, attachment.mime, attachment.size) == (name, mime, len(data))
    assert attachment.matches_hash()
    assert Path(attachment.file.path).read_bytes() == data


@pytest.mark.parametrize("name", ACTS)
def test_what_would_act_is_refused_by_the_name_of_the_fault(target, name):
    data, fault = ACTS[name]
    with pytest.raises(Refused) as refused:
        add(target, name, data)
    assert refused.value.code == fault


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_do_harm_or_is_not_what_it_says_is_refused(target, name, tmp_path):
    with pytest.raises(Refused) as refused:
        add(target, name, REFUSED[name])
    assert refused.value.code in ("kind", "content")
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_empty_file_and_one_that_is_too_large_are_refused(target, settings):
    settings.ATTACHMENT_MAX_BYTES = 2**20
    with pytest.raises(Refused) as refused:
        add(target, data=b"")
    assert refused.value.code == "empty"
    with pytest.raises(Refused, match="1 MB") as refused:
        add(target, data=PDF + bytes(2**20))
    assert refused.value.code == "size"
    add(target, data=PDF + bytes(2**20 - len(PDF)))


def test_a_file_leaves_its_event_and_knows_what_it_is_for(target):
    attachment = add(target, label="final_acceptance")
    assert (attachment.target, attachment.label, attachment.at) == (target, "final_acceptance", AT)
    event = Event.objects.get()
    assert (event.verb, event.target, event.changes) == ("file_added", target, {"attachment": [None, "合同.pdf"]})


def test_a_large_upload_from_a_temporary_file_is_taken(target):
    with TemporaryUploadedFile("a.pdf", "application/pdf", 0, None) as upload:
        upload.write(PDF * 10_000)
        upload.size = len(PDF) * 10_000
        attachment = add_attachment(target=target, upload=upload, by=None, at=AT)
    assert attachment.matches_hash()


def test_the_same_content_is_stored_once_and_goes_with_its_last_record(
    target, tmp_path, django_capture_on_commit_callbacks
):
    first, second = add(target), add(target, "副本.pdf")
    assert first.file.name == second.file.name
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [Path(first.file.path)]
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=first, by=None, at=AT)
    assert second.matches_hash()
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=second, by=None, at=AT)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert (
        list(Event.objects.order_by("id").values_list("verb", flat=True)) == ["file_added"] * 2 + ["file_removed"] * 2
    )
    with pytest.raises(Refused):
        remove_attachment(attachment=Attachment(pk=second.pk or 2, target=target), by=None, at=AT)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\wang\\报价.pdf", "报价.pdf"),
        (" a\u202egnp.exe\x00.pdf ", "agnp.exe.pdf"),
        ('a:b*c?"<d>|.pdf', "a_b_c___d__.pdf"),
        ("long" * 100 + ".pdf", ("long" * 100)[:117] + ".pdf"),
        ("..hidden.pdf", "hidden.pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
    ],
)
def test_file_names_are_made_storable(given, stored):
    assert clean_name(given) == stored


@pytest.mark.parametrize(
    ("name", "way"), [("合同.pdf", "inline"), ("a.png", "inline"), ("a.txt", "attachment"), ("a.docx", "attachment")]
)
def test_a_file_is_given_out_so_that_no_browser_takes_it_for_a_page(target, name, way):
    data, mime = TAKEN[name]
    response = file_response(add(target, name, data))
    assert b"".join(response.streaming_content) == data
    response.close()
    assert response["Content-Type"] == mime
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith(f"{way}; filename")
    assert "Content-Security-Policy" in response


def test_a_chinese_name_is_given_out_by_rfc_5987(target):
    response = file_response(add(target))
    response.close()
    assert response["Content-Disposition"] == "inline; filename*=utf-8''%E5%90%88%E5%90%8C.pdf"

"""Files that belong to a record: checked, stored once by content, and given out safely."""

import base64
import hashlib
import os
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from base.accounts.access import may, require
from base.accounts.models import User
from base.chatter import content
from base.chatter.models import Attachment
from base.chatter.operations import record
from base.lib.errors import Refused
from base.lib.text import clean

#: Shown in the browser; everything else is only ever downloaded.
_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
_NAME_MAX = 120


class Stored(Protocol):
    """A file that was stored with its name and type: an attachment or a document."""

    file: FieldFile
    name: str
    mime: str


#: Models whose files hold prices unless somebody says otherwise.
_COMMERCIAL: set[type[models.Model]] = set()


def hold_prices(model: type[models.Model]) -> None:
    """Say that files of a model's records hold prices unless said otherwise; called from the owning app's `ready()`."""
    _COMMERCIAL.add(model)


@transaction.atomic
def add_attachment(
    *,
    target: models.Model,
    upload: "File[bytes]",
    by: User | None,
    at: datetime,
    label: str = "",
    commercial: bool | None = None,
) -> Attachment:
    """Keep a file with a record; content that is stored already is not stored again.

    A file is `commercial` when it holds prices: what is not said follows from the kind of record (docs/rules.md 8).
    What somebody adds who may see no prices holds none that are hidden from them.

    Raises `Refused` for an empty or too large file, a kind that may not be attached, and content that is not
    what the name says (`base/chatter/content.py` has the kinds).
    """
    name = clean_name(upload.name or "")
    if not upload.size:
        raise Refused(_("The file is empty."), field="file", code="empty")
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        text = _("The file is larger than %(limit)s MB.") % {"limit": settings.ATTACHMENT_MAX_BYTES // 2**20}
        raise Refused(text, field="file", code="size")
    if commercial is None:
        commercial = type(target) in _COMMERCIAL
    commercial = commercial and may(by, "prices.view")
    mime = content.check(name, upload)
    sha256 = _hash(upload)
    attachment = Attachment(
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
        name=name,
        label=label,
        commercial=commercial,
        mime=mime,
        size=upload.size,
        sha256=sha256,
        at=at,
        by=by,
    )
    attachment.file.name = _keep(sha256, upload)
    attachment.save()
    record(target, "file_added", by=by, at=at, changes={"attachment": [None, name]}, note=label)
    return attachment


@transaction.atomic
def mark_commercial(*, attachment: Attachment, commercial: bool, by: User | None, at: datetime) -> None:
    """Say whether a file holds prices. Who may see none cannot open it to others."""
    require(by, "files.mark")
    if attachment.commercial == commercial or attachment.target is None:
        return
    Attachment.objects.filter(pk=attachment.pk).update(commercial=commercial)
    verb = "file_closed" if commercial else "file_opened"
    record(attachment.target, verb, by=by, at=at, changes={"attachment": [None, attachment.name]})


@transaction.atomic
def remove_attachment(*, attachment: Attachment, by: User | None, at: datetime) -> None:
    """Take a file off its record; its bytes go when no other record holds the same."""
    target = attachment.target
    gone, _by_model = Attachment.objects.filter(pk=attachment.pk).delete()
    if not gone or target is None:
        raise Refused(_("This file was removed already."), code="gone")
    record(target, "file_removed", by=by, at=at, changes={"attachment": [attachment.name, None]})
    transaction.on_commit(lambda: _forget(attachment.sha256))


def file_response(stored: Stored) -> FileResponse:
    """Give a file out under its own name: pictures and PDFs to look at, all else to download, never a page.

    Whether this person may have it is asked before (`visibility.is_visible` on the file's target).
    """
    inline = stored.mime in _INLINE
    response = FileResponse(stored.file.open("rb"), content_type=stored.mime)
    response["Content-Disposition"] = content_disposition_header(not inline, stored.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    # Browsers refuse to show a PDF inside a sandbox.
    pdf = stored.mime == "application/pdf"
    response["Content-Security-Policy"] = "frame-ancestors 'none'" if pdf else "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def picture_uri(target: models.Model, label: str) -> str:
    """The newest picture of that label on a record as a `data:` address, for a page to be printed; empty without one."""
    picture = pictures_of([target], label).last()
    return data_uri(picture) if picture else ""


def pictures_of(targets: Sequence[models.Model], label: str) -> models.QuerySet[Attachment]:
    """The pictures of that label on records of one kind, in the order they were added."""
    kind = ContentType.objects.get_for_model(targets[0]) if targets else None
    found = Attachment.objects.filter(target_type=kind, target_id__in=[each.pk for each in targets], label=label)
    return found.filter(mime__startswith="image/").order_by("pk")


def data_uri(picture: Attachment) -> str:
    """The picture as a `data:` address."""
    with picture.file.open("rb") as stored:
        return f"data:{picture.mime};base64,{base64.b64encode(stored.read()).decode()}"


def clean_name(name: str) -> str:
    """A file name every system can store: no folders, no invisible or reserved characters, not too long."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = re.sub(r'[:*?"<>|]', "_", clean(name)).strip(". ")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: _NAME_MAX - len(ending)].strip()}{dot}{ending}" if dot and stem else name[:_NAME_MAX]


def _place(sha256: str) -> str:
    return f"attachments/{sha256[:2]}/{sha256}"


def _hash(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _keep(sha256: str, upload: "File[bytes]") -> str:
    """Store the bytes under their hash unless they are there; the file appears whole or not at all."""
    _lock(sha256)
    name = _place(sha256)
    path = Path(default_storage.path(name))
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            for chunk in upload.chunks():
                part.write(chunk)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(path)
    return name


@transaction.atomic
def _forget(sha256: str) -> None:
    _lock(sha256)
    if not Attachment.objects.filter(sha256=sha256).exists():
        default_storage.delete(_place(sha256))


def _lock(sha256: str) -> None:
    """Keep others from storing and removing the same content until the transaction ends.

    SQLite has one writer anyway: its transactions take the lock when they begin.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])

"""What left the house, came in or was taken away is still byte for byte what it was (docs/documents.md 1)."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import models

from base.chatter.models import Attachment
from base.documents.models import Document
from billing.models import ExportBatch
from ops.integrity.finding import Fault, named

_CHUNK = 500
_KEPT: tuple[type[models.Model], ...] = (Attachment, Document, ExportBatch)


def hashes(on: date) -> Iterator[Fault]:
    """Every stored file is there and matches its hash and its size; files kept twice are read once."""
    seen: dict[str, str] = {}
    record: Any
    for model in _KEPT:
        for record in model._default_manager.order_by("pk").iterator(chunk_size=_CHUNK):
            name = record.file.name
            if name not in seen:
                seen[name] = _digest(record.file)
            if not seen[name]:
                yield Fault(named(record), f"its file {name} is not there")
            elif seen[name] != record.sha256:
                yield Fault(named(record), f"its file {name} is not the one that was stored")
            elif record.file.size != record.size:
                yield Fault(named(record), f"its file has {record.file.size} bytes, but {record.size} are recorded")


def _digest(file: models.fields.files.FieldFile) -> str:
    """The file's SHA-256; empty when it cannot be read."""
    try:
        with file.open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except OSError:
        return ""

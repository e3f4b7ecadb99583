"""Papers that leave the house: rendered by the floor that knows them, stored once, never changed after."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import models, transaction

from base.chatter.files import clean_name
from base.chatter.operations import record
from base.documents.models import Document


class Rendered(NamedTuple):
    """A paper's bytes. `key` says which paper of which version of which record it is, in which language."""

    key: str
    name: str
    data: bytes
    target: models.Model


class _Paper(NamedTuple):
    render: Callable[[int], tuple[str, str, bytes, models.Model]]
    key: Callable[[int], str] | None
    stamp: Callable[[int], str] | None


_papers: dict[str, _Paper] = {}


def register_paper(
    name: str,
    render: Callable[[int], tuple[str, str, bytes, models.Model]],
    key: Callable[[int], str] | None = None,
    stamp: Callable[[int], str] | None = None,
) -> None:
    """Say how a paper is made from its record's id; called from the owning app's `ready()`.

    `render` returns what `Rendered` holds. With `key`, a paper stored before is not rendered again. `stamp` is another
    text once the paper would say something else.
    """
    _papers[name] = _Paper(render, key, stamp)


def stamp_of(papers: Iterable[tuple[str, int]]) -> str:
    """What some papers say, as one short word to compare with another moment's; empty without papers."""
    said = [f"{name} {key} {_stamped(name, key)}" for name, key in papers]
    return hashlib.sha256("\n".join(said).encode()).hexdigest() if said else ""


def _stamped(name: str, record_id: int) -> str:
    stamp = _papers[name].stamp if name in _papers else None
    return stamp(record_id) if stamp else ""


def document_for(name: str, record_id: int, *, at: datetime) -> Document:
    """The stored paper of a record, rendered and stored now if it has not left before.

    Rendering takes its time: call this outside transactions. KeyError for a paper nobody registered, and
    whatever the paper's own floor raises when it cannot be made.
    """
    if stored := stored_before(name, record_id):
        return stored
    key, file_name, data, target = _papers[name].render(record_id)
    return store_document(key=key, name=file_name, data=data, target=target, at=at)


def preview(name: str, record_id: int) -> Rendered:
    """The paper as it would be if it left now: nothing is stored. KeyError for a paper nobody registered."""
    return Rendered(*_papers[name].render(record_id))


def stored_before(name: str, record_id: int) -> Document | None:
    """The paper as it left the house, if it did."""
    key = _papers[name].key
    return Document.objects.filter(key=key(record_id)).first() if key else None


def documents_for(papers: Iterable[tuple[str, int]], *, at: datetime) -> list[Document]:
    """The stored papers of a mail, in order."""
    return [document_for(name, record_id, at=at) for name, record_id in papers]


@transaction.atomic
def store_document(
    *, key: str, name: str, data: bytes, target: models.Model, at: datetime, mime: str = "application/pdf"
) -> Document:
    """Keep a paper as it leaves the house. A second one of its key changes nothing: the first is returned."""
    if stored := Document.objects.filter(key=key).first():
        return stored
    sha256 = hashlib.sha256(data).hexdigest()
    document = Document(
        key=key,
        name=clean_name(name),
        mime=mime,
        size=len(data),
        sha256=sha256,
        at=at,
        target_type=ContentType.objects.get_for_model(target),
        target_id=target.pk,
    )
    document.file.save(f"{sha256[:32]}{Path(document.name).suffix}", ContentFile(data), save=False)
    Document.objects.bulk_create([document], ignore_conflicts=True)
    stored = Document.objects.get(key=key)
    if stored.file.name != document.file.name:  # another worker was faster
        document.file.delete(save=False)
        return stored
    record(target, "paper_stored", by=None, at=at, changes={"document": [None, stored.name]})
    return stored

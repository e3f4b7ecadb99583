"""What a seal is made of: a row as bytes that are the same on every database, personal values as salted digests.

A value that may be a person's goes into the seal as SHA-256 of its salt and itself. Once value and salt are removed the
digest stays, so that the chain holds, and nobody can try names against it.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from functools import cache
from typing import TypeAlias

from django.contrib.contenttypes.models import ContentType
from django.db import models
from djmoney.models.fields import MoneyField

from base.audit.models import Access
from base.chatter.labels import is_erased
from base.chatter.models import Event

#: By the place of a value inside its row (`note`, `changes/contact/1`): its salt, or `=` and its digest.
Salts: TypeAlias = dict[str, str]

#: A field of these kinds holds nothing a person could have written about another.
_OPEN_FIELDS = (
    models.DateField,
    models.TimeField,
    models.DecimalField,
    models.IntegerField,
    models.BooleanField,
    models.UUIDField,
    MoneyField,
)
_SALT_BYTES = 12


def digest(salt: str, value: str) -> str:
    """What stands for a value in a seal."""
    return hashlib.sha256(f"{salt}\0{value}".encode()).hexdigest()


def chained(before: str, content: str) -> str:
    """The hash of a seal: over the one before it, and the content of its own row."""
    return hashlib.sha256(f"{before}\n{content}".encode()).hexdigest()


def of_event(event: Event, salts: Salts | None = None) -> tuple[str, Salts]:
    """An event's content and the salts it was made with: fresh ones, or the given ones when a seal is verified."""
    used = {} if salts is None else salts
    open_names = _open_names(event.target_type_id) if salts is None else ()
    changes = {
        name: _hidden(value, f"changes/{name}", used, make=salts is None and name not in open_names)
        for name, value in event.changes.items()
    }
    note = _hidden(event.note, "note", used, make=salts is None)
    fields: list[object] = [event.pk, event.target_type_id, event.target_id, _moment(event.at), event.by_id, event.verb]
    return _text([*fields, event.story, changes, note, sorted(used)]), used


def of_access(access: Access, salts: Salts | None = None) -> tuple[str, Salts]:
    """An access's content. Nothing in it is erased alone: its month is dropped as a whole."""
    fields: list[object] = [
        access.pk,
        _moment(access.at),
        access.kind,
        access.by_id,
        access.name,
        access.address,
        access.what,
    ]
    return _text([*fields, access.segment]), {}


def places(event: Event, wanted: Callable[[str], bool]) -> dict[str, str]:
    """The texts of an event that are wanted, by their place."""
    found: dict[str, str] = {}

    def look(value: object, place: str) -> None:
        match value:
            case dict():
                for name, part in value.items():
                    look(part, f"{place}/{name}")
            case list():
                for number, part in enumerate(value):
                    look(part, f"{place}/{number}")
            case str() if value and wanted(value):
                found[place] = value

    look(event.changes, "changes")
    look(event.note, "note")
    return found


def replaced(value: object, place: str, at: Collection[str], instead: str) -> object:
    """A copy of a value in which the texts at these places are replaced."""
    match value:
        case dict():
            return {name: replaced(part, f"{place}/{name}", at, instead) for name, part in value.items()}
        case list():
            return [replaced(part, f"{place}/{number}", at, instead) for number, part in enumerate(value)]
    return instead if place in at else value


def _open_names(kind: int) -> frozenset[str]:
    """The fields whose values no person can be found in; whatever is not known for certain is none of them."""
    model = ContentType.objects.get_for_id(kind).model_class()
    return frozenset() if model is None else _open_fields(model)


@cache
def _open_fields(model: type[models.Model]) -> frozenset[str]:
    fields = model._meta.concrete_fields
    return frozenset(field.name for field in fields if field.choices or isinstance(field, _OPEN_FIELDS))


def _hidden(value: object, place: str, salts: Salts, *, make: bool) -> object:
    """The value with each text that has a salt as its digest; `make` gives each text one."""
    match value:
        case dict():
            return {name: _hidden(part, f"{place}/{name}", salts, make=make) for name, part in value.items()}
        case list():
            return [_hidden(part, f"{place}/{number}", salts, make=make) for number, part in enumerate(value)]
        case str() if value:
            if make:
                salts[place] = secrets.token_urlsafe(_SALT_BYTES)
            salt = salts.get(place)
            if salt is None:
                return value
            if salt.startswith("="):
                return salt[1:] if is_erased(value) else [value]
            return digest(salt, value)
    return value


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(fields: list[object]) -> str:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

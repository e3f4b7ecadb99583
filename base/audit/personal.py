"""Where the data of people outside of the house are kept: each floor names its places (docs/rules.md 19).

A person is known by name at a customer: a contact, whoever called, whoever signed or answered. Colleagues are none of them:
their names stand for what they did.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from base.changes.models import PendingChange
from base.chatter.models import Attachment, Event, Message, OnTarget, Todo
from base.jobs.models import Job
from base.mail.models import DeadAddress, OutgoingMail

#: What stands where a name was, in every language.
ERASED_NAME = "〔已删除 erased〕"
#: Shorter texts are found only where they stand alone: a single character is in every second sentence.
_SHORTEST = {"name": 2, "other": 6}


class PersonKind(StrEnum):
    """How we came to know a person; each is kept for years of its own (`Company.contact_years` …)."""

    CONTACT = "contact"
    CALLER = "caller"
    SIGNER = "signer"


@dataclass(frozen=True)
class Place:
    """A model that keeps something about people: by name, or somewhere in what somebody wrote."""

    model: type[models.Model]
    #: The way to the customer it belongs to; empty for what belongs to none, such as a ledger that was loaded.
    customer: str
    #: The field with a person's name, and what else is known of the same person.
    name: str = ""
    also: tuple[str, ...] = ()
    kind: PersonKind | None = None
    #: When it came to be known, for `retention.py`, and which rows may go at all.
    date: str = ""
    ended: tuple[str, str] | None = None
    #: Where people write freely; lists and tables are looked through too.
    texts: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*filter(None, [self.name]), *self.also, *self.texts)))


class Person(NamedTuple):
    """Somebody at a customer, by name. `only` narrows it to one row: (model, key)."""

    customer: int
    name: str
    only: tuple[type[models.Model], int] | None = None


class Held(NamedTuple):
    """A row that holds something about a person: each field as it is, and as it is once it is erased."""

    model: type[models.Model]
    pk: int
    values: dict[str, tuple[Any, Any]]


#: What hangs on records, and where something about a person may stand in it.
HANGING: dict[type[OnTarget], tuple[str, ...]] = {
    Message: ("text",),
    PendingChange: ("reason", "answer"),
    Todo: ("text", "params"),
    Attachment: ("name",),
    OutgoingMail: ("to_name", "to_email", "cc", "subject", "text", "variables", "error"),
}
#: An address that a mail bounced from belongs to no customer, nor does what somebody had done, such as a search to export.
_places: list[Place] = [
    Place(DeadAddress, "", texts=("email",)),
    Place(Job, "", texts=("subject", "parameters", "result", "outcome", "error")),
]


def register(*places: Place) -> None:
    """Name places; called from the owning app's `ready()`."""
    _places.extend(places)


def places() -> Sequence[Place]:
    """Every place there is, in the order of the floors."""
    return tuple(_places)


def known_at(place: Place, person: Person) -> models.QuerySet[models.Model]:
    """The rows of a place that belong to the person's customer, or the one row that is meant."""
    rows = place.model._base_manager.order_by("pk")
    if person.only is not None:
        return rows.filter(pk=person.only[1]) if person.only[0] is place.model else rows.none()
    return rows.filter(**{place.customer: person.customer}) if place.customer else rows


def words_of(person: Person) -> set[str]:
    """What a person is known by: the name, and the telephone numbers and addresses that stand beside it."""
    found = {person.name}
    for place in _places:
        if place.name and place.also:
            for row in known_at(place, person).filter(**{place.name: person.name}).values_list(*place.also):
                found |= {value for value in row if isinstance(value, str) and _is_number_or_address(value)}
    return found


def _is_number_or_address(value: str) -> bool:
    """What names one person alone; a position in the company does not, nor do the keys by which they are found."""
    if "\n" in value:
        return False
    return len(value) >= _SHORTEST["other"] and ("@" in value or any(character.isdigit() for character in value))


def mentions(value: str, words: Iterable[str], name: str) -> bool:
    """Whether a text names a person."""
    return any(value == word or (len(word) >= _shortest(word, name) and word in value) for word in words)


def without(value: object, words: Iterable[str], name: str) -> object:
    """A text, or a list or table of texts, in which a person is no longer named."""
    match value:
        case dict():
            return {key: without(part, words, name) for key, part in value.items()}
        case list():
            return [without(part, words, name) for part in value]
        case str():
            for word in sorted(words, key=len, reverse=True):
                if value == word or len(word) >= _shortest(word, name):
                    value = value.replace(word, ERASED_NAME)
    return value


def held(person: Person, words: Iterable[str]) -> Iterator[Held]:
    """Every row that holds something about a person, papers and events left out."""
    for place in _places:
        change = partial(_in_place, place, person.name, words)
        yield from _changed(place.model, known_at(place, person), place.fields, change)
    for model, fields in HANGING.items():
        rows = model._base_manager.filter(_targets(person)).order_by("pk")
        yield from _changed(
            model, rows, fields, lambda row: {f: without(v, words, person.name) for f, v in row.items()}
        )


def events_about(person: Person, rows: Iterable[Held]) -> models.QuerySet[Event]:
    """The events of all records of the person's customer, of their mails, and of these rows."""
    mails = OutgoingMail.objects.filter(_targets(person)).values("pk")
    on_mails = Q(target_type=ContentType.objects.get_for_model(OutgoingMail), target_id__in=mails)
    # That a mail came back is told of the company, which has its own events.
    found = _targets(person) | on_mails | Q(verb__in=["address_bounced", "address_works"])
    of_nobody = {place.model for place in _places if not place.customer}
    for model in of_nobody:
        keys = [row.pk for row in rows if row.model is model]
        found |= Q(target_type=ContentType.objects.get_for_model(model), target_id__in=keys)
    return Event.objects.filter(found).order_by("pk")


def _in_place(place: Place, name: str, words: Iterable[str], row: dict[str, Any]) -> dict[str, Any]:
    is_theirs = bool(place.name) and row[place.name] == name
    changed = {field: without(row[field], words, name) for field in place.texts}
    if is_theirs:
        changed |= dict.fromkeys(place.also, "") | {place.name: ERASED_NAME}
    elif place.name and not place.customer:
        changed[place.name] = without(row[place.name], words, name)
    return changed


def _changed(
    model: type[models.Model],
    rows: models.QuerySet[models.Model],
    fields: Sequence[str],
    change: Callable[[dict[str, Any]], dict[str, Any]],
) -> Iterator[Held]:
    for row in rows.values("pk", *fields).iterator(chunk_size=2000):
        new = change({field: row[field] for field in fields})
        values = {field: (row[field], new[field]) for field in new if new[field] != row[field]}
        if values:
            yield Held(
                model, row["pk"], {field: (old, _fitting(model, field, text)) for field, (old, text) in values.items()}
            )


def _fitting(model: type[models.Model], field: str, value: object) -> object:
    """What is stored instead: an address must stay one, and a text has its length."""
    column = model._meta.get_field(field)
    if isinstance(value, str) and ERASED_NAME in value and isinstance(column, models.EmailField):
        return f"erased-{secrets.token_hex(4)}@erased.invalid"
    longest = getattr(column, "max_length", None)
    return value[:longest] if isinstance(value, str) and longest else value


def _targets(person: Person) -> Q:
    """What hangs on any record of the person's customer."""
    if person.only is not None:
        return Q(target_type=ContentType.objects.get_for_model(person.only[0]), target_id=person.only[1])
    found = Q(pk__in=[])
    for model in {place.model: place for place in _places if place.customer}.values():
        kind = ContentType.objects.get_for_model(model.model)
        found |= Q(target_type=kind, target_id__in=known_at(model, person).order_by().values("pk"))
    return found


def _shortest(word: str, name: str) -> int:
    return _SHORTEST["name" if word == name else "other"]

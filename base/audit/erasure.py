"""What is known of one person, taken away as a file or removed (docs/rules.md 19)."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.audit.digests import digest, places, replaced
from base.audit.models import EVENTS, Erasure, Seal
from base.audit.personal import ERASED_NAME, Held, Person, events_about, held, mentions, words_of
from base.audit.sealing import seal
from base.chatter.labels import ERASED, with_value
from base.chatter.models import Event, Tracked
from base.chatter.operations import make_event, record
from base.jobs.models import Job
from base.lib.errors import Refused

_CHUNK = 500


def export_person(*, person: Person, customer: models.Model, by: User, at: datetime) -> dict[str, Any]:
    """Everything that is kept about a person, as plain values: rows, messages, mails, and what events say of them.

    That it was taken away is told in the log, without the name. Raises `Refused` when nothing is kept.
    """
    require(by, "personal.erase")
    words = words_of(person)
    kept = list(held(person, words))
    rows = [_told(each) for each in kept]
    events = [
        {"event": event.pk, "at": event.at.isoformat(), "verb": event.verb, "values": found}
        for event in events_about(person, kept).iterator(chunk_size=2000)
        if (found := places(event, lambda text: mentions(text, words, person.name)))
    ]
    if not rows and not events:
        raise Refused(_("Nothing is kept about this person."), code="nobody")
    record(customer, "personal_data_exported", by=by, at=at, changes={"rows": len(rows), "events": len(events)})
    return {"customer": str(customer), "person": person.name, "rows": rows, "events": events}


@transaction.atomic
def erase_person(*, person: Person, target: models.Model, by: User | None, at: datetime, why: str = "asked") -> Erasure:
    """Remove a person from everything but papers and sums: the name is replaced, the rest emptied, in events too.

    What was signed stays signed, what was paid stays paid, and papers that left the house keep file and hash. The log
    keeps who removed it and how much, not what. `target` is the record that tells of it. Raises `Refused` when
    nothing is kept.
    """
    require(by, "personal.erase")
    if person.name == ERASED_NAME:
        raise Refused(_("This person is erased already."), code="erased")
    # What is not sealed yet would be sealed as it is, and is better sealed as it was.
    seal(at=at)
    words = words_of(person)
    erasure = Erasure.objects.create(target=target, by=by, at=at)
    removed: Counter[str] = Counter()
    told = record(target, "personal_data_erased", by=by, at=at, changes={"erasure": erasure.pk}, note=why)
    # What was taken away about the person by a job is removed with the next sweep, and no longer handed out.
    taken = Job.objects.filter(parameters__name=person.name, parameters__customer=person.customer)
    taken.exclude(file="").update(delete_after=at)
    kept = list(held(person, words))
    for each in kept:
        _remove(each, told=told)
        removed[each.model._meta.label] += len(each.values)
    for event in events_about(person, kept).exclude(pk=told.pk).iterator(chunk_size=2000):
        if found := places(event, lambda text: mentions(text, words, person.name)):
            _remove_from(event, found, told=told)
            removed[Event._meta.label] += len(found)
    if not removed:
        raise Refused(_("Nothing is kept about this person."), code="nobody")
    erasure.is_open, erasure.removed = False, dict(removed)
    erasure.save()
    return erasure


def _told(each: Held) -> dict[str, Any]:
    return {
        "record": each.model._meta.label,
        "key": each.pk,
        "values": {field: old for field, (old, _new) in each.values.items()},
    }


def _remove(each: Held, *, told: Event) -> None:
    """Write a row anew without the person; a versioned one has its event, which repeats nothing."""
    new: dict[str, Any] = {field: value for field, (_old, value) in each.values.items()}
    rows = each.model._base_manager.filter(pk=each.pk)
    if not issubclass(each.model, Tracked):
        rows.update(**new)
        return
    rows.update(**new, version=F("version") + 1)
    marked = {field: [with_value(ERASED, str(told.pk)), None] for field in new}
    make_event(rows.get(), "changed", by=told.by, at=told.at, changes=marked, note="").save()


def _remove_from(event: Event, found: dict[str, str], *, told: Event) -> None:
    """Replace texts of an event; its seal keeps their digests and forgets their salts."""
    instead = with_value(ERASED, str(told.pk))
    changes = replaced(event.changes, "changes", found, instead)
    note = replaced(event.note, "note", found, instead)
    Event._base_manager.filter(pk=event.pk).update(changes=changes, note=note)
    if sealed := Seal.objects.filter(log=EVENTS, row=event.pk).first():
        kept = {place: f"={digest(sealed.salts[place], text)}" for place, text in found.items()}
        Seal.objects.filter(pk=sealed.pk).update(salts=sealed.salts | kept)

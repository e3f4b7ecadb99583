"""Whether a log is whole: every seal follows from the one before it and from its row, and the newest is the known one."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import NamedTuple

from django.db import models

from base.audit.digests import chained, places
from base.audit.models import Access, Erasure, LogHead, Seal
from base.audit.sealing import Head, Log, logs, unsealed
from base.chatter.labels import ERASED, is_erased
from base.chatter.models import Event

_CHUNK = 2000


class Problem(NamedTuple):
    """What is wrong with which row or seal of a log."""

    record: str
    text: str


def problems(on: date) -> Iterator[Problem]:
    """Everything that shows a log was forged, thinned out or shortened, log by log; `on` is today."""
    for each in logs():
        yield from _of(each)
        yield from _left_out(each, on)
    for left in Erasure.objects.filter(is_open=True):
        yield Problem(f"erasure {left.pk}", "it is open, so that values of the log can be changed")
    for gone in LogHead.objects.exclude(dropped_at=None):
        if Access.objects.filter(segment=gone.log).exists() or Seal.objects.filter(log=gone.log).exists():
            yield Problem(f"log {gone.log}", "it was dropped, but rows of it are there")


def holds(expected: Head) -> bool:
    """Whether a log still has a seal that was written down elsewhere."""
    found = Seal.objects.filter(log=expected.log, sequence=expected.sequence).values_list("hash", flat=True).first()
    return found == expected.hash if expected.sequence else not expected.hash


def _of(each: Log) -> Iterator[Problem]:
    before, sequence = "", 0
    seals = Seal.objects.filter(log=each.number).order_by("sequence")
    for some in _batched(seals.iterator(chunk_size=_CHUNK)):
        rows = {row.pk: row for row in each.rows().filter(pk__in=[seal.row for seal in some])}
        for seal in some:
            if seal.sequence != sequence + 1:
                yield Problem(_seal(seal), f"the seals from {sequence + 1} to {seal.sequence - 1} are gone")
            row = rows.get(seal.row)
            if row is None:
                yield Problem(_seal(seal), f"the row {seal.row} that was sealed is gone")
            else:
                yield from _row(each, seal, row, before)
            before, sequence = seal.hash, seal.sequence
    newest = LogHead.objects.filter(log=each.number).first()
    if (newest.sequence, newest.hash) != (sequence, before) if newest else sequence:
        known = f"{newest.sequence}" if newest else "no seal"
        yield Problem(f"log {each.number}", f"its newest seal is {sequence}, but its newest was {known}")


def _row(each: Log, seal: Seal, row: models.Model, before: str) -> Iterator[Problem]:
    content, _salts = each.content(row, seal.salts)
    if chained(before, content) != seal.hash:
        yield Problem(_seal(seal), f"the row {seal.row} or the seal before it is not the one that was sealed")
    if isinstance(row, Event) and any(salt.startswith("=") for salt in seal.salts.values()):
        yield from _erased(seal, row)


def _erased(seal: Seal, event: Event) -> Iterator[Problem]:
    """Each erased value names the event that tells of the erasure."""
    told = {value.removeprefix(f"{ERASED}: ") for value in places(event, is_erased).values()}
    known = Event.objects.filter(pk__in=[int(key) for key in told if key.isdigit()], verb="personal_data_erased")
    if known.count() != len(told):
        yield Problem(_seal(seal), f"values of the event {event.pk} are gone, and no event tells of an erasure")


def _left_out(each: Log, on: date) -> Iterator[Problem]:
    """A row is sealed within minutes; one of yesterday that is not lost its seal, or came in past the operations."""
    if count := unsealed(each, whole=True).filter(at__date__lt=on - timedelta(days=1)).count():
        yield Problem(f"log {each.number}", f"{count} rows from before yesterday are not sealed")


def _seal(seal: Seal) -> str:
    return f"seal {seal.log}:{seal.sequence}"


def _batched(seals: Iterator[Seal]) -> Iterator[list[Seal]]:
    while some := list(islice(seals, _CHUNK)):
        yield some

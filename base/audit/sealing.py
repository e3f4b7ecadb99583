"""Sealing what is committed: row after row of a log into its chain, in the order in which they were found (docs/rules.md 18.1).

Writers know nothing of it and wait for nothing: only those who seal hold the head of a log. An event that was numbered early
and committed late is sealed late.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import structlog
from django.db import models, transaction
from django.db.models import Exists, OuterRef

from base.audit.digests import Salts, chained, of_access, of_event
from base.audit.models import EVENTS, Access, LogHead, Seal
from base.chatter.models import Event

log = structlog.get_logger(__name__)

#: Rows sealed in one transaction: on SQLite others wait for it, so it is over in some hundredths of a second.
CHUNK = 500
#: So many keys before the highest sealed one a late row is looked for each minute; a whole look finds it at any distance.
_BEHIND = 100_000


class Head(NamedTuple):
    """The newest seal of a log."""

    log: int
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.log}:{self.sequence}:{self.hash}"


@dataclass(frozen=True)
class Log:
    """A log that is sealed: its number, its rows, and how a row becomes the content of a seal."""

    number: int
    rows: Callable[[], models.QuerySet[models.Model]]
    content: Callable[..., tuple[str, Salts]]


def event_log() -> Log:
    """The log of everything that happened."""
    return Log(EVENTS, Event.objects.all, of_event)


def access_log(segment: int) -> Log:
    """The log of who came in, for one month."""
    return Log(segment, lambda: Access.objects.filter(segment=segment), of_access)


def logs() -> Iterator[Log]:
    """All there are, without the months that were dropped."""
    yield event_log()
    heads = dict(LogHead.objects.exclude(log=EVENTS).values_list("log", "dropped_at"))
    # A month begins after the one before it, so that only the newest rows can be of one that has no head yet.
    fresh = Access.objects.filter(segment__gte=max(heads, default=0)).order_by()
    for segment in sorted({*heads, *fresh.values_list("segment", flat=True).distinct()}):
        if heads.get(segment) is None:
            yield access_log(segment)


def seal(*, at: datetime, whole: bool = False) -> int:
    """Seal every committed row that is not sealed yet; returns how many were.

    `whole` looks through all rows, not only through the newest. May run beside others that seal, and inside of a
    transaction.
    """
    sealed = 0
    for each in logs():
        new, rows = 0, unsealed(each, whole=whole)
        while some := list(rows[:CHUNK]):
            new += _seal_some(each, some, at=at)
            # What was looked through is not looked through again, or the first sealing would never end.
            rows = rows.filter(pk__gt=some[-1].pk)
        if new:
            newest = head(each.number)
            # The newest seal leaves the database: what is shortened later no longer fits to this line.
            log.info("log_sealed", log=newest.log, sequence=newest.sequence, hash=newest.hash, rows=new)
        sealed += new
    return sealed


def unsealed(each: Log, *, whole: bool = False) -> models.QuerySet[models.Model]:
    """The rows of a log that no seal covers yet, the oldest first."""
    rows = each.rows().filter(~Exists(Seal.objects.filter(log=each.number, row=OuterRef("pk"))))
    if not whole:
        last = LogHead.objects.filter(log=each.number).values_list("last_row", flat=True).first() or 0
        rows = rows.filter(pk__gt=last - _BEHIND)
    return rows.order_by("pk")


def unsealed_count() -> int:
    """How many rows of all logs wait for the next sealing."""
    return sum(unsealed(each).count() for each in logs())


def head(number: int = EVENTS) -> Head:
    """The newest seal of a log; sequence 0 while there is none."""
    row = LogHead.objects.filter(log=number).first()
    return Head(number, row.sequence, row.hash) if row else Head(number, 0, "")


def _seal_some(each: Log, rows: list[models.Model], *, at: datetime) -> int:
    """Seal rows, and return how many were not sealed meanwhile. What is costly is done before the lock is taken."""
    contents = [(row.pk, *each.content(row)) for row in rows]
    with transaction.atomic():
        LogHead.objects.bulk_create([LogHead(log=each.number)], ignore_conflicts=True)
        newest = LogHead.objects.select_for_update().get(log=each.number)
        keys = [key for key, *_rest in contents]
        taken = set(Seal.objects.filter(log=each.number, row__in=keys).values_list("row", flat=True))
        seals = []
        for key, content, salts in contents:
            if key not in taken:
                newest.sequence += 1
                newest.hash = chained(newest.hash, content)
                newest.last_row = max(newest.last_row, key)
                seals.append(Seal(log=each.number, sequence=newest.sequence, row=key, hash=newest.hash, salts=salts))
        Seal.objects.bulk_create(seals)
        newest.sealed_at = at
        newest.save()
    return len(seals)

"""Holding all mail, and letting go exactly what somebody saw and ticked (docs/rules.md 7.4)."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, change_many
from base.company.queries import company
from base.lib.errors import Refused
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import Addressed, addressed, load_targets
from base.mail.queries import mail_server
from base.mail.queue import wake_worker

#: What waited longer than this leaves only when somebody ticks its row.
STALE_AFTER = timedelta(days=1)
_AT_ONCE = 500
#: What a row says need not be read to let it go.
_WORDS = ("subject", "text", "variables", "papers", "error")
_RUN = re.compile(r"(\d{1,18})\+(\d{1,9})v(\d{1,9})")


class Released(NamedTuple):
    """How many mails leave, how many stay on hold, and how many of these were ticked but are not what was seen."""

    leaving: int
    staying: int
    changed: int


_NOTHING = Released(0, 0, 0)


class Piece(NamedTuple):
    """How far a release is: what became of the rows so far, and how many of how many were looked at."""

    done: Released
    looked_at: int
    total: int


class Seen(NamedTuple):
    """What somebody saw of a row: its version, and whom it would go to (empty: not looked at one by one)."""

    version: int
    face: str = ""


def waiting() -> QuerySet[OutgoingMail]:
    """Every mail to customers that waits, whoever may read it: what the page lists and counts is what a release acts on.

    The hold is about customers: mail to our own people does not wait.
    """
    rows = OutgoingMail.objects.filter(status=MailStatus.QUEUED, internal=False)
    return rows.order_by("queued_at", "pk")


def proposed(rows: QuerySet[OutgoingMail], at: datetime) -> QuerySet[OutgoingMail]:
    """Those that leave unless somebody unticks them: not older than a day, and kept back by nobody."""
    return rows.filter(_is_proposed(at))


def _is_proposed(at: datetime) -> Q:
    return Q(queued_at__gte=at - STALE_AFTER, on_hold=False)


def by_kind(at: datetime) -> Sequence[Mapping[str, Any]]:
    """Of each kind of mail that waits: its name, how many, and how many of them are proposed."""
    fresh = Count("pk", filter=_is_proposed(at))
    return list(waiting().order_by("kind").values("kind").annotate(n=Count("pk"), fresh=fresh))


def face_of(now: Addressed | None) -> str:
    """A short word for whom a mail would go to."""
    said = f"{now.to_name}|{now.to_email}|{now.language}" if now else "nobody"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def packed(versions: Iterable[tuple[int, int]]) -> str:
    """Keys with their versions, in order of key, as runs: a hundred thousand fresh mails are a few characters."""
    runs: list[list[int]] = []
    for key, version in versions:
        if runs and runs[-1][0] + runs[-1][1] == key and runs[-1][2] == version:
            runs[-1][1] += 1
        else:
            runs.append([key, 1, version])
    return " ".join(f"{start}+{count}v{version}" for start, count, version in runs)


def unpacked(text: str, *, limit: int) -> dict[int, int]:
    """The keys with their versions. Raises `Refused` for more than `limit`, or for what `packed` never wrote."""
    found: dict[int, int] = {}
    for piece in text.split():
        run = _RUN.fullmatch(piece)
        if run is None or len(found) + int(run[2]) > limit:
            raise out_of_date()
        found.update(dict.fromkeys(range(int(run[1]), int(run[1]) + int(run[2])), int(run[3])))
    return found


def out_of_date() -> Refused:
    """What is raised for a form that this page would not send."""
    return Refused(_("This page is out of date: look at it again."), code="stale")


def hold_all_mail(*, by: User | None, at: datetime) -> None:
    """Stop all mail, also a sweep that is running."""
    require(by, "mails.release")
    change(company(), {"mail_on_hold": True}, by=by, at=at, verb="mail_held")


def check_release(by: User | None) -> None:
    """Raises `NotAllowed`, and `Refused` while there is no mail server or no sender's address."""
    require(by, "mails.release")
    if mail_server() is None:
        raise Refused(_("Set a mail server first (EMAIL_URL)."), code="no_server")
    if not company().sender_email:
        raise Refused(_("Enter the sender's address in the company's settings first."), code="no_sender")


def newest() -> int:
    """The key of the mail that was written last: later ones are not among those a release acts on."""
    return OutgoingMail.objects.aggregate(last=Max("pk"))["last"] or 0


def release_mails(*, seen: Mapping[int, Seen], by: User | None, at: datetime) -> Released:
    """Let exactly these mails leave, as they were seen; all others that wait stay behind, put on hold row by row.

    A row that was changed since, or would go to somebody else by now, stays behind too. Raises `Refused` as
    `check_release` does. It works through the queue in pieces and lifts the hold last: killed halfway, nothing leaves.
    """
    require(by, "mails.release")
    check_release(by)
    done = _NOTHING
    for piece in release_pieces(seen=seen, by=by, at=at, until=newest()):
        done = piece.done
    lift_hold(by=by, at=at)
    return done


def lift_hold(*, by: User | None, at: datetime) -> None:
    """Let mail leave by itself from now on."""
    check_release(by)
    change(company(), {"mail_on_hold": False}, by=by, at=at, verb="mail_released")
    wake_worker()


def release_pieces(
    *,
    seen: Mapping[int, Seen],
    by: User | None,
    at: datetime,
    until: int,
    after: int = 0,
    done: Released = _NOTHING,
    note: Callable[[Mapping[str, Any]], None] = lambda _kept: None,
) -> Iterator[Piece]:
    """Sort what waits, some rows at a time, each piece in a transaction of its own.

    It goes on after the key `after`, with what was `done` before; `note` is told both inside of each transaction.
    """
    keys = list(waiting().filter(pk__gt=after, pk__lte=until).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        with transaction.atomic():
            piece = waiting().filter(pk__in=some).select_for_update(of=("self",))
            go, stay, other = _sort(list(piece.defer(*_WORDS)), seen)
            done = Released(done.leaving + len(go), done.staying + len(stay), done.changed + other)
            change_many(go, {"on_hold": False}, by=by, at=at, verb="released")
            change_many(stay, {"on_hold": True}, by=by, at=at, verb="held")
            note({"after": some[-1], "done": list(done)})
        yield Piece(done, start + len(some), len(keys))


def _sort(rows: list[OutgoingMail], seen: Mapping[int, Seen]) -> tuple[list[OutgoingMail], list[OutgoingMail], int]:
    """Which of the rows leave and which stay; and how many stay because they are not what was seen."""
    ticked = [mail for mail in rows if mail.pk in seen]
    faces = [mail.pk for mail in ticked if seen[mail.pk].face]
    looked_at = list(waiting().filter(pk__in=faces)) if faces else []
    load_targets(looked_at)
    now = addressed(looked_at, for_screen=True)
    same = {
        mail.pk
        for mail in ticked
        if mail.version == seen[mail.pk].version
        and not mail.to_look_at
        and (mail.pk not in now or face_of(now[mail.pk]) == seen[mail.pk].face)
    }
    go = [mail for mail in rows if mail.pk in same]
    stay = [mail for mail in rows if mail.pk not in same]
    return go, stay, len(ticked) - len(go)

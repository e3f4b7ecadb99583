"""Mails to customers: written as rows in the transaction that causes them, sent later by `delivery.py`."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.models import Event, Todo
from base.chatter.operations import (
    make_event,
    make_todo,
    move_many,
    record,
    write_todos,
)
from base.company.queries import company, today
from base.jobs.wake import wake
from base.lib.errors import Refused
from base.lib.text import clean
from base.mail import texts
from base.mail.models import DeadAddress, MailStatus, OutgoingMail
from base.mail.queries import ON_HOLD, held_because
from base.mail.states import MAILS

#: Leaves room for the number of a resend in the column.
_CAUSE_MAX = 110

#: A paper to attach: what `papers.register_paper` knows it by, and the key of its record.
Paper = tuple[str, int]


class Reader(NamedTuple):
    """Whom a mail is for, the language they read, and how they are greeted (empty: by name)."""

    name: str
    email: str
    language: str
    greeting: str = ""


@dataclass(frozen=True)
class MailDraft:
    """One mail to be written. `cause` and the reader's address together can exist only once.

    A cause has at most 110 characters and no `#`, which numbers resends.
    """

    cause: str
    kind: str
    target: models.Model
    reader: Reader
    variables: Mapping[str, str]
    papers: Sequence[Paper] = ()
    cc: str = ""
    reply_to: str = ""
    #: How long it can be held or reworded before it leaves; it does not leave earlier.
    wait: timedelta = timedelta()
    #: To one of our own log-ins, see `OutgoingMail.internal`.
    internal: bool = False


def language_of(person: User) -> str:
    """What one of our own people reads: their own choice, else the house's language."""
    return person.language or "zh-hans"


def own_draft(
    person: User, *, cause: str, kind: str, target: models.Model, variables: Mapping[str, str], address: str = ""
) -> MailDraft:
    """A mail to somebody who logs in here, at their own address unless another is given."""
    reader = Reader(str(person), address or person.email, language_of(person))
    return MailDraft(cause, kind, target, reader, variables, internal=True)


class Written(NamedTuple):
    """What became of drafts: new rows, rows there were already, and drafts nobody can be reached with."""

    new: list[OutgoingMail]
    known: list[OutgoingMail]
    dead: list[MailDraft]


@transaction.atomic
def write_mails(drafts: Iterable[MailDraft], *, at: datetime) -> Written:
    """Queue mails in bulk, and wake the worker when the transaction is committed.

    A cause is told to a reader once: a second draft changes nothing. An address that bounced, or is none,
    gets no row: its drafts come back in `dead`, and whoever would have had the answer has a to-do.
    KeyError for a kind nobody registered or a placeholder without a value; ValueError for a bad cause.
    """
    drafts = list(drafts)
    gone = unreachable(address(draft.reader.email) for draft in drafts)
    live = [draft for draft in drafts if address(draft.reader.email) not in gone]
    dead = [draft for draft in drafts if address(draft.reader.email) in gone]
    before = _rows(live)
    wording = texts.wordings((draft.kind, draft.reader.language) for draft in live)
    OutgoingMail.objects.bulk_create(
        [
            _row(draft, texts.fill_late(wording[draft.kind, draft.reader.language], draft.variables), at)
            for draft in live
            if _key(draft) not in before
        ],
        ignore_conflicts=True,
        batch_size=200,
    )
    notify_of_dead_addresses(
        [Lost(d.target, d.cause, address(d.reader.email), d.kind, address(d.reply_to)) for d in dead if not d.internal],
        at,
    )
    new = [row for key, row in _rows(live).items() if key not in before]
    Event.objects.bulk_create([make_event(row, "queued", by=None, at=at) for row in new])
    if new:
        wake_worker()
    return Written(new, list(before.values()), dead)


def address(email: str) -> str:
    """An address as it is stored and compared: without odd characters, in lower case."""
    return clean(email).lower()


def wake_worker() -> None:
    """Have the queue looked at right after the commit, if anything may leave."""
    if held_because() in ("", ON_HOLD):
        wake("base.mail.tasks.send_due_mail")


def unreachable(addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that bounced, or are none."""
    addresses = set(addresses)
    bounced = set(DeadAddress.objects.filter(email__in=addresses).values_list("email", flat=True))
    return bounced | {email for email in addresses if not _is_address(email)}


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return email.isascii()


def _key(draft: MailDraft) -> tuple[str, str]:
    return draft.cause, address(draft.reader.email)


def _rows(drafts: Sequence[MailDraft]) -> dict[tuple[str, str], OutgoingMail]:
    """The stored mails of these causes and readers."""
    wanted = {_key(draft) for draft in drafts}
    rows = OutgoingMail.objects.filter(cause__in={cause for cause, _email in wanted})
    return {(row.cause, row.to_email): row for row in rows if (row.cause, row.to_email) in wanted}


def _row(draft: MailDraft, wording: texts.Wording, at: datetime) -> OutgoingMail:
    if "#" in draft.cause or len(draft.cause) > _CAUSE_MAX:
        raise ValueError(f"not a cause: {draft.cause!r}")
    return OutgoingMail(
        cause=draft.cause,
        kind=draft.kind,
        target_type=ContentType.objects.get_for_model(draft.target),
        target_id=draft.target.pk,
        language=draft.reader.language,
        to_name=clean(draft.reader.name)[:100],
        to_email=address(draft.reader.email),
        cc=address(draft.cc),
        reply_to=address(draft.reply_to),
        subject=wording.subject[:250],
        text=wording.body,
        variables={name: value for name, value in draft.variables.items() if value != texts.LINK},
        papers=[list(paper) for paper in draft.papers],
        internal=draft.internal,
        status=MailStatus.QUEUED,
        queued_at=at,
        next_attempt_at=at + draft.wait,
    )


class Lost(NamedTuple):
    """A mail that nobody can be reached with."""

    target: models.Model
    cause: str
    email: str
    kind: str
    reply_to: str


def notify_of_dead_addresses(lost: Sequence[Lost], at: datetime) -> None:
    """A to-do for whoever would have had the answer, or the directors: an administrator may not see what it is about."""
    if not lost:
        return
    managers = {user.email.lower(): user for user in User.objects.filter(is_active=True)}
    todos = []
    for mail in lost:
        manager = managers.get(mail.reply_to)
        key = hashlib.sha256(f"{mail.cause} {mail.email}".encode()).hexdigest()[:32]
        todos.append(
            make_todo(
                mail.target,
                kind="mail_address_dead",
                due_on=today(at),
                at=at,
                assignee=manager,
                role="" if manager else Role.DIRECTOR,
                cause=f"mail_address_dead:{key}",
                params={"to": mail.email, "kind": mail.kind},
            )
        )
    write_todos(todos)


@transaction.atomic
def cancel_queued_mails(*, mails: QuerySet[OutgoingMail], by: User | None, at: datetime, note: str = "") -> int:
    """Never send those of the mails that still wait, because what they are about is over; returns how many.

    `by` need not have the right to edit mails: it follows from what they did.
    """
    step = MAILS.move("cancel")
    waiting = list(mails.filter(status__in=step.sources).select_for_update())
    move_many(waiting, MAILS, step.name, by=by, at=at, note=note)
    looks_at(waiting).update(done_at=at, done_by=by)
    return len(waiting)


def looks_at(mails: Sequence[OutgoingMail]) -> QuerySet[Todo]:
    """The open to-dos that ask to look at these mails before they leave."""
    return Todo.objects.filter(
        target_type=ContentType.objects.get_for_model(OutgoingMail),
        target_id__in=[mail.pk for mail in mails],
        kind="mail_to_look_at",
        done_at=None,
    )


@transaction.atomic
def record_bounce(*, email: str, by: User | None, at: datetime, reason: str = "") -> DeadAddress:
    """A mail came back: nothing more is sent to its address, and what waits for it is cancelled.

    Whoever answers for a cancelled mail has a to-do. Recording it twice changes nothing.
    """
    require(by, "mails.edit")
    email = address(email)
    if not _is_address(email):
        raise Refused(_("This is no mail address."), field="email")
    dead, new = DeadAddress.objects.get_or_create(
        email=email, defaults={"reason": clean(reason)[:200], "at": at, "by": by}
    )
    if new:
        record(company(), "address_bounced", by=by, at=at, changes={"email": [None, email]}, note=dead.reason)
    waiting = list(OutgoingMail.objects.filter(to_email=email, status=MailStatus.QUEUED))
    cancel_queued_mails(mails=OutgoingMail.objects.filter(to_email=email), by=by, at=at, note="address bounced")
    notify_of_dead_addresses([Lost(m.target or m, m.cause, email, m.kind, m.reply_to) for m in waiting], at)
    return dead


@transaction.atomic
def forget_bounce(*, dead: DeadAddress, by: User | None, at: datetime) -> None:
    """The address works again."""
    require(by, "mails.edit")
    dead.delete()
    record(company(), "address_works", by=by, at=at, changes={"email": [dead.email, None]})


def finish_todos(mail: OutgoingMail, *, by: User | None, at: datetime) -> None:
    """What had to be found out about a mail is known now."""
    causes = [f"mail_{status}:{mail.pk}" for status in (MailStatus.UNCERTAIN, MailStatus.REFUSED)]
    Todo.objects.filter(cause__in=causes, done_at=None).update(done_at=at, done_by=by)

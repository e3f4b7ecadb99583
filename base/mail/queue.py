"""Mails to customers: written as rows in the transaction that causes them, sent later by `delivery.py`."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.models import Event, Todo
from base.chatter.operations import (
    change,
    change_many,
    create,
    make_event,
    make_todo,
    move,
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
from base.mail.queries import ON_HOLD, held_because, mail_server
from base.mail.states import MAILS

#: What waited longer than this leaves a lifted hold only when somebody ticks it (docs/rules.md 7.4).
_STALE_AFTER = timedelta(days=1)
#: Leaves room for the number of a resend in the column.
_CAUSE_MAX = 110

#: A paper to attach: what `papers.register_paper` knows it by, and the key of its record.
Paper = tuple[str, int]


class Reader(NamedTuple):
    """Whom a mail is for, and the language they read."""

    name: str
    email: str
    language: str


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
    gone = _unreachable(address(draft.reader.email) for draft in drafts)
    live = [draft for draft in drafts if address(draft.reader.email) not in gone]
    dead = [draft for draft in drafts if address(draft.reader.email) in gone]
    before = _rows(live)
    wording = texts.wordings((draft.kind, draft.reader.language) for draft in live)
    OutgoingMail.objects.bulk_create(
        [
            _row(draft, texts.fill(wording[draft.kind, draft.reader.language], draft.variables), at)
            for draft in live
            if _key(draft) not in before
        ],
        ignore_conflicts=True,
        batch_size=200,
    )
    _notify_of_dead_addresses(
        [
            _Lost(d.target, d.cause, address(d.reader.email), d.kind, address(d.reply_to))
            for d in dead
            if not d.internal
        ],
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


def _unreachable(addresses: Iterable[str]) -> set[str]:
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
        papers=[list(paper) for paper in draft.papers],
        internal=draft.internal,
        status=MailStatus.QUEUED,
        queued_at=at,
        next_attempt_at=at + draft.wait,
    )


class _Lost(NamedTuple):
    """A mail that nobody can be reached with."""

    target: models.Model
    cause: str
    email: str
    kind: str
    reply_to: str


def _notify_of_dead_addresses(lost: Sequence[_Lost], at: datetime) -> None:
    """A to-do for whoever would have had the answer, or the administrators."""
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
                role="" if manager else Role.ADMINISTRATOR,
                cause=f"mail_address_dead:{key}",
                params={"to": mail.email, "kind": mail.kind},
            )
        )
    write_todos(todos)


def hold_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Keep one queued mail back. Raises `Refused` when it is not waiting any more."""
    _require_queued(mail)
    require(by, "mails.edit")
    change(mail, {"on_hold": True}, by=by, at=at, verb="held")


def release_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Let one mail go again that was kept back."""
    _require_queued(mail)
    require(by, "mails.edit")
    change(mail, {"on_hold": False}, by=by, at=at, verb="released")
    wake_worker()


def edit_mail(
    *, mail: OutgoingMail, subject: str, text: str, by: User | None, at: datetime, seen: int | None = None
) -> None:
    """Word a queued mail anew. Raises `Stale` when it is not as it was seen: changed, or on its way."""
    _require_queued(mail)
    require(by, "mails.edit")
    subject, text = clean(subject), text.replace("\r\n", "\n").strip()
    for field, value in (("subject", subject), ("text", text)):
        if not value:
            raise Refused(_("Write something first."), field=field)
    change(mail, {"subject": subject, "text": text}, by=by, at=at, verb="edited", seen=seen)


def cancel_mail(*, mail: OutgoingMail, by: User | None, at: datetime, note: str = "") -> None:
    """Never send a queued mail."""
    move(mail, MAILS, "cancel", by=by, at=at, note=note)


@transaction.atomic
def cancel_queued_mails(*, mails: QuerySet[OutgoingMail], by: User | None, at: datetime, note: str = "") -> int:
    """Never send those of the mails that still wait, because what they are about is over; returns how many.

    `by` need not have the right to edit mails: it follows from what they did.
    """
    step = MAILS.move("cancel")
    waiting = list(mails.filter(status__in=step.sources).select_for_update())
    move_many(waiting, MAILS, step.name, by=by, at=at, note=note)
    return len(waiting)


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, by: User | None, at: datetime, email: str = "") -> OutgoingMail:
    """Send a mail once more as a row of its own, with the same papers, to another address if one is given.

    Raises `Refused` while the first one may still leave by itself, and for an address nobody can be reached at.
    """
    require(by, "mails.edit")
    if mail.status in (MailStatus.QUEUED, MailStatus.SENDING):
        raise Refused(_("This mail has not been sent yet."), code="wrong_state")
    to_email = address(email or mail.to_email)
    if _unreachable([to_email]):
        raise Refused(_("No mail can be sent to %(address)s.") % {"address": to_email}, field="email", code="dead")
    first = mail.cause.partition("#")[0]
    number = OutgoingMail.objects.filter(Q(cause=first) | Q(cause__startswith=f"{first}#")).count() + 1
    documents = list(mail.documents.all())
    again = OutgoingMail(
        cause=f"{first}#{number}",
        resend_of=mail,
        kind=mail.kind,
        target_type=mail.target_type,
        target_id=mail.target_id,
        language=mail.language,
        to_name=mail.to_name,
        to_email=to_email,
        cc=mail.cc,
        reply_to=mail.reply_to,
        subject=mail.subject,
        text=mail.text,
        queued_at=at,
        next_attempt_at=at,
        papers=[] if documents else mail.papers,
    )
    create(again, by=by, at=at, verb="resent")
    again.documents.set(documents)
    finish_todos(mail, by=by, at=at)
    wake_worker()
    return again


@transaction.atomic
def confirm_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Somebody found out that an uncertain mail did arrive."""
    move(mail, MAILS, "confirm", by=by, at=at, values={"sent_at": mail.sending_since})
    finish_todos(mail, by=by, at=at)


@transaction.atomic
def give_up_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Somebody found out that an uncertain mail did not arrive, and need not."""
    move(mail, MAILS, "give_up", by=by, at=at)
    finish_todos(mail, by=by, at=at)


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
    _notify_of_dead_addresses([_Lost(m.target or m, m.cause, email, m.kind, m.reply_to) for m in waiting], at)
    return dead


@transaction.atomic
def forget_bounce(*, dead: DeadAddress, by: User | None, at: datetime) -> None:
    """The address works again."""
    require(by, "mails.edit")
    dead.delete()
    record(company(), "address_works", by=by, at=at, changes={"email": [dead.email, None]})


def hold_all_mail(*, by: User | None, at: datetime) -> None:
    """Stop all mail, also a sweep that is running."""
    require(by, "mails.release")
    change(company(), {"mail_on_hold": True}, by=by, at=at, verb="mail_held")


@transaction.atomic
def release_all_mail(*, by: User | None, at: datetime, also: Collection[int] = ()) -> int:
    """Let mail leave. What was queued more than a day ago stays behind, put on hold row by row, unless ticked.

    `also` holds the ids of ticked rows. Returns how many stay behind. Raises `Refused` while there is no mail
    server or no sender's address: what gathers until there is one must be looked at, too.
    """
    require(by, "mails.release")
    if mail_server() is None:
        raise Refused(_("Set a mail server first (EMAIL_URL)."), code="no_server")
    our_company = company()
    if not our_company.sender_email:
        raise Refused(_("Enter the sender's address in the company's settings first."), code="no_sender")
    queued = OutgoingMail.objects.filter(status=MailStatus.QUEUED)
    old = queued.filter(queued_at__lt=at - _STALE_AFTER, on_hold=False).exclude(pk__in=also)
    behind = list(old.select_for_update())
    change_many(behind, {"on_hold": True}, by=by, at=at, verb="held")
    for mail in queued.filter(pk__in=also, on_hold=True):
        change(mail, {"on_hold": False}, by=by, at=at, verb="released")
    change(our_company, {"mail_on_hold": False}, by=by, at=at, verb="mail_released")
    wake_worker()
    return len(behind)


def _require_queued(mail: OutgoingMail) -> None:
    if mail.status != MailStatus.QUEUED:
        raise Refused(_("This mail is not waiting any more."), code="wrong_state")


def finish_todos(mail: OutgoingMail, *, by: User | None, at: datetime) -> None:
    """What had to be found out about a mail is known now."""
    causes = [f"mail_{status}:{mail.pk}" for status in (MailStatus.UNCERTAIN, MailStatus.REFUSED)]
    Todo.objects.filter(cause__in=causes, done_at=None).update(done_at=at, done_by=by)

"""What people do with one mail: hold it, word it anew, look at it once more, send it again, find out about it."""

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create, move, record
from base.documents.registry import stamp_of
from base.lib.errors import Refused
from base.lib.text import clean
from base.mail.leaving import address_anew
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import carries_link, people_of
from base.mail.queue import address, finish_todos, looks_at, unreachable, wake_worker
from base.mail.states import MAILS

#: To send a mail on, or to change what it says, is to read it: given only together with `mails.read`.
SEND, EDIT = "mails.send", "mails.edit"


def hold_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Keep one queued mail back. Raises `Refused` when it is not waiting any more."""
    _require_queued(mail)
    require(by, EDIT)
    change(mail, {"on_hold": True}, by=by, at=at, verb="held")


def release_mail(*, mail: OutgoingMail, by: User | None, at: datetime) -> None:
    """Let one mail go again that was kept back. Raises `Refused` for one that is to be looked at first."""
    _require_queued(mail)
    require(by, EDIT)
    if mail.to_look_at:
        raise Refused(_("Its reader or paper changed since it was worded: look at it first."), code="look")
    change(mail, {"on_hold": False}, by=by, at=at, verb="released")
    wake_worker()


@transaction.atomic
def look_at_mail(*, mail: OutgoingMail, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Somebody looked: it may leave to this reader, with this paper, as it is worded.

    Raises `Stale` when it is not as it was seen, and `Refused` when it does not wait for a look.
    """
    _require_queued(mail)
    require(by, SEND)
    if not mail.to_look_at:
        raise Refused(_("This mail does not wait for a look."), code="wrong_state")
    values = {"on_hold": False, "to_look_at": False, "papers_seen": stamp_of(mail.papers)}
    change(mail, values, by=by, at=at, verb="looked_at", seen=seen)
    looks_at([mail]).update(done_at=at, done_by=by)
    wake_worker()


@transaction.atomic
def edit_mail(
    *, mail: OutgoingMail, subject: str, text: str, by: User | None, at: datetime, seen: int | None = None
) -> None:
    """Word a queued mail anew, to whoever is its reader now. From then on only its greeting follows the reader.

    Raises `Stale` when it is not as it was seen: changed, or on its way.
    """
    _require_queued(mail)
    require(by, SEND)
    subject, text = clean(subject), text.replace("\r\n", "\n").strip()
    for field, value in (("subject", subject), ("text", text)):
        if not value:
            raise Refused(_("Write something first."), field=field)
    words = {"subject": subject, "text": text, "edited": True, "papers_seen": stamp_of(mail.papers)}
    # Who words it has looked at it.
    looked_at = {"to_look_at": False, "on_hold": False} if mail.to_look_at else {}
    change(mail, {**address_anew(mail), **words, **looked_at}, by=by, at=at, verb="edited", seen=seen)
    looks_at([mail]).update(done_at=at, done_by=by)


def cancel_mail(*, mail: OutgoingMail, by: User | None, at: datetime, note: str = "") -> None:
    """Never send a queued mail."""
    move(mail, MAILS, "cancel", by=by, at=at, note=note)
    looks_at([mail]).update(done_at=at, done_by=by)


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, by: User | None, at: datetime, email: str = "") -> OutgoingMail:
    """Send a mail once more as a row of its own, with the same papers, to another address if one is given.

    Raises `Refused` while the first one may still leave by itself, for an address nobody can be reached at, and for a
    stranger's, if whoever has the mail can answer in the customer's name (docs/rules.md 7.4).
    """
    require(by, SEND)
    if mail.status in (MailStatus.QUEUED, MailStatus.SENDING):
        raise Refused(_("This mail has not been sent yet."), code="wrong_state")
    to_email = address(email or mail.to_email)
    if unreachable([to_email]):
        raise Refused(_("No mail can be sent to %(address)s.") % {"address": to_email}, field="email", code="dead")
    people = people_of(mail)
    if carries_link(mail) and to_email not in people:
        raise Refused(
            _("This mail holds a link to answer with: it goes only to the customer's contacts. Add the person first."),
            field="email",
            code="stranger",
        )
    person = people.get(to_email)
    name = person.name if person else mail.to_name if to_email == mail.to_email else ""
    greeting = (person.greeting if person else "") or name
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
        to_name=clean(name)[:100],
        to_email=to_email,
        cc=mail.cc,
        reply_to=mail.reply_to,
        subject=mail.subject,
        text=mail.text,
        variables={**mail.variables, **({"reader": greeting} if name and to_email != mail.to_email else {})},
        edited=mail.edited,
        queued_at=at,
        next_attempt_at=at,
        papers=[] if documents else mail.papers,
    )
    create(again, by=by, at=at, verb="resent")
    again.documents.set(documents)
    finish_todos(mail, by=by, at=at)
    wake_worker()
    return again


def copy_link(*, record_: models.Model, by: User | None, at: datetime) -> None:
    """Somebody takes the link of a record along, to hand it on another way: who and when stays in its log.

    The caller shows the link in its answer, and nowhere else.
    """
    require(by, SEND)
    record(record_, "link_copied", by=by, at=at)


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


def _require_queued(mail: OutgoingMail) -> None:
    if mail.status != MailStatus.QUEUED:
        raise Refused(_("This mail is not waiting any more."), code="wrong_state")

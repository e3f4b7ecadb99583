"""Mails to customers: written as rows in the transaction that causes them, sent later by `delivery.py`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import structlog
from celery import current_app
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction

from base.accounts.models import User
from base.chatter.operations import make_todo, write_todos
from base.company.queries import company, today
from base.documents import texts
from base.documents.models import DeadAddress, MailStatus, OutgoingMail
from base.lib.text import clean

log = structlog.get_logger(__name__)

#: A paper to attach: what `papers.register_paper` knows it by, and the key of its record.
Paper = tuple[str, int]


class Reader(NamedTuple):
    """Whom a mail is for, and the language they read."""

    name: str
    email: str
    language: str


@dataclass(frozen=True)
class MailDraft:
    """One mail to be written. `cause` and the reader's address together can exist only once."""

    cause: str
    kind: str
    target: models.Model
    reader: Reader
    variables: Mapping[str, str]
    papers: Sequence[Paper] = ()
    cc: str = ""
    reply_to: str = ""


class Written(NamedTuple):
    """What became of drafts: new rows, rows there were already, and drafts nobody can be reached with."""

    new: list[OutgoingMail]
    known: list[OutgoingMail]
    dead: list[MailDraft]


def write_mail(
    *, cause: str, kind: str, target: models.Model, reader: Reader, variables: Mapping[str, str],
    papers: Sequence[Paper] = (), cc: str = "", reply_to: str = "", at: datetime,
) -> OutgoingMail | None:
    """Queue one mail; see `write_mails`. The row there was already for a cause that was told before."""
    draft = MailDraft(cause, kind, target, reader, variables, papers, cc, reply_to)
    written = write_mails([draft], at=at)
    return next(iter(written.new + written.known), None)


@transaction.atomic
def write_mails(drafts: Iterable[MailDraft], *, at: datetime) -> Written:
    """Queue mails in bulk, and wake the worker when the transaction is committed.

    A cause is told to a reader once: a second draft changes nothing. An address that bounced, or is none,
    gets no row: its drafts come back in `dead`, and whoever would have had the answer has a to-do.
    KeyError for a kind nobody registered or a placeholder without a value.
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
            for draft in live if _key(draft) not in before
        ],
        ignore_conflicts=True, batch_size=200,
    )
    _tell_of_dead(dead, at)
    after = _rows(live)
    wake_worker()
    return Written([row for key, row in after.items() if key not in before], list(before.values()), dead)


def address(email: str) -> str:
    """An address as it is stored and compared: without odd characters, in lower case."""
    return clean(email).lower()


def wake_worker() -> None:
    """Have the queue looked at after the commit. The row is the queue: a lost message costs a minute."""
    if settings.EMAIL_URL and not company().mail_on_hold:
        transaction.on_commit(_send_wake_up)


def _send_wake_up() -> None:
    try:
        current_app.send_task("base.documents.tasks.send_due_mail", expires=60, retry=False)
    except Exception:  # whatever a broker's client raises: the mail is written, and the sweep finds it
        log.warning("broker_unreachable", exc_info=True)


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
    return OutgoingMail(
        cause=draft.cause, kind=draft.kind, target_type=ContentType.objects.get_for_model(draft.target),
        target_id=draft.target.pk, language=draft.reader.language, to_name=clean(draft.reader.name)[:100],
        to_email=address(draft.reader.email), cc=address(draft.cc), reply_to=address(draft.reply_to),
        subject=wording.subject[:250], text=wording.body, papers=[list(paper) for paper in draft.papers],
        status=MailStatus.QUEUED, queued_at=at, next_attempt_at=at,
    )


def _tell_of_dead(drafts: Sequence[MailDraft], at: datetime) -> None:
    if not drafts:
        return
    replies_to = {address(draft.reply_to) for draft in drafts}
    users = User.objects.filter(email__in=replies_to, is_active=True)
    managers = {user.email.lower(): user for user in users}
    write_todos(
        make_todo(
            draft.target, kind="mail_address_dead", due_on=today(at), at=at,
            assignee=managers.get(address(draft.reply_to)),
            cause=f"mail_address_dead:{draft.cause}:{address(draft.reader.email)}"[:120],
            params={"to": draft.reader.email, "kind": draft.kind},
        )
        for draft in drafts
    )

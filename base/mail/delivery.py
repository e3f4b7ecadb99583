"""Sending what is due: each mail at most once, and never guessing what became of it (docs/rules.md 7.4).

The order is the point: the line, then whom it concerns and the papers, then the row is put to `sending` and committed, then the talk with the server.
Whatever kills the worker during the talk leaves the row in `sending`, which becomes `uncertain`.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop

from base.accounts.models import Role
from base.chatter.operations import change, make_todo, move, write_todos
from base.company.logo import logo_bytes
from base.company.models import Company
from base.company.queries import company, today
from base.documents.registry import documents_for
from base.lib.errors import Stale
from base.lib.links import masked_in_log
from base.mail.leaving import make_ready
from base.mail.mime import Sender, build
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import words_of
from base.mail.queries import ON_HOLD, due, held_because, mail_server, manager_of
from base.mail.queue import finish_todos
from base.mail.smtp import Connection, Outcome, Unreachable
from base.mail.states import MAILS

log = structlog.get_logger(__name__)

#: Minutes until the next try; the last one is repeated.
_BACK_OFF = (1, 5, 15, 60, 240)
_TRIES = 8
#: Longer than any talk takes: a row that is in `sending` for so long was left there by a worker that is gone.
_STUCK = timedelta(minutes=10)
_AT_ONCE = 500
_SKIPPED = Outcome("later", "")


def send_due(clock: Callable[[], datetime], *, limit: int = _AT_ONCE) -> Counter[str]:
    """Try what is due, over one connection; counts by what became of them (sent, later, refused, uncertain).

    Any number of workers may do this at once. The sweep ends early when the line breaks: the rest waits for the
    next one instead of being tried on a server that is ill. Without a mail server the queue is put on hold, so
    that what gathers meanwhile is looked at before it leaves.
    """
    counts = Counter(uncertain=give_up_stuck(clock()))
    server = mail_server()
    if server is None:
        _hold_without_server(clock())
        return counts
    connection = Connection(server)
    try:
        for mail in due(clock())[:limit]:
            if (because := held_because()) and not (mail.internal and because == ON_HOLD):
                break
            outcome = _deliver(mail, connection, clock)
            if outcome is not _SKIPPED:
                counts[outcome.result] += 1
            if outcome.broken:
                break
    finally:
        connection.close()
    return counts


def give_up_stuck(at: datetime) -> int:
    """Rows a killed worker left in `sending` become `uncertain`; returns how many."""
    stuck = OutgoingMail.objects.filter(status=MailStatus.SENDING, sending_since__lte=at - _STUCK)
    for mail in stuck:
        text = gettext_noop("The worker stopped while the mail was being sent.")
        _settle(mail, Outcome("uncertain", text), at)
    return len(stuck)


def _deliver(mail: OutgoingMail, connection: Connection, clock: Callable[[], datetime]) -> Outcome:
    """One mail; `_SKIPPED` when somebody else changed or took it meanwhile."""
    our_company = company()
    try:
        connection.open()
    except Unreachable as problem:
        log.warning("mail_server_unreachable", problem=str(problem))
        return _settle(mail, Outcome("later", str(problem), broken=True), clock())
    try:
        if not make_ready(mail, at=clock()):
            return _SKIPPED
        message_id = mail.message_id or _new_message_id(mail, our_company)
        data = _made(mail, our_company, message_id, clock)
    except Stale:
        return _SKIPPED
    except Exception as problem:  # a record, a paper or a name that breaks must not keep the others from leaving
        log.exception("mail_not_made", mail=mail.pk)
        # What was written before it broke was undone.
        mail.refresh_from_db()
        return _settle(mail, Outcome("later", _said(problem)), clock())
    begun = clock()
    values = {"sending_since": begun, "attempts": mail.attempts + 1, "message_id": message_id, "error": ""}
    try:
        # Durable: inside somebody's transaction, a kill would undo `sending` and the mail would leave twice.
        with transaction.atomic(durable=True):
            move(mail, MAILS, "begin", by=None, at=begun, values=values)
    except Stale:
        return _SKIPPED
    copies = [mail.cc] if mail.cc and mail.cc != mail.to_email else []
    return _settle(mail, connection.send(our_company.sender_email, mail.to_email, copies, data), clock())


def _new_message_id(mail: OutgoingMail, our_company: Company) -> str:
    return f"<{mail.pk}.{secrets.token_hex(8)}@{our_company.sender_email.partition('@')[2]}>"


def _made(mail: OutgoingMail, our_company: Company, message_id: str, clock: Callable[[], datetime]) -> bytes:
    """The whole message, with its papers stored and the secret of its link in no other place."""
    if mail.papers:
        mail.documents.set(documents_for(mail.papers, at=clock()))
    name = our_company.sender_name or our_company.name
    sender = Sender(name, our_company.sender_email, our_company.time_zone, logo_bytes(our_company))
    documents = mail.documents.order_by("id")
    return build(mail, words_of(mail), documents, sender, message_id=message_id, at=clock())


def _said(problem: Exception) -> str:
    """What broke, as the row keeps it: a link in it is nobody's to read."""
    return masked_in_log(f"{type(problem).__name__}: {problem}")


def _settle(mail: OutgoingMail, outcome: Outcome, at: datetime) -> Outcome:
    """Write down what became of a mail, unless it is somebody else's by now."""
    try:
        _write(mail, outcome, at)
    except Stale:
        mail.refresh_from_db()
        # This worker was slow and had been given up, yet it knows that the server took the mail.
        if outcome.result != "sent" or mail.status != MailStatus.UNCERTAIN:
            return _SKIPPED
        _write(mail, outcome, at)
        finish_todos(mail, by=None, at=at)
    log.info("mail_tried", mail=mail.pk, result=outcome.result, answer=outcome.text)
    return outcome


@transaction.atomic
def _write(mail: OutgoingMail, outcome: Outcome, at: datetime) -> None:
    match outcome.result:
        case "sent":
            lost = ", ".join(outcome.refused_copies)
            note = f"copy refused: {lost}" if lost else ""
            move(mail, MAILS, "delivered", by=None, at=at, values={"sent_at": at, "error": note})
        case "later":
            _write_later(mail, outcome.text, at)
        case "refused":
            _write_end(mail, "refused", outcome.text, at)
        case "uncertain":
            _write_end(mail, "lost", outcome.text, at)


def _write_later(mail: OutgoingMail, text: str, at: datetime) -> None:
    waiting = mail.status == MailStatus.QUEUED
    tries = mail.attempts + 1 if waiting else mail.attempts
    if tries >= _TRIES:
        _write_end(mail, "refused", text, at)
        return
    wait = timedelta(minutes=_BACK_OFF[min(tries, len(_BACK_OFF)) - 1])
    values = {"attempts": tries, "next_attempt_at": at + wait, "sending_since": None, "error": text}
    if waiting:
        change(mail, values, by=None, at=at, verb="put_back")
    else:
        move(mail, MAILS, "put_back", by=None, at=at, values=values)


def _write_end(mail: OutgoingMail, name: str, text: str, at: datetime) -> None:
    """The mail will not be tried again by itself: a person has to know."""
    move(mail, MAILS, name, by=None, at=at, values={"error": text, "next_attempt_at": None})
    manager = manager_of(mail)
    todo = make_todo(
        mail.target or mail,
        kind=f"mail_{mail.status}",
        due_on=today(at),
        at=at,
        assignee=manager,
        role="" if manager else Role.DIRECTOR,
        cause=f"mail_{mail.status}:{mail.pk}",
        params={"mail": mail.pk, "to": mail.to_email, "subject": mail.subject, "error": text},
    )
    write_todos([todo])


def _hold_without_server(at: datetime) -> None:
    our_company: Company = company()
    if not our_company.mail_on_hold:
        change(our_company, {"mail_on_hold": True}, by=None, at=at, verb="mail_held", note="no mail server")

"""The last moment before a mail leaves: whom it concerns now, and whether it still is what a person worded.

See docs/rules.md 7.4.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from base.accounts.models import Role
from base.chatter.operations import change, make_todo, move, write_todos
from base.company.queries import today
from base.documents.registry import stamp_of
from base.mail.models import OutgoingMail
from base.mail.occasions import (
    Addressed,
    addressed,
    carries_link,
    load_targets,
    occasion_of,
    people_of,
)
from base.mail.queries import manager_of
from base.mail.queue import Lost, looks_at, notify_of_dead_addresses, unreachable
from base.mail.states import LEFT, MAILS

#: Why a mail never leaves without anybody having to do something.
GONE, TOLD = "its record is gone", "told already"


@transaction.atomic
def make_ready(mail: OutgoingMail, *, at: datetime) -> bool:
    """Address a waiting mail to whom it concerns now. False when it does not leave: cancelled, or to be looked at.

    Raises `Stale` when somebody else changed or took it meanwhile.
    """
    load_targets([mail])
    _count_first_leaving(mail, at)
    now = addressed([mail])[mail.pk]
    if reason := _unsendable(mail, now):
        _call_off(mail, now, reason, at)
        return False
    assert now is not None
    values = now._asdict()
    if mail.edited and _needs_a_look(mail, now):
        change(mail, {**values, "on_hold": True, "to_look_at": True}, by=None, at=at, verb="kept_for_a_look")
        _ask_for_a_look(mail, at)
        return False
    change(mail, values, by=None, at=at, verb="addressed")
    return True


def address_anew(mail: OutgoingMail) -> dict[str, Any]:
    """The fields of a waiting mail as they would be if it left now; as they are where nobody can be written to."""
    load_targets([mail])
    now = addressed([mail])[mail.pk]
    return now._asdict() if now else {}


def _count_first_leaving(mail: OutgoingMail, at: datetime) -> None:
    """What counts from the first leaving (such as a quote's validity) does so from today."""
    occasion = occasion_of(mail)
    if occasion is None or occasion.first_leaves is None or mail.target is None:
        return
    left = OutgoingMail.objects.filter(
        kind=mail.kind, target_type=mail.target_type_id, target_id=mail.target_id, status__in=LEFT
    )
    if mail.resend_of_id is None and not left.exclude(pk=mail.pk).exists():
        occasion.first_leaves(mail.target, at)


def _unsendable(mail: OutgoingMail, now: Addressed | None) -> str:
    """Why a mail cannot leave; empty: it can."""
    if occasion_of(mail) is None:
        return ""
    if mail.target is None:
        return GONE
    if now is None or not now.to_email or unreachable([now.to_email]):
        return "nobody to write to"
    twins = OutgoingMail.objects.filter(cause=mail.cause, to_email=now.to_email).exclude(pk=mail.pk)
    if twins.exists():
        return TOLD
    if mail.resend_of_id and carries_link(mail) and now.to_email not in people_of(mail):
        return "no contact any more"
    return ""


def _call_off(mail: OutgoingMail, now: Addressed | None, reason: str, at: datetime) -> None:
    move(mail, MAILS, "cancel", by=None, at=at, note=reason)
    looks_at([mail]).update(done_at=at)
    if reason not in (GONE, TOLD) and not mail.internal:
        email, reply_to = (now.to_email, now.reply_to) if now and now.to_email else (mail.to_email, mail.reply_to)
        notify_of_dead_addresses([Lost(mail.target or mail, mail.cause, email, mail.kind, reply_to)], at)


def _needs_a_look(mail: OutgoingMail, now: Addressed) -> bool:
    """Whether a person worded it for somebody else, or for another paper."""
    if (now.to_email, now.to_name, now.language) != (mail.to_email, mail.to_name, mail.language):
        return True
    return bool(mail.papers_seen) and mail.papers_seen != stamp_of(mail.papers)


def _ask_for_a_look(mail: OutgoingMail, at: datetime) -> None:
    manager = manager_of(mail)
    write_todos(
        [
            make_todo(
                mail,
                kind="mail_to_look_at",
                due_on=today(at),
                at=at,
                assignee=manager,
                role="" if manager else Role.DIRECTOR,
                cause=f"mail_to_look_at:{mail.pk}:{mail.version}",
                params={"mail": mail.pk, "to": mail.to_email},
            )
        ]
    )

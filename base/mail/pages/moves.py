"""What can be done with a mail: each button calls one operation of `documents`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.mail import handling as operations
from base.mail import queue
from base.mail.models import MailStatus, OutgoingMail
from base.mail.occasions import carries_link, link_of
from base.mail.pages.forms import BounceForm, ResendForm
from base.ui.parts import BulkMove, Move

Data = Mapping[str, Any]
#: What has ended, one way or another, and may be tried once more.
_ENDED = (MailStatus.SENT, MailStatus.REFUSED, MailStatus.UNCERTAIN, MailStatus.CANCELLED)


def _waits(mail: OutgoingMail) -> bool:
    return mail.status == MailStatus.QUEUED


def _uncertain(mail: OutgoingMail) -> bool:
    return mail.status == MailStatus.UNCERTAIN


def _hold(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    operations.hold_mail(mail=mail, by=by, at=at)


def _release(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    operations.release_mail(mail=mail, by=by, at=at)


def _cancel(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    operations.cancel_mail(mail=mail, by=by, at=at)


def _look(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.look_at_mail(mail=mail, by=by, at=at, seen=seen)


def _confirm(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.confirm_mail(mail=mail, by=by, at=at)


def _give_up(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.give_up_mail(mail=mail, by=by, at=at)


def _resend(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> OutgoingMail:
    return operations.resend_mail(mail=mail, by=by, at=at, email=data["email"])


def _copy_link(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.copy_link(record_=mail, by=by, at=at)


def link_html(link: str) -> SafeString:
    """A link with its secret, for an answer that is read once."""
    return render_to_string("mail_pages/link.html", {"link": link})


def _bounce(mail: OutgoingMail, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    queue.record_bounce(email=mail.to_email, by=by, at=at, reason=data["reason"])


MOVES = [
    Move(
        "send_as_worded",
        _("Send it like this"),
        operations.SEND,
        _look,
        allowed=lambda mail: _waits(mail) and mail.to_look_at,
        style="primary",
        icon="mail-check",
        done=_("It leaves to this reader, as it is worded."),
    ),
    Move(
        "confirm",
        _("Confirm delivered"),
        "mails.edit",
        _confirm,
        allowed=_uncertain,
        confirm=_("You asked the reader or looked at the mail server: the mail is there."),
        style="primary",
        icon="mail-check",
        target=MailStatus.SENT,
    ),
    Move(
        "give_up",
        _("Mark as not delivered"),
        "mails.edit",
        _give_up,
        allowed=_uncertain,
        confirm=_("You found out that it never arrived, and it need not any more. Otherwise send it again."),
        icon="mail-x",
    ),
    Move(
        "resend",
        _("Send again"),
        operations.SEND,
        _resend,
        allowed=lambda mail: mail.status in _ENDED,
        form=ResendForm,
        initial=lambda mail, look: {"email": mail.to_email},
        confirm=_("It leaves once more as a mail of its own, with the same papers."),
        icon="mail-forward",
    ),
    Move(
        "copy_link",
        _("Copy link"),
        operations.SEND,
        _copy_link,
        allowed=lambda mail: carries_link(mail) and bool(mail.target),
        confirm=_("Whoever has the link can answer in the customer's name. That you copied it stays in the log."),
        shows=lambda mail, look: link_html(link_of(mail)),
        icon="link",
    ),
    Move(
        "hold",
        _("Hold"),
        "mails.edit",
        _hold,
        allowed=lambda mail: _waits(mail) and not mail.on_hold,
        icon="player-pause",
    ),
    Move(
        "release",
        _("Release"),
        "mails.edit",
        _release,
        allowed=lambda mail: _waits(mail) and mail.on_hold and not mail.to_look_at,
        style="primary",
        icon="player-play",
    ),
    Move(
        "bounced",
        _("Mark as bounced"),
        "mails.edit",
        _bounce,
        allowed=lambda mail: mail.status in _ENDED,
        form=BounceForm,
        confirm=_("Nothing more is sent to this address, and what waits for it is cancelled."),
        icon="mail-off",
    ),
    Move(
        "cancel",
        _("Never send"),
        "mails.edit",
        _cancel,
        allowed=_waits,
        confirm=_("It stays here and never leaves."),
        icon="ban",
    ),
]

BULK = [
    BulkMove("hold", _("Hold"), "mails.edit", _hold, icon="player-pause"),
    BulkMove("release", _("Release"), "mails.edit", _release, icon="player-play"),
    BulkMove(
        "cancel", _("Never send"), "mails.edit", _cancel, confirm=_("They stay here and never leave."), icon="ban"
    ),
]

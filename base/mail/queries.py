"""Whether mail may leave, and what waits to."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Lower

from base.accounts.models import User
from base.company.queries import company
from base.mail.models import MailStatus, OutgoingMail
from base.mail.smtp import Server

#: Why mail to customers waits although it could leave.
ON_HOLD = "on_hold"
_SMTP_SCHEMES = ("smtp", "smtps", "submission", "submit")


def mail_server() -> Server | None:
    """The server of `EMAIL_URL`; None when it is not set, or names something that sends nothing."""
    if settings.EMAIL_URL.partition(":")[0] not in _SMTP_SCHEMES:
        return None
    return Server(
        host=settings.EMAIL_HOST,
        port=settings.EMAIL_PORT,
        user=settings.EMAIL_HOST_USER or "",
        password=settings.EMAIL_HOST_PASSWORD or "",
        starttls=settings.EMAIL_USE_TLS,
        tls=settings.EMAIL_USE_SSL,
        timeout=settings.EMAIL_TIMEOUT or 30,
    )


def held_because() -> str:
    """Why no mail leaves now: `no_server`, `no_sender`, `on_hold` (docs/rules.md 7.4), or empty: it does."""
    our_company = company()
    if mail_server() is None:
        return "no_server"
    if not our_company.sender_email:
        return "no_sender"
    return ON_HOLD if our_company.mail_on_hold else ""


def can_send() -> bool:
    """Whether mail to our own log-ins may leave: a server and a sender are set; the hold is about customers."""
    return held_because() in ("", ON_HOLD)


def due(at: datetime) -> QuerySet[OutgoingMail]:
    """The mails to be tried now, the longest waiting first; under the hold only those to people who log in here."""
    rows = OutgoingMail.objects.filter(status=MailStatus.QUEUED, on_hold=False, next_attempt_at__lte=at)
    if held_because() == ON_HOLD:
        rows = rows.filter(
            internal=True, to_email__in=User.objects.filter(is_active=True).values(email_=Lower("email"))
        )
    return rows.order_by("next_attempt_at", "id")


def unresolved() -> QuerySet[OutgoingMail]:
    """Mails of which nobody knows whether they arrived, and that were not sent again."""
    return OutgoingMail.objects.filter(status=MailStatus.UNCERTAIN, resends=None)


def manager_of(mail: OutgoingMail) -> User | None:
    """Who answers for a mail: the active user its answers go to."""
    return User.objects.filter(email__iexact=mail.reply_to, is_active=True).first() if mail.reply_to else None

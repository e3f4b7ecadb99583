"""Log-in by allauth; accounts are made by an administrator, never by signing up."""

from email.utils import formataddr
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from base.accounts import lockout
from base.accounts.models import User
from base.company import clock
from base.company.queries import company

log = structlog.get_logger(__name__)


class ClosedAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only to people who have a log-in. Where no mail can leave, the page says whom to ask instead.

        What came of it is not told: nobody learns from here whether an address is known.
        """
        from base.mail.queries import mail_server

        if template_prefix.endswith("unknown_account"):
            return
        if mail_server() is None or not company().sender_email:
            log.warning("password_mail_not_sent", problem="no mail server or no sender's address is set")
            return
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as problem:  # whatever smtplib raises
            log.warning("password_mail_not_sent", problem=str(problem))

    def get_from_email(self) -> str:
        our_company = company()
        return formataddr((our_company.sender_name or our_company.name, our_company.sender_email))

    def authenticate(self, request: HttpRequest, **credentials: object) -> User | None:
        """Whose name and password these are. Raises a `ValidationError` after too many wrong ones (`lockout.py`)."""
        attempt = lockout.count_attempt(
            name=str(credentials.get("email") or credentials.get("username", "")),
            address=self.get_client_ip(request),
            at=clock.now(),
        )
        if attempt is None:
            raise self.validation_error("too_many_login_attempts")
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.delete()
        return user

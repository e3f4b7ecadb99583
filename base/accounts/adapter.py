"""Log-in by allauth; accounts are made by an administrator, never by signing up."""

from email.utils import formataddr
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from base.accounts import devices, lockout
from base.accounts.models import User
from base.audit.accesses import note_access
from base.audit.models import Access
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
        # Else the mail would name whatever address the request was sent to.
        context["current_site"] = SimpleNamespace(name=company().name, domain=urlsplit(settings.PUBLIC_URL).netloc)
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

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Where the mail leads: to our public address, whatever the request said it was sent to."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_URL}{path.replace('UID-KEY', key)}"

    def format_email_subject(self, subject: str) -> str:
        return f"[{company().name}] {subject}"

    def authenticate(self, request: HttpRequest, **credentials: object) -> User | None:
        """Whose name and password these are. Raises a `ValidationError` after too many wrong ones (`lockout.py`)."""
        name = str(credentials.get("email") or credentials.get("username", ""))
        device = devices.known_as(request, lockout.person_named(name)) if devices.is_any(request) else ""
        address, at = self.get_client_ip(request), clock.now()
        attempt = lockout.count_attempt(name=name, address=address, device=device, at=at)
        if attempt is None or not lockout.is_a_name(name):
            # Where a password is looked at, Django tells of a wrong one.
            note_access(Access.Kind.FAILED, by=None, at=at, address=address, name=name)
        if attempt is None:
            raise self.validation_error("too_many_login_attempts")
        if not lockout.is_a_name(name):
            return None
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.delete()
        return user

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **options)
        devices.remember(request, response, user)
        return response

"""What the log-ins hear from Django and allauth."""

import time

from allauth.account.signals import password_changed, password_reset
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from base.accounts import lockout
from base.accounts.middleware import IdleMiddleware
from base.accounts.models import User
from base.changes.notifications import tell_of_log_in
from base.chatter.operations import record
from base.company import clock


@receiver(password_reset)
def password_was_reset(sender: type[User], user: User, **_rest: object) -> None:
    """Whoever chose a new password behind a link has shown who they are, or has the link of somebody else: the person
    is told.
    """
    lockout.release(user)
    at = clock.now()
    record(user, "password_chosen", by=user, at=at)
    tell_of_log_in(user, _("a password was chosen behind a link"), by=user, at=at)


@receiver(password_changed)
def password_was_changed(sender: type[User], user: User, **_rest: object) -> None:
    """Somebody who knew the old password chose another one."""
    record(user, "password_chosen", by=user, at=clock.now())


@receiver(user_logged_in)
def begin_to_count_idle_time(sender: type[User], request: HttpRequest, user: User, **_rest: object) -> None:
    """A session begins with its first sign of life."""
    request.session[IdleMiddleware.SEEN] = int(time.time())

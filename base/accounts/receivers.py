"""What the log-ins hear from allauth."""

from allauth.account.signals import password_reset
from django.dispatch import receiver

from base.accounts import lockout
from base.accounts.models import User


@receiver(password_reset)
def forget_wrong_passwords(sender: type[User], user: User, **_rest: object) -> None:
    """Whoever chose a new password behind a link from a mail has shown who they are."""
    lockout.release(user)

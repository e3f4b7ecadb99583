"""What a password must be, told in the reader's language."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LengthValidator(MinimumLengthValidator):
    """Django words its own anew in 5.2 without having it translated, so that Chinese screens spoke English here."""

    def get_error_message(self) -> str:
        return ngettext(
            "The password is too short: it needs %(n)s character.",
            "The password is too short: it needs %(n)s characters.",
            self.min_length,
        ) % {"n": self.min_length}

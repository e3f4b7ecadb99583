"""What a password must be, told in the reader's language (docs/rules.md 8.2)."""

from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from zxcvbn import zxcvbn

#: Of 0 to 4: from 3 on it holds against guessing at what a stolen table of passwords would hold.
_STRONG_ENOUGH: Final = 3
#: What `LengthValidator` refuses.
_SHORT: Final = 8
#: More than this of a password is not measured: it takes long, and what stands before it is enough.
_MEASURED: Final = 72
#: What everybody who attacks us tries first.
_OURS: Final = ("weibao", "维保")


class LengthValidator(MinimumLengthValidator):
    """Django words its own anew in 5.2 without having it translated, so that Chinese screens spoke English here."""

    def get_error_message(self) -> str:
        return ngettext(
            "The password is too short: it needs %(n)s character.",
            "The password is too short: it needs %(n)s characters.",
            self.min_length,
        ) % {"n": self.min_length}


class StrengthValidator:
    """Measured by how many guesses it takes: words, names, dates, keyboard rows and repetitions are few."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raise `ValidationError` for a password that is soon guessed by who knows the person."""
        if len(password) < _SHORT:  # of which is told that it is short
            return
        found = zxcvbn(password[:_MEASURED], user_inputs=[*_OURS, *_about(user)])
        if found["score"] < _STRONG_ENOUGH:
            raise ValidationError(self.get_help_text(), code="password_too_weak")

    def get_help_text(self) -> str:
        return _(
            "The password is soon guessed: no names, dates, repetitions or common words alone. Four words that do not "
            "belong together are good."
        )


def _about(user: AbstractBaseUser | None) -> list[str]:
    """What is known of a person, whole and in its words."""
    texts = [str(getattr(user, name, "") or "") for name in ("username", "email", "display_name", "phone")]
    words = [word for text in texts for word in text.replace("@", " ").replace(".", " ").split()]
    together = ["".join(text.split()) for text in texts]
    return [text for text in (*texts, *words, *together) if text]

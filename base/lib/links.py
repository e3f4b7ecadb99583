"""Links that carry a secret: shown with its last four characters only (docs/rules.md 7.5)."""

import re

#: A web address whose last step but the slash is a long random word, such as `/q/h3Jx…/`.
_SECRET = re.compile(r"(https?://[^\s/]+/(?:[^\s/]+/)*)([A-Za-z0-9_-]{20,})(?=/)")
#: What follows an address that a secret opens: a customer's link (`/q/`, `/c/`, `/s/`), a password to be chosen (`/key/`).
_OPENED_BY = re.compile(r"((?:/|%2F)(?:[qcs]|key)(?:/|%2F))([^\s/%?#\"'&<>\\]{8,})", re.IGNORECASE)
#: A word of the length and the hand of our secrets, wherever it stands.
_WORD = re.compile(
    r"(?<![A-Za-z0-9_-])()((?=[A-Za-z0-9_-]*[A-Z])(?=[A-Za-z0-9_-]*[a-z])(?=[A-Za-z0-9_-]*[0-9])[A-Za-z0-9_-]{32})"
    r"(?![A-Za-z0-9_-])"
)


def masked(text: str) -> str:
    """The text with the secrets of its links taken out but for their last four characters."""
    return _SECRET.sub(_short, text)


def masked_in_log(line: str) -> str:
    """A line of a log without the secrets in its paths, whole addresses or not, and without words that look like one."""
    return _WORD.sub(_short, _OPENED_BY.sub(_short, line))


def _short(found: "re.Match[str]") -> str:
    return f"{found[1]}…{found[2][-4:]}"

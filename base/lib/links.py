"""Links that carry a secret: shown with its last four characters only (docs/rules.md 7.5)."""

import re

#: A web address whose last step but the slash is a long random word, such as `/q/h3Jx…/`.
_SECRET = re.compile(r"(https?://[^\s/]+/(?:[^\s/]+/)*)([A-Za-z0-9_-]{20,})(?=/)")


def masked(text: str) -> str:
    """The text with the secrets of its links taken out but for their last four characters."""
    return _SECRET.sub(_short, text)


def unmasked(text: str, original: str) -> str:
    """A text that was shown masked and edited, with the links of the original put back."""
    for found in _SECRET.finditer(original):
        text = text.replace(_short(found), found[0])
    return text


def _short(found: "re.Match[str]") -> str:
    return f"{found[1]}…{found[2][-4:]}"

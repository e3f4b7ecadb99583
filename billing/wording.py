"""Figures in words, and secrets out of sight."""

import re
from decimal import ROUND_HALF_UP, Decimal

#: The secret part of a customer's link in a mail's text.
_TOKEN = re.compile(r"(/q/)([A-Za-z0-9_-]{20,})(?=/)")


def percent(share: Decimal, *, signed: bool = False) -> str:
    """A share of one to a tenth of a per cent: 0.98331 is 98.3 %."""
    value = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{value:+}".replace("-", "−") + " %" if signed else f"{value} %"


def masked(text: str) -> str:
    """The text with the secrets of links taken out but for their last four characters (DESIGN 2.7)."""
    return _TOKEN.sub(_short, text)


def unmasked(text: str, original: str) -> str:
    """A text that was shown masked and edited, with the links of the original put back."""
    for found in _TOKEN.finditer(original):
        text = text.replace(_short(found), found[0])
    return text


def _short(found: "re.Match[str]") -> str:
    return f"{found[1]}…{found[2][-4:]}"

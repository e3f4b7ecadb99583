"""What a measured value may be: `20–25`, `≤70`, `≥30`; the value then judges the item (docs/rules.md 10)."""

import re
from decimal import Decimal
from typing import NamedTuple

_NUMBER = r"-?\d{1,9}(?:\.\d{1,4})?"
_SPAN = re.compile(rf"({_NUMBER})\s*(?:-|–|—|~|～|至|到)\s*({_NUMBER})")
_MOST = re.compile(rf"(?:<=|≤|<|＜|不高于|不大于|不超过)\s*({_NUMBER})")
_LEAST = re.compile(rf"(?:>=|≥|>|＞|不低于|不小于|不少于)\s*({_NUMBER})")
#: A value as it is typed: a number, perhaps with its unit after it.
_VALUE = re.compile(rf"({_NUMBER})\s*[^\d.,\s-]{{0,10}}")


class Limits(NamedTuple):
    """The least and the most a value may be, both included; None where there is none."""

    least: Decimal | None
    most: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


def read_limits(text: str) -> Limits | None:
    """Limits as they are typed; None for an empty text. ValueError for anything else, or for a span that is upside down."""
    text = text.strip()
    if not text:
        return None
    if found := _SPAN.fullmatch(text):
        limits = Limits(Decimal(found[1]), Decimal(found[2]))
        if limits.least is not None and limits.most is not None and limits.least > limits.most:
            raise ValueError(f"upside down: {text!r}")
        return limits
    if found := _MOST.fullmatch(text):
        return Limits(None, Decimal(found[1]))
    if found := _LEAST.fullmatch(text):
        return Limits(Decimal(found[1]), None)
    raise ValueError(f"no limits: {text!r}")


def is_within(limits: str, value: str) -> bool | None:
    """Whether a value as it was typed lies within limits; None where there are none, or the value is no number."""
    found = _VALUE.fullmatch(value.strip())
    try:
        known = read_limits(limits)
    except ValueError:
        return None
    return known.holds(Decimal(found[1])) if known and found else None

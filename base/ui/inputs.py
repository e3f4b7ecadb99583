"""What an address or a form says, taken only if it makes sense: the one place in which a text becomes a value.

Nothing of what a stranger types reaches the database or the calendar unchecked (docs/rules.md 17).
"""

import re
from datetime import date, datetime
from decimal import Decimal

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from base.lib.dates import YEARS
from base.lib.text import storable

#: More digits than any key, page or version has, and fewer than a database refuses.
_DIGITS = 18
#: A sum or a number of ours, written plainly: no exponent, no more digits than a column holds.
_NUMBER = re.compile(r"[+-]?\d{1,14}(\.\d{0,4})?")
#: No list is narrowed by more than this, of one kind or of all texts and groups together: each costs a question.
MAX_FACETS = 20
#: No value that means anything in an address is longer.
_LONGEST = 200


def whole(text: str | None) -> int | None:
    """A whole number that is not negative; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def keys(texts: list[str]) -> list[int]:
    """The primary keys among the texts."""
    return [key for key in map(whole, texts) if key is not None]


def day(text: str | None) -> date | None:
    """A day of a year that somebody can mean, also where a time stands behind it; None for anything else."""
    try:
        found = date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
    return found if found.year in YEARS else None


def moment(text: str | None) -> datetime | None:
    """A moment of such a year, in the company's time zone unless it names one; None for anything else."""
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or found.year not in YEARS:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def number(text: str | None) -> Decimal | None:
    """A number such as a column of ours holds; None for anything else."""
    return Decimal(text) if text and text.isascii() and _NUMBER.fullmatch(text) else None


def bounded(data: QueryDict) -> QueryDict:
    """An address in which each name has at most `MAX_FACETS` values, none of them longer than any that means something."""
    kept = QueryDict(mutable=True)
    for name, values in data.lists():
        kept.setlist(name, [storable(value)[:_LONGEST] for value in values[:MAX_FACETS]])
    return kept


def storable_data(data: QueryDict) -> QueryDict:
    """What was sent, without what no database stores; the same object where there is nothing of it."""
    if all(storable(text) == text for name, values in data.lists() for text in (name, *values)):
        return data
    kept = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        kept.setlist(storable(name), [storable(value) for value in values])
    return kept

"""The one place where the product asks what time it is.

Pages, tasks and commands ask; everything below them is given the moment. While a story is played, time stands where the
story puts it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

from django.utils import timezone

_STANDS_AT: ContextVar[datetime | None] = ContextVar("stands_at", default=None)


def now() -> datetime:
    """This moment in UTC, or the one at which the clock stands."""
    return _STANDS_AT.get() or datetime.now(UTC)


def today() -> date:
    """The day it is in the time zone in force, which on a page and in a job is the company's: asks no database."""
    return timezone.localdate(now())


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let the clock stand at a moment, which must have a time zone. Raises `ValueError` where it has none."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    token = _STANDS_AT.set(moment)
    try:
        yield
    finally:
        _STANDS_AT.reset(token)

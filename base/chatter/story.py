"""Which story is being played: every event that is written meanwhile carries its name (docs/howto/story.md)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_NAME: ContextVar[str] = ContextVar("story", default="")


def current() -> str:
    """The name of the story; empty in real life."""
    return _NAME.get()


@contextmanager
def played(name: str) -> Iterator[None]:
    """Write the name of the story, at most 60 characters, into every event."""
    token = _NAME.set(name)
    try:
        yield
    finally:
        _NAME.reset(token)

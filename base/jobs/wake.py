"""Waking a worker earlier than the beat would: a kindness, never a promise (docs/rules.md 7.3)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from celery import current_app
from django.db import transaction

log = structlog.get_logger(__name__)

#: A person may be waiting for the page: one quick try, where Celery's own would take six seconds.
_QUICKLY = {"max_retries": 1, "interval_start": 0, "interval_step": 0}
_SECONDS = 2
#: Where the names of tasks go while a story is played: there is no worker, the story itself does the work.
_KEPT: ContextVar[list[str] | None] = ContextVar("kept", default=None)


def wake(task: str) -> None:
    """Have a task run after the commit. The rows are the queue, so a message that is lost costs a minute at most."""
    kept = _KEPT.get()
    if kept is None:
        transaction.on_commit(lambda: _send(task))
    else:
        kept.append(task)


def is_kept() -> bool:
    """Whether a story is played, or a test: what would wake a worker is done in this very process."""
    return _KEPT.get() is not None


@contextmanager
def kept() -> Iterator[list[str]]:
    """Keep the names of the tasks that would be woken, and wake no worker. Who keeps them runs them."""
    tasks: list[str] = []
    token = _KEPT.set(tasks)
    try:
        yield tasks
    finally:
        _KEPT.reset(token)


def _send(task: str) -> None:
    try:
        with current_app.connection_for_write(connect_timeout=_SECONDS, transport_options=_QUICKLY) as connection:
            current_app.send_task(task, expires=60, retry=False, connection=connection)
    except Exception:  # whatever a broker's client raises: the work is written down, and the beat finds it
        log.warning("broker_unreachable", task=task, exc_info=True)

"""What a check reports: which rule is broken, by which record, and how."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.db import models
from moneyed import Money

from base.lib.money import format_money
from base.ui.look import Text


class Finding(NamedTuple):
    """One thing that is not as the rules say. `check` is the check's name (`ops/integrity/__init__.py`)."""

    check: str
    record: str
    problem: str


class Fault(NamedTuple):
    """A finding before it is known which check made it."""

    record: str
    problem: str


def named(record: models.Model, text: Text = "") -> str:
    """A record as a person finds it again: its model, its key, and what it is called."""
    return f"{record._meta.object_name} {record.pk} ({text or record})"


def sum_text(money: Money) -> str:
    """A sum as every finding writes it, whatever the language: `CNY 1,200,000.00`."""
    return format_money(money, "en")


_CHUNK = 2000


def faulty(model: type[models.Model], problems: Mapping[str, Any]) -> Iterator[Fault]:
    """The rows for which one of the conditions holds, each with what it says."""
    for problem, broken in problems.items():
        for record in model._default_manager.filter(broken).order_by("pk").iterator(chunk_size=_CHUNK):
            yield Fault(named(record), problem)

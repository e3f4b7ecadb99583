"""What customers owe for: the floor that owns a kind of source says what it is called, and which record it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Model

from base.ui.look import Text


@dataclass(frozen=True)
class Source:
    """What something is owed for: the kind its owner registered, and the key of the owner's record."""

    kind: str
    id: int


@dataclass(frozen=True)
class SourceKind:
    """A kind of source as a person meets it: its name, and the record behind a key (None where it is gone)."""

    name: str
    label: Text
    find: Callable[[int], Model | None]


_kinds: dict[str, SourceKind] = {}


def register_source(kind: SourceKind) -> None:
    """Make a kind of source known; called once, from its owner's `AppConfig.ready`."""
    _kinds[kind.name] = kind


def source_label(name: str) -> Text:
    """What a kind of source is called; its own name where nobody registered it."""
    return _kinds[name].label if name in _kinds else name


def record_behind(source: Source) -> Model | None:
    """The record something is owed for, as its owner names it."""
    kind = _kinds.get(source.kind)
    return kind.find(source.id) if kind else None


def source_choices() -> Iterator[tuple[str, Text]]:
    """The kinds that were registered, as choices."""
    return ((kind.name, kind.label) for kind in _kinds.values())

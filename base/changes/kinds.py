"""What takes a second person: each app declares its kinds from `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.db.models import Model
from django.utils.functional import Promise

from base.accounts.models import User
from base.changes.models import PendingChange
from base.chatter import labels

#: Carries a change out, by whoever agreed; may raise `Refused`. What it returns is what was made, if anything.
CarryOut: TypeAlias = Callable[[PendingChange, User | None, datetime], object]


@dataclass(frozen=True)
class ChangeKind:
    """One kind of change. `decides` is the right to agree to it, `view` the right to read its values."""

    name: str
    label: str | Promise
    #: Of which records.
    about: type[Model]
    decides: str
    view: str
    carry_out: CarryOut
    #: Takes back what came into force without a second person.
    undo: CarryOut
    #: Whether nothing is carried out when it is granted: it only opens the way for whoever asked.
    only_opens: bool = False
    #: Whether each is a thing of its own, which a later one never replaces.
    apart: bool = False


_kinds: dict[str, ChangeKind] = {}


def register(kind: ChangeKind) -> None:
    """Declare a kind. ValueError for a name that is taken."""
    if kind.name in _kinds:
        raise ValueError(f"two kinds of change are named {kind.name}")
    _kinds[kind.name] = kind
    labels.say(values={kind.name: kind.label})


def named(name: str) -> ChangeKind:
    """The kind of that name; KeyError when no app declared it."""
    return _kinds[name]


def all_kinds() -> list[ChangeKind]:
    """All kinds, in the order they were declared."""
    return list(_kinds.values())


def is_about(model: type[Model]) -> bool:
    """Whether any change of such a record can take a second person."""
    return any(kind.about is model for kind in _kinds.values())

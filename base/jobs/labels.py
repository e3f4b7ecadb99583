"""What a person reads for a kind of job."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_LABELS: "dict[str, StrOrPromise]" = {}


def say(name: str, label: "StrOrPromise") -> None:
    """Word a kind, when it is made known."""
    _LABELS[name] = label


def kind_label(name: str) -> str:
    """The words for it; the bare name of a kind that this version does not know."""
    return str(_LABELS.get(name, name))


def kind_choices() -> "list[tuple[str, StrOrPromise]]":
    """Every kind with its words, in the order in which they were made known."""
    return list(_LABELS.items())

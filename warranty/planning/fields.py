"""The kind of a planned action as a column: a code that only its declaration words (`planning.kinds`)."""

from typing import Any

from django.db import models
from django.utils.functional import Promise

_labels: dict[str, str | Promise] = {}


def name_kind(kind: str, label: str | Promise) -> None:
    """Say how a kind is called; kinds are offered in the order in which they are named."""
    _labels[kind] = label


def kind_choices() -> list[tuple[str, str | Promise]]:
    """Every kind that is declared, with its label, in the order of the run."""
    return list(_labels.items())


def kind_label(kind: str) -> str:
    """The label in the reader's language; a kind that nobody declares keeps its code."""
    return str(_labels.get(kind, kind))


class KindField(models.CharField):  # type: ignore[type-arg]
    """Choices are those of the declared kinds. They stay out of migrations: a new kind changes no table."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"choices": kind_choices, **options})

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, {key: options[key] for key in options if key != "choices"}

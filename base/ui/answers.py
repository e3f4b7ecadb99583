"""Buttons beside a to-do that asks something: each is a move of its record's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from base.chatter.models import Todo
from base.ui.look import Look, Text
from base.ui.registry import slug_of


@dataclass(frozen=True)
class TodoAnswer:
    """A button beside a to-do that asks something: a move of its record's page, and what its form begins with."""

    label: Text
    move: str
    #: The right that the move takes.
    action: str
    begins: Mapping[str, str] = field(default_factory=dict)


_answers: dict[str, tuple[TodoAnswer, ...]] = {}


def offer_answers(kind: str, *answers: TodoAnswer) -> None:
    """Let to-dos of a kind be answered where they are read."""
    _answers[kind] = answers


def answers_of(todo: Todo, look: Look) -> list[tuple[Text, str]]:
    """The answers this person may give to a to-do, each with the address of its move."""
    offered = [each for each in _answers.get(todo.kind, ()) if look.may(each.action)]
    model = ContentType.objects.get_for_id(todo.target_type_id).model_class() if offered else None
    slug = slug_of(model) if model else ""
    if not slug:
        return []
    return [
        (
            each.label,
            reverse(f"{slug}:move", args=[todo.target_id, each.move])
            + (f"?{urlencode(each.begins)}" if each.begins else ""),
        )
        for each in offered
    ]

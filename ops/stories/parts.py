"""What is added and changed inside a sheet, and is no move: messages, to-dos, files, a customer's contacts, parts of a visit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse

from base.chatter.models import Todo
from base.ui.forms import TodoForm
from base.ui.look import Text
from contracts.pages.parts import KINDS
from ops.stories.checking import CheckForm, ReviewForm, area_address, filled_area, filled_review, review_address
from ops.stories.pages import Page
from ops.stories.visitor import Data
from service.forms.checks import FindingForm
from service.models import Finding
from service.pages.inplace import InPlace
from service.pages.prices import PRICES
from service.pages.visits import PARTS


class MessageForm(forms.Form):
    """What the box under a sheet's thread takes."""

    text = forms.CharField()


class FilesForm(forms.Form):
    """What the clip beside it takes: one file or several."""

    file = forms.FileField()


class NothingForm(forms.Form):
    """A click that asks for nothing."""


@dataclass(frozen=True)
class Part:
    """One kind of what belongs to a record.

    `address(pk, part)` is where its form is, `part` the row that is changed and None for a new one. `rows(record)` are
    the rows there are. A form that is not part of a page of its own is named here, so that it can be filled in.
    """

    name: str
    label: Text
    action: str
    form: type[forms.BaseForm]
    address: Callable[[int, int | None], str]
    rows: Callable[[Any], "models.QuerySet[Any]"] | None = None
    model: type[models.Model] | None = None
    #: Whether the form is asked for before it is filled in; else it always looks the same.
    is_asked_for: bool = True
    #: For a page that is no form of fields: what is sent, from what the page shows and what the story says.
    fill: Callable[[Mapping[str, Any], Mapping[str, Any]], Data] | None = None
    #: Where such a page sends it: `sent_to(pk, shown, values)`; to itself without.
    sent_to: Callable[[int, Mapping[str, Any], Mapping[str, Any]], str] | None = None
    #: Whether the answer is a piece of the sheet, where a mistake is told at its field.
    is_inside: bool = False


def parts_of(page: Page) -> list[Part]:
    """The parts of a page, those that every sheet with a thread has first."""
    return [*(_chatter(page) if page.chatter else []), *OWN.get(page.slug, [])]


def kinds_of(model: type[models.Model]) -> set[str]:
    """The names of the parts whose rows are of a model."""
    return {part.name for parts in OWN.values() for part in parts if part.model is model}


def part_names() -> set[str]:
    """The names of all parts that have rows of their own."""
    return {part.name for parts in OWN.values() for part in parts}


def _chatter(page: Page) -> list[Part]:
    def at(name: str) -> Callable[[int, int | None], str]:
        return lambda pk, _part: reverse(f"{page.slug}:{name}", args=[pk])

    return [
        Part("message", "Write a message", "messages.write", MessageForm, at("message"), is_asked_for=False),
        Part(
            "todo", "Add a to-do", "todos.use", TodoForm, at("add_todo"),
            rows=_open_todos, model=Todo, is_asked_for=False, is_inside=True,
        ),
        Part("attach", "Attach files", "files.add", FilesForm, at("attach"), is_asked_for=False),
        Part(
            "tick", "Tick off a to-do", "todos.use", NothingForm,
            lambda pk, todo: reverse(f"{page.slug}:tick", args=[pk, todo or 0]),
            rows=_open_todos, model=Todo, is_asked_for=False,
        ),
    ]  # fmt: skip


def _open_todos(record: models.Model) -> "models.QuerySet[Todo]":
    kind = ContentType.objects.get_for_model(record)
    return Todo.objects.filter(target_type=kind, target_id=record.pk, done_at=None)


def _in_place(kind: InPlace) -> Part:
    slug = f"{kind.page.slug}_{kind.name}"
    return Part(
        kind.name,
        kind.add,
        kind.action,
        kind.form,
        lambda pk, row: reverse(slug, args=[pk, row]) if row else reverse(f"{slug}_new", args=[pk]),
        rows=lambda record: getattr(record, kind.rows).all(),
        model=kind.model,
    )


#: By the slug of the page.
OWN: dict[str, list[Part]] = {
    "customers": [
        Part(
            kind.name,
            kind.add,
            "customers.edit",
            kind.form,
            lambda pk, part, kind=kind: (
                reverse("customer_part", args=[pk, kind.name, part])  # type: ignore[misc]
                if part
                else reverse("customer_part_new", args=[pk, kind.name])
            ),
            rows=lambda record, kind=kind: getattr(record, kind.name).all(),  # type: ignore[misc]
            model=kind.model,
        )
        for kind in KINDS.values()
    ],
    "inspections": [
        Part(
            "finding",
            "A finding",
            "inspections.report",
            FindingForm,
            lambda pk, finding: (
                reverse("inspection_finding", args=[pk, finding])
                if finding
                else reverse("inspection_finding_new", args=[pk])
            ),
            rows=lambda record: Finding.objects.filter(inspection=record),
            model=Finding,
        ),
        Part(
            "begin_checks",
            "Begin the checks",
            "inspections.report",
            NothingForm,
            lambda pk, _part: reverse("inspection_checks_begin", args=[pk]),
            is_asked_for=False,
        ),
        Part(
            "check",
            "Judge the items of an area",
            "inspections.report",
            CheckForm,
            lambda pk, _part: reverse("inspection_checks", args=[pk]),
            fill=filled_area,
            sent_to=area_address,
        ),
        Part(
            "review",
            "Say what became of an earlier finding",
            "inspections.report",
            ReviewForm,
            lambda pk, _part: reverse("inspection_checks", args=[pk]),
            fill=filled_review,
            sent_to=review_address,
        ),
    ],
    PARTS.page.slug: [_in_place(PARTS)],
    PRICES.page.slug: [_in_place(PRICES)],
}

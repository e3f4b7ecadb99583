"""Every page as its declaration says it: what a story, or any other program, may name (docs/commands.md 12)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import models
from djmoney.forms.fields import MoneyField

from base.ui.filters import Choice, DateRange, Flag, NumberRange, Quick, Relation
from base.ui.forms import PercentField
from base.ui.page import PAGES, AnyPage, page_of
from base.ui.parts import BulkMove, Move
from base.ui.signature import SignatureField
from billing.line_fields import LinesField
from ops.stories.pages import all_declared, key_of
from ops.stories.parts import parts_of
from ops.stories.screens import SCREENS

#: What a field takes, by its class; the first one that fits.
_KINDS: Sequence[tuple[type[forms.Field], str]] = (
    (MoneyField, "money"),
    (PercentField, "percent"),
    (LinesField, "lines"),
    (SignatureField, "signature"),
    (forms.FileField, "file"),
    (forms.ModelMultipleChoiceField, "records"),
    (forms.ModelChoiceField, "record"),
    (forms.MultipleChoiceField, "choices"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "yes_no"),
    (forms.DateTimeField, "moment"),
    (forms.DateField, "day"),
    (forms.TimeField, "hour"),
    (forms.IntegerField, "number"),
    (forms.EmailField, "email"),
    (forms.CharField, "text"),
)
_FILTERS: Sequence[tuple[type, str]] = (
    (Quick, "quick"),
    (Choice, "choice"),
    (Flag, "yes_no"),
    (DateRange, "days"),
    (NumberRange, "numbers"),
    (Relation, "record"),
)


def all_pages() -> list[dict[str, Any]]:
    """Every page by its slug, with what upper floors add to it; first, under no name, what belongs to no record."""
    pages = all_declared()
    return [_beside(), *(described(pages[slug]) for slug in sorted(pages))]


def _beside() -> dict[str, Any]:
    """The screens of no record, in the shape of a page."""
    nothing: dict[str, Any] = {kind: [] for kind in ("states", "columns", "filters", "create", "edit", "moves", "bulk")}
    return {
        "page": "",
        "title": "",
        "record": "",
        "key": "",
        "rights": {"view": "", "create": "", "edit": "", "export": ""},
        **nothing,
        "parts": [
            {"name": name, "label": each.label, "right": each.action, "fields": _shown(each.form)}
            for name, each in SCREENS.items()
        ],
    }


def _shown(form: type[forms.BaseForm] | None) -> list[dict[str, Any]]:
    """The fields of a form that needs no record to be shown."""
    return [_field(name, field, None) for name, field in form().fields.items()] if form else []


def described(page: type[AnyPage]) -> dict[str, Any]:
    """One page: its rights, and each piece in its order."""
    actions = page.actions
    fields = fields_of(page.form, page) if page.form else []
    return {
        "page": page.slug,
        "title": page.heading(),
        "record": str(page.model._meta.label_lower),
        "key": key_of(page.model, page),
        "rights": {"view": actions.view, "create": actions.create, "edit": actions.edit, "export": actions.export},
        "states": _states(page),
        "columns": [
            {"name": each.name, "label": str(each.label), "optional": each.optional, "right": page.guard(each.name, each.action)}
            for each in page.all_columns()
        ],
        "filters": [
            {"name": each.name, "label": str(each.label), "kind": _kind_of_filter(each), "right": page.guard(each.name, each.action)}
            for each in page.all_filters()
        ],
        "create": fields if actions.create else [],
        "edit": fields if actions.edit else [],
        "moves": [_move(each) | {"target": each.target, "previewed": each.preview is not None} for each in page.all_moves()],
        "bulk": [_move(each) | {"together": each.together} for each in page.all_bulk()],
        "parts": [
            {"name": each.name, "label": str(each.label), "right": each.action, "fields": fields_of(each.form)}
            for each in parts_of(page)
        ],
    }  # fmt: skip


def _move(move: Move | BulkMove) -> dict[str, Any]:
    return {
        "name": move.name,
        "label": str(move.label),
        "right": move.action,
        "fields": fields_of(move.form) if move.form else [],
    }


def _states(page: type[AnyPage]) -> list[dict[str, str]]:
    if not page.status_field:
        return []
    field = page.model._meta.get_field(page.status_field)
    choices: Sequence[tuple[Any, Any]] = getattr(field, "flatchoices", [])
    return [{"value": str(value), "label": str(label)} for value, label in choices]


def _kind_of_filter(found: object) -> str:
    return next((name for kind, name in _FILTERS if isinstance(found, kind)), "other")


def fields_of(form: type[forms.BaseForm], page: type[AnyPage] | None = None) -> list[dict[str, Any]]:
    """The fields as they are declared. A record in a certain state may show fewer of them, and fewer choices."""
    declared: Mapping[str, forms.Field] = getattr(form, "base_fields", {})
    return [_field(name, field, page) for name, field in declared.items()]


def _field(name: str, field: forms.Field, page: type[AnyPage] | None) -> dict[str, Any]:
    return {
        "name": name,
        "label": str(field.label or name),
        "kind": next((word for kind, word in _KINDS if isinstance(field, kind)), "text"),
        "required": field.required,
        "choices": _choices(field),
        "right": page.guard(name) if page else "",
    }


def _choices(field: forms.Field) -> list[str]:
    """The values to choose from; of records the page that has them, followed by a colon."""
    if isinstance(field, forms.ModelChoiceField):
        assert field.queryset is not None
        return [f"{_page_of(field.queryset.model)}:"]
    if isinstance(field, forms.ChoiceField) and not callable(field.choices):
        return [str(value) for value, _label in field.choices if not isinstance(_label, (list, tuple)) and value != ""]
    return []


def _page_of(model: type[models.Model]) -> str:
    page = page_of(model)
    if page:
        return page.slug
    for there in PAGES.values():
        for part in parts_of(there):
            if part.model is model:
                return part.name
    return model._meta.model_name or ""

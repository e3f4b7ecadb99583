"""From a name like `customer__name` to the model field it means, its label, and a record's value."""

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from base.ui.look import Text

M = TypeVar("M", bound=models.Model)
if TYPE_CHECKING:
    #: A field of whatever values; Django's fields take no parameters while the product runs.
    AnyField = models.Field[Any, Any]


@cache
def field_at(model: type[models.Model], path: str) -> "AnyField | None":
    """The field a path of `__` leads to; None for an annotation, a property or anything made up."""
    field: Any = None
    for name in path.split("__"):
        if model is None:
            return None
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field if isinstance(field, models.Field) else None


@cache
def relation_at(model: type[models.Model], path: str) -> str:
    """The part of a path that leads over foreign keys: `contract__customer` of `contract__customer__name`."""
    steps: list[str] = []
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist:
            break
        if not (field.many_to_one or field.one_to_one) or not field.concrete:
            break
        assert isinstance(field.related_model, type)
        steps, model = [*steps, name], field.related_model
    return "__".join(steps)


def with_related(rows: models.QuerySet[M], paths: Iterable[str]) -> models.QuerySet[M]:
    """The rows together with the records that these paths lead to, in one query."""
    relations = {found for path in paths if (found := relation_at(rows.model, path))}
    return rows.select_related(*relations) if relations else rows


def capitalised(text: Text) -> Text:
    """The text with a capital at its beginning; a translation stays one."""
    return capfirst(text)


def label_of(model: type[models.Model], path: str) -> Text:
    """The field's own name for people; of what is no field, the words it is made of."""
    field = field_at(model, path)
    return capitalised(_(path.replace("_", " ")) if field is None else field.verbose_name)


def stored_at(record: models.Model, path: str) -> object:
    """A record's value as it is stored; None where a step of the path is empty."""
    value: Any = record
    for step in path.split("__"):
        value = getattr(value, step)
        if value is None:
            return None
    return value() if callable(value) and not isinstance(value, models.Manager) else value


def value_at(record: models.Model, path: str) -> object:
    """A record's value, of a choice its label."""
    value = stored_at(record, path)
    field = field_at(type(record), path)
    return dict(field.flatchoices).get(value, value) if field is not None and field.choices else value


def attach(record: models.Model, **values: object) -> None:
    """Give a record of one screen values that its columns and templates read; nothing of it is stored."""
    for name, value in values.items():
        setattr(record, name, value)


def attached(record: models.Model, name: str) -> Any:
    """What a page's `prepare` or `rows` attached to the record under this name, which its model does not know."""
    return getattr(record, name)

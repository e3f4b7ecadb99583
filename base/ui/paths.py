"""From a name like `customer__name` to the model field it means, its label, and a record's value."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _


@cache
def field_at(model: type[models.Model], path: str) -> "models.Field[Any, Any] | None":
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


def with_related(rows: models.QuerySet[Any], paths: Iterable[str]) -> models.QuerySet[Any]:
    """The rows together with the records that these paths lead to, in one query."""
    model: Any = rows.model
    relations = {found for path in paths if (found := relation_at(model, path))}
    return rows.select_related(*relations) if relations else rows


def label_of(model: type[models.Model], path: str) -> Any:
    """The field's own name for people; of what is no field, the words it is made of."""
    field = field_at(model, path)
    return capfirst(_(path.replace("_", " ")) if field is None else field.verbose_name)


def stored_at(record: models.Model, path: str) -> Any:
    """A record's value as it is stored; None where a step of the path is empty."""
    value: Any = record
    for step in path.split("__"):
        value = getattr(value, step)
        if value is None:
            return None
    return value() if callable(value) and not isinstance(value, models.Manager) else value


def value_at(record: models.Model, path: str) -> Any:
    """A record's value, of a choice its label."""
    value = stored_at(record, path)
    field = field_at(type(record), path)
    return dict(field.flatchoices).get(value, value) if field is not None and field.choices else value

"""From a name like `customer__name` to the model field it means, its label, and a record's value."""

from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models


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


def label_of(model: type[models.Model], path: str) -> Any:
    """The field's own name for people."""
    field = field_at(model, path)
    return path.replace("_", " ") if field is None else field.verbose_name


def value_at(record: models.Model, path: str) -> Any:
    """A record's value; the label of a choice, and None where a step of the path is empty."""
    owner: Any = record
    *steps, last = path.split("__")
    for step in steps:
        owner = getattr(owner, step)
        if owner is None:
            return None
    field = field_at(type(owner), last) if isinstance(owner, models.Model) else None
    if field is not None and field.choices:
        return getattr(owner, f"get_{last}_display")()
    value = getattr(owner, last)
    return value() if callable(value) and not isinstance(value, models.Manager) else value

"""How the records of each model are shown: linked, looked up and searched from anywhere. Pages register here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models
from django.urls import reverse

from base.accounts.models import User
from base.chatter import visibility
from base.chatter.models import OnTarget
from base.ui import search
from base.ui.look import Look

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Shown:
    """What the rest of the product has to know of the page that shows a model's records."""

    slug: str
    #: The action that opens a sheet.
    view: str
    rows: Callable[[User], models.QuerySet[Any]]
    find: Callable[[models.QuerySet[Any], str], models.QuerySet[Any]]


_SHOWN: dict[type[models.Model], Shown] = {}


def register(model: type[models.Model], shown: Shown) -> bool:
    """Say how the model's records are shown; the first one for a model stays. Returns whether it was the first."""
    if model in _SHOWN:
        return False
    _SHOWN[model] = shown
    # What hangs on records is visible through them, not by itself.
    if not issubclass(model, OnTarget):
        visibility.register(model, shown.rows, shown.view)
    return True


def slug_of(model: type[models.Model]) -> str:
    """The slug of the page that shows the model's records; empty when none does."""
    shown = _SHOWN.get(model)
    return shown.slug if shown else ""


def address(record: models.Model, look: Look) -> str:
    """Where the record's sheet is; empty when it has none or the person may not open such sheets."""
    prefix = look.once(("address", type(record)), lambda: _prefix(type(record), look))
    return f"{prefix}{record.pk}/" if prefix else ""


def _prefix(model: type[models.Model], look: Look) -> str:
    shown = _SHOWN.get(model)
    return reverse(f"{shown.slug}:list") if shown and look.may(shown.view) else ""


def rows_for(model: type[M], user: User) -> models.QuerySet[M]:
    """The records of a model this person may see, asked of its page or its manager."""
    shown = _SHOWN.get(model)
    if shown:
        return shown.rows(user)
    rows = model._default_manager.all()
    return rows.visible_to(user) if hasattr(rows, "visible_to") else rows


def text_search(model: type[models.Model], rows: models.QuerySet[M], text: str) -> models.QuerySet[M]:
    """The rows a text finds, asked of the model's page; without one, searched in the field it is ordered by."""
    shown = _SHOWN.get(model)
    if shown:
        return shown.find(rows, text)
    ordering: Sequence[object] = model._meta.ordering or ["pk"]
    return search.holding(model, [str(each).lstrip("-") for each in ordering[:1]], rows, text)

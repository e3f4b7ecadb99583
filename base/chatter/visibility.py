"""Whose record is whose: what hangs on one (files, messages, to-dos, mails) is seen by those who see it."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from base.accounts.models import User
from base.chatter.models import OnTarget

Row = TypeVar("Row", bound=OnTarget)
RowsFor = Callable[[User], QuerySet[Model]]

_rows_for: dict[type[Model], RowsFor] = {}


def register(model: type[Model], queryset_for_user: RowsFor) -> None:
    """Say which rows of a model a user may see; called from the owning app's `ready()`."""
    _rows_for[model] = queryset_for_user


def rows_of(model: type[Model], user: User) -> QuerySet[Model] | None:
    """The rows of a model this user may see; None for a model that nobody registered."""
    rows_for = _rows_for.get(model)
    return rows_for(user) if rows_for is not None else None


def is_visible(user: User, target: Model | None) -> bool:
    """Whether the user may see the record, or what it hangs on.

    Nobody sees a record of a model that nobody registered: what is not visible is answered with 404.
    """
    if isinstance(target, OnTarget):
        target = target.target
    if target is None:
        return False
    rows_for = _rows_for.get(type(target))
    return rows_for is not None and rows_for(user).filter(pk=target.pk).exists()


def on_visible_targets(user: User, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of things that hang on records, those whose record the user may see."""
    seen, all_of = Q(pk__in=[]), []
    for model, rows_for in _rows_for.items():
        kind, there = ContentType.objects.get_for_model(model), rows_for(user)
        if not there.query.where and not there.query.distinct:
            all_of.append(kind.pk)
        else:
            # Row by row, and the kind first: gathering all that may be seen takes seconds with 100,000 contracts.
            seen |= Q(target_type=kind) & Q(Exists(there.order_by().filter(pk=OuterRef("target_id"))))
    # What needs no look at the record is asked first.
    return rows.filter(Q(target_type__in=all_of) | seen)

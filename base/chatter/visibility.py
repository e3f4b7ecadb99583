"""Whose record is whose: what hangs on one (files, messages, to-dos, mails) is seen by those who see it."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from base.accounts.access import ANYONE, may
from base.accounts.models import User
from base.chatter.labels import todos_shown_by
from base.chatter.models import Attachment, OnTarget, Todo

Row = TypeVar("Row", bound=OnTarget)
RowsFor = Callable[[User], QuerySet[Model]]

#: Of each model: the action that shows its records, and whose rows are whose.
_shown: dict[type[Model], tuple[str, RowsFor]] = {}


def register(model: type[Model], queryset_for_user: RowsFor, action: str = ANYONE) -> None:
    """Say which action shows records of a model, and which rows a user may see; called from the owning app's `ready()`."""
    _shown[model] = (action, queryset_for_user)


def rows_of(model: type[Model], user: User) -> QuerySet[Model] | None:
    """The rows of a model this user may see; None where that is none: not the user's to see, or registered by nobody."""
    action, rows_for = _shown.get(model, ("", None))
    return rows_for(user) if rows_for is not None and may(user, action) else None


def is_visible(user: User, target: Model | None) -> bool:
    """Whether the user may see the record, or what it hangs on.

    Nobody sees a record of a model that nobody registered: what is not visible is answered with 404.
    """
    if isinstance(target, OnTarget):
        target = target.target
    if target is None:
        return False
    rows = rows_of(type(target), user)
    return rows is not None and rows.filter(pk=target.pk).exists()


def on_visible_targets(user: User, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Of things that hang on records, those whose record the user may see."""
    seen, all_of = Q(pk__in=[]), []
    for model in _shown:
        kind, there = ContentType.objects.get_for_model(model), rows_of(model, user)
        if there is None:
            continue
        if not there.query.where and not there.query.distinct:
            all_of.append(kind.pk)
        else:
            # Row by row, and the kind first: gathering all that may be seen takes seconds with 100,000 contracts.
            seen |= Q(target_type=kind) & Q(Exists(there.order_by().filter(pk=OuterRef("target_id"))))
    # What needs no look at the record is asked first.
    return rows.filter(Q(target_type__in=all_of) | seen)


def todos_shown_to(user: User, rows: QuerySet[Todo]) -> QuerySet[Todo]:
    """Without those that name a sum the user may not see, whoever they are for."""
    hidden = [kind for kind, action in todos_shown_by().items() if not may(user, action)]
    return rows.exclude(kind__in=hidden) if hidden else rows


def files_shown_to(user: User, rows: QuerySet[Attachment]) -> QuerySet[Attachment]:
    """Without those that hold prices, for who may not see any."""
    return rows if may(user, "prices.view") else rows.filter(commercial=False)

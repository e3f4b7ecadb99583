"""Finding records by a piece of a text: the column that is looked in, and the question itself."""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Concat, Lower

M = TypeVar("M", bound=models.Model)

#: Shorter words are in no index of three-letter pieces, so that one look at all rows is best.
_INDEXED = 3


def found_by(*names: str, long: bool = False) -> models.GeneratedField:
    """What a person types to find a record, in one place and in small letters: the database keeps it, and looks only here.

    A line break stands between the fields, so that no word is found half in one and half in the next. The fields are
    all short (`CharField`), or all `long` (`TextField`): PostgreSQL joins no mixed ones.
    """
    line_break = models.Value("\n", output_field=models.TextField()) if long else models.Value("\n")
    parts: list[Any] = []
    for name in names:
        parts += [line_break, name] if parts else [name]
    return models.GeneratedField(
        expression=Lower(Concat(*parts) if len(parts) > 1 else parts[0]),
        output_field=models.TextField(),
        db_persist=True,
    )


def holding(model: type[models.Model], names: Sequence[str], rows: models.QuerySet[M], text: str) -> models.QuerySet[M]:
    """The rows in which every word of the text occurs in one of the fields; none where there is no field to look in."""
    if not names:
        return rows.none()
    for word in text.split():
        rows = rows.filter(matches(model, names, word))
    return rows


def _occurs(model: type[models.Model], name: str, word: str) -> Q:
    """The word occurs in the field, whatever its case; what the database keeps for searching is in small letters already.

    The database makes the word small too: Python knows more letters than some databases do.
    """
    if isinstance(model._meta.get_field(name), models.GeneratedField):
        return Q(**{f"{name}__contains": Lower(models.Value(word))})
    return Q(**{f"{name}__icontains": word})


def matches(model: type[models.Model], names: Sequence[str], word: str) -> Q:
    """The word occurs in one of the fields. A related table is asked once, in a sub-query, never row by row."""
    own: list[str] = []
    related: dict[str, list[str]] = {}
    for name in names:
        relation, _, rest = name.partition("__")
        if rest:
            related.setdefault(relation, []).append(rest)
        else:
            own.append(name)
    places = [_occurs(model, name, word) for name in own]
    for relation, rests in related.items():
        target = model._meta.get_field(relation).related_model
        assert isinstance(target, type)
        there = target._default_manager.filter(matches(target, rests, word)).order_by()
        places.append(Q(**{f"{relation}__in": there.values("pk")}))
    if len(word) < _INDEXED or len(places) == 1:
        return reduce(or_, places)
    # An OR across tables would look at every row; each place by itself is found from its index.
    first, *others = [model._default_manager.filter(place).order_by().values("pk") for place in places]
    return Q(pk__in=first.union(*others))

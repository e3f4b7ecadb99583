"""The renewal cap as the database itself enforces it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Round


def whole(field: str, scale: int) -> Cast:
    """A decimal column as a whole number of its smallest units: SQLite's floats would refuse legal prices."""
    return Cast(Round(F(field) * scale), models.BigIntegerField())


def under_cap(
    name: str, *, price: str, base: str, rate: str, months: str, when: Q | None = None
) -> models.CheckConstraint:
    """`price · 120000 ≤ base · rate · months` in hundredths and basis points, one currency, rate at most 20 %.

    The row carries the base, rate and months it was judged by. `when` limits the check to rows that bear a price.
    """
    fits = Q(
        models.lookups.LessThanOrEqual(whole(price, 100) * 120000, whole(base, 100) * whole(rate, 10000) * F(months))
    )
    legal = fits & Q(**{f"{rate}__lte": "0.2", f"{base}_currency": F(f"{price}_currency"), f"{months}__range": (1, 36)})
    return models.CheckConstraint(name=name, condition=legal if when is None else ~when | legal)

"""Sums under a list. Money is summed per currency in whole minor units, because a database sums decimals as floats."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from django.db import models
from django.db.models import Count, Sum
from django.db.models.functions import Cast, Round
from djmoney.models.fields import MoneyField
from moneyed import Money

from base.ui.columns import AnyColumn

Total: TypeAlias = Money | Decimal | int
#: The values by which rows are grouped, as the database gives them.
Key: TypeAlias = tuple[object, ...]
M = TypeVar("M", bound=models.Model)


def summed(columns: Iterable[AnyColumn]) -> list[AnyColumn]:
    return [each for each in columns if each.total and each.field is not None and "__" not in each.name]


def _minor(column: AnyColumn) -> Sum:
    places = getattr(column.field, "decimal_places", 0) or 0
    return Sum(Cast(Round(column.summand() * 10**places), models.BigIntegerField()))


def _value(column: AnyColumn, minor: int, currency: str) -> Total:
    places = getattr(column.field, "decimal_places", 0) or 0
    amount = Decimal(minor).scaleb(-places)
    if currency:
        return Money(amount, currency)
    return amount if places else int(minor)


def totals(rows: models.QuerySet[M], columns: Iterable[AnyColumn]) -> dict[str, list[Total]]:
    """Per column name its totals: one for each currency, the largest first."""
    return {name: added(by.get((), [])) for name, by in by_key(plain(rows), [], columns)[1].items()}


def of_records(records: Iterable[models.Model], columns: Iterable[AnyColumn]) -> dict[str, list[Total]]:
    """The same of records that are read already."""
    found = list(records)
    values: dict[str, list[Any]] = {each.name: [each.of(record) for record in found] for each in summed(columns)}
    return {name: added(each for each in those if each is not None) for name, those in values.items()}


def added(values: Iterable[Total]) -> list[Total]:
    """Sums joined into one a currency, the largest first."""
    sums: dict[str, Any] = {}
    for value in values:
        currency = str(getattr(value, "currency", ""))
        sums[currency] = sums[currency] + value if currency in sums else value
    return sorted(sums.values(), key=lambda each: each.amount if isinstance(each, Money) else each, reverse=True)


def by_key(
    rows: models.QuerySet[M], keys: list[str], columns: Iterable[AnyColumn]
) -> tuple[dict[Key, int], dict[str, dict[Key, list[Total]]]]:
    """Per group of `plain` rows their number, and per column and group its totals, one a currency. One query."""
    members = summed(columns)
    currencies = {each.name: f"{each.name}_currency" for each in members if isinstance(each.field, MoneyField)}
    by = list(dict.fromkeys([*keys, *currencies.values()]))
    aggregates = {f"_{each.name}": _minor(each) for each in members}
    found: Iterable[dict[str, Any]] = (
        rows.values(*by).annotate(_n=Count("*"), **aggregates) if by else [rows.aggregate(_n=Count("*"), **aggregates)]
    )
    counts: dict[Key, int] = {}
    sums: dict[str, dict[Key, list[Total]]] = {}
    for row in found:
        key = tuple(row[name] for name in keys)
        counts[key] = counts.get(key, 0) + row["_n"]
        for each in members:
            if row[f"_{each.name}"] is not None:
                value = _value(each, row[f"_{each.name}"], row.get(currencies.get(each.name, ""), ""))
                by_group = sums.setdefault(each.name, {})
                by_group[key] = added([*by_group.get(key, []), value])
    return counts, sums


def plain(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """The same rows without order and joins that would count one of them twice."""
    if rows.query.distinct:
        same: models.QuerySet[M] = rows.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
        return same
    return rows.order_by().select_related(None)

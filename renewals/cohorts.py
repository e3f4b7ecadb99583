"""The renewal rate: of the terms that end in a month, how many were renewed (docs/practice.md 4.4).

A cohort is fixed by its due month, so a renewal counts where it was due, however late it came; dividing this month's
renewals by this month's ends would be wrong.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Round, TruncMonth
from moneyed import Money

from base.lib.dates import add_months
from contracts.enums import ContractStatus
from contracts.queries import amount_in_force
from renewals.models import RenewalQuote
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm


@dataclass(frozen=True)
class Cohort:
    """The terms that end in one month; the sums are of the main currency."""

    month: date
    due: int
    renewed: int
    due_amount: Money
    renewed_amount: Money

    @property
    def rate(self) -> Decimal | None:
        """The share by count; None when nothing was due."""
        return Decimal(self.renewed) / self.due if self.due else None

    @property
    def amount_rate(self) -> Decimal | None:
        """The share by amount."""
        return self.renewed_amount.amount / self.due_amount.amount if self.due_amount.amount else None


def up_for_renewal(terms: QuerySet[MaintenanceTerm]) -> QuerySet[MaintenanceTerm]:
    """Terms at whose end a renewal was or is due: all but those a termination cut short."""
    return terms.exclude(contract__status=ContractStatus.TERMINATED)


def _later_paid() -> QuerySet[MaintenanceTerm]:
    later = MaintenanceTerm.objects.filter(
        contract=OuterRef("contract"), kind=TermKind.PAID, first_day__gt=OuterRef("last_day")
    )
    return later.order_by("first_day")


def renewed(terms: QuerySet[MaintenanceTerm]) -> QuerySet[MaintenanceTerm]:
    """Those that a paid term followed, at once or after a gap."""
    return up_for_renewal(terms).filter(Exists(_later_paid()))


def not_renewed(terms: QuerySet[MaintenanceTerm]) -> QuerySet[MaintenanceTerm]:
    return up_for_renewal(terms).filter(~Exists(_later_paid()))


def _minor(value: Combinable) -> Cast:
    """Whole hundredths: a database sums decimals as floats."""
    return Cast(Round(value * 100), BigIntegerField())


def cohorts(terms: QuerySet[MaintenanceTerm], *, first: date, months: int) -> list[Cohort]:
    """The cohorts of so many months from the one of `first`, empty months too. One query.

    Numbers count every term, amounts those in the currency most terms are in. What was due is the price of the paid term that followed; without one what the last quote asked; without a quote
    the contract's agreed rate or cap of its amount in force on the last day.
    """
    start = first.replace(day=1)
    rows = up_for_renewal(terms.order_by()).filter(last_day__gte=start, last_day__lt=add_months(start, months))
    asked = RenewalQuote.objects.filter(follows_term=OuterRef("pk")).order_by("-pk").values("price")[:1]
    paid = Subquery(_later_paid().values("price")[:1])
    rate = Coalesce(F("contract__renewal_rate"), F("contract__cap_rate"))
    in_force = amount_in_force(OuterRef("last_day"), "contract__")
    agreed = in_force * rate * F("contract__renewal_months") / 12
    found: Any = (
        rows.annotate(
            month=TruncMonth("last_day", output_field=DateField()),
            is_renewed=Exists(_later_paid()),
            worth=Coalesce(_minor(paid), _minor(Subquery(asked)), _minor(agreed)),
        )
        .values("month", "contract__amount_currency")
        .annotate(
            due=Count("pk"),
            renewed=Count("pk", filter=Q(is_renewed=True)),
            owed=Sum("worth"),
            won=Sum(Case(When(is_renewed=True, then=F("worth")), default=0)),
        )
    )
    return list(_by_month(list(found), start, months))


def _by_month(rows: list[dict[str, Any]], start: date, months: int) -> Iterator[Cohort]:
    weights: Counter[str] = Counter()
    for row in rows:
        weights[row["contract__amount_currency"]] += row["due"]
    main = weights.most_common(1)[0][0] if weights else "CNY"
    for n in range(months):
        month = add_months(start, n)
        members = [row for row in rows if row["month"] == month]
        in_main = [row for row in members if row["contract__amount_currency"] == main]
        yield Cohort(
            month,
            sum(row["due"] for row in members),
            sum(row["renewed"] for row in members),
            *(Money(Decimal(sum(row[name] or 0 for row in in_main)).scaleb(-2), main) for name in ("owed", "won")),
        )

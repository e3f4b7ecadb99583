"""The forecast of a whole company, counted by the database: how much will happen, what the renewals come to, and which
rows come first. It says what `forecast` says row by row (docs/rules.md 5).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from moneyed import Money

from base.lib.money import from_minor, to_minor
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from warranty.enums import ActionKind, ActionState, TermKind
from warranty.models import PERIOD_COLUMNS, MaintenanceTerm, PlannedAction
from warranty.planning.forecast import Expected, following_rows, forecast
from warranty.planning.kinds import names_of
from warranty.planning.writing import plan_settings
from warranty.rules import DAY, Period
from warranty.termination import not_to_come

#: What the plan of the term that would follow depends on, as paths from the last term.
_ALIKE = (
    *PERIOD_COLUMNS,
    "hand_set_end",
    "contract__renewal_months",
    "times_a_year",
    "contract__customer__budget_funded",
)
_CURRENCY = "contract__amount_currency"
#: What the renewal after a contract's last term costs, in whole minor units of the contract's currency. Takes the path to
#: the term; not asked of special contracts (`_special`).
_minor_price: list[Callable[[str], Func]] = []


def register_minor_price(price: Callable[[str], Func]) -> None:
    """Say how the database finds the price of the period that follows a contract's last term."""
    _minor_price[:] = [price]


def in_force_next(name: str) -> Case:
    """A contract's value in force the day after a term, by amendments (`contracts.queries.agreed_by`).

    Asked of rows with a contract and a `next_day`.
    """
    stated = {
        "contract": OuterRef("contract"),
        "effective_on__lte": OuterRef("next_day"),
        f"{name}__isnull": False,
    }
    latest = Subquery(Amendment.objects.filter(**stated).order_by("-effective_on", "-pk").values(name)[:1])
    own = F(f"contract__{name}")
    # Few contracts have amendments: the others are not looked up one by one.
    return Case(When(_among(Amendment.objects.all()), then=Coalesce(latest, own)), default=own)


def _among(rows: QuerySet[Any]) -> Q:
    """Whether the contract has one of these amendments or terms."""
    return Q(contract__in=rows.order_by().values("contract"))


def _special(term: str = "") -> Case:
    """Contracts of which the database does not find the price: few, and looked at row by row.

    An amendment comes into force only in the term that would follow, or speaks of another currency; or the last term is
    free, and an earlier one was paid.
    """
    later = Amendment.objects.filter(contract=OuterRef("contract"), effective_on__gt=OuterRef("next_day"))
    foreign = Amendment.objects.filter(amount__isnull=False).exclude(amount_currency=F("contract__amount_currency"))
    paid = MaintenanceTerm.objects.filter(kind=TermKind.PAID)
    wanting = [
        _among(Amendment.objects.all()) & Q(Exists(later)),
        _among(foreign),
        ~Q(**{f"{term}kind": TermKind.PAID}) & _among(paid),
    ]
    return Case(*(When(each, then=True) for each in wanting), default=False, output_field=BooleanField())


@dataclass(frozen=True)
class _Group:
    """Contracts after whose last term the same would happen: their number, and the days of the span."""

    alike: Mapping[str, Any]
    size: int
    days: list[tuple[date, str]]

    def times(self, kinds: Collection[str]) -> int:
        """How many things of these kinds happen to each."""
        return sum(1 for _day, kind in self.days if kind in kinds)


class Coming:
    """What will happen to these contracts in a span of days. Each answer is looked up when it is first asked for."""

    def __init__(self, contracts: QuerySet[Contract], *, first: date, last: date, today: date) -> None:
        self.contracts, self.first, self.last, self.today = contracts, first, last, today
        self.begin = frozenset(names_of(lambda kind: kind.begins_renewal))
        # To who sees every contract a sub-query would only be in the way.
        whole = not contracts.query.where and not contracts.query.distinct
        self.seen: dict[str, Any] = {} if whole else {"contract__in": contracts.order_by().values("pk")}

    @cached_property
    def counted(self) -> tuple[int, int]:
        """How many things will happen, and how many of them are visits.

        The rows of the plan are counted in their index, then those of the few contracts taken away that are not active,
        or are to end before.
        """
        asked = {"n": Count("*"), "held": Count("pk", filter=Q(kind=ActionKind.INSPECTION))}
        found = self._planned.aggregate(**asked)
        over = self._planned.exclude(contract__status=ContractStatus.ACTIVE).aggregate(**asked)
        ending = self._planned.filter(not_to_come(), contract__status=ContractStatus.ACTIVE).aggregate(**asked)
        n, visits = (found[name] - over[name] - ending[name] for name in ("n", "held"))
        for group in self._groups:
            n += group.size * len(group.days)
            visits += group.size * group.times([ActionKind.INSPECTION])
        for row in self._exact(self._special, self.last):
            n += row.projected
            visits += row.projected and row.kind == ActionKind.INSPECTION
        return n, visits

    @cached_property
    def renewals(self) -> list[Money]:
        """What the renewals to be quoted come to, one sum a currency."""
        minor: Counter[str] = Counter()
        stored = self._add_stored(minor)
        self._add_following(minor)
        wanted = {*stored, *self._special}
        numbers = dict(self.contracts.filter(pk__in=wanted).values_list("number", "pk")) if wanted else {}
        for row in self._exact(wanted, self.last):
            there = self._special if row.projected else stored
            if row.kind in self.begin and row.amount and numbers[row.contract] in there:
                minor[row.amount.currency.code] += to_minor(row.amount)
        return [from_minor(minor[code], code) for code in sorted(minor)]

    def rows(self, most: int, few: int) -> list[Expected]:
        """The rows by day and contract: all of them while the plan holds no more than `most`, else the first `few`.

        Only the contracts that can have one of them are looked at.
        """
        nearest = self._stored.order_by("due_on", "contract__number").values_list("due_on", "contract")
        planned = list(nearest[: most + 1])
        shown = few if len(planned) > most else most
        planned = planned[:shown]
        chosen = {contract for _day, contract in planned}
        until, room = planned[-1][0] if len(planned) == shown else self.last, shown
        for day, group in sorted(((min(group.days)[0], group) for group in self._groups), key=lambda each: each[0]):
            if day > until:
                break
            alike = self._running_out.filter(special=False, **group.alike)
            chosen.update(alike.order_by("contract__number").values_list("contract", flat=True)[:shown])
            room -= group.size
            until = day if room <= 0 else until
        rows = self._exact(chosen.union(self._special), until)
        return sorted(rows, key=lambda row: (row.due_on, row.contract))[:shown]

    def _exact(self, chosen: Collection[int], until: date) -> Iterator[Expected]:
        """Row by row what happens to some contracts, up to a day of the span."""
        if chosen:
            some = self.contracts.filter(pk__in=chosen)
            for row in forecast(some, first=self.first, last=self.last, today=self.today):
                if row.due_on <= until:
                    yield row

    # --- the plan

    @property
    def _planned(self) -> QuerySet[PlannedAction]:
        """The rows of the plan, whatever became of their contracts."""
        open_states = [ActionState.PLANNED, ActionState.FAILED]
        rows = PlannedAction.objects.filter(due_on__range=(self.first, self.last), state__in=open_states, **self.seen)
        return rows.order_by()

    @property
    def _stored(self) -> QuerySet[PlannedAction]:
        """The rows of the plan that will happen."""
        return self._planned.filter(contract__status=ContractStatus.ACTIVE).exclude(not_to_come())

    def _add_stored(self, minor: Counter[str]) -> set[int]:
        """Add the renewals that the plan holds. Returns the contracts that have to be looked at."""
        begun = self._stored.filter(kind__in=self.begin, term__isnull=False).alias(next_day=_next_day("term__"))
        rows, any_special = begun.annotate(special=_special("term__")), False
        sums = rows.values_list(_CURRENCY, "special")
        for currency, special, amount in sums.annotate(minor=Sum(_minor_price[0]("term__"))):
            if special:
                any_special = True
            else:
                minor[currency] += amount
        return set(rows.filter(special=True).values_list("contract", flat=True)) if any_special else set()

    # --- what would follow

    @property
    def _running_out(self) -> QuerySet[Any, Any]:
        """The last terms that end before the span does and are to be renewed."""
        later = MaintenanceTerm.objects.filter(contract=OuterRef("contract"), first_day__gt=OuterRef("first_day"))
        # A later one starts after today, as few do: the others need no look.
        later = later.filter(first_day__gt=self.today)
        rows = MaintenanceTerm.objects.filter(~Exists(later), last_day__gte=self.today, last_day__lt=self.last)
        wanted = {"contract__status": ContractStatus.ACTIVE, "contract__no_renewal_reason": ""}
        rows = rows.filter(**wanted, contract__ending_on=None, **self.seen)
        found: QuerySet[Any, Any] = rows.order_by().alias(next_day=_next_day()).annotate(
            hand_set_end=Case(When(hand_set_reason="", then=False), default=True, output_field=BooleanField()),
            times_a_year=in_force_next("inspections_per_year"),
            special=_special(),
        )  # fmt: skip
        return found

    @cached_property
    def _following(self) -> list[dict[str, Any]]:
        """What the plans of the terms that would follow depend on, each with the number of contracts."""
        return list(self._running_out.values(*_ALIKE, "special").annotate(size=Count("*")))

    @cached_property
    def _groups(self) -> list[_Group]:
        """What would follow the terms that run out within the span, special contracts apart."""
        settings, found = plan_settings(), []
        for row in self._following:
            if row["special"]:
                continue
            expected = following_rows(
                _period(row),
                renewal_months=row["contract__renewal_months"],
                inspections_per_year=row["times_a_year"],
                budget_funded=row["contract__customer__budget_funded"],
                today=self.today,
                settings=settings,
            )
            days = [(each.due_on, each.kind) for each in expected if self.first <= each.due_on <= self.last]
            if days:
                found.append(_Group({name: row[name] for name in _ALIKE}, row["size"], days))
        return found

    def _add_following(self, minor: Counter[str]) -> None:
        """Add the renewals of the terms that would follow."""
        times = {tuple(group.alike.values()): n for group in self._groups if (n := group.times(self.begin))}
        if not times:
            return
        ends = {group.alike["last_day"] for group in self._groups if group.times(self.begin)}
        rows = self._running_out.filter(special=False, last_day__in=ends).values_list(*_ALIKE, _CURRENCY)
        for *alike, currency, amount in rows.annotate(minor=Sum(_minor_price[0](""))):
            minor[currency] += amount * times.get(tuple(alike), 0)

    @cached_property
    def _special(self) -> set[int]:
        """The special contracts that run out."""
        if not any(row["special"] for row in self._following):
            return set()
        return set(self._running_out.filter(special=True).values_list("contract", flat=True))


def _next_day(term: str = "") -> "ExpressionWrapper[Combinable]":
    """The day after a term, on which what is in force decides about the renewal."""
    return ExpressionWrapper(F(f"{term}last_day") + DAY, output_field=DateField())


def _period(row: Mapping[str, Any]) -> Period:
    return Period(**{name: row[name] for name in PERIOD_COLUMNS}, hand_set=row["hand_set_end"])

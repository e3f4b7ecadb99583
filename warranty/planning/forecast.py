"""What will happen by itself between two days: the stored rows, and the term that would follow (docs/rules.md 5)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from moneyed import Money

from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from contracts.queries import in_force
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.kinds import names_of, rows_of
from warranty.planning.rows import Row, TermFacts
from warranty.planning.writing import PlanSettings, plan_settings
from warranty.rules import Period, Window, next_period
from warranty.termination import not_to_come


@dataclass(frozen=True)
class Expected:
    """One thing that is going to happen."""

    contract: str
    kind: str
    step: str
    due_on: date
    #: None for a row that is about no term.
    term: Period | None
    window: Window | None
    amount: Money | None
    projected: bool


#: What a renewal after `term` would cost, and for how many months; registered by renewals.
_price_of: list[Callable[[Contract, MaintenanceTerm, Period], Money]] = []


def register_price(price: Callable[[Contract, MaintenanceTerm, Period], Money]) -> None:
    """Say how the price of a following period is found."""
    _price_of[:] = [price]


def forecast(contracts: QuerySet[Contract], *, first: date, last: date, today: date) -> Iterator[Expected]:
    """Every row planned between two days, in order of day within each contract, projected rows marked."""
    relevant = contracts.filter(status=ContractStatus.ACTIVE).select_related("customer")
    relevant = relevant.order_by("number").prefetch_related(
        Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
        Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
        Prefetch(
            "plan",
            PlannedAction.objects.filter(
                due_on__range=(first, last), state__in=[ActionState.PLANNED, ActionState.FAILED]
            )
            .exclude(not_to_come())
            .select_related("inspection")
            .order_by("due_on", "pk"),
            to_attr="coming",
        ),
    )
    settings = plan_settings()
    for contract in relevant.iterator(chunk_size=500):
        terms = list(contract.terms.all())
        projected = _projected(contract, terms, first, last, today, settings)
        yield from sorted([*_stored(contract, terms), *projected], key=lambda row: row.due_on)


def _priced() -> frozenset[str]:
    return frozenset(names_of(lambda kind: kind.priced))


def _amount(contract: Contract, terms: list[MaintenanceTerm], period: Period) -> Money | None:
    return _price_of[0](contract, terms[-1], period) if _price_of else None


def _stored(contract: Contract, terms: list[MaintenanceTerm]) -> Iterator[Expected]:
    by_id = {term.pk: term for term in terms}
    priced = _priced()
    for row in contract.coming:  # type: ignore[attr-defined]
        following = next_period(terms[-1].period, contract.renewal_months) if terms else None
        inspection = getattr(row, "inspection", None)
        yield Expected(
            contract.number,
            row.kind,
            row.step,
            row.due_on,
            by_id[row.term_id].period if row.term_id else None,
            Window(inspection.window_first, inspection.window_last) if inspection else None,
            _amount(contract, terms, following) if following and row.kind in priced else None,
            projected=False,
        )


def _projected(
    contract: Contract, terms: list[MaintenanceTerm], first: date, last: date, today: date, settings: PlanSettings
) -> Iterator[Expected]:
    """The rows of the term that would follow the last agreed one, where it is still running."""
    term = terms[-1] if terms else None
    if (
        term is None
        or contract.no_renewal_reason
        or contract.ending_on
        or term.last_day < today
        or term.last_day >= last
    ):
        return
    period = next_period(term.period, contract.renewal_months)
    rows = following_rows(
        term.period,
        renewal_months=contract.renewal_months,
        inspections_per_year=in_force(contract, period.first_day).inspections_per_year,
        budget_funded=contract.customer.budget_funded,
        today=today,
        settings=settings,
    )
    after, priced = next_period(period, contract.renewal_months), _priced()
    for row in rows:
        if first <= row.due_on <= last:
            amount = _amount(contract, terms, after) if row.kind in priced else None
            yield Expected(contract.number, row.kind, row.step, row.due_on, period, row.window, amount, projected=True)


def following_rows(
    last: Period,
    *,
    renewal_months: int,
    inspections_per_year: int,
    budget_funded: bool,
    today: date,
    settings: PlanSettings,
) -> list[Row]:
    """What will happen in the term that would follow the last one agreed."""
    facts = TermFacts(
        period=next_period(last, renewal_months),
        inspections_per_year=inspections_per_year,
        followed=False,
        no_renewal=False,
        budget_funded=budget_funded,
        review_days=settings.review_days,
        planned_on=today,
        calendar=settings.calendar,
    )
    return [row for row in rows_of(facts) if row.state == ActionState.PLANNED]

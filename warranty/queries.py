"""Questions about coverage."""

from collections.abc import Sequence
from datetime import date

from contracts.enums import Coverage
from contracts.models import Contract
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm
from warranty.rules import Period


def period_of(term: MaintenanceTerm) -> Period:
    """The stored term as the rules know it."""
    return Period(
        term.first_day,
        term.last_day,
        term.months,
        term.anchor,
        term.start_months,
        term.less_one,
        bool(term.hand_set_reason),
    )


def coverage_on(contract: Contract, terms: Sequence[MaintenanceTerm], day: date) -> Coverage:
    """How the contract is covered on a day; `terms` are all of its terms, in order (DESIGN 2.7)."""
    if contract.final_acceptance_on is None or day < contract.final_acceptance_on:
        started = contract.go_live_on or contract.preliminary_acceptance_on
        return Coverage.TRIAL if started and started <= day else Coverage.NONE
    for term in terms:
        if term.first_day <= day <= term.last_day:
            return Coverage(TermKind(term.kind).value)
    return Coverage.GAP if any(term.first_day > day for term in terms) else Coverage.LAPSED


def last_terms(contract_ids: Sequence[int]) -> dict[int, MaintenanceTerm]:
    """The last agreed term of each contract that has one."""
    terms = MaintenanceTerm.objects.filter(contract__in=contract_ids).order_by("first_day")
    return {term.contract_id: term for term in terms}

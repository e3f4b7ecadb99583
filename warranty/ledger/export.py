"""Stored contracts as the rows of a ledger."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Prefetch, QuerySet
from moneyed import Money

from contracts.enums import ContractStatus
from contracts.ledger.rows import LedgerRow
from contracts.models import Contract
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm


class Written(NamedTuple):
    """All a ledger says of coverage: its last day, and the yearly fee of the last paid year."""

    covered_until: date | None
    annual_fee: Money | None


def written(terms: Sequence[MaintenanceTerm]) -> Written:
    """What a ledger would say of these terms, in order; more than it can say is left out."""
    if not terms:
        return Written(None, None)
    paid = [term for term in terms if term.kind == TermKind.PAID]
    return Written(terms[-1].last_day, paid[-1].price if paid else None)


def _unheard(contract: Contract) -> None:
    """Nobody waits for each row."""


def exported(contracts: QuerySet[Contract], heard: Callable[[Contract], None] = _unheard) -> Iterator[LedgerRow]:
    """The active contracts as rows, by number: a ledger has no word for drafts and terminated ones.

    `heard` is told of each contract that was written.
    """
    rows = contracts.filter(status=ContractStatus.ACTIVE).order_by("number")
    rows = rows.select_related("customer", "manager", "contact").prefetch_related(
        Prefetch("terms", MaintenanceTerm.objects.order_by("first_day"))
    )
    for contract in rows.iterator(chunk_size=500):
        yield _row(contract, list(contract.terms.all()))
        heard(contract)


def _row(contract: Contract, terms: Sequence[MaintenanceTerm]) -> LedgerRow:
    contact = contract.contact
    coverage = written(terms)
    return LedgerRow(
        sheet="",
        row=0,
        number=contract.number,
        project=contract.project,
        customer=contract.customer.name,
        customer_key=contract.customer.key,
        credit_code=contract.customer.credit_code,
        amount=contract.amount,
        signed_on=contract.signed_on,
        final_acceptance_on=contract.final_acceptance_on,
        go_live_on=contract.go_live_on,
        preliminary_on=contract.preliminary_acceptance_on,
        free_months=contract.free_months,
        renewal_rate=contract.renewal_rate,
        inspections_per_year=contract.inspections_per_year,
        covered_until=coverage.covered_until,
        annual_fee=coverage.annual_fee,
        manager=str(contract.manager) if contract.manager else contract.manager_name,
        project_manager=contract.project_manager,
        contact=contact.name if contact else "",
        phone=contact.phone if contact else "",
        email=contact.email if contact else "",
        note=contract.note,
        cells={"same_day": contract.same_day},
    )

"""What billing does when something happens on the floors below, inside the same transaction."""

from datetime import datetime

from base.accounts.models import User
from billing.invoices import void_open_invoices
from billing.models import Invoice
from contracts.models import Contract
from contracts.operations import hand_over_todos
from contracts.signals import contract_terminated, contracts_handed_over


def connect() -> None:
    contract_terminated.connect(_terminated, dispatch_uid="billing.terminated")
    contracts_handed_over.connect(_handed_over, dispatch_uid="billing.handed_over")


def _terminated(sender: object, *, contract: Contract, by: User | None, at: datetime, **_: object) -> None:
    void_open_invoices(contract, reason="contract terminated", by=by, at=at)


def _handed_over(sender: object, *, contracts: list[Contract], to: User, **_: object) -> None:
    ids = [contract.pk for contract in contracts]
    hand_over_todos(Invoice, Invoice.objects.filter(contract__in=ids).values_list("pk", flat=True), to=to)

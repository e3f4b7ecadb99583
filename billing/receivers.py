"""What billing does when something happens on the floors below, inside the same transaction."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from base.accounts.models import User
from base.chatter.operations import change_many
from base.lib.errors import Refused
from billing.charges import charge_work, end_charges, resume_charges
from billing.credits import drop_credits, propose_credits
from billing.enums import InvoiceStatus
from billing.invoices import void_open_invoices
from billing.models import Charge, Invoice
from contracts.models import Contract, Customer
from contracts.operations import hand_over_todos
from contracts.signals import (
    contract_reactivated,
    contract_terminated,
    contracts_handed_over,
    contracts_merged,
    contracts_moved,
    customers_merged,
)
from service.models import ServiceRequest, Visit
from service.signals import work_to_invoice

#: What is void once its contract ends.
_COMES_TO_NOTHING = (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED, InvoiceStatus.VOID)


def connect() -> None:
    contracts_merged.connect(_merged, dispatch_uid="billing.merged")
    work_to_invoice.connect(_work_to_invoice, dispatch_uid="billing.work_to_invoice")
    contract_terminated.connect(_terminated, dispatch_uid="billing.terminated")
    contract_reactivated.connect(_reactivated, dispatch_uid="billing.reactivated")
    contracts_handed_over.connect(_handed_over, dispatch_uid="billing.handed_over")
    contracts_moved.connect(_contracts_moved, dispatch_uid="billing.contracts_moved")
    customers_merged.connect(_customers_merged, dispatch_uid="billing.customers_merged")


def _merged(sender: object, *, drop: Contract, **_more: object) -> None:
    """What was invoiced, or waits for it, belongs to the contract it is owed for."""
    stands = Invoice.objects.of_contract(drop).exclude(status__in=_COMES_TO_NOTHING)
    if stands.exists() or drop.charges.filter(service_last=None, waiting__gt=0).exists():
        raise Refused(
            _("%(number)s has invoices: keep it; or renumber one of the two, if both have some.") % {"number": drop},
            code="invoiced",
        )


def _work_to_invoice(sender: object, *, work: ServiceRequest | Visit, at: datetime, **_more: object) -> None:
    charge_work(work, at=at)


def _terminated(
    sender: object, *, contract: Contract, by: User | None, at: datetime, on: date, **_more: object
) -> None:
    void_open_invoices(contract, reason="contract terminated", by=by, at=at)
    end_charges(contract=contract, ends_on=on, by=by, at=at)
    propose_credits(contract=contract, ends_on=on, by=by, at=at)


def _reactivated(sender: object, *, contract: Contract, by: User | None, at: datetime, **_more: object) -> None:
    drop_credits(contract=contract, by=by, at=at)
    resume_charges(contract=contract, by=by, at=at)


def _handed_over(sender: object, *, contracts: list[Contract], to: User, **_more: object) -> None:
    ids = [contract.pk for contract in contracts]
    hand_over_todos(Invoice, Invoice.objects.filter(contract__in=ids).values_list("pk", flat=True), to=to)


def _contracts_moved(
    sender: object, *, contracts: Sequence[Contract], to: Customer, by: User | None, at: datetime, **_more: object
) -> None:
    """What was printed stays; only whose list an invoice stands in changes."""
    for model in (Invoice, Charge):
        rows = model._default_manager.filter(contract__in=contracts).select_related("customer")
        change_many(rows, {"customer": to}, by=by, at=at, verb="customer_changed")


def _customers_merged(
    sender: object, *, keep: Customer, drop: Customer, by: User | None, at: datetime, **_more: object
) -> None:
    for model in (Invoice, Charge):
        rows = model._default_manager.filter(customer=drop).select_related("customer")
        change_many(rows, {"customer": keep}, by=by, at=at, verb="customer_changed")

"""What can be done with an invoice: each button calls one operation."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.models import User
from base.documents.registry import document_for
from base.lib.errors import Refused
from base.ui.look import Look
from base.ui.parts import Move
from billing import crediting, invoices, invoicing
from billing.enums import InvoiceStatus
from billing.forms import CreditForm, IssueForm, PayForm, ReasonForm, TakeBackForm
from billing.models import Invoice
from billing.queries import outstanding
from billing.states import INVOICE_ISSUED

Data = Mapping[str, Any]


def _request(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    invoices.request_invoice(invoice=invoice, by=by, at=at, on=on, seen=seen)


def _issue(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    invoices.issue_invoice(invoice=invoice, by=by, at=at, on=on, seen=seen, **data)


def _void(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    invoices.void_invoice(invoice=invoice, reason=data["reason"], by=by, at=at, seen=seen)


def _replace(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> Invoice:
    return invoicing.replace_invoice(invoice=invoice, by=by, at=at, on=on)


def _pay(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    amount = Money(data["amount"], invoice.gross.currency)
    invoices.record_payment(
        invoice=invoice,
        amount=amount,
        paid_on=data["paid_on"],
        reference=data["reference"],
        by=by,
        at=at,
        on=on,
        seen=seen,
    )


def _take_back(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    """The same sum with a minus, on the same day: the bank's statement still adds up."""
    payment = data["payment"]
    invoices.record_payment(
        invoice=invoice,
        amount=-payment.amount,
        paid_on=payment.on,
        reference=data["reason"],
        by=by,
        at=at,
        on=on,
        seen=seen,
    )


def _credit(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    amount = Money(data["amount"], invoice.gross.currency)
    crediting.credit_invoice(invoice=invoice, by=by, at=at, on=on, seen=seen, **{**data, "amount": amount})


def _set_off(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    if not crediting.set_off_penalties(invoice=invoice, by=by, at=at, on=on):
        raise Refused(_("Nothing that was granted fits into what is still open."))


def _ask_for_money(invoice: Invoice, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    """The payment request leaves the house: it is stored as it is now."""
    document_for("billing.payment_request", invoice.pk, at=at)


def _open(invoice: Invoice) -> bool:
    return invoice.is_open


def _has_payments(invoice: Invoice) -> bool:
    return invoice.paid.amount > 0 and (invoice.status in INVOICE_ISSUED or invoice.status == InvoiceStatus.CREDITED)


def _today(name: str) -> Callable[[Invoice, Look], Data]:
    return lambda invoice, look: {name: look.today}


def _rest(invoice: Invoice, look: Look) -> Data:
    return {"amount": outstanding(invoice).amount, "paid_on": look.today}


def _uncredited(invoice: Invoice, look: Look) -> Data:
    return {"amount": (invoice.gross - invoice.credited).amount, "credited_on": look.today}


MOVES = [
    Move(
        "request",
        _("Request"),
        "invoices.request",
        _request,
        allowed=lambda invoice: invoice.status == InvoiceStatus.DRAFT,
        confirm=_("Finance is asked to issue the tax invoice with the buyer's title as it stands."),
        style="primary",
        icon="send",
        target=InvoiceStatus.REQUESTED,
    ),
    Move(
        "issue",
        _("Issue"),
        "invoices.issue",
        _issue,
        allowed=lambda invoice: invoice.status == InvoiceStatus.REQUESTED,
        form=IssueForm,
        initial=_today("tax_invoice_on"),
        style="primary",
        icon="stamp",
        target=InvoiceStatus.ISSUED,
    ),
    Move(
        "pay",
        _("Record payment"),
        "payments.record",
        _pay,
        allowed=_open,
        form=PayForm,
        initial=_rest,
        style="primary",
        icon="cash",
        target=InvoiceStatus.PAID,
    ),
    Move(
        "payment_request",
        _("Payment request"),
        "invoices.view",
        _ask_for_money,
        allowed=_open,
        confirm=_("The letter is stored as it is now, to be printed and sealed; find it under Papers."),
        icon="file-dollar",
        done=_("The payment request is stored: find it under Papers."),
    ),
    Move(
        "take_back",
        _("Take back payment"),
        "payments.record",
        _take_back,
        allowed=_has_payments,
        form=TakeBackForm,
        icon="arrow-back-up",
    ),
    Move(
        "credit",
        _("Credit note"),
        "invoices.issue",
        _credit,
        allowed=lambda invoice: invoice.status in INVOICE_ISSUED,
        form=CreditForm,
        initial=_uncredited,
        confirm=_("A red invoice takes back all or part of this one."),
        icon="receipt-refund",
    ),
    Move(
        "void",
        _("Void"),
        "invoices.request",
        _void,
        allowed=lambda invoice: invoice.status in (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED),
        form=ReasonForm,
        confirm=_("Its number stays used."),
        icon="ban",
        target=InvoiceStatus.VOID,
    ),
    Move(
        "replace",
        _("Make a new invoice"),
        "invoices.request",
        _replace,
        allowed=invoicing.is_replaceable,
        confirm=_("A draft with the same lines and a number of its own, with the buyer's title as it stands today."),
        icon="file-plus",
    ),
    Move(
        "set_off", _("Set off damages"), "invoices.issue", _set_off,
        allowed=lambda invoice: invoice.is_open and invoice.to_credit, icon="receipt-refund",
        confirm=_("What the customer was granted for late service is credited on this invoice."),
    ),
]  # fmt: skip

"""Operations on invoices: application, tax invoice, payment, credit (docs/rules.md 7.6)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.labels import money_text
from base.chatter.operations import change, make_todo, move, move_many, settle_todos, write_todos
from base.lib.errors import Refused
from base.lib.text import compact
from billing.balance import is_sum_of, settle_sums
from billing.crediting import set_off_penalties
from billing.enums import InvoiceStatus
from billing.invoicing import buyer_snapshot, release
from billing.models import Invoice, Payment
from billing.queries import outstanding
from billing.rules.numbers import is_tax_invoice_number
from billing.states import INVOICE, INVOICE_ISSUED
from contracts.models import Contract


@transaction.atomic
def edit_invoice(
    *, invoice: Invoice, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> None:
    """Change buyer, kind, remark or payment day before the tax invoice is issued. A new `title` fills the buyer."""
    require(by, "invoices.edit")
    if invoice.status not in (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED):
        raise Refused(_("The tax invoice is issued: credit it instead."), code="issued")
    values = dict(values)
    if (title := values.get("title")) and title != invoice.title:
        values |= buyer_snapshot(invoice.customer, invoice.contract, title)
    change(invoice, values, by=by, at=at, seen=seen)


@transaction.atomic
def request_invoice(*, invoice: Invoice, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Ask finance to issue the tax invoice."""
    if not invoice.buyer_name:
        raise Refused(_("The buyer's name is missing."), field="buyer_name")
    move(invoice, INVOICE, "requested", by=by, at=at, seen=seen)
    settle_todos(invoice, "invoice_to_request", by=by, at=at)
    write_todos(
        [
            make_todo(
                invoice,
                kind="invoice_to_issue",
                due_on=on,
                at=at,
                role=Role.FINANCE,
                cause=f"invoice_to_issue:{invoice.pk}",
                params={"invoice": invoice.number, "contract": str(invoice.contract or invoice.customer)},
            )
        ]
    )


@transaction.atomic
def issue_invoice(
    *,
    invoice: Invoice,
    tax_invoice_number: str,
    tax_invoice_on: date,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> None:
    """Record the tax invoice: its 20-digit number and its day. Of two who do so, the second is told."""
    number = compact(tax_invoice_number)
    if not is_tax_invoice_number(number):
        raise Refused(_("A tax invoice's number has 20 digits."), field="tax_invoice_number")
    if tax_invoice_on > on:
        raise Refused(_("The tax invoice cannot be dated in the future."), field="tax_invoice_on")
    if Invoice.objects.filter(tax_invoice_number=number).exclude(pk=invoice.pk).exists():
        raise Refused(_("Another invoice has this number."), field="tax_invoice_number", code="duplicate")
    values = {"tax_invoice_number": number, "tax_invoice_on": tax_invoice_on}
    try:
        with transaction.atomic():
            move(invoice, INVOICE, "issued", by=by, at=at, values=values, seen=seen)
    except IntegrityError as problem:  # another was given the same number at this very moment
        raise Refused(_("Another invoice has this number."), field="tax_invoice_number", code="duplicate") from problem
    settle_todos(invoice, "invoice_to_issue", by=by, at=at)
    set_off_penalties(invoice=invoice, by=by, at=at, on=on)


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Take an invoice out of the way before its tax invoice is issued; its number stays used."""
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    move(invoice, INVOICE, "void", by=by, at=at, seen=seen, note=reason)
    settle_todos(invoice, by=by, at=at)
    release([invoice.pk], by=by, at=at)


@transaction.atomic
def record_payment(
    *,
    invoice: Invoice,
    amount: Money,
    paid_on: date,
    reference: str,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> Payment:
    """Record money received. A negative amount takes a wrong payment back, or repays what was credited."""
    require(by, "payments.record")
    repaid = invoice.status == InvoiceStatus.CREDITED and amount.amount < 0
    if invoice.status not in INVOICE_ISSUED and not repaid:
        raise Refused(_("Only an issued invoice can be paid."), code="wrong_state")
    if not amount.amount or not is_sum_of(invoice, amount):
        raise Refused(_("Enter an amount in %(currency)s.") % {"currency": invoice.gross.currency.code}, field="amount")
    if paid_on > on:
        raise Refused(_("The payment cannot lie in the future."), field="paid_on")
    if amount > invoice.gross - invoice.credited - invoice.paid:
        raise Refused(
            _("That is more than the %(rest)s still due.") % {"rest": money_text(outstanding(invoice))}, field="amount"
        )
    if (invoice.paid + amount).amount < 0:
        raise Refused(_("That takes back more than was paid."), field="amount")
    payment = Payment.objects.create(
        invoice=invoice, on=paid_on, amount=amount, reference=reference.strip()[:100], by=by, at=at
    )
    settle_sums(invoice, {"paid": invoice.paid + amount}, by=by, at=at, verb="paid", seen=seen)
    return payment


def void_open_invoices(contract: Contract, *, reason: str, by: User | None, at: datetime) -> None:
    """A contract was terminated: its draft and requested invoices are void, issued ones stay."""
    void_invoices(Invoice.objects.of_contract(contract).filter(status__in=_OPEN), reason=reason, by=by, at=at)


def void_invoices(invoices: Iterable[Invoice], *, reason: str, by: User | None, at: datetime) -> None:
    """What they bill is owed no more, or not like this: they are void, and what they asked for waits again."""
    gone = list(invoices)
    move_many(gone, INVOICE, "void", by=by, at=at, note=reason)
    settle_todos(gone, by=by, at=at)
    release([invoice.pk for invoice in gone], by=by, at=at)


_OPEN = INVOICE.move("void").sources

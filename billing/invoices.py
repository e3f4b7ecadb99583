"""Operations on invoices: application, tax invoice, payment, credit (docs/rules.md 7.6)."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.labels import money_text
from base.chatter.operations import change, create, make_todo, move, move_many, record, settle_todos, write_todos
from base.documents.numbers import draw
from base.lib.errors import Refused
from base.lib.money import is_whole, split_tax, total
from base.lib.text import compact
from billing.enums import InvoiceStatus
from billing.models import CreditNote, Invoice, InvoiceLine, Payment
from billing.queries import outstanding
from billing.rules.payment import PAYMENT_DAYS
from billing.sources import InvoiceDraft, Source, live_invoices, owner_of
from billing.states import INVOICE, INVOICE_GONE, INVOICE_ISSUED
from contracts.models import Contract, InvoiceTitle
from service.promises import penalties

PREFIX = "KP"
CREDIT_PREFIX = "HC"
#: A fully digital invoice's number (docs/practice.md 1.4).
_TAX_INVOICE_NUMBER = re.compile(r"[0-9]{20}")
BUYER_FIELDS = {
    "buyer_name": "name",
    "buyer_tax_number": "tax_number",
    "buyer_address": "address",
    "buyer_phone": "phone",
    "buyer_bank_name": "bank_name",
    "buyer_bank_account": "bank_account",
    "buyer_email": "email",
}


def buyer_snapshot(contract: Contract, title: InvoiceTitle | None = None) -> dict[str, Any]:
    """The buyer as printed on an invoice: the chosen title, the contract's, the customer's default, or its own name."""
    chosen = title or contract.title or contract.customer.titles.filter(is_default=True).first()
    if chosen:
        return {field: getattr(chosen, source) for field, source in BUYER_FIELDS.items()} | {"title": chosen}
    return {"buyer_name": contract.customer.name, "buyer_tax_number": contract.customer.credit_code, "title": None}


def make_invoice(draft: InvoiceDraft, *, number: str, by: User | None, at: datetime, on: date) -> Invoice:
    """The draft invoice of a source, and the to-do to request it. Net and tax are split line by line.

    The database refuses a second one while the source has a live invoice.
    """
    splits = [split_tax(line.gross, line.tax_rate) for line in draft.lines]
    currency = draft.contract.amount.currency
    invoice = Invoice(
        number=number,
        contract=draft.contract,
        customer=draft.contract.customer,
        source_kind=draft.source.kind,
        source_id=draft.source.id,
        on=on,
        due_on=on + PAYMENT_DAYS,
        service_first=draft.service_first,
        service_last=draft.service_last,
        months=draft.months,
        gross=total([line.gross for line in draft.lines], currency),
        net=total([s.net for s in splits], currency),
        tax=total([s.tax for s in splits], currency),
        paid=Money(0, currency),
        credited=Money(0, currency),
        cap_base=draft.cap_base,
        cap_rate=draft.cap_rate,
        note=draft.remark,
        **buyer_snapshot(draft.contract),
    )
    create(invoice, by=by, at=at)
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice,
                position=position,
                text=line.text,
                tax_rate=line.tax_rate,
                tax_code=line.tax_code,
                gross=line.gross,
                net=split.net,
                tax=split.tax,
            )
            for position, (line, split) in enumerate(zip(draft.lines, splits, strict=True), 1)
        ]
    )
    write_todos(
        [
            make_todo(
                invoice,
                kind="invoice_to_request",
                due_on=on,
                at=at,
                assignee=draft.contract.manager,
                role=Role.MANAGER,
                cause=f"invoice_to_request:{invoice.pk}",
                params={"invoice": number, "contract": draft.contract.number},
            )
        ]
    )
    return invoice


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
        values |= buyer_snapshot(invoice.contract, title)
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
                params={"invoice": invoice.number, "contract": invoice.contract.number},
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
    if not _TAX_INVOICE_NUMBER.fullmatch(number):
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
def set_off_penalties(*, invoice: Invoice, by: User, at: datetime, on: date) -> int:
    """Credit what the customer was granted for late service, as far as the invoice has it open; how many were."""
    done = 0
    for penalty in penalties.granted([invoice.contract_id]):
        rest = outstanding(invoice)
        if penalty.amount.currency != rest.currency or penalty.amount > rest:
            continue
        with translation.override(invoice.contract.customer.language):
            reason = _("Late service: %(what)s") % {"what": penalty}
        note = credit_invoice(
            invoice=invoice,
            amount=penalty.amount,
            reason=reason,
            tax_invoice_number="",
            credited_on=on,
            by=by,
            at=at,
            on=on,
        )
        penalties.mark_credited(penalty=penalty, note=note.number, by=by, at=at)
        done += 1
    return done


@transaction.atomic
def void_invoice(*, invoice: Invoice, reason: str, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Take an invoice out of the way before its tax invoice is issued; its number stays used."""
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    move(invoice, INVOICE, "void", by=by, at=at, seen=seen, note=reason)
    settle_todos(invoice, by=by, at=at)


@transaction.atomic
def replace_invoice(*, invoice: Invoice, by: User, at: datetime, on: date) -> Invoice:
    """A new draft in the place of one that is void or wholly credited, while its source still asks for one.

    The buyer is taken anew, since a wrong one is the usual reason. Raises `Refused` when nothing is left to bill.
    """
    require(by, "invoices.request")
    [number] = draw(PREFIX, on.year)
    invoice.refresh_from_db(fields=["status"])
    owner = owner_of(invoice.source_kind)
    draft = owner.draft(invoice.source_id) if owner and invoice.source_id is not None else None
    if draft is None or not is_replaceable(invoice):
        text = _("Only a void or wholly credited invoice of an accepted quote is replaced, and once.")
        raise Refused(text, code="wrong_state")
    made = make_invoice(draft, number=number, by=by, at=at, on=on)
    record(invoice, "replaced", by=by, at=at, note=str(made))
    return made


def is_replaceable(invoice: Invoice) -> bool:
    """Whether it asks for no money any more, its source may still be billed, and no other took its place."""
    owner = owner_of(invoice.source_kind)
    if invoice.status not in INVOICE_GONE or owner is None or invoice.source_id is None:
        return False
    if not owner.may_be_billed(invoice.source_id):
        return False
    return not live_invoices(Source(invoice.source_kind, invoice.source_id))


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
    if not amount.amount or not _is_sum_of(invoice, amount):
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
    _settle(invoice, {"paid": invoice.paid + amount}, by=by, at=at, verb="paid", seen=seen)
    return payment


@transaction.atomic
def credit_invoice(
    *,
    invoice: Invoice,
    amount: Money,
    reason: str,
    tax_invoice_number: str,
    credited_on: date,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> CreditNote:
    """Take back all or part of an issued invoice by a red one."""
    require(by, "invoices.issue")
    [number] = draw(CREDIT_PREFIX, on.year)
    if invoice.status not in INVOICE_ISSUED:
        raise Refused(_("Only an issued invoice can be credited."), code="wrong_state")
    if not reason.strip():
        raise Refused(_("Please say why."), field="reason")
    if not _is_sum_of(invoice, amount) or not 0 < amount.amount <= (invoice.gross - invoice.credited).amount:
        raise Refused(
            _("Enter at most %(rest)s.") % {"rest": money_text(invoice.gross - invoice.credited)}, field="amount"
        )
    if credited_on > on:
        raise Refused(_("The credit note cannot be dated in the future."), field="credited_on")
    red = compact(tax_invoice_number)
    if red and not _TAX_INVOICE_NUMBER.fullmatch(red):
        raise Refused(_("A tax invoice's number has 20 digits."), field="tax_invoice_number")
    note = CreditNote(
        number=number,
        invoice=invoice,
        on=credited_on,
        gross=amount,
        tax_invoice_number=red,
        reason=reason.strip()[:200],
        by=by,
    )
    create(note, by=by, at=at)
    _settle(invoice, {"credited": invoice.credited + amount}, by=by, at=at, verb="credited", seen=seen)
    return note


def _is_sum_of(invoice: Invoice, amount: Money) -> bool:
    """Whether it is in the invoice's currency, in whole cents (or yen)."""
    return amount.currency == invoice.gross.currency and is_whole(amount)


def _settle(invoice: Invoice, values: dict[str, Money], *, by: User, at: datetime, verb: str, seen: int | None) -> None:
    """Write the new sums with the state that follows from them."""
    paid, credited = values.get("paid", invoice.paid), values.get("credited", invoice.credited)
    if credited >= invoice.gross:
        status = InvoiceStatus.CREDITED
    elif paid + credited >= invoice.gross:
        status = InvoiceStatus.PAID
    else:
        status = InvoiceStatus.PART_PAID if paid.amount else InvoiceStatus.ISSUED
    if status == invoice.status:
        change(invoice, values, by=by, at=at, verb=verb, seen=seen)
    else:
        move(invoice, INVOICE, _BY_MONEY[status], by=by, at=at, values=values, verb=verb, seen=seen)


#: The move to each state that money leads to.
_BY_MONEY = {
    InvoiceStatus.ISSUED: "payment_taken_back",
    InvoiceStatus.PART_PAID: "part_paid",
    InvoiceStatus.PAID: "fully_paid",
    InvoiceStatus.CREDITED: "wholly_credited",
}


def void_open_invoices(contract: Contract, *, reason: str, by: User | None, at: datetime) -> None:
    """A contract was terminated: its draft and requested invoices are void, issued ones stay."""
    open_ones = list(contract.invoices.filter(status__in=INVOICE.move("void").sources))
    move_many(open_ones, INVOICE, "void", by=by, at=at, note=reason)
    settle_todos(open_ones, by=by, at=at)

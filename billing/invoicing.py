"""Operations that make invoices of what is owed: each line names its charge (docs/rules.md 7.6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeAlias

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change_many, create, make_todo, record, write_todos
from base.documents.numbers import draw
from base.lib.errors import Refused
from base.lib.money import is_whole, split_tax, total
from billing.charges import locked, sums
from billing.enums import InvoiceType
from billing.models import Charge, Invoice, InvoiceLine
from billing.rules.numbers import is_enterprise
from billing.rules.payment import PAYMENT_DAYS
from billing.states import INVOICE_GONE
from billing.work import settle_work
from contracts.models import Contract, Customer, InvoiceTitle

PREFIX = "KP"
BUYER_FIELDS = {
    "buyer_name": "name",
    "buyer_tax_number": "tax_number",
    "buyer_address": "address",
    "buyer_phone": "phone",
    "buyer_bank_name": "bank_name",
    "buyer_bank_account": "bank_account",
    "buyer_email": "email",
}
#: What of each charge an invoice asks for.
Asked: TypeAlias = Mapping[int, Money]


def buyer_snapshot(
    customer: Customer, contract: Contract | None = None, title: InvoiceTitle | None = None
) -> dict[str, Any]:
    """The buyer as printed on an invoice: the chosen title, the contract's, the customer's default, or its own name.

    A company gets the kind of invoice whose tax it deducts, everybody else the general one.
    """
    chosen = title or (contract.title if contract else None) or customer.titles.filter(is_default=True).first()
    if chosen:
        values: dict[str, Any] = {field: getattr(chosen, source) for field, source in BUYER_FIELDS.items()}
    else:
        values = {"buyer_name": customer.name, "buyer_tax_number": customer.credit_code}
    kind = InvoiceType.SPECIAL if is_enterprise(values["buyer_tax_number"]) else InvoiceType.GENERAL
    return {**values, "title": chosen, "invoice_type": kind}


@transaction.atomic
def invoice_charges(
    *, charges: Iterable[Charge], amount: Money | None = None, by: User, at: datetime, on: date
) -> Invoice:
    """A draft invoice of what waits of these charges; of a single one, of a part of it: `amount`.

    Raises `Refused` for charges of several customers or currencies, where nothing waits, and for more than waits.
    """
    require(by, "invoices.draft")
    [number] = draw(PREFIX, on.year)
    rows = locked(Charge.objects.filter(pk__in=[charge.pk for charge in charges]))
    asked = {charge.pk: charge.waiting for charge in rows if charge.waiting.amount}
    if not asked:
        raise Refused(_("Nothing of it waits to be invoiced."), code="nothing")
    if amount is not None:
        [charge] = rows
        if amount.currency != charge.gross.currency or not is_whole(amount) or not amount.amount > 0:
            raise Refused(_("Enter an amount in %(currency)s.") % {"currency": charge.gross.currency}, field="amount")
        asked = {charge.pk: amount}
    return draft_invoice(rows, asked, number=number, by=by, at=at, on=on)


def draft_invoice(
    charges: Sequence[Charge], asked: Asked, *, number: str, by: User | None, at: datetime, on: date
) -> Invoice:
    """The draft, its lines and the to-do to request it. Net and tax are split line by line.

    The charges are locked by the caller. Raises `Refused` for more than is owed, and for what one invoice cannot hold.
    """
    charges = [charge for charge in charges if charge.pk in asked]
    if len({(charge.customer_id, charge.gross.currency) for charge in charges}) > 1:
        raise Refused(_("One invoice is for one customer, in one currency."), code="mixed")
    lines = [_line(charge, asked[charge.pk], position) for position, charge in enumerate(charges, 1)]
    invoice = create(_head(charges, lines, number, on), by=by, at=at)
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    change_charges(asked, verb="charge_invoiced", by=by, at=at, charges=charges)
    settle_work([charge for charge in charges if not charge.waiting.amount], by=by, at=at)
    manager = invoice.contract.manager if invoice.contract else None
    todo = make_todo(
        invoice,
        kind="invoice_to_request",
        due_on=on,
        at=at,
        assignee=manager,
        role=Role.MANAGER,
        cause=f"invoice_to_request:{invoice.pk}",
        params={"invoice": number, "contract": str(invoice.contract or invoice.customer)},
    )
    write_todos([todo])
    return invoice


def _line(charge: Charge, gross: Money, position: int) -> InvoiceLine:
    """The charge as a line. A part of it is no number of pieces."""
    split = split_tax(gross, charge.tax_rate)
    whole = gross == charge.gross
    return InvoiceLine(
        charge=charge,
        position=position,
        text=charge.text,
        specification=charge.specification,
        unit=charge.unit if whole else "",
        quantity=charge.quantity if whole else None,
        tax_rate=charge.tax_rate,
        tax_code=charge.tax_code,
        gross=gross,
        net=split.net,
        tax=split.tax,
    )


def _head(charges: Sequence[Charge], lines: Sequence[InvoiceLine], number: str, on: date) -> Invoice:
    customer, currency = charges[0].customer, charges[0].gross.currency
    contracts = {charge.contract for charge in charges}
    contract = contracts.pop() if len(contracts) == 1 else None
    first = min((charge.service_first for charge in charges if charge.service_first), default=None)
    last = max((charge.service_last for charge in charges if charge.service_last), default=None)
    nothing = Money(0, currency)
    return Invoice(
        number=number,
        contract=contract,
        customer=customer,
        on=on,
        due_on=on + PAYMENT_DAYS,
        service_first=first,
        service_last=last,
        gross=total([line.gross for line in lines], currency),
        net=total([line.net for line in lines], currency),
        tax=total([line.tax for line in lines], currency),
        paid=nothing,
        credited=nothing,
        note=_remark(charges, first, last, customer.language),
        **buyer_snapshot(customer, contract),
    )


def _remark(charges: Sequence[Charge], first: date | None, last: date | None, language: str) -> str:
    """What the buyer reads in the remarks: the contracts and the days, in their language."""
    numbers = ", ".join(dict.fromkeys(charge.contract.number for charge in charges if charge.contract))
    with translation.override(language):
        if not numbers:
            return ""
        if first is None:
            return (_("Contract %(contract)s") % {"contract": numbers})[:230]
        words = _("Contract %(contract)s, service %(first)s to %(last)s")
        return (words % {"contract": numbers, "first": first, "last": last})[:230]


def change_charges(
    asked: Asked, *, verb: str, by: User | None, at: datetime, charges: Sequence[Charge] | None = None
) -> None:
    """So much more of each charge is invoiced, or less where the sum is below zero."""
    if charges is None:
        charges = locked(Charge.objects.filter(pk__in=list(asked)))
    change_many(
        charges, lambda charge: sums(charge, invoiced=charge.invoiced + asked[charge.pk]), by=by, at=at, verb=verb
    )


def release(invoice_ids: Iterable[int], *, by: User | None, at: datetime) -> None:
    """What void invoices asked for waits to be invoiced again."""
    asked: dict[int, Money] = {}
    for line in InvoiceLine.objects.filter(invoice__in=list(invoice_ids)):
        asked[line.charge_id] = asked.get(line.charge_id, Money(0, line.gross.currency)) - line.gross
    change_charges(asked, verb="charge_released", by=by, at=at)


@transaction.atomic
def replace_invoice(*, invoice: Invoice, by: User, at: datetime, on: date) -> Invoice:
    """A new draft in the place of one that is void or wholly credited, of what of its charges waits.

    The buyer is taken anew, since a wrong one is the usual reason. Raises `Refused` when nothing is left to bill.
    """
    require(by, "invoices.request")
    [number] = draw(PREFIX, on.year)
    invoice.refresh_from_db(fields=["status"])
    rows = locked(Charge.objects.filter(lines__invoice=invoice).distinct()) if invoice.status in INVOICE_GONE else []
    billed = {line.charge_id: line.gross for line in invoice.lines.all()}
    asked = {charge.pk: min(charge.waiting, billed[charge.pk]) for charge in rows if charge.waiting.amount}
    if not asked:
        text = _("An invoice is replaced once it is void or wholly credited, and what it billed waits again.")
        raise Refused(text, code="wrong_state")
    made = draft_invoice(rows, asked, number=number, by=by, at=at, on=on)
    record(invoice, "replaced", by=by, at=at, note=str(made))
    return made


def is_replaceable(invoice: Invoice) -> bool:
    """Whether it asks for no money any more, and something that it billed waits to be invoiced."""
    return invoice.status in INVOICE_GONE and Charge.objects.waits().filter(lines__invoice=invoice).exists()

"""Invoices: net and tax make gross, the lines make the invoice, and what was paid and credited are its own rows."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.db.models import QuerySet
from moneyed import Money

from base.lib.money import split_tax, total
from billing.enums import CreditStatus, InvoiceStatus
from billing.models import CreditProposal, Invoice
from billing.rules.payment import unserved
from ops.integrity.finding import Fault, named, sum_text
from ops.integrity.prices import above_cap, base_never_in_force
from renewals.invoicing import QUOTE_SOURCE, quotes_of
from renewals.models import RenewalQuote

_CHUNK = 1000
_BEFORE_ISSUE = (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED, InvoiceStatus.VOID)


def sums(on: date) -> Iterator[Fault]:
    """Every sum of an invoice, computed anew from its rows; the cap, from what it records (2.2)."""
    rows = Invoice.objects.select_related("contract").prefetch_related(
        "lines", "payments", "credit_notes", "contract__amendments"
    )
    for invoice, quote in _with_quotes(rows):
        record = named(invoice)
        currencies = {str(each.currency) for each in _moneys(invoice)}
        if len(currencies) > 1:
            yield Fault(record, f"it mixes {', '.join(sorted(currencies))}")
            continue
        for problem in [*_sum_problems(invoice), *_line_problems(invoice), *_cap_problems(invoice, quote)]:
            yield Fault(record, problem)


def _with_quotes(rows: QuerySet[Invoice]) -> Iterator[tuple[Invoice, RenewalQuote | None]]:
    """Each invoice with the quote it was made from; one query for the quotes of a thousand."""
    invoices = rows.order_by("pk").iterator(chunk_size=_CHUNK)
    while chunk := list(islice(invoices, _CHUNK)):
        quotes = quotes_of(chunk)
        for invoice in chunk:
            yield invoice, quotes.get(invoice.source_id or 0)


def _moneys(invoice: Invoice) -> Iterator[Money]:
    yield from (invoice.gross, invoice.net, invoice.tax, invoice.paid, invoice.credited)
    if invoice.cap_base is not None:
        yield invoice.cap_base
    for line in invoice.lines.all():
        yield from (line.gross, line.net, line.tax)
    yield from (payment.amount for payment in invoice.payments.all())
    yield from (note.gross for note in invoice.credit_notes.all())


def _sum_problems(invoice: Invoice) -> Iterator[str]:
    currency = invoice.gross.currency
    if invoice.net + invoice.tax != invoice.gross:
        yield f"net {sum_text(invoice.net)} and tax {sum_text(invoice.tax)} do not make gross {sum_text(invoice.gross)}"
    lines = list(invoice.lines.all())
    for name in ("gross", "net", "tax"):
        summed, stored = total([getattr(line, name) for line in lines], currency), getattr(invoice, name)
        if summed != stored:
            yield f"its lines' {name} sums to {sum_text(summed)}, not to {sum_text(stored)}"
    paid = total([payment.amount for payment in invoice.payments.all()], currency)
    if paid != invoice.paid:
        yield f"its payments sum to {sum_text(paid)}, not to {sum_text(invoice.paid)}"
    credited = total([note.gross for note in invoice.credit_notes.all()], currency)
    if credited != invoice.credited:
        yield f"its credit notes sum to {sum_text(credited)}, not to {sum_text(invoice.credited)}"


def _line_problems(invoice: Invoice) -> Iterator[str]:
    for line in invoice.lines.all():
        split = split_tax(line.gross, line.tax_rate)
        if (line.net, line.tax) != (split.net, split.tax):
            right, wrong = (f"{sum_text(net)} and {sum_text(tax)}" for net, tax in (split, (line.net, line.tax)))
            yield f"line {line.position} splits into {right}, not into {wrong}"


def _cap_problems(invoice: Invoice, quote: RenewalQuote | None) -> Iterator[str]:
    if invoice.source_kind == QUOTE_SOURCE and quote is None:
        yield "the quote it was made from is gone"
    if invoice.cap_base is not None and invoice.cap_rate is not None:
        if problem := above_cap(invoice.gross, invoice.cap_base, invoice.cap_rate, invoice.months):
            yield problem
        if problem := base_never_in_force(invoice.contract, invoice.service_first, invoice.cap_base):
            yield problem
    if quote and (quote.price, quote.cap_base, quote.cap_rate) != (invoice.gross, invoice.cap_base, invoice.cap_rate):
        yield f"it differs from its quote {quote} in price or cap"


def states(on: date) -> Iterator[Fault]:
    """An invoice's state is the one its sums and its tax invoice make (2.7). SQLite would add in floats."""
    for invoice, quote in _with_quotes(Invoice.objects.all()):
        for problem in _state_problems(invoice, quote):
            yield Fault(named(invoice), problem)


def _state_problems(invoice: Invoice, quote: RenewalQuote | None) -> Iterator[str]:
    named_by = bool(invoice.tax_invoice_number) and invoice.tax_invoice_on is not None
    gross, paid, credited = invoice.gross.amount, invoice.paid.amount, invoice.credited.amount
    if invoice.status in _BEFORE_ISSUE:
        if paid or credited:
            yield "money moved before its tax invoice was issued"
        if invoice.tax_invoice_number or invoice.tax_invoice_on:
            yield "it names a tax invoice, but is not issued"
        return
    if not named_by:
        yield "it is issued, but names no tax invoice"
    if credited > gross:
        yield f"{sum_text(invoice.credited)} was credited of {sum_text(invoice.gross)}"
    if credited >= gross:
        wanted = InvoiceStatus.CREDITED
    elif paid + credited >= gross:
        wanted = InvoiceStatus.PAID
    else:
        wanted = InvoiceStatus.PART_PAID if paid else InvoiceStatus.ISSUED
    if invoice.status != wanted:
        yield f"by what was paid and credited it must be {wanted.value}, not {invoice.status}"
    if quote and quote.contract_id != invoice.contract_id:
        yield "its quote is of another contract"


def proposed_credits(on: date) -> Iterator[Fault]:
    """A credit proposed for days that were not served is what the rule makes of its invoice; granted, it has its note."""
    rows = CreditProposal.objects.select_related("contract", "invoice", "credit_note").order_by("pk")
    for proposal in rows.iterator(chunk_size=_CHUNK):
        for problem in _credit_problems(proposal):
            yield Fault(named(proposal, f"{proposal.contract.number}, {proposal.invoice}"), problem)


def _credit_problems(proposal: CreditProposal) -> Iterator[str]:
    invoice, note = proposal.invoice, proposal.credit_note
    share = unserved(invoice.gross, invoice.service_first, invoice.service_last, proposal.ends_on)
    if (proposal.days_left, proposal.days, proposal.price) != (share.days_left, share.days, invoice.gross):
        yield "its invoice bills other days, or another sum"
    if proposal.amount > share.amount:
        yield f"{sum_text(proposal.amount)} is more than {sum_text(share.amount)}, what was not served"
    if proposal.contract_id != invoice.contract_id:
        yield "its invoice is of another contract"
    if note is not None and (note.invoice_id, note.gross) != (invoice.pk, proposal.amount):
        yield "it was granted by a credit note of another invoice, or of another sum"
    if proposal.status == CreditStatus.PROPOSED and proposal.contract.terminated_on != proposal.ends_on:
        yield "its contract did not end on that day"

"""Invoices: net and tax make gross, the lines make the invoice, and what was paid and credited are its own rows."""

from collections.abc import Iterator
from datetime import date

from moneyed import Money

from base.lib.money import split_tax, total
from billing.enums import CreditStatus, InvoiceStatus
from billing.models import CreditLine, CreditProposal, Invoice
from billing.queries import unserved_of
from ops.integrity.finding import Fault, named, sum_text

_CHUNK = 1000
_BEFORE_ISSUE = (InvoiceStatus.DRAFT, InvoiceStatus.REQUESTED, InvoiceStatus.VOID)


def sums(on: date) -> Iterator[Fault]:
    """Every sum of an invoice, computed anew from its rows; the cap, from what it records (2.2)."""
    rows = Invoice.objects.select_related("contract").prefetch_related(
        "lines__charge", "payments", "credit_notes__lines"
    )
    for invoice in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        record = named(invoice)
        currencies = {str(each.currency) for each in _moneys(invoice)}
        if len(currencies) > 1:
            yield Fault(record, f"it mixes {', '.join(sorted(currencies))}")
            continue
        for problem in [*_sum_problems(invoice), *_line_problems(invoice), *_note_problems(invoice)]:
            yield Fault(record, problem)


def _moneys(invoice: Invoice) -> Iterator[Money]:
    yield from (invoice.gross, invoice.net, invoice.tax, invoice.paid, invoice.credited)
    for line in invoice.lines.all():
        yield from (line.gross, line.net, line.tax, line.charge.gross)
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


def _note_problems(invoice: Invoice) -> Iterator[str]:
    """A credit note is the sum of its lines, and takes from no line more than it has."""
    currency = invoice.gross.currency
    taken: dict[int, list[CreditLine]] = {}
    for note in invoice.credit_notes.all():
        lines = list(note.lines.all())
        for name in ("gross", "net", "tax"):
            summed, stored = total([getattr(line, name) for line in lines], currency), getattr(note, name)
            if summed != stored:
                yield f"the {name} of {note} is {sum_text(stored)}, and its lines' is {sum_text(summed)}"
        for line in lines:
            taken.setdefault(line.line_id, []).append(line)
    for line in invoice.lines.all():
        for name in ("net", "tax"):
            credited = total([getattr(each, name) for each in taken.get(line.pk, [])], currency)
            if credited > getattr(line, name):
                yield f"{sum_text(credited)} of the {name} of line {line.position} was credited"


def states(on: date) -> Iterator[Fault]:
    """An invoice's state is the one its sums and its tax invoice make (2.7). SQLite would add in floats."""
    for invoice in Invoice.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        for problem in _state_problems(invoice):
            yield Fault(named(invoice), problem)


def _state_problems(invoice: Invoice) -> Iterator[str]:
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


def proposed_credits(on: date) -> Iterator[Fault]:
    """A credit proposed for days that were not served is what the rule makes of its invoice; granted, it has its note."""
    rows = CreditProposal.objects.select_related("contract", "invoice", "credit_note")
    rows = rows.prefetch_related("invoice__lines__charge").order_by("pk")
    for proposal in rows.iterator(chunk_size=_CHUNK):
        for problem in _credit_problems(proposal):
            yield Fault(named(proposal, f"{proposal.contract.number}, {proposal.invoice}"), problem)


def _credit_problems(proposal: CreditProposal) -> Iterator[str]:
    invoice, note = proposal.invoice, proposal.credit_note
    price, share = unserved_of(invoice, proposal.contract, proposal.ends_on)
    if (proposal.days_left, proposal.days, proposal.price) != (share.days_left, share.days, price):
        yield "its invoice bills other days, or another sum"
    if proposal.amount > share.amount:
        yield f"{sum_text(proposal.amount)} is more than {sum_text(share.amount)}, what was not served"
    if proposal.contract_id not in {line.charge.contract_id for line in invoice.lines.all()}:
        yield "its invoice is of another contract"
    if note is not None and (note.invoice_id, note.gross) != (invoice.pk, proposal.amount):
        yield "it was granted by a credit note of another invoice, or of another sum"
    if proposal.status == CreditStatus.PROPOSED and proposal.contract.terminated_on != proposal.ends_on:
        yield "its contract did not end on that day"

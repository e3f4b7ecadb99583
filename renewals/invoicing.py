"""Accepted quotes as what a customer owes for: the lines of a quote are its charges, and billing invoices those."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from billing.charges import drop, locked, owe
from billing.invoices import void_invoices
from billing.invoicing import draft_invoice
from billing.lines import LineInput, Owed
from billing.models import Charge, Invoice, InvoiceLine
from billing.sources import Source, SourceKind, register_source
from billing.states import INVOICE_GONE
from renewals.models import RenewalQuote

#: The kind of source under which billing knows quotes.
QUOTE_SOURCE = "quote"


def charges_of(quote: RenewalQuote) -> QuerySet[Charge]:
    """What is owed for an accepted quote, a charge for each line."""
    return Charge.objects.of_source(QUOTE_SOURCE, quote.pk)


def invoices_of(quote: RenewalQuote) -> QuerySet[Invoice]:
    """All invoices made from a quote, void and credited ones too."""
    return Invoice.objects.of_source(QUOTE_SOURCE, quote.pk)


def quotes_of(invoices: Iterable[Invoice]) -> dict[int, list[RenewalQuote]]:
    """The quotes behind these invoices, by the invoice's key, in two queries."""
    lines = InvoiceLine.objects.filter(invoice__in=list(invoices), charge__source_kind=QUOTE_SOURCE).order_by("pk")
    pairs = list(dict.fromkeys(lines.values_list("invoice", "charge__source_id")))
    quotes = RenewalQuote.objects.in_bulk([key for _invoice, key in pairs]) if pairs else {}
    found: dict[int, list[RenewalQuote]] = {}
    for invoice, key in pairs:
        if key in quotes:
            found.setdefault(invoice, []).append(quotes[key])
    return found


def was_billed(quote: RenewalQuote) -> bool:
    """Whether a tax invoice was ever issued for it, credited or not."""
    return invoices_of(quote).exclude(tax_invoice_number="").exists()


def bill_quote(quote: RenewalQuote, *, number: str, by: User | None, at: datetime, on: date) -> Invoice:
    """The quote was accepted: its lines are owed from now on, and a draft invoice asks for all of them."""
    owed = [
        Owed(
            line=LineInput(line.text, line.tax_rate, line.tax_code, line.gross),
            service_first=quote.first_day,
            service_last=quote.last_day,
        )
        for line in quote.lines.all()
    ]
    contract = quote.contract
    source = Source(QUOTE_SOURCE, quote.pk)
    charges = owe(source=source, customer=contract.customer, contract=contract, owed=owed, by=by, at=at, on=on)
    asked = {charge.pk: charge.waiting for charge in charges}
    return draft_invoice(charges, asked, number=number, by=by, at=at, on=on)


def unbill_quote(quote: RenewalQuote, *, reason: str, by: User | None, at: datetime) -> None:
    """The acceptance was taken back: its invoices are void, and nothing is owed for it."""
    void_invoices(invoices_of(quote).exclude(status__in=INVOICE_GONE), reason=reason, by=by, at=at)
    drop(locked(charges_of(quote)), reason=reason, by=by, at=at)


def register() -> None:
    """Called once by `AppConfig.ready`."""
    find = RenewalQuote.objects.filter
    register_source(SourceKind(QUOTE_SOURCE, _("renewal"), lambda key: find(pk=key).first()))

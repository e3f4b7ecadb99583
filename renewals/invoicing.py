"""Accepted quotes as sources of invoices: what a quote bills, and while it does."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from billing.lines import LineInput
from billing.models import Invoice
from billing.sources import InvoiceDraft, Source, register_source
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote

#: The kind of source under which billing knows quotes.
QUOTE_SOURCE = "quote"


def source_of(quote: RenewalQuote) -> Source:
    """The quote as billing knows it."""
    return Source(QUOTE_SOURCE, quote.pk)


def invoices_of(quote: RenewalQuote) -> QuerySet[Invoice]:
    """All invoices made from a quote, void and credited ones too."""
    return Invoice.objects.filter(source_kind=QUOTE_SOURCE, source_id=quote.pk)


def quotes_of(invoices: Iterable[Invoice]) -> dict[int, RenewalQuote]:
    """The quotes behind these invoices, by key, in one query."""
    keys = [each.source_id for each in invoices if each.source_kind == QUOTE_SOURCE]
    return RenewalQuote.objects.in_bulk([key for key in keys if key is not None]) if keys else {}


def was_billed(quote: RenewalQuote) -> bool:
    """Whether a tax invoice was ever issued for it, credited or not."""
    return invoices_of(quote).exclude(tax_invoice_number="").exists()


def invoice_draft(quote: RenewalQuote) -> InvoiceDraft:
    """The invoice of an accepted quote: its lines, the days it covers, and the cap of the term it became."""
    assert quote.term is not None
    return InvoiceDraft(
        contract=quote.contract,
        source=source_of(quote),
        lines=[LineInput(line.text, line.tax_rate, line.tax_code, line.gross) for line in quote.lines.all()],
        service_first=quote.first_day,
        service_last=quote.last_day,
        months=quote.months,
        remark=_remark(quote),
        cap_base=quote.term.cap_base,
        cap_rate=quote.term.cap_rate,
    )


def _remark(quote: RenewalQuote) -> str:
    """What the buyer reads in the remarks: the contract and the period, in their language."""
    with translation.override(quote.contract.customer.language):
        return _("Contract %(contract)s, service %(first)s to %(last)s") % {
            "contract": quote.contract.number,
            "first": quote.first_day,
            "last": quote.last_day,
        }


class QuoteSource:
    """Quotes as billing's source: billed while they stay accepted."""

    def may_be_billed(self, source_id: int) -> bool:
        return RenewalQuote.objects.filter(pk=source_id, status=QuoteStatus.ACCEPTED).exists()

    def draft(self, source_id: int) -> InvoiceDraft | None:
        quote = RenewalQuote.objects.select_for_update(of=("self",)).filter(pk=source_id).first()
        return invoice_draft(quote) if quote and quote.term else None


def register() -> None:
    """Called once by `AppConfig.ready`."""
    register_source(QUOTE_SOURCE, QuoteSource())

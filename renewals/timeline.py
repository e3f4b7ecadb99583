"""What renewals add to the time line of a contract, and to the list of contracts: where its renewal stands."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from base.ui.look import Look
from contracts.models import Contract
from contracts.timeline import Mark, Piece
from renewals.enums import QuoteStatus
from renewals.models import RenewalQuote


def pieces(contract: Contract, look: Look) -> Iterator[Piece]:
    """When each quote left, and when it was decided."""
    if not look.may("quotes.view"):
        return
    for quote in RenewalQuote.objects.visible_to(look.user).filter(contract=contract, sent_at__isnull=False):
        href = reverse("quotes:sheet", args=[quote.pk])
        yield _mark(quote.sent_at, gettext("%(quote)s sent") % {"quote": quote}, href)
        if quote.decided_at and quote.status in (QuoteStatus.ACCEPTED, QuoteStatus.DECLINED):
            words = {"quote": quote, "state": quote.get_status_display()}
            yield _mark(quote.decided_at, gettext("%(quote)s %(state)s") % words, href)


def _mark(at: datetime, label: str, href: str) -> Mark:
    return Mark(timezone.localtime(at).date(), label, "quote", row=2, href=href)

"""Renewal quotes: the price under the cap, the lines that make it, and a state its other fields agree with."""

from collections.abc import Iterator
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, OuterRef, Q

from base.chatter.models import Event
from base.lib.money import total
from billing.models import Charge
from contracts.models import Contract
from contracts.queries import in_force
from contracts.rules import renewal_cap
from ops.integrity.finding import Fault, named, sum_text
from ops.integrity.prices import above_cap, base_never_in_force, base_not_in_force
from renewals.enums import QuoteStatus
from renewals.invoicing import QUOTE_SOURCE
from renewals.models import QuoteLink, RenewalQuote
from warranty.models import MaintenanceTerm

_CHUNK = 1000


def prices(on: date) -> Iterator[Fault]:
    """Lines sum to the price, the price keeps to its recorded cap, and that cap is the contract's."""
    rows = RenewalQuote.objects.select_related("contract").prefetch_related("lines", "contract__amendments")
    for quote in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        for problem in _price_problems(quote):
            yield Fault(named(quote, f"{quote}, {quote.contract.number}"), problem)


def _price_problems(quote: RenewalQuote) -> Iterator[str]:
    lines = list(quote.lines.all())
    if any(line.gross.currency != quote.price.currency for line in lines):
        yield f"a line is not in {quote.price.currency}"
    elif (summed := total([line.gross for line in lines], quote.price.currency)) != quote.price:
        yield f"its lines sum to {sum_text(summed)}, not to its price {sum_text(quote.price)}"
    if problem := above_cap(quote.price, quote.cap_base, quote.cap_rate, quote.months):
        yield problem
    contract, day = quote.contract, quote.first_day
    # A draft is made anew by every amendment; what has left stays as it left, unless that puts it above the cap.
    judge = base_not_in_force if quote.status == QuoteStatus.DRAFT else base_never_in_force
    if problem := judge(contract, day, quote.cap_base):
        yield problem
    if quote.status in (QuoteStatus.DRAFT, QuoteStatus.SENT):
        cap = renewal_cap(in_force(contract, day).amount, contract.cap_rate, quote.months)
        if quote.price.currency == cap.currency and quote.price > cap:
            yield f"{sum_text(quote.price)} is above {sum_text(cap)}, the cap of the contract as it is now"


def states(on: date) -> Iterator[Fault]:
    """What a quote's state says, its days, its term, its link and its invoice say too (2.7)."""
    rows = RenewalQuote.objects.select_related("contract").annotate(
        has_charge=Exists(Charge.objects.filter(source_kind=QUOTE_SOURCE, source_id=OuterRef("pk"))),
        has_link=Exists(QuoteLink.objects.filter(quote=OuterRef("pk"))),
        terms_removed=Exists(
            Event.objects.filter(
                target_type=ContentType.objects.get_for_model(Contract),
                target_id=OuterRef("contract_id"),
                verb="terms_removed",
            )
        ),
    )
    for problem, broken in _broken_states().items():
        for quote in rows.filter(broken).order_by("pk").iterator(chunk_size=_CHUNK):
            yield Fault(named(quote, f"{quote}, {quote.contract.number}"), problem)
    orphans = MaintenanceTerm.objects.filter(origin="quote", quote=None).select_related("contract")
    for term in orphans.iterator(chunk_size=_CHUNK):
        yield Fault(named(term, f"{term.contract.number}, {term}"), "it came from a quote, but no quote leads to it")


def _broken_states() -> dict[str, Q]:
    draft, sent, accepted = (Q(status=each) for each in (QuoteStatus.DRAFT, QuoteStatus.SENT, QuoteStatus.ACCEPTED))
    left = Q(status__in=[each for each in QuoteStatus if each not in (QuoteStatus.DRAFT, QuoteStatus.CANCELLED)])
    decided = Q(status__in=[QuoteStatus.ACCEPTED, QuoteStatus.DECLINED, QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED])
    closed = Q(status__in=[QuoteStatus.EXPIRED, QuoteStatus.SUPERSEDED, QuoteStatus.CANCELLED])
    by_hand = ~Q(term__hand_set_reason="")
    return {
        "it is a draft, but says when it was sent": draft & Q(sent_at__isnull=False),
        "it left, but does not say when, or until when it is valid": left & (Q(sent_at=None) | Q(valid_until=None)),
        "it was decided, but does not say when": decided & Q(decided_at=None),
        "it is open, but says when it was decided": (draft | sent) & Q(decided_at__isnull=False),
        "it is declined without a reason": Q(status=QuoteStatus.DECLINED, reason=""),
        "only an accepted quote becomes a term": ~accepted & Q(term__isnull=False),
        "it is accepted, but covers nothing": accepted & Q(term=None, terms_removed=False),
        "it is accepted, but nothing is owed for it": accepted & Q(has_charge=False),
        "its term has another price": accepted & Q(term__isnull=False) & ~Q(term__price=F("price")),
        "its term covers other days": accepted
        & Q(term__isnull=False)
        & ~by_hand
        & ~Q(term__first_day=F("first_day"), term__last_day=F("last_day"), term__months=F("months")),
        "its term belongs to another contract": accepted & Q(term__isnull=False) & ~Q(term__contract=F("contract")),
        "it is sent, but its customer's link is missing or closed": sent
        & (Q(has_link=False) | Q(link__revoked=True) | Q(link__used_at__isnull=False)),
        "it no longer stands, but its link is still open": closed & Q(has_link=True, link__revoked=False),
    }

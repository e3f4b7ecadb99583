"""No renewal is lost: each running term that ends has one that is coming, open, or answered (docs/rules.md 5.6)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q

from contracts.enums import ContractStatus
from ops.integrity.finding import Fault, named
from renewals.enums import QuoteStatus, RenewalAction
from renewals.models import RenewalQuote
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.queries import MAX_ATTEMPTS

_CHUNK = 2000
_ANSWERED = (QuoteStatus.ACCEPTED, QuoteStatus.DECLINED, QuoteStatus.EXPIRED)
_OPEN = (QuoteStatus.DRAFT, QuoteStatus.SENT)


def coming(on: date) -> Iterator[Fault]:
    """The last term of an active contract, while it runs. A contract that ends anyway, or whose customer wants no renewal,
    or not yet, needs none.
    """
    later = MaintenanceTerm.objects.filter(contract=OuterRef("contract"), first_day__gt=OuterRef("first_day"))
    wanted = MaintenanceTerm.objects.filter(
        ~Exists(later),
        last_day__gte=on,
        contract__status=ContractStatus.ACTIVE,
        contract__no_renewal_reason="",
        contract__ending_on=None,
    ).exclude(contract__snoozed_until__gt=on)
    rows = PlannedAction.objects.filter(term=OuterRef("pk"))
    drafts = rows.filter(kind=RenewalAction.RENEWAL_QUOTE)
    quotes = RenewalQuote.objects.filter(follows_term=OuterRef("pk"))
    given_up = Q(state=ActionState.FAILED, attempts__gte=MAX_ATTEMPTS)
    is_open, is_answered = Exists(quotes.filter(status__in=_OPEN)), Exists(quotes.filter(status__in=_ANSWERED))
    planned = Exists(
        drafts.filter(Q(state=ActionState.PLANNED) | Q(state=ActionState.FAILED, attempts__lt=MAX_ATTEMPTS))
    )
    problems = {
        "its renewal is neither coming, nor open, nor answered": ~planned
        & ~is_open
        & ~is_answered
        & ~Exists(drafts.filter(given_up)),
        f"its renewal failed {MAX_ATTEMPTS} times": Exists(drafts.filter(given_up)) & ~is_open & ~is_answered,
        f"its quote failed to leave {MAX_ATTEMPTS} times": Exists(
            rows.filter(given_up, kind=RenewalAction.RENEWAL_SEND)
        )
        & Exists(quotes.filter(status=QuoteStatus.DRAFT)),
    }
    for problem, broken in problems.items():
        for term in wanted.filter(broken).select_related("contract").order_by("pk").iterator(chunk_size=_CHUNK):
            yield Fault(named(term, f"{term.contract.number}, {term}"), problem)

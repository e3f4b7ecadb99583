"""No renewal is lost: each running term that ends has one that is coming, open, or answered (docs/rules.md 5.6)."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.enums import ContractStatus, RenewalMode
from ops.integrity.finding import Fault, named
from renewals.enums import QuoteStatus, RenewalAction
from renewals.models import RenewalQuote
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.queries import MAX_ATTEMPTS

_CHUNK = 2000
_ANSWERED = (QuoteStatus.ACCEPTED, QuoteStatus.DECLINED, QuoteStatus.EXPIRED)
_OPEN = (QuoteStatus.DRAFT, QuoteStatus.SENT)


_GIVEN_UP = Q(state=ActionState.FAILED, attempts__gte=MAX_ATTEMPTS)


def _wanted(on: date) -> QuerySet[MaintenanceTerm]:
    """The last term of an active contract, while it runs. One that ends anyway, or whose customer wants no renewal, or
    not yet, needs none.
    """
    later = MaintenanceTerm.objects.filter(contract=OuterRef("contract"), first_day__gt=OuterRef("first_day"))
    wanted = {"contract__status": ContractStatus.ACTIVE, "contract__no_renewal_reason": "", "contract__ending_on": None}
    rows: QuerySet[MaintenanceTerm] = MaintenanceTerm.objects.filter(~Exists(later), last_day__gte=on, **wanted)
    return rows.exclude(contract__snoozed_until__gt=on)


def _rows(kind: RenewalAction, *states: Q) -> Exists:
    return Exists(PlannedAction.objects.filter(*states, term=OuterRef("pk"), kind=kind))


def _quotes(*statuses: QuoteStatus) -> Exists:
    return Exists(RenewalQuote.objects.filter(follows_term=OuterRef("pk"), status__in=statuses))


def lost(on: date) -> QuerySet[MaintenanceTerm]:
    """The running terms whose renewal is neither coming, nor open, nor answered, nor failed for good."""
    coming = _rows(RenewalAction.RENEWAL_QUOTE, Q(state__in=[ActionState.PLANNED, ActionState.FAILED]))
    return _wanted(on).filter(~coming, ~_quotes(*_OPEN, *_ANSWERED))


def coming(on: date) -> Iterator[Fault]:
    """Each running term that ends has a renewal that is coming, open, or answered; one that failed for good is told."""
    failed = _wanted(on).filter(_rows(RenewalAction.RENEWAL_QUOTE, _GIVEN_UP), ~_quotes(*_OPEN, *_ANSWERED))
    # By hand, somebody is reminded once; whoever never sends it is told by the steps before the end.
    by_itself = _wanted(on).filter(contract__renewal_mode=RenewalMode.AUTO)
    leaving = _rows(RenewalAction.RENEWAL_SEND, Q(state__in=[ActionState.PLANNED, ActionState.FAILED]))
    waiting = by_itself.filter(_quotes(QuoteStatus.DRAFT), ~_quotes(QuoteStatus.SENT), ~leaving)
    stuck = _wanted(on).filter(_rows(RenewalAction.RENEWAL_SEND, _GIVEN_UP), _quotes(QuoteStatus.DRAFT))
    problems = {
        "its renewal is neither coming, nor open, nor answered": lost(on),
        "its draft is not going to leave": waiting,
        f"its renewal failed {MAX_ATTEMPTS} times": failed,
        f"its quote failed to leave {MAX_ATTEMPTS} times": stuck,
    }
    for problem, terms in problems.items():
        for term in terms.select_related("contract").order_by("pk").iterator(chunk_size=_CHUNK):
            yield Fault(named(term, f"{term.contract.number}, {term}"), problem)

"""Terms tile as the rules say, bear no more than their cap, and reported inspections lie in their windows."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from django.db.models import F, Q

from contracts.models import Contract
from ops.integrity.finding import Fault, named, sum_text
from ops.integrity.prices import above_cap, base_never_in_force
from warranty.enums import ActionKind, ActionState, TermKind
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.rules import DAY, Period, next_period

_CHUNK = 2000


def terms(on: date) -> Iterator[Fault]:
    """Each term ends where its anchor says, unless set by hand, and follows its predecessor; none overlap (2.1)."""
    rows = MaintenanceTerm.objects.select_related("contract").order_by("contract", "first_day", "pk")
    for _contract, group in groupby(rows.iterator(chunk_size=_CHUNK), key=lambda term: term.contract_id):
        previous: MaintenanceTerm | None = None
        for term in group:
            for problem in _misplaced(term, previous):
                yield Fault(named(term, f"{term.contract.number}, {term}"), problem)
            previous = term
    unaccepted = Contract.objects.filter(final_acceptance_on=None, terms__isnull=False).distinct()
    for contract in unaccepted.iterator(chunk_size=_CHUNK):
        yield Fault(named(contract), "it has coverage, but no final acceptance is recorded")


def _misplaced(term: MaintenanceTerm, previous: MaintenanceTerm | None) -> Iterator[str]:
    period = term.period
    if term.last_day < term.first_day:
        yield "it ends before it starts"
        return
    if not period.hand_set and term.last_day != (wanted := period.boundary(term.months)):
        yield f"it must end on {wanted}, {term.months} months on its anchor {term.anchor}"
    if previous is not None and term.first_day <= previous.last_day:
        yield f"it overlaps the term {previous}"
    elif previous is not None and term.first_day == previous.last_day + DAY:
        yield from _not_following(period, next_period(previous.period, term.months))
    else:
        yield from _not_opening(term, period)


def _not_following(period: Period, wanted: Period) -> Iterator[str]:
    """A term the day after another is counted from the same anchor, or from that one's hand-set end."""
    for name in ("anchor", "start_months", "acceptance_day_counts"):
        if getattr(period, name) != getattr(wanted, name):
            yield f"following the term before, its {name} must be {getattr(wanted, name)}, not {getattr(period, name)}"


def _not_opening(term: MaintenanceTerm, period: Period) -> Iterator[str]:
    """The first term, and one that takes coverage up again, are counted from their own first day."""
    if (period.anchor, period.start_months) != (period.first_day, 0):
        yield f"nothing precedes it, so it must be counted from {period.first_day}, not from {period.anchor}"
    accepted = term.contract.final_acceptance_on
    if accepted and term.first_day < accepted:
        yield f"it starts before final acceptance on {accepted}"
    if accepted and term.kind == TermKind.FREE and term.origin == "acceptance" and term.first_day != accepted:
        yield f"free maintenance starts on the day of final acceptance, {accepted}"


def prices(on: date) -> Iterator[Fault]:
    """Paid terms cost no more than the cap they record, and its base was in force on their first day (2.2)."""
    rows = MaintenanceTerm.objects.select_related("contract").prefetch_related("contract__amendments").order_by("pk")
    for term in rows.filter(Q(kind=TermKind.PAID) | ~Q(price=0)).iterator(chunk_size=_CHUNK):
        record = named(term, f"{term.contract.number}, {term}")
        if term.kind != TermKind.PAID:
            yield Fault(record, f"only paid maintenance has a price, not {sum_text(term.price)}")
        elif term.cap_base is None or term.cap_rate is None:
            yield Fault(record, "it does not say which base and rate its price was judged by")
        else:
            if problem := above_cap(term.price, term.cap_base, term.cap_rate, term.months):
                yield Fault(record, problem)
            if problem := base_never_in_force(term.contract, term.first_day, term.cap_base):
                yield Fault(record, problem)


def inspections(on: date) -> Iterator[Fault]:
    """Every planned visit has its inspection, and one that is done has a report, held not before its window."""
    for action in PlannedAction.objects.filter(kind=ActionKind.INSPECTION, inspection=None).select_related("contract"):
        yield Fault(named(action, f"{action.contract.number}, {action}"), "this planned visit has no inspection")
    rows = Inspection.objects.select_related("action__contract")
    done = Q(action__state=ActionState.DONE)
    reported = Q(reported_at__isnull=False, visited_on__isnull=False) & ~Q(result="")
    unreported = Q(reported_at=None, visited_on=None, result="")
    problems = {
        "it is done, but its report is not complete": done & ~reported,
        "it has a report, but is not done": ~done & ~unreported,
        "it was visited before its window": Q(visited_on__lt=F("window_first")),
        "its plan row is of another kind": ~Q(action__kind=ActionKind.INSPECTION),
    }
    for problem, broken in problems.items():
        for inspection in rows.filter(broken).iterator(chunk_size=_CHUNK):
            yield Fault(named(inspection, f"{inspection.action.contract.number}, {inspection}"), problem)

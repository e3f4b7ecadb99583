"""Everything that changes coverage: acceptance, its correction, further terms, hand-set ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, create, events_of, record
from base.chatter.words import money_text
from base.lib.errors import Refused
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.queries import in_force
from contracts.rules import renewal_cap
from warranty.enums import TermKind
from warranty.inspections import window_holding
from warranty.models import Inspection, MaintenanceTerm
from warranty.plan.planning import plan_contracts
from warranty.queries import period_of
from warranty.rules import DAY, Period, first_period, next_period, resumed_period, with_last_day
from warranty.signals import coverage_moved

#: Marks an end that a termination set, so that taking it back knows it again.
_TERMINATED = "terminated"


def term_from(
    period: Period, *, contract: Contract, kind: TermKind, origin: str, price: Money | None = None, reason: str = ""
) -> MaintenanceTerm:
    """An unsaved term; a paid one carries the base and rate its price is judged by (DESIGN 2.2)."""
    term = MaintenanceTerm(
        contract=contract,
        kind=kind,
        first_day=period.first_day,
        last_day=period.last_day,
        months=period.months,
        anchor=period.anchor,
        start_months=period.start_months,
        less_one=period.less_one,
        origin=origin,
        hand_set_reason=(reason or origin) if period.hand_set else "",
        price=price or Money(0, contract.amount.currency),
    )
    if kind == TermKind.PAID:
        agreed = in_force(contract, period.first_day)
        term.cap_base, term.cap_rate = agreed.amount, contract.cap_rate
        cap = renewal_cap(agreed.amount, contract.cap_rate, period.months)
        if term.price > cap:
            raise Refused(
                _("%(price)s is above the renewal cap of %(cap)s.")
                % {"price": money_text(term.price), "cap": money_text(cap)},
                field="price",
                code="above_cap",
            )
    return term


@transaction.atomic
def accept(
    *, contract: Contract, accepted_on: date, by: User | None, at: datetime, on: date, seen: int | None = None
) -> None:
    """Record final acceptance: coverage starts that day, and its whole plan is written (DESIGN 2.1, 2.5)."""
    require(by, "contracts.accept")
    if contract.final_acceptance_on is not None:
        raise Refused(_("Final acceptance is recorded already; correct it instead."), code="accepted")
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("Only an active contract can be accepted."), code="wrong_state")
    _check_acceptance_day(contract, accepted_on, on)
    change(contract, {"final_acceptance_on": accepted_on}, by=by, at=at, verb="accepted", seen=seen)
    if contract.free_months:
        period = first_period(accepted_on, contract.free_months, same_day=contract.same_day)
        create(term_from(period, contract=contract, kind=TermKind.FREE, origin="acceptance"), by=by, at=at)
    plan_contracts([contract.pk], on=on)


def _check_acceptance_day(contract: Contract, accepted_on: date, on: date) -> None:
    if accepted_on < contract.signed_on:
        raise Refused(_("Final acceptance cannot be before signing."), field="accepted_on")
    if accepted_on > on:
        raise Refused(_("Final acceptance cannot lie in the future."), field="accepted_on")


@dataclass(frozen=True)
class Moved:
    """What a correction does to one term."""

    term: MaintenanceTerm
    before: Period
    after: Period


def corrected_periods(contract: Contract, accepted_on: date, terms: Sequence[MaintenanceTerm]) -> list[Moved]:
    """Where each term would lie if the contract had been accepted on another day: the preview of a correction.

    Hand-set ends stay where they were written; a stretch that was resumed after a gap stays too.
    """
    moved: list[Moved] = []
    for term in terms:
        before = period_of(term)
        previous = moved[-1].after if moved else None
        if previous is None:
            after = first_period(accepted_on, term.months, same_day=contract.same_day)
        elif before.first_day > moved[-1].before.last_day + DAY:
            after = before
        else:
            after = next_period(previous, term.months)
        if before.hand_set:
            after = with_last_day(after, before.last_day)
        moved.append(Moved(term, before, after))
    return moved


@transaction.atomic
def correct_acceptance(
    *, contract: Contract, accepted_on: date, reason: str, by: User, at: datetime, on: date, seen: int | None = None
) -> list[Moved]:
    """Move final acceptance to another day: terms and plan move in place, reported inspections to their window.

    Refused once a renewal was accepted here on top of it; imported terms simply move (DESIGN 2.1).
    """
    require(by, "contracts.accept")
    if contract.final_acceptance_on is None:
        raise Refused(_("There is no final acceptance to correct."))
    _check_acceptance_day(contract, accepted_on, on)
    terms = list(contract.terms.order_by("first_day"))
    if any(term.origin == "quote" for term in terms):
        raise Refused(
            _("A renewal was accepted on top of this acceptance: it cannot be moved any more."), code="renewed"
        )
    change(
        contract,
        {"final_acceptance_on": accepted_on},
        by=by,
        at=at,
        verb="acceptance_corrected",
        seen=seen,
        note=reason,
    )
    try:
        moved = corrected_periods(contract, accepted_on, terms)
    except ValueError as problem:
        raise Refused(_("A hand-set end would lie before its term begins."), field="accepted_on") from problem
    move_terms(moved, by=by, at=at)
    _move_reported(contract, by=by, at=at)
    plan_contracts([contract.pk], on=on)
    coverage_moved.send(Contract, contract=contract, by=by, at=at, on=on)
    return moved


def move_terms(moved: Sequence[Moved], *, by: User | None, at: datetime) -> None:
    """Give terms their new ends in an order in which no two of them ever overlap on the way."""
    waiting = list(moved)
    held = {step.term.pk: (step.before.first_day, step.before.last_day) for step in waiting}
    while waiting:
        free = next((step for step in waiting if _is_free(step.after, step.term.pk, held)), None)
        if free is None:
            raise Refused(_("The terms cannot be moved: they would overlap."), code="overlap")
        after = free.after
        values = {
            "first_day": after.first_day,
            "last_day": after.last_day,
            "months": after.months,
            "anchor": after.anchor,
            "start_months": after.start_months,
            "less_one": after.less_one,
        }
        change(free.term, values, by=by, at=at, verb="moved")
        held[free.term.pk] = (after.first_day, after.last_day)
        waiting.remove(free)


def _is_free(period: Period, own: int, held: Mapping[int, tuple[date, date]]) -> bool:
    others = (days for pk, days in held.items() if pk != own)
    return all(period.last_day < first or last < period.first_day for first, last in others)


def _move_reported(contract: Contract, *, by: User | None, at: datetime) -> None:
    """Put inspections already reported into the window that now holds their visit day."""
    reported = Inspection.objects.filter(action__contract=contract, visited_on__isnull=False).select_related("action")
    for inspection in reported:
        place = window_holding(contract, inspection.visited_on) if inspection.visited_on else None
        action = inspection.action
        if place is None or (action.term_id, action.step) == (place.term.pk, place.step):
            continue
        # Whatever was planned in that window is what this visit was.
        contract.plan.filter(term=place.term, kind=action.kind, step=place.step).exclude(pk=action.pk).delete()
        action.term, action.step, action.computed_on = place.term, place.step, action.due_on
        action.save(update_fields=["term", "step", "computed_on"])
        change(
            inspection,
            {"window_first": place.window.first_day, "window_last": place.window.last_day},
            by=by,
            at=at,
            verb="moved",
        )


@transaction.atomic
def set_last_day(
    *,
    term: MaintenanceTerm,
    last_day: date,
    reason: str,
    by: User | None,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> None:
    """Set a term's last day by hand: written dates win, with a reason. Only the last term can be changed so."""
    require(by, "terms.edit")
    if not reason.strip():
        raise Refused(_("Say why the end is set by hand."), field="reason")
    if term.contract.terms.filter(first_day__gt=term.first_day).exists():
        raise Refused(_("A later term follows: its end is settled."), field="last_day")
    if last_day < term.first_day:
        raise Refused(_("A term cannot end before it starts."), field="last_day")
    period = with_last_day(period_of(term), last_day)
    months = min(period.months, period.whole_months)
    if term.kind == TermKind.PAID and term.price > renewal_cap(term.cap_base, term.cap_rate, months):
        raise Refused(_("The price would be above the cap of so short a term."), field="last_day")
    values = {"last_day": last_day, "hand_set_reason": reason if period.hand_set else ""}
    change(term, values, by=by, at=at, verb="end_set", seen=seen, note=reason)
    plan_contracts([term.contract_id], on=on)
    coverage_moved.send(Contract, contract=term.contract, by=by, at=at, on=on)


@transaction.atomic
def add_term(
    *,
    contract: Contract,
    kind: TermKind,
    months: int,
    by: User | None,
    at: datetime,
    on: date,
    origin: str,
    first_day: date | None = None,
    price: Money | None = None,
) -> MaintenanceTerm:
    """Agree on a further term: the day after the last one, or from `first_day` after a gap; plans it.

    Raises `Refused` when it would overlap, when nothing was accepted yet, or above the cap.
    """
    require(by, "terms.edit")
    term = term_from(
        following_period(contract, months, first_day), contract=contract, kind=kind, origin=origin, price=price
    )
    create(term, by=by, at=at)
    record(contract, "term_added", by=by, at=at, changes={"coverage": [None, str(term)]})
    plan_contracts([contract.pk], on=on)
    coverage_moved.send(Contract, contract=contract, by=by, at=at, on=on)
    return term


def following_period(contract: Contract, months: int, first_day: date | None = None) -> Period:
    """The stretch a further term would cover. A `first_day` after the gap resumes lapsed coverage."""
    last = contract.terms.order_by("-first_day").first()
    if contract.final_acceptance_on is None:
        raise Refused(_("Coverage starts with final acceptance; it is not recorded yet."))
    if last is None:
        return first_period(first_day or contract.final_acceptance_on, months, same_day=contract.same_day)
    if first_day is None or first_day == last.last_day + DAY:
        return next_period(period_of(last), months)
    if first_day <= last.last_day:
        raise Refused(_("It would overlap the term until %(day)s.") % {"day": last.last_day}, field="first_day")
    return resumed_period(first_day, months)


@transaction.atomic
def end_coverage(*, contract: Contract, on: date, by: User | None, at: datetime) -> None:
    """A contract was terminated: the current term ends that day, later ones go, open rows are cancelled."""
    later = list(contract.terms.filter(first_day__gt=on).order_by("first_day"))
    if later:
        removed = [
            {"kind": t.kind, "months": t.months, "price": str(t.price.amount), "first": str(t.first_day)} for t in later
        ]
        record(contract, "terms_removed", by=by, at=at, changes={"terms": removed})
        contract.terms.filter(pk__in=[term.pk for term in later]).delete()
    for term in contract.terms.filter(first_day__lte=on, last_day__gt=on):
        change(term, {"last_day": on, "hand_set_reason": _TERMINATED}, by=by, at=at, verb="end_set")
    plan_contracts([contract.pk], on=on)


@transaction.atomic
def restore_coverage(*, contract: Contract, on: date, by: User | None, at: datetime) -> None:
    """A termination was taken back: the term it cut gets its end again, terms it removed come back."""
    for term in contract.terms.filter(hand_set_reason=_TERMINATED):
        change(
            term,
            {"last_day": period_of(term).boundary(term.months), "hand_set_reason": ""},
            by=by,
            at=at,
            verb="end_set",
        )
    removed = events_of(contract).filter(verb="terms_removed").order_by("-pk").first()
    for each in removed.changes["terms"] if removed else []:
        first = date.fromisoformat(each["first"])
        if contract.terms.filter(last_day__gte=first).exists():
            continue
        price = Money(each["price"], contract.amount.currency)
        period = following_period(contract, each["months"], first)
        create(
            term_from(period, contract=contract, kind=TermKind(each["kind"]), origin="restored", price=price),
            by=by,
            at=at,
        )
    plan_contracts([contract.pk], on=on)

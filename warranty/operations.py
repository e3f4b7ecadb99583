"""Everything that changes coverage: acceptance, its correction, further terms, hand-set ends."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.labels import money_text
from base.chatter.operations import change, create, events_of, record
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from base.mail.queue import cancel_queued_mails
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.queries import in_force
from contracts.rules import MAX_TERM_MONTHS, renewal_cap
from contracts.signals import milestones_moved
from warranty.agreements import is_settled
from warranty.enums import ActionKind, ActionState, TermKind
from warranty.inspections import settle_reported
from warranty.models import Inspection, MaintenanceTerm, PlannedAction, period_columns
from warranty.planning.writing import plan_contracts
from warranty.rules import DAY, Period, first_period, next_period, resumed_period, term_subject, with_last_day
from warranty.signals import coverage_moved

#: Marks an end that a termination set, so that taking it back knows it again.
_TERMINATED = "terminated"


def term_from(
    period: Period, *, contract: Contract, kind: TermKind, origin: str, price: Money | None = None, reason: str = ""
) -> MaintenanceTerm:
    """An unsaved term; a paid one carries the base and rate its price is judged by (docs/rules.md 2.1)."""
    term = MaintenanceTerm(
        contract=contract,
        kind=kind,
        **period_columns(period),
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
def record_acceptance(
    *, contract: Contract, accepted_on: date, by: User | None, at: datetime, on: date, seen: int | None = None
) -> None:
    """Record final acceptance: coverage starts that day, and its whole plan is written (docs/rules.md 1, 5)."""
    require(by, "contracts.accept")
    if contract.final_acceptance_on is not None:
        raise Refused(_("Final acceptance is recorded already; correct it instead."), code="accepted")
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("Only an active contract can be accepted."), code="wrong_state")
    _check_acceptance_day(contract, accepted_on, on)
    change(contract, {"final_acceptance_on": accepted_on}, by=by, at=at, verb="accepted", seen=seen)
    milestones_moved.send(Contract, contract=contract, by=by, at=at)
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

    Raises `Refused` where an end that was written by hand would lie before its term begins.
    """
    if not terms:
        return []
    first = terms[0]
    moved = _moved(first, first_period(accepted_on, first.months, same_day=contract.same_day))
    return [moved, *_following(moved, terms[1:])]


def _following(earlier: Moved, later: Sequence[MaintenanceTerm]) -> list[Moved]:
    """Where the terms after one that moves come to lie. A stretch that was resumed after a gap stays."""
    moved = [earlier]
    for term in later:
        resumed = term.first_day > moved[-1].before.last_day + DAY
        after = term.period if resumed else next_period(moved[-1].after, term.months)
        moved.append(_moved(term, after))
    return moved[1:]


def _moved(term: MaintenanceTerm, after: Period) -> Moved:
    """A term's new place; an end that was written by hand stays where it was written."""
    before = term.period
    if before.hand_set:
        if before.last_day < after.first_day:
            raise Refused(_("A hand-set end would lie before its term begins."), field="accepted_on")
        after = replace(after, last_day=before.last_day, hand_set=True)
    return Moved(term, before, after)


@transaction.atomic
def correct_acceptance(
    *, contract: Contract, accepted_on: date, reason: str, by: User, at: datetime, on: date, seen: int | None = None
) -> list[Moved]:
    """Move final acceptance to another day: terms and plan move in place, reported inspections to their window.

    Refused once a renewal was accepted here on top of it; imported terms simply move (docs/rules.md 1).
    """
    require(by, "contracts.accept")
    if contract.final_acceptance_on is None:
        raise Refused(_("There is no final acceptance to correct."))
    _check_acceptance_day(contract, accepted_on, on)
    terms = list(contract.terms.order_by("first_day"))
    if any(is_settled(term) for term in terms):
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
    milestones_moved.send(Contract, contract=contract, by=by, at=at)
    moved = corrected_periods(contract, accepted_on, terms)
    move_terms(moved, by=by, at=at)
    settle_reported(contract, by=by, at=at)
    plan_contracts([contract.pk], on=on, moved=True)
    coverage_moved.send(Contract, contract=contract, by=by, at=at, on=on)
    return moved


def move_terms(
    moved: Sequence[Moved],
    *,
    by: User | None,
    at: datetime,
    verb: str = "moved",
    also: Mapping[int, Mapping[str, Any]] | None = None,
) -> None:
    """Give terms their new ends in an order in which no two of them ever overlap on the way.

    `also` holds what else changes with them, by their key: kind, price and base must fit the new months at once.
    """
    waiting = list(moved)
    held = {step.term.pk: (step.before.first_day, step.before.last_day) for step in waiting}
    while waiting:
        free = next((step for step in waiting if _is_free(step.after, step.term.pk, held)), None)
        if free is None:
            raise Refused(_("The terms cannot be moved: they would overlap."), code="overlap")
        after, more = free.after, (also or {}).get(free.term.pk, {})
        change(free.term, {**period_columns(after), **more}, by=by, at=at, verb=verb)
        held[free.term.pk] = (after.first_day, after.last_day)
        waiting.remove(free)


def _is_free(period: Period, own: int, held: Mapping[int, tuple[date, date]]) -> bool:
    others = (days for pk, days in held.items() if pk != own)
    return all(period.last_day < first or last < period.first_day for first, last in others)


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
    """Set a term's last day by hand: written dates win, with a reason; later terms follow it (docs/rules.md 1).

    Raises `Refused` when a later term was accepted here, whose days the customer has in writing.
    """
    require(by, "terms.edit")
    if not reason.strip():
        raise Refused(_("Say why the end is set by hand."), field="reason")
    if last_day < term.first_day:
        raise Refused(_("A term cannot end before it starts."), field="last_day")
    later = list(term.contract.terms.filter(first_day__gt=term.first_day).order_by("first_day"))
    if any(is_settled(each) for each in later):
        raise Refused(
            _("A renewal was accepted that follows it: its end is settled."), field="last_day", code="renewed"
        )
    period = with_last_day(term.period, last_day)
    months = min(period.months, period.whole_months)
    if term.kind == TermKind.PAID and term.price > renewal_cap(term.cap_base, term.cap_rate, months):
        raise Refused(_("The price would be above the cap of so short a term."), field="last_day", code="above_cap")
    moved = _following(Moved(term, term.period, period), later)
    if last_day > term.last_day:
        move_terms(moved, by=by, at=at)
    values = {"last_day": last_day, "hand_set_reason": reason.strip() if period.hand_set else ""}
    change(term, values, by=by, at=at, verb="end_set", seen=seen, note=reason)
    if last_day <= term.last_day:
        move_terms(moved, by=by, at=at)
    settle_reported(term.contract, by=by, at=at)
    plan_contracts([term.contract_id], on=on, moved=True)
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
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("The contract is not active."), code="wrong_state")
    if kind != TermKind.PAID and price:
        raise Refused(_("Only paid maintenance has a price."), field="price")
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
    if not 1 <= months <= MAX_TERM_MONTHS:
        raise Refused(_("A term has 1 to %(most)s months.") % {"most": MAX_TERM_MONTHS}, field="months")
    last = contract.terms.order_by("-first_day").first()
    if contract.final_acceptance_on is None:
        raise Refused(_("Coverage starts with final acceptance; it is not recorded yet."))
    if last is None:
        return first_period(first_day or contract.final_acceptance_on, months, same_day=contract.same_day)
    if first_day is None or first_day == last.last_day + DAY:
        return next_period(last.period, months)
    if first_day <= last.last_day:
        raise Refused(_("It would overlap the term until %(day)s.") % {"day": last.last_day}, field="first_day")
    return resumed_period(first_day, months)


#: What a removed term is remembered by, to be restored exactly: every column it has but these.
_NOT_KEPT = ("id", "version", "contract")
KEPT = tuple(field.name for field in MaintenanceTerm._meta.concrete_fields if field.name not in _NOT_KEPT)


@transaction.atomic
def cut_coverage(*, contract: Contract, on: date, by: User | None, at: datetime) -> None:
    """A contract was terminated: the current term ends that day, later ones go, open rows and their mails are cancelled.

    Raises `Refused` when a visit was already held in a term that would go.
    """
    later = contract.terms.filter(first_day__gt=on)
    if Inspection.objects.filter(action__term__in=later, reported_at__isnull=False).exists():
        raise Refused(_("An inspection was reported after that day."), field="on", code="reported")
    if removed := list(later.order_by("first_day").values("pk", *KEPT)):
        settled = _settled_rows(later)
        terms = [{"plan": settled[values.pop("pk")], **values} for values in removed]
        kept = json.loads(json.dumps(terms, default=str))
        record(contract, "terms_removed", by=by, at=at, changes={"terms": kept})
        later.delete()
    for term in contract.terms.filter(first_day__lte=on, last_day__gt=on):
        change(term, {"last_day": on, "hand_set_reason": _TERMINATED}, by=by, at=at, verb="end_set")
    plan_contracts([contract.pk], on=on)
    for model, ids in (
        (Contract, [contract.pk]),
        (Inspection, Inspection.objects.filter(action__contract=contract).values("pk")),
    ):
        about = OutgoingMail.objects.filter(target_type=ContentType.objects.get_for_model(model), target_id__in=ids)
        cancel_queued_mails(mails=about, by=by, at=at, note="contract terminated")


#: What of a removed term's plan comes back with it: what was done, or was not to be done any more.
_KEPT_ROWS = ("kind", "step", "state", "due_on", "computed_on", "done_on", "problem")


def _settled_rows(terms: QuerySet[MaintenanceTerm]) -> dict[int, list[dict[str, Any]]]:
    """By term; visits aside, of which none was held and all are planned anew."""
    rows = PlannedAction.objects.filter(term__in=terms, state__in=[ActionState.DONE, ActionState.SKIPPED])
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for values in rows.exclude(kind=ActionKind.INSPECTION).order_by("pk").values("term", *_KEPT_ROWS):
        found[values.pop("term")].append(values)
    return found


@transaction.atomic
def restore_coverage(*, contract: Contract, on: date, by: User | None, at: datetime) -> None:
    """A termination was taken back: the term it cut gets its end again, terms it removed come back as they were."""
    ended = events_of(contract).filter(verb="terminated").order_by("-pk")[0]
    for term in contract.terms.filter(hand_set_reason=_TERMINATED):
        cut = events_of(term).filter(verb="end_set", pk__gt=ended.pk).order_by("-pk")[0].changes
        values = {"last_day": date.fromisoformat(cut["last_day"][0]), "hand_set_reason": cut["hand_set_reason"][0]}
        change(term, values, by=by, at=at, verb="end_set")
    for event in events_of(contract).filter(verb="terms_removed", pk__gt=ended.pk):
        for values in event.changes["terms"]:
            rows = values.pop("plan", [])
            term = create(MaintenanceTerm(contract=contract, **values), by=by, at=at, verb="restored")
            subject = term_subject(term.pk)
            PlannedAction.objects.bulk_create(
                [PlannedAction(contract=contract, term=term, subject=subject, **row) for row in rows]
            )
    plan_contracts([contract.pk], on=on)

"""Operations on damages for broken promises: proposed by the clause, decided by a person, set off by billing."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import create, make_todo, move, settle_todos, write_todos
from base.company.queries import start_of, today
from base.lib.errors import Refused
from contracts.models import Contract
from contracts.queries import in_force
from contracts.rules import renewal_cap
from service.choices import FeeBase, PenaltyStatus
from service.enums import Leg, LegState
from service.models import Commitment, Penalty, PenaltyRule, ServiceRequest
from service.promises.commitment_status import keep, records_of
from service.queries import LEG_FIELDS, history_at, leg_clocks
from service.rules import Pause, Standing, late_fee, units_late
from service.states import PENALTY
from warranty.enums import TermKind


def rule_for(contract: Contract) -> PenaltyRule | None:
    """The contract's clause, else the one for all others; None where nothing was agreed at all."""
    found: PenaltyRule | None = PenaltyRule.objects.filter(contract=contract).first()
    return found or PenaltyRule.objects.filter(contract=None).first()


def base_of(rule: PenaltyRule, contract: Contract, on: date) -> Money:
    """What the clause takes its share of, on a day: the contract's amount, or what a year of maintenance costs."""
    agreed = in_force(contract, on)
    if rule.base == FeeBase.CONTRACT:
        return agreed.amount
    term = contract.terms.filter(first_day__lte=on, last_day__gte=on, kind=TermKind.PAID).first()
    if term:
        return Money((term.price.amount * 12 / term.months).quantize(term.price.amount), term.price.currency)
    return renewal_cap(agreed.amount, agreed.renewal_rate or contract.cap_rate, 12)


@transaction.atomic
def propose_penalty(*, request: ServiceRequest, at: datetime) -> list[Penalty]:
    """What the broken legs of a closed request cost under the contract, each once, with a to-do for the manager."""
    contract = request.contract
    rule = rule_for(contract) if contract else None
    if contract is None or rule is None or request.merged_into_id:
        return []
    history = history_at(request, at)
    clocks = leg_clocks(request, history)
    done = {Leg.RESPONSE: history.answered, Leg.ARRIVAL: history.arrived, Leg.RESOLUTION: history.resolved}
    made = []
    for leg, (_by, state) in LEG_FIELDS.items():
        if getattr(request, state) != LegState.BREACHED or leg not in clocks:
            continue
        waited = history.standstills if leg == Leg.RESOLUTION else ()
        penalty = _judged(rule, contract, clocks[leg].due, done[leg] or history.now, at, waited)
        if penalty:
            penalty.request, penalty.leg = request, leg
            made.append(penalty)
    return _proposed(made, by=None, at=at)


@transaction.atomic
def propose_for(*, commitment: Commitment, by: User, at: datetime, on: date) -> Penalty:
    """What a broken commitment costs until today. Raises `Refused` where it stands, or no clause says what it costs."""
    require(by, "penalties.decide")
    contract = commitment.contract
    rule = rule_for(contract)
    if commitment.due_on is None or keep(commitment, records_of(contract, on)).standing != Standing.BROKEN:
        raise Refused(_("This promise is not broken, or has no day it was due on."))
    if rule is None:
        raise Refused(_("No rule says what being late costs: write one first."), code="no_rule")
    if commitment.penalties.exists():
        raise Refused(_("Damages were proposed for it already."), code="twice")
    midnight = start_of(commitment.due_on + timedelta(days=1))
    penalty = _judged(rule, contract, midnight, at, at)
    if penalty is None:
        raise Refused(_("It is late by no more than the grace."), code="grace")
    penalty.commitment = commitment
    return _proposed([penalty], by=by, at=at)[0]


def _judged(
    rule: PenaltyRule,
    contract: Contract,
    due: datetime,
    done: datetime,
    at: datetime,
    waited: Iterable[Pause] = (),
) -> Penalty | None:
    """The damages of being done at `done` instead of `due`, without what was `waited` for the customer after it.

    None within the grace.
    """
    law = rule.law
    units = units_late(due, done, law, waited)
    if not units:
        return None
    base = base_of(rule, contract, today(due))
    return Penalty(
        contract=contract,
        on=today(at),
        due_at=due,
        done_at=done,
        unit=rule.unit,
        units=units,
        base=base,
        rate=rule.rate,
        cap_rate=rule.cap_rate,
        amount=late_fee(base, units, law),
    )


def _proposed(made: list[Penalty], *, by: User | None, at: datetime) -> list[Penalty]:
    for penalty in made:
        create(penalty, by=by, at=at, verb="proposed")
    write_todos(
        make_todo(
            penalty,
            kind="penalty_to_decide",
            due_on=penalty.on,
            at=at,
            assignee=penalty.contract.manager,
            role=Role.MANAGER,
            cause=f"penalty_to_decide:{penalty.pk}",
            params={"contract": penalty.contract.number, "what": str(penalty)},
        )
        for penalty in made
    )
    return made


@transaction.atomic
def grant_penalty(*, penalty: Penalty, by: User, at: datetime, seen: int | None = None) -> None:
    """The customer gets it: set off against the next invoice, and named on the next renewal quote."""
    move(penalty, PENALTY, "granted", by=by, at=at, values={"reason": ""}, seen=seen)
    settle_todos(penalty, by=by, at=at)


@transaction.atomic
def waive_penalty(*, penalty: Penalty, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """It is not paid, and why."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    move(penalty, PENALTY, "waived", by=by, at=at, values={"reason": reason[:200]}, seen=seen)
    settle_todos(penalty, by=by, at=at)


def granted(contract_ids: Iterable[int]) -> list[Penalty]:
    """What these contracts' customers are still to be credited, oldest first."""
    rows = Penalty.objects.filter(contract__in=list(contract_ids), status=PenaltyStatus.GRANTED)
    return list(rows.select_related("request", "commitment").order_by("on", "pk"))


@transaction.atomic
def mark_credited(*, penalty: Penalty, note: str, by: User | None, at: datetime) -> None:
    """It was set off; `note` is the credit note's number."""
    move(penalty, PENALTY, "credited", by=None, at=at, values={"credited_by": note}, note=str(by or ""))

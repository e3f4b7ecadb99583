"""A contract that ends on a coming day, as the plan and coverage know it (docs/rules.md 5.7)."""

from datetime import date, datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q

from base.accounts.models import User
from base.chatter.labels import with_value
from base.mail.models import OutgoingMail
from base.mail.queue import cancel_queued_mails
from contracts.models import Contract
from warranty.enums import ActionKind, ActionState, PlanReason
from warranty.models import Inspection, PlannedAction
from warranty.planning.kinds import names_of
from warranty.planning.moving import move_actions
from warranty.rules import contract_subject


def plan_termination(*, contract: Contract, by: User | None, at: datetime) -> None:
    """The plan ends the contract on the day it says; what would come after that day, and what renews it, waits.

    Said again with another day the row moves. Mails that announce a visit after the day stay here.
    """
    assert contract.ending_on is not None
    row, _new = PlannedAction.objects.get_or_create(
        contract=contract,
        subject=contract_subject(contract.pk),
        kind=ActionKind.TERMINATION,
        step="",
        defaults={"due_on": contract.ending_on, "computed_on": contract.ending_on},
    )
    days = {"due_on": contract.ending_on, "computed_on": contract.ending_on}
    move_actions(
        PlannedAction.objects.filter(pk=row.pk), "reopened", **days, problem="", attempts=0, done_on=None, run=None
    )
    _wait_no_longer(contract)
    waiting = contract.plan.filter(state=ActionState.PLANNED, on_hold=False).filter(not_to_come())
    waiting.update(problem=with_value(PlanReason.ENDING.value, contract.ending_on))
    visits = Inspection.objects.filter(action__contract=contract, action__due_on__gt=contract.ending_on)
    kind = ContentType.objects.get_for_model(Inspection)
    about = OutgoingMail.objects.filter(target_type=kind, target_id__in=visits.values("pk"))
    cancel_queued_mails(mails=about, by=by, at=at, note="contract ends")


def not_to_come() -> Q:
    """Open rows that do not happen while their contract is to end: later than that day, or for its renewal."""
    renews = Q(kind__in=names_of(lambda kind: kind.renews))
    return Q(contract__ending_on__isnull=False) & (Q(due_on__gt=F("contract__ending_on")) | renews)


def drop_termination(*, contract: Contract) -> None:
    """It does not end as planned: it was called off, or ended sooner. What waited for the day waits no longer."""
    row = contract.plan.filter(subject=contract_subject(contract.pk), kind=ActionKind.TERMINATION)
    move_actions(row, "cancelled")
    _wait_no_longer(contract)


def _wait_no_longer(contract: Contract) -> None:
    waiting = contract.plan.filter(state=ActionState.PLANNED, problem__startswith=f"{PlanReason.ENDING.value}:")
    waiting.update(problem="")


def last_covered(contract: Contract, last_day: date) -> date:
    """The last day of a term as it will be: the day as of which the contract is terminated, where that is sooner."""
    return last_day if contract.ending_on is None else min(last_day, contract.ending_on)

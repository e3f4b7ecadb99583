"""Operations on inspections: who goes, when, and what was found."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change, settle_todos
from base.company.queries import calendar
from base.lib.errors import Refused
from contracts.models import Contract
from contracts.queries import in_force
from warranty.enums import ActionKind, ActionState, InspectionResult
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.queries import period_of
from warranty.rules import Window, inspection_windows


class Place(NamedTuple):
    """Where in the plan a visit belongs."""

    term: MaintenanceTerm
    step: str
    window: Window


def window_holding(contract: Contract, day: date) -> Place | None:
    """The inspection window of the contract that holds a day."""
    for term in contract.terms.filter(first_day__lte=day, last_day__gte=day):
        per_year = in_force(contract, term.first_day).inspections_per_year
        for k, window in enumerate(inspection_windows(period_of(term), per_year), 1):
            if window.first_day <= day <= window.last_day:
                return Place(term, str(k), window)
    return None


@transaction.atomic
def assign(*, inspection: Inspection, engineer: User | None, by: User, at: datetime, seen: int | None = None) -> None:
    """Give an inspection to an engineer (or to nobody)."""
    require(by, "inspections.plan")
    if engineer and (engineer.role not in (Role.ENGINEER, Role.SERVICE_MANAGER) or not engineer.is_active):
        raise Refused(_("Choose an active engineer."), field="engineer")
    change(inspection, {"engineer": engineer}, by=by, at=at, verb="assigned", seen=seen)


@transaction.atomic
def reschedule(*, inspection: Inspection, to: date, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Move the planned day inside the window; its notices move with it."""
    require(by, "inspections.plan")
    _check_open(inspection)
    if not inspection.window_first <= to <= inspection.window_last:
        raise Refused(
            _("The visit was promised between %(first)s and %(last)s.")
            % {"first": inspection.window_first, "last": inspection.window_last},
            field="to",
        )
    if to < on:
        raise Refused(_("Plan it today or later."), field="to")
    action = inspection.action
    change(
        inspection, {"rescheduled": True}, by=by, at=at, verb="rescheduled", seen=seen, note=f"{action.due_on} → {to}"
    )
    action.due_on, action.provisional = to, calendar().is_provisional(to)
    action.state = ActionState.PLANNED
    action.save(update_fields=["due_on", "provisional", "state"])
    for days in (14, 7):
        notice = PlannedAction.objects.filter(
            term=action.term_id,
            kind=ActionKind.INSPECTION_NOTICE,
            step=f"{action.step}/{days}",
            state__in=[ActionState.PLANNED, ActionState.FAILED],
        )
        notice.update(due_on=max(to - timedelta(days=days), on))


@transaction.atomic
def report(
    *,
    inspection: Inspection,
    visited_on: date,
    result: InspectionResult,
    findings: str,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> None:
    """Say that the visit was held and what was found; its notices and its alarm are no longer needed."""
    require(by, "inspections.report")
    _check_open(inspection)
    if visited_on > on:
        raise Refused(_("The visit cannot lie in the future."), field="visited_on")
    if not inspection.window_first <= visited_on:
        raise Refused(_("The visit lies before its window."), field="visited_on")
    if result == InspectionResult.ABNORMAL and not findings.strip():
        raise Refused(_("Say what was found."), field="findings")
    change(
        inspection,
        {"visited_on": visited_on, "result": result, "findings": findings, "reported_at": at},
        by=by,
        at=at,
        verb="reported",
        seen=seen,
    )
    settle_todos(inspection, by=by, at=at)
    action = inspection.action
    PlannedAction.objects.filter(pk=action.pk).update(state=ActionState.DONE, done_on=visited_on)
    PlannedAction.objects.filter(
        term=action.term_id,
        kind__in=[ActionKind.INSPECTION_NOTICE, ActionKind.INSPECTION_MISSED],
        step__in=[action.step, f"{action.step}/14", f"{action.step}/7"],
        state__in=[ActionState.PLANNED, ActionState.FAILED],
    ).update(state=ActionState.SKIPPED, problem=_("reported"))


def _check_open(inspection: Inspection) -> None:
    if inspection.reported_at is not None:
        raise Refused(_("This inspection is reported already."), code="reported")
    if inspection.action.state == ActionState.CANCELLED:
        raise Refused(_("This inspection was cancelled."), code="cancelled")

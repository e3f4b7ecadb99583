"""Operations on inspections: who goes, when, and what was found."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change, record, settle_todos, stale
from base.company.queries import calendar
from base.lib.errors import Refused
from contracts.models import Contract
from contracts.queries import in_force
from warranty.enums import ActionKind, ActionState, InspectionResult, PlanReason
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.planning.moving import move_action, move_actions
from warranty.rules import Window, inspection_windows, term_subject
from warranty.signals import inspection_reported, inspection_reporting


class Place(NamedTuple):
    """Where in the plan a visit belongs."""

    term: MaintenanceTerm
    step: str
    window: Window


def window_holding(contract: Contract, day: date) -> Place | None:
    """The inspection window of the contract that holds a day."""
    for term in contract.terms.filter(first_day__lte=day, last_day__gte=day):
        per_year = in_force(contract, term.first_day).inspections_per_year
        for k, window in enumerate(inspection_windows(term.period, per_year), 1):
            if window.first_day <= day <= window.last_day:
                return Place(term, str(k), window)
    return None


def settle_reported(contract: Contract, *, by: User | None, at: datetime) -> None:
    """Put the inspections already reported into the windows that now hold their visit days; plan the contract after it.

    A window keeps one of them under its own number; a second visit in it gets a number of its own, and the window it
    was held for is open again. A visit on a day that is not covered stays where it was.
    """
    reported = Inspection.objects.filter(action__contract=contract, visited_on__isnull=False)
    places: list[tuple[Inspection, Place]] = []
    taken: set[tuple[int, str]] = set()
    for inspection in reported.select_related("action").order_by("visited_on", "pk"):
        here = (inspection.action.term_id, inspection.action.step)
        place = window_holding(contract, inspection.visited_on) if inspection.visited_on else None
        if place is None or here == (place.term.pk, place.step):
            taken.add(here)
        if place is not None:
            places.append((inspection, place))
    moving = [
        each for each in places if (each[0].action.term_id, each[0].action.step) != (each[1].term.pk, each[1].step)
    ]
    for inspection, _place in moving:
        _leave(inspection.action)
    for inspection, place in moving:
        step, more = place.step, 1
        while (place.term.pk, step) in taken:
            step, more = f"{place.step}+{more}", more + 1
        taken.add((place.term.pk, step))
        _arrive(inspection.action, place.term, step)
    for inspection, place in places:
        window = {"window_first": place.window.first_day, "window_last": place.window.last_day}
        change(inspection, window, by=by, at=at, verb="moved")


_FOLLOW_UPS = (ActionKind.INSPECTION_NOTICE, ActionKind.INSPECTION_MISSED)


def _leave(action: PlannedAction) -> None:
    """Vacate a window: what was skipped because its visit was reported is planned anew."""
    steps = [action.step, f"{action.step}/14", f"{action.step}/7"]
    open_again = PlannedAction.objects.filter(term=action.term_id, kind__in=_FOLLOW_UPS, step__in=steps)
    open_again.exclude(state=ActionState.DONE).delete()
    PlannedAction.objects.filter(pk=action.pk).update(step=f"~{action.pk}")


def _arrive(action: PlannedAction, term: MaintenanceTerm, step: str) -> None:
    """Take a window; whatever was planned in it is what this visit was."""
    term.plan.filter(kind=ActionKind.INSPECTION, step=step).delete()
    PlannedAction.objects.filter(pk=action.pk).update(
        subject=term_subject(term.pk), term=term, step=step, computed_on=action.due_on
    )


@transaction.atomic
def assign_inspection(
    *, inspection: Inspection, engineer: User | None, by: User, at: datetime, seen: int | None = None
) -> None:
    """Give an inspection to an engineer (or to nobody)."""
    require(by, "inspections.plan")
    if engineer and (engineer.role not in (Role.ENGINEER, Role.SERVICE_MANAGER) or not engineer.is_active):
        raise Refused(_("Choose an active engineer."), field="engineer")
    change(inspection, {"engineer": engineer}, by=by, at=at, verb="assigned", seen=seen)


@transaction.atomic
def reschedule_inspection(
    *, inspection: Inspection, to: date, by: User, at: datetime, on: date, seen: int | None = None
) -> None:
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
    expected = inspection.version if seen is None else seen
    here = Inspection.objects.filter(pk=inspection.pk, version=expected)
    if not here.update(rescheduled=True, version=expected + 1):
        raise stale()
    inspection.rescheduled, inspection.version = True, expected + 1
    record(inspection, "rescheduled", by=by, at=at, note=f"{action.due_on} → {to}")
    action.due_on, action.provisional = to, calendar().is_provisional(to)
    move_action(action, "rescheduled")
    action.save(update_fields=["due_on", "provisional", "state"])
    for days in (14, 7):
        notice = PlannedAction.objects.filter(
            term=action.term_id,
            kind=ActionKind.INSPECTION_NOTICE,
            step=f"{action.step}/{days}",
            state__in=[ActionState.PLANNED, ActionState.FAILED],
        )
        notice.update(due_on=max(to - timedelta(days=days), on), provisional=action.provisional)


@transaction.atomic
def report_inspection(
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
    inspection_reporting.send(Inspection, inspection=inspection, result=result, by=by, at=at, on=on)
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
    move_actions(PlannedAction.objects.filter(pk=action.pk), "reported", done_on=visited_on)
    steps = [action.step, f"{action.step}/14", f"{action.step}/7"]
    follow_ups = PlannedAction.objects.filter(term=action.term_id, kind__in=_FOLLOW_UPS, step__in=steps)
    move_actions(follow_ups, "skipped", problem=PlanReason.REPORTED)
    inspection_reported.send(Inspection, inspection=inspection, by=by, at=at, on=on)


def _check_open(inspection: Inspection) -> None:
    if inspection.reported_at is not None:
        raise Refused(_("This inspection is reported already."), code="reported")
    if inspection.action.state == ActionState.CANCELLED:
        raise Refused(_("This inspection was cancelled."), code="cancelled")

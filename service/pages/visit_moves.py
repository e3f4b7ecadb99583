"""What can be done with a visit: each button calls one operation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.accounts.models import Role, User
from base.ui.look import Look
from base.ui.parts import Move
from service.enums import VisitStatus as V
from service.forms import visits as forms
from service.models import ServiceRequest, Visit
from service.money import charge_of
from service.states import OPEN, UNDER_WAY, UNSIGNED
from service.visits import operations as visits
from service.visits import signing

Data = Mapping[str, Any]


def _came(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    visits.arrive_at_visit(visit=visit, arrived_at=data["arrived_at"] or at, by=by, at=at, seen=seen)


def _correct(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    visits.correct_visit_times(visit=visit, **{"left_at": None, **data}, by=by, at=at, seen=seen)


def _as_noted(visit: Visit, look: Look) -> Data:
    return {
        name: timezone.localtime(moment)
        for name, moment in (("arrived_at", visit.arrived_at), ("left_at", visit.left_at))
        if moment
    }


def _left(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    values = dict(data)
    left_at, signature = values.pop("left_at") or at, values.pop("signature")
    how = {"solved": values.pop("solved", False), "signature": signature}
    visits.leave_visit(visit=visit, left_at=left_at, values=values, **how, by=by, at=at, seen=seen)


def _take_back(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    visits.take_back_arrival(visit=visit, by=by, at=at, seen=seen)


def _sign(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    signing.sign_visit(visit=visit, **data, by=by, at=at, seen=seen)


def _reschedule(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    visits.reschedule_visit(visit=visit, **data, by=by, at=at, seen=seen)


def _call_off(visit: Visit, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    visits.call_off_visit(visit=visit, reason=data["reason"], by=by, at=at, seen=seen)


def _plan(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> Visit:
    return visits.plan_visit(request=request, values=data, by=by, at=at)


def _written(visit: Visit, look: Look) -> Data:
    return {name: getattr(visit, name) for name in ("cause", "work", "next_steps", "fee", "free_because")}


def _to_sign(visit: Visit, look: Look) -> str:
    """What the customer puts their name to: times, work, parts and what it costs."""
    parts = list(visit.parts.all())
    context = {"visit": visit, "parts": parts, "charge": charge_of(visit, parts), "look": look}
    return render_to_string("service/to_sign.html", context)


def _signing(visit: Visit, look: Look) -> Data:
    return {"signer": visit.contact_name, "signed_on": look.today}


def _as_planned(visit: Visit, look: Look) -> Data:
    return {
        "planned_at": timezone.localtime(visit.planned_at),
        "planned_until": timezone.localtime(visit.planned_until),
        "engineer": visit.engineer_id,
    }


def _for_request(request: ServiceRequest, look: Look) -> Data:
    return (
        forms.proposed(look)
        | visits.known(request, request.contract, request.customer)
        | {"engineer": request.assignee_id or (look.user.pk if look.user.role == Role.ENGINEER else None)}
    )


MOVES = [
    Move(
        "came", _("Arrived"), "visits.work", _came, allowed=lambda visit: visit.status == V.PLANNED,
        form=forms.CameForm, style="primary", icon="map-pin-check", target=V.ON_SITE,
        done=_("The arrival is written down, and the request's clock knows of it."),
    ),
    Move(
        "left", _("Report and leave"), "visits.work", _left, allowed=lambda visit: visit.status == V.ON_SITE,
        form=forms.LeaveForm, initial=_written, style="primary", icon="clipboard-text", target=V.DONE,
        done=_("The work is reported; have the service record signed."),
    ),
    Move(
        "sign", _("Have it signed"), "visits.work", _sign, allowed=lambda visit: visit.status == V.DONE,
        form=forms.SignForm, initial=_signing, summary=_to_sign, style="primary", icon="signature", target=V.SIGNED,
        confirm=_("Once it is signed, the record never changes again."),
        done=_("The service record is signed and stored."),
    ),
    Move(
        "not_there", _("Take arrival back"), "visits.work", _take_back, allowed=lambda visit: visit.status == V.ON_SITE,
        icon="arrow-back-up",
        confirm=_("The arrival was noted by mistake: the clock forgets it. Whoever noted it can take it back."),
        done=_("The arrival is taken back."),
    ),
    Move(
        "reschedule", _("Reschedule"), "visits.plan_own", _reschedule, allowed=lambda visit: visit.status == V.PLANNED,
        form=forms.TimeForm, initial=_as_planned, icon="calendar-time",
        confirm=_("The customer is told by mail."), done=_("The visit is rescheduled."),
    ),
    Move(
        "times", _("Correct times"), "visits.plan", _correct,
        allowed=lambda visit: visit.arrived_at is not None and visit.status in UNSIGNED, form=forms.StayForm,
        initial=_as_noted, icon="clock-edit", seldom=True,
        confirm=_("What was written down before stays in the history."),
    ),
    Move(
        "call_off", _("Call off"), "visits.plan", _call_off, allowed=lambda visit: visit.status in UNDER_WAY,
        form=forms.CallOffForm, icon="calendar-x", style="outline-danger", done=_("The visit is called off."),
    ),
]  # fmt: skip

#: On a request: a visit for it.
PLAN = Move(
    "visit", _("Plan a visit"), "visits.plan_own", _plan, allowed=lambda request: request.status in OPEN,
    form=forms.PlanForm, initial=_for_request, icon="calendar-plus",
    done=_("The visit is planned; customer and engineer are told."),
)  # fmt: skip

"""What can be done with a service request: each button calls one operation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.ui.look import Look
from base.ui.parts import BulkMove, Move
from service import operations
from service.enums import Happening, LegState
from service.enums import RequestStatus as S
from service.forms import requests as forms
from service.models import ServiceRequest
from service.states import OPEN
from warranty.forms import EngineerForm

Data = Mapping[str, Any]


def _open(request: ServiceRequest) -> bool:
    return request.status in OPEN


def _not_closed(request: ServiceRequest) -> bool:
    return request.status != S.CLOSED


def _answer(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.answer_request(request=request, text=data["text"], by=by, at=at, seen=seen)


def _arrive(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.record_arrival(request=request, arrived_at=data["arrived_at"], by=by, at=at, seen=seen)


def _pause(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.pause_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _resume(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.resume_request(request=request, by=by, at=at, seen=seen)


def _resolve(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.resolve_request(request=request, solution=data["solution"], by=by, at=at, seen=seen)


def _reopen(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reopen_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _close(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.close_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _reclassify(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reclassify_request(request=request, **data, by=by, at=at, seen=seen)


def _assign(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.assign_request(request=request, to=data["engineer"], by=by, at=at, seen=seen)


def _assign_many(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date) -> None:
    operations.assign_request(request=request, to=data["engineer"], by=by, at=at)


def _merge(
    request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None
) -> ServiceRequest:
    operations.merge_requests(request=request, into=data["into"], by=by, at=at, seen=seen)
    into: ServiceRequest = data["into"]
    return into


def _correct_arrival(
    request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    operations.correct_arrival(request=request, **data, by=by, at=at, seen=seen)


def _came(request: ServiceRequest, look: Look) -> Data:
    first = request.happenings.filter(kind=Happening.ARRIVED).order_by("at", "pk").first()
    return {"arrived_at": timezone.localtime(first.at)} if first else {}


def _now(request: ServiceRequest, look: Look) -> Data:
    return {"arrived_at": timezone.localtime(look.now)}


MOVES = [
    Move(
        "answer", _("Answer"), "requests.work", _answer, allowed=_open, form=forms.AnswerForm, style="primary",
        icon="message-reply", target=S.WORKING, done=_("The answer is written down, and on its way to the customer."),
    ),
    Move(
        "arrive", _("Arrived"), "requests.work", _arrive, allowed=_open, form=forms.ArriveForm, initial=_now,
        icon="map-pin-check",
    ),
    Move(
        "pause", _("Wait for the customer"), "requests.work", _pause,
        allowed=lambda request: request.status in (S.NEW, S.WORKING), form=forms.PauseForm, icon="player-pause",
        target=S.WAITING,
    ),
    Move(
        "resume", _("Go on"), "requests.work", _resume, allowed=lambda request: request.status == S.WAITING,
        style="primary", icon="player-play", target=S.WORKING,
    ),
    Move(
        "resolve", _("Solved"), "requests.work", _resolve, allowed=_open, form=forms.ResolveForm, icon="check",
        target=S.SOLVED,
    ),
    Move(
        "reopen", _("Open again"), "requests.work", _reopen, allowed=lambda request: request.status == S.SOLVED,
        form=forms.ReopenForm, icon="refresh", target=S.WORKING,
    ),
    Move(
        "reclassify", _("Change class"), "requests.work", _reclassify, allowed=_not_closed, form=forms.ReclassifyForm,
        initial=lambda request, look: {"request_class": request.request_class}, icon="adjustments", seldom=True,
        confirm=_("The times of the new class count from the report; pauses are kept. What was kept or broken is judged anew by them."),
    ),
    Move(
        "arrival", _("Correct arrival"), "requests.assign", _correct_arrival,
        allowed=lambda request: _not_closed(request) and request.arrival in (LegState.MET, LegState.BREACHED),
        form=forms.CorrectArrivalForm, initial=_came, icon="clock-edit", seldom=True,
        confirm=_("What was written down before stays in the history."),
    ),
    Move(
        "assign", _("Assign"), "requests.assign", _assign, allowed=_not_closed, form=EngineerForm,
        initial=lambda request, look: {"engineer": request.assignee_id}, icon="user-check",
    ),
    Move(
        "merge", _("Same as another"), "requests.close", _merge, allowed=_not_closed, form=forms.MergeForm,
        icon="arrow-merge", seldom=True, confirm=_("This request is closed and points to the other."),
    ),
    Move(
        "close", _("Close"), "requests.close", _close, allowed=_not_closed, form=forms.CloseForm, icon="lock",
        target=S.CLOSED, confirm=_("A closed request never changes again."),
    ),
]  # fmt: skip
BULK = [BulkMove("assign", _("Assign"), "requests.assign", _assign_many, form=EngineerForm, icon="user-check")]

"""What can be done with a service request: each button calls one operation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.ui.look import Look
from base.ui.parts import BulkMove, Move
from service import operations, times
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
    operations.answer_request(request=request, **data, by=by, at=at, seen=seen)


def _arrive(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.record_arrival(request=request, arrived_at=data["arrived_at"], by=by, at=at, seen=seen)


def _pause(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.pause_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _resume(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.resume_request(request=request, by=by, at=at, seen=seen)


def _resolve(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.resolve_request(request=request, **data, by=by, at=at, seen=seen)


def _delay(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.tell_delay(request=request, **data, by=by, at=at, seen=seen)


def _reopen(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reopen_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _close(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.close_request(request=request, reason=data["reason"], by=by, at=at, seen=seen)


def _reclassify(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reclassify_request(request=request, **data, by=by, at=at, seen=seen)


def _assign(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.assign_request(
        request=request, to=data["engineer"], reason=data.get("reason", ""), by=by, at=at, seen=seen
    )


def _assign_many(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date) -> None:
    operations.assign_request(request=request, to=data["engineer"], by=by, at=at)


def _merge(
    request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None
) -> ServiceRequest:
    operations.merge_requests(request=request, into=data["into"], by=by, at=at, seen=seen)
    into: ServiceRequest = data["into"]
    return into


def _correct(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    moments = {kind: data[field] for kind, field in times.FIELDS.items() if field in data}
    times.correct_times(request=request, moments=moments, reason=data["reason"], by=by, at=at, seen=seen)


def _as_noted(request: ServiceRequest, look: Look) -> Data:
    return {times.FIELDS[kind]: timezone.localtime(event.at) for kind, event in times.noted(request).items()}


def _take_back(request: ServiceRequest, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    times.take_back_arrival(request=request, by=by, at=at, seen=seen)


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
        "resume", pgettext_lazy("request", "Go on"), "requests.work", _resume, allowed=lambda request: request.status == S.WAITING,
        style="primary", icon="player-play", target=S.WORKING,
    ),
    Move(
        "resolve", _("Solved"), "requests.work", _resolve, allowed=_open, form=forms.ResolveForm, icon="check",
        initial=lambda request, look: {"solution": request.solution},
        target=S.SOLVED,
    ),
    Move(
        "delay", _("Tell of a delay"), "requests.work", _delay, allowed=_open, form=forms.DelayForm,
        icon="clock-exclamation", seldom=True, done=_("The customer is told; the promised times stay as they are."),
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
        "times", _("Correct times"), "requests.assign", _correct,
        allowed=lambda request: request.status in (S.WORKING, S.WAITING, S.SOLVED),
        form=forms.TimesForm, initial=_as_noted, icon="clock-edit", seldom=True,
        confirm=_("What was written down before stays in the history."),
    ),
    Move(
        "not_there", _("Take arrival back"), "requests.work", _take_back, allowed=_open, icon="arrow-back-up",
        seldom=True, confirm=_("The arrival was noted by mistake: the clock forgets it. Whoever noted it can take it back."),
    ),
    Move(
        "assign", _("Assign"), "requests.assign", _assign, allowed=_not_closed, form=forms.AssignForm,
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

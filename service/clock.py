"""The stored clock of a request: what happened is written down, and the deadlines follow from all of it (docs/rules.md 4)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from base.accounts.models import User
from base.chatter.operations import change, record
from base.company.queries import calendar, start_of
from service.alarms import set_alarms
from service.enums import Happening, RequestStatus
from service.models import RequestEvent, ServiceRequest
from service.queries import history_at, promise_of
from service.rules import NoReport, evaluate_clock
from service.states import OPEN

#: Counted up with every change of the clock's rules: open requests are computed anew once, closed ones keep theirs.
LAW = 2
#: So many requests are computed anew in one transaction.
_CHUNK = 100


def happened(
    request: ServiceRequest,
    kind: Happening,
    *,
    at: datetime,
    by: User | None,
    request_class: str = "",
    note: str = "",
    channel: str = "",
) -> None:
    """Write down what happened and when; whoever calls this computes the deadlines in the same transaction."""
    RequestEvent.objects.create(
        request=request, at=at, kind=kind, by=by, request_class=request_class, note=note, channel=channel
    )


def evaluated(request: ServiceRequest, at: datetime) -> dict[str, Any]:
    """The stored deadlines and states, as they follow from all that happened."""
    told = evaluate_clock(history_at(request, at), promise_of(request), calendar())
    return {
        "respond_by": told.response.by,
        "arrive_by": told.arrival.by,
        "resolve_by": told.resolution.by,
        "response": told.response.state,
        "arrival": told.arrival.state,
        "resolution": told.resolution.state,
        "provisional": any(leg.provisional for leg in told),
        "law": LAW,
    }


def begin(request: ServiceRequest, *, at: datetime) -> None:
    """Give a request that was just stored its first deadlines and alarms; whoever calls this saves it."""
    for name, value in evaluated(request, at).items():
        setattr(request, name, value)
    set_alarms(request, at=at)


@transaction.atomic
def reevaluate_request(*, request: ServiceRequest, by: User | None = None, at: datetime) -> bool:
    """Compute an open request anew, as its history, the calendar or the hour changed. Whether anything moved."""
    if request.status == RequestStatus.CLOSED:
        return False
    moved = change(request, evaluated(request, at), by=by, at=at, verb="retold")
    if moved:
        set_alarms(request, at=at)
    return moved


@transaction.atomic
def agree_price(*, request: ServiceRequest, agreed_at: datetime, by: User | None, at: datetime, note: str) -> None:
    """The customer said yes to what uncovered work costs: from the first yes on, arrival and solution are promised."""
    if request.is_covered or request.happenings.filter(kind=Happening.PRICE_AGREED).exists():
        return
    moment = min(max(agreed_at, request.reported_at), at)
    happened(request, Happening.PRICE_AGREED, at=moment, by=by, note=note)
    record(request, "price_agreed", by=by, at=at, note=note)
    reevaluate_request(request=request, by=by, at=at)


def adopt_rules(at: datetime) -> int:
    """Compute the requests that are not closed by the rules of today, once after these changed; how many were."""
    done = 0
    behind = ServiceRequest.objects.filter(law__lt=LAW, status__in=OPEN | {RequestStatus.SOLVED}).order_by("pk")
    last = 0
    while chunk := list(behind.filter(pk__gt=last).select_related("sla")[:_CHUNK]):
        with transaction.atomic():
            done += sum(_adopted(request, at) for request in chunk)
        last = chunk[-1].pk
    return done


def _adopted(request: ServiceRequest, at: datetime) -> bool:
    """A price that was agreed before its moment was part of the history begins with the day of the agreement."""
    try:
        lines = [] if request.is_covered else list(request.prices.all())
        if lines and all(line.agreed_on for line in lines):
            first = max(line.agreed_on for line in lines)
            agree_price(request=request, agreed_at=start_of(first), by=None, at=at, note=lines[0].agreed_by)
        return reevaluate_request(request=request, at=at)
    except NoReport:  # a history that cannot be: `check_integrity` names it, and the others go on
        return False

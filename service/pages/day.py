"""An engineer's day, made for a phone: visits in order of time, inspections that are due, requests whose clock runs."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.accounts.models import User
from base.ui import cells
from base.ui.inputs import day, whole
from base.ui.look import Look
from base.ui.paths import attach
from service.complaints import is_kept_from
from service.enums import LegState
from service.models import ServiceRequest
from service.pages.requests import CLASS_COLOURS, STATUS_COLOURS, LegColumn, RequestPage, TimeLeft
from service.pages.visits import STATUS_COLOURS as VISIT_COLOURS
from service.pages.visits import VisitPage, for_day, is_overdue
from service.queries import LEG_FIELDS, next_due, open_requests
from warranty.enums import ActionState
from warranty.forms import engineers
from warranty.models import Inspection
from warranty.pages.inspections import InspectionPage

#: More than this nobody does in a day.
LIMIT = 30
#: How each promised time of a request looks.
_LEFT = TimeLeft("left").bind(ServiceRequest)
_LEGS = {leg: LegColumn(leg).bind(ServiceRequest) for leg in LEG_FIELDS}


@action("visits.work")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`on` is a day (today), `engineer` whose it is (one's own); another's is shown to whoever plans visits."""
    look = Look.of(request)
    on = day(request.GET.get("on", "")) or look.today
    whose = _whose(look, whole(request.GET.get("engineer")))
    visits = list(for_day(look.user, on).filter(engineer=whose).select_related("contact")[:LIMIT])
    for visit in visits:
        attach(visit, overdue=is_overdue(visit, look.now), colour=VISIT_COLOURS[visit.status])
    context = {
        "look": look,
        "on": on,
        "is_today": on == look.today,
        "distance": cells.distance(on, look.today),
        "before": on - timedelta(days=1),
        "after": on + timedelta(days=1),
        "whose": whose,
        "own": whose == look.user,
        "engineers": engineers() if look.may("visits.plan") else [],
        "visits": visits,
        "visit_page": VisitPage,
        "inspections": list(_inspections(look, whose, on)),
        "requests": [_request(each, look) for each in _requests(look, whose) if not is_kept_from(each, whose)]
        if on == look.today
        else [],
    }
    return TemplateResponse(request, "service/day.html", context)


def _whose(look: Look, pk: int | None) -> User:
    if pk is None or pk == look.user.pk:
        return look.user
    found = engineers().filter(pk=pk).first() if look.may("visits.plan") else None
    if found is None:
        raise Http404("engineer")
    return found


def _inspections(look: Look, whose: User, on: date) -> QuerySet[Inspection]:
    """Planned for the day; for today also what is over and not reported."""
    rows = InspectionPage.rows(look.user).filter(engineer=whose, reported_at=None, action__state=ActionState.PLANNED)
    return (rows.filter(action__due_on__lte=on) if on == look.today else rows.filter(action__due_on=on))[:LIMIT]


def _requests(look: Look, whose: User) -> QuerySet[ServiceRequest]:
    """Open and assigned to the person: what is longest over first, then the nearest deadline."""
    rows = open_requests(RequestPage.rows(look.user).filter(assignee=whose))
    return rows.order_by(next_due(), "pk")[:LIMIT]


def _request(request: ServiceRequest, look: Look) -> dict[str, Any]:
    """A request with those of its legs that still run."""
    legs = []
    for leg, (_by, state) in LEG_FIELDS.items():
        if getattr(request, state) in (LegState.PENDING, LegState.BREACHED):
            legs.append((_LEGS[leg].label, _LEGS[leg].html(request, look)))
    return {
        "record": request,
        "legs": legs,
        "left": _LEFT.html(request, look),
        "class_colour": CLASS_COLOURS.get(request.request_class, "secondary"),
        "colour": STATUS_COLOURS[request.status],
    }

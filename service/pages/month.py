"""Visits and inspections on one calendar: where everybody is this month."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui.inputs import day, whole
from base.ui.look import Look
from base.ui.views.month import LIMIT, SPAN
from service.enums import VisitStatus
from service.models import Visit
from service.pages.visits import STATUS_COLOURS, VisitPage, is_overdue
from warranty.enums import ActionState
from warranty.forms import engineers
from warranty.models import Inspection
from warranty.pages.inspections import InspectionPage, is_open

#: What the colours say, in the order work goes.
LEGEND = [
    ("blue", pgettext_lazy("visit", "planned")),
    ("red", _("overdue")),
    ("orange", _("on site")),
    ("yellow", _("to be signed")),
    ("green", _("done")),
    ("secondary", _("skipped or cancelled")),
]


@action("visits.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    look = Look.of(request)
    context = {"look": look, "engineers": engineers(), "chosen": whole(request.GET.get("engineer")), "legend": LEGEND}
    return TemplateResponse(request, "service/month.html", context)


@action("visits.view")
@require_safe
def feed(request: HttpRequest) -> JsonResponse:
    """The entries from `start` to before `end`, as the calendar asks for them; of one `engineer`, or of all."""
    look = Look.of(request)
    first, end = day(request.GET.get("start", "")), day(request.GET.get("end", ""))
    if first is None or end is None or not timedelta(0) < end - first <= timedelta(days=SPAN):
        return JsonResponse({"error": "start, end"}, status=400)
    who = whole(request.GET.get("engineer"))
    here = Q(engineer=who) if who else Q()
    zone = timezone.get_current_timezone()
    since = datetime.combine(first, time(), zone)
    visits = VisitPage.rows(look.user).filter(here, planned_on__lt=end, planned_until__gt=since)
    sheets = [page.address("sheet", 0).removesuffix("0/") for page in (VisitPage, InspectionPage)]
    entries = [_visit(each, look, sheets[0]) for each in visits.order_by("planned_at", "pk")[:LIMIT]]
    if look.may("inspections.view"):
        due = InspectionPage.rows(look.user).filter(here, action__due_on__gte=first, action__due_on__lt=end)
        entries += [_inspection(each, look.today, sheets[1]) for each in due[:LIMIT]]
    return JsonResponse(entries, safe=False)


def _visit(visit: Visit, look: Look, sheets: str) -> dict[str, Any]:
    colour = "red" if is_overdue(visit, look.now) else STATUS_COLOURS[visit.status]
    return {
        "id": f"visit-{visit.pk}",
        "title": " · ".join([str(visit.engineer), str(visit.customer)]),
        # Without a zone: every browser shows the company's hours.
        "start": timezone.localtime(visit.planned_at).replace(tzinfo=None).isoformat(),
        "end": timezone.localtime(visit.planned_until).replace(tzinfo=None).isoformat(),
        "url": f"{sheets}{visit.pk}/",
        "className": f"entry-{colour}{' entry-off' if visit.status == VisitStatus.CANCELLED else ''}",
    }


def _inspection(inspection: Inspection, today: date, sheets: str) -> dict[str, Any]:
    action_, open_ = inspection.action, is_open(inspection)
    day = inspection.visited_on or action_.due_on
    if open_:
        colour = "red" if action_.due_on < today else "blue"
    else:
        colour = "green" if inspection.reported_at else "secondary"
    who = [str(inspection.engineer)] if inspection.engineer else []
    return {
        "id": f"inspection-{inspection.pk}",
        "title": " · ".join([*who, str(_("inspection")), str(action_.contract.customer)]),
        "start": day.isoformat(),
        "allDay": True,
        "url": f"{sheets}{inspection.pk}/",
        "className": f"entry-{colour}{' entry-off' if action_.state == ActionState.CANCELLED else ''}",
    }

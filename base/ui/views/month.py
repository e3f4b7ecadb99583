"""The month: the rows of the list as entries of a calendar."""

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.ui.inputs import day
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.parts import Month
from base.ui.views.list_ import panel_context

#: Entries of one feed, and days one may span.
LIMIT, SPAN = 1000, 100


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    look = Look.of(request)
    listing = Listing(page, request.GET, look)
    return TemplateResponse(request, "ui/month.html", panel_context(listing, view="month"))


@require_safe
def feed(request: HttpRequest, *, page: type[AnyPage]) -> JsonResponse:
    """The entries from `start` to before `end`, as the calendar asks for them."""
    look = Look.of(request)
    month = page.month
    assert month is not None
    first, end = day(request.GET.get("start", "")), day(request.GET.get("end", ""))
    if first is None or end is None or not timedelta(0) < end - first <= timedelta(days=SPAN):
        return JsonResponse({"error": "start, end"}, status=400)
    rows = Listing(page, request.GET, look).rows
    starts = month.last or month.date
    rows = rows.filter(**{f"{month.date}__lt": end, f"{starts}__gte": first}).order_by(month.date, "pk")[:LIMIT]
    sheets = page.address("sheet", 0).removesuffix("0/")
    found = [_entry(month, record, sheets) for record in page.prepared(list(rows), look)]
    return JsonResponse(found, safe=False)


def _entry(month: Month, record: Model, sheets: str) -> dict[str, Any]:
    entry = {
        "id": str(record.pk),
        "title": month.title(record),
        "start": getattr(record, month.date).isoformat(),
        "allDay": True,
        "url": f"{sheets}{record.pk}/",
        "className": f"entry-{month.colour(record)}",
    }
    last = getattr(record, month.last) if month.last else None
    if last:
        entry["end"] = (last + timedelta(days=1)).isoformat()
    return entry

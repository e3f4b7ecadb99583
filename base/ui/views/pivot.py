"""The analysis of a list: a chart and the table behind it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.pivot import CHARTS, Pivot
from base.ui.views.list_ import panel_context, screen


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    listing = Listing(page, request.GET, Look.of(request))
    context = {**panel_context(listing, view="pivot"), "pivot": Pivot(listing), "charts": CHARTS}
    return screen(request, "ui/pivot.html", context)

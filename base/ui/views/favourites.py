"""Favourites and chosen columns of a list."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from base.ui import operations
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.models import SavedFilter
from base.ui.page import AnyPage


def _listing(request: HttpRequest, page: type[AnyPage], look: Look) -> Listing:
    return Listing(page, QueryDict(request.POST.get("query", "")), look)


def _to(page: type[AnyPage], query: str) -> HttpResponse:
    return HttpResponseRedirect(page.address() + (f"?{query}" if query else ""))


@require_POST
def keep(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    look = Look.of(request)
    query = _listing(request, page, look).query
    operations.keep_favourite(
        by=look.user, page=page.slug, name=request.POST.get("name", ""), query=query, shared="shared" in request.POST
    )
    return _to(page, query)


@require_POST
def drop(request: HttpRequest, *, page: type[AnyPage], favourite: int) -> HttpResponse:
    look = Look.of(request)
    seen = SavedFilter.objects.filter(Q(owner=look.user) | Q(shared=True), page=page.slug)
    operations.drop_favourite(by=look.user, favourite=get_object_or_404(seen, pk=favourite))
    return _to(page, _listing(request, page, look).query)


@require_POST
def choose_columns(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    look = Look.of(request)
    listing = _listing(request, page, look)
    known = {each.name for each in listing.choosable}
    chosen = [] if "reset" in request.POST else [name for name in request.POST.getlist("column") if name in known]
    operations.choose_columns(by=look.user, page=page.slug, columns=chosen)
    return _to(page, listing.query)

"""The list: the whole page, or only its rows when htmx asks."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from base.ui import grouping, table
from base.ui.filters import AnyFilter, Choice, Flag, Relation
from base.ui.inputs import whole
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.models import SavedFilter
from base.ui.page import AnyPage

#: How deep the groups of a list can be opened in place.
MAX_DEPTH = 3
#: The ways to look at the same rows: name of the address, icon, label.
VIEWS = (
    ("list", "list", gettext_lazy("List")),
    ("board", "layout-kanban", gettext_lazy("Board")),
    ("month", "calendar-month", gettext_lazy("Month")),
    ("pivot", "chart-bar", gettext_lazy("Analysis")),
)


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    """The list in the state of its URL."""
    look = Look.of(request)
    listing = Listing(page, request.GET, look)
    if request.htmx and request.GET.get("depth"):  # type: ignore[attr-defined]
        return _inside(request, listing)
    return screen(request, "ui/list.html", list_context(listing, view="list"))


def screen(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page, or only what lies under the menu when htmx asks for that."""
    partial = "#screen" if request.htmx and request.htmx.target == "screen" else ""  # type: ignore[attr-defined]
    response = TemplateResponse(request, f"{template}{partial}", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def _inside(request: HttpRequest, listing: Listing) -> HttpResponse:
    """What is in one group of a grouped list, to be put under its heading."""
    depth = min(whole(request.GET.get("depth")) or 1, MAX_DEPTH)
    context = body_context(listing, depth)
    return TemplateResponse(request, "ui/list_rows.html", context)


def body_context(listing: Listing, depth: int = 0) -> dict[str, Any]:
    """The rows or groups of a list."""
    context: dict[str, Any] = {"page": listing.page, "listing": listing, "look": listing.look, "depth": depth}
    if listing.groups:
        context["sections"] = [
            (each, listing.opened(each.group, each.key), table.section_line(listing, each))
            for each in listing.grouped.sections
        ]
    else:
        context["rows"] = table.body(table.lines(listing), depth)
    return context


def list_context(listing: Listing, *, view: str) -> dict[str, Any]:
    """What the whole screen takes: rows, heads, totals, and the panels of the search box."""
    page, look = listing.page, listing.look
    return {
        **body_context(listing),
        **panel_context(listing, view=view),
        "banner": page.list_banner(look) if page.list_banner_template else {},
        "headings": table.headings(listing),
        "totals": table.totals_row(listing, listing.totals) if any(each.total for each in listing.columns) else None,
        "bulk": [each for each in page.all_bulk() if look.may(each.action)],
    }


def panel_context(listing: Listing, *, view: str) -> dict[str, Any]:
    """What stands above the rows, whichever way they are shown: no row is read for it."""
    page, look = listing.page, listing.look
    return {
        "page": page,
        "listing": listing,
        "look": look,
        **search_context(listing),
        "view": view,
        "may_create": page.offers_create(look),
        "may_export": bool(page.actions.export and look.may(page.actions.export)),
    }


def search_context(listing: Listing) -> dict[str, Any]:
    """The search box: facets, filters, groups and favourites, each with the address of a click on it."""
    page, look = listing.page, listing.look
    mine = Q(owner=look.user) | Q(shared=True)
    inputs = [_input(each, listing) for each in _with_inputs(listing)]
    groupings = [
        (each, f"?{listing.toggled('group', each.name)}", each.name in listing.group_names)
        for each in grouping.offered(page, look)
    ]
    return {
        "facets": [(each, f"?{listing.without(each.remove)}") for each in listing.facets],
        "quick": _quick(listing),
        "filters": inputs,
        "filters_in_use": any(each["in_use"] for each in inputs),
        "other_parameters": _other_parameters(listing),
        "groupings": groupings,
        "favourites": SavedFilter.objects.filter(mine, page=page.slug).select_related("owner"),
        "may_share": look.may("filters.share"),
        "views": [each for each, there in zip(VIEWS, (True, page.board, page.month, groupings), strict=True) if there],
    }


def _with_inputs(listing: Listing) -> list[AnyFilter]:
    return [each for each in listing.filters if each.kind != "quick"]


def _quick(listing: Listing) -> list[tuple[AnyFilter, str, bool]]:
    """Each quick filter with the address that switches it, and whether it is on."""
    on = {each.name for each in listing.quick}
    return [
        (each, f"?{listing.toggled('quick', each.name)}", each.name in on)
        for each in listing.filters
        if each.kind == "quick"
    ]


def _other_parameters(listing: Listing) -> list[tuple[str, str]]:
    """What the panel's form has to send along: parameters in force that are no input of it."""
    owned = {name for each in _with_inputs(listing) for name in each.parameters()}
    return [(name, value) for name, values in listing.known.lists() for value in values if name not in owned]


def _input(each: AnyFilter, listing: Listing) -> dict[str, Any]:
    """One filter's inputs, filled with what is in force."""
    chosen = [value for name in each.parameters() for value in listing.known.getlist(name)]
    found: dict[str, Any] = {"filter": each, "in_use": bool(chosen)}
    match each:
        case Choice() | Flag():
            found["choices"] = [(key, label, key in chosen) for key, label in each.choices()]
        case Relation():
            found["records"] = listing.checked.form.cleaned_data.get(each.name) or [] if chosen else []
        case _:
            found["ends"] = [
                (name, listing.known.get(name, ""), label)
                for name, label in zip(each.parameters(), (_("from"), _("to")), strict=True)
            ]
    return found

"""The board: one column a status, the cards of each, and which move dragging one there would make."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.ui import record as records
from base.ui.columns import Column
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.table import sums
from base.ui.totals import by_key, plain
from base.ui.views.list_ import list_context


@require_safe
def show(request: HttpRequest, *, page: type[ModelPage]) -> HttpResponse:
    look = Look.of(request)
    listing = Listing(page, request.GET, look, size=1)
    assert page.board is not None
    field: Any = page.model._meta.get_field(page.status_field)
    counts, totals = by_key(plain(listing.rows), [page.status_field], listing.columns)
    context = list_context(listing, view="board")
    context["stacks"] = [
        {
            "status": status,
            "label": label,
            "colour": page.status_colours.get(status, "secondary"),
            "count": counts.get((status,), 0),
            "more": listing.with_(page.status_field, status),
            "sums": [sums(by.get((status,), []), look) for by in totals.values()],
            "cards": list(_cards(listing, status, look)) if counts.get((status,)) else [],
        }
        for status, label in field.choices or []
        if not page.board.columns or status in page.board.columns
    ]
    return TemplateResponse(request, "ui/board.html", context)


def _cards(listing: Listing, status: str, look: Look) -> Iterable[dict[str, Any]]:
    page = listing.page
    assert page.board is not None
    found = listing.ordered.filter(**{page.status_field: status})[: page.board.limit]
    columns = [each for each in _columns(page) if look.may(page.guard(each.name, each.action))]
    for record in page.prepared(list(found), look):
        moves = {
            door.move.target: door.move.name
            for door in records.doors(page, record, look)
            if door.move.target and not door.why_not
        }
        yield {
            "record": record,
            "href": page.address("sheet", record.pk),
            "moves": moves,
            "values": [(each.label, each.html(record, look)) for each in columns],
        }


def _columns(page: type[ModelPage]) -> list[Column]:
    assert page.board is not None
    return [records.bound(page, each) for each in page.board.fields]

"""The board: one column a status, the cards of each, and which move dragging one there would make."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from base.ui import cells
from base.ui.listing import COUNT_CAP, Listing
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.parts import CLOSED_CARDS, BoundBoard, Move
from base.ui.table import sums
from base.ui.totals import by_key, plain, summed
from base.ui.views.list_ import panel_context


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage]) -> HttpResponse:
    look = Look.of(request)
    listing = Listing(page, request.GET, look)
    board = page.parts().board
    assert board is not None
    field: Any = page.model._meta.get_field(page.status_field)
    shown = {status: label for status, label in field.choices or [] if not board.statuses or status in board.statuses}
    counts, totals = _counted(listing, list(shown))
    cards = _cards(listing, board, [status for status in shown if counts.get(status)])
    context = panel_context(listing, view="board")
    context["stacks"] = [
        {
            "status": status,
            "label": label,
            "colour": page.status_colours.get(status, "secondary"),
            "count": counts.get(status, 0),
            "count_text": _count_text(counts.get(status, 0)),
            "more": listing.with_(page.status_field, status),
            "sums": [sums(by.get((status,), []), look) for by in totals.values()],
            "cards": cards.get(status, []),
            "cut": counts.get(status, 0) > len(cards.get(status, [])),
        }
        for status, label in shown.items()
    ]
    return TemplateResponse(request, "ui/board.html", context)


def _counted(listing: Listing, statuses: list[str]) -> tuple[dict[str, int], dict[str, Any]]:
    """How many rows each column has, and their sums. Without sums nobody counts further than a list does."""
    page, rows = listing.page, plain(listing.rows)
    if summed(listing.columns):
        counts, totals = by_key(rows, [page.status_field], listing.columns)
        return {str(status): n for (status,), n in counts.items()}, totals
    found = {each: rows.filter(**{page.status_field: each})[: COUNT_CAP + 1].count() for each in statuses}
    return found, {}


def _count_text(count: int) -> str:
    return f"{COUNT_CAP}+" if count > COUNT_CAP else str(count)


def _cards(listing: Listing, board: BoundBoard, statuses: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The first cards of each column: found by key alone, then read together with what they show."""
    page, look = listing.page, listing.look
    keys: dict[str, list[Any]] = {}
    for status in statuses:
        stack, limit = listing.ordered.filter(**{page.status_field: status}), board.limit
        if status in board.closed:
            limit = CLOSED_CARDS
            stack = stack if listing.sort else stack.order_by("-pk")
        keys[status] = list(stack.values_list("pk", flat=True)[:limit])
    found = page.all_rows(look.user).order_by().filter(pk__in=[pk for stack in keys.values() for pk in stack])
    by_key = {record.pk: record for record in page.prepared(list(found), look)}
    drawn = dict(_drawn(page, board, by_key, look))
    return {status: [drawn[pk] for pk in stack if pk in drawn] for status, stack in keys.items()}


def _drawn(
    page: type[AnyPage], board: BoundBoard, found: dict[int, Model], look: Look
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each record as its card; what is the same for all of them is asked once, and their lines are put together here:
    a template takes five times as long.
    """
    columns = page.shown_to(look, board.lines)
    lines = [(f'<p><span class="visually-hidden">{escape(str(each.label))}</span>', each) for each in columns]
    moves = [each for each in page.all_moves() if each.target and look.may(each.action)]
    home = page.address()
    for pk, record in found.items():
        yield (
            pk,
            {
                "record": record,
                "href": f"{home}{pk}/",
                "move_url": f"{home}{pk}/move/NAME/",
                "moves": {each.target: each.name for each in moves if _is_open(each, record)},
                "lines": SafeString(
                    "".join(f"{head}{cells.escaped(each.html(record, look))}</p>" for head, each in lines)
                ),
            },
        )


def _is_open(move: Move, record: Model) -> bool:
    """Whether the move can be made now; a text is the reason why not."""
    answer = move.allowed(record)
    return bool(answer) and not isinstance(answer, (str, Promise))

"""A list's heads, lines and sums as the template takes them. Lines are joined here: a template loop took longest of all."""

from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from django.db import models
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from base.ui import cells
from base.ui.columns import AnyColumn, Renderer
from base.ui.grouping import Section
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.totals import Total


class Heading:
    """A column's head: its label, and where a click on it leads: up, down, back to the list's own order."""

    def __init__(self, column: AnyColumn, listing: Listing) -> None:
        sort = listing.sort
        self.column, self.label = column, column.label
        self.sorted = sort is not None and sort.name == column.name
        self.descending = self.sorted and sort is not None and sort.descending
        if self.descending:
            query = listing.with_("sort")
        else:
            query = listing.with_("sort", f"-{column.name}" if self.sorted else column.name)
        self.href = f"?{query}" if column.sort else ""
        self.aria = ("descending" if self.descending else "ascending") if self.sorted else "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One record on screen, its cells joined."""

    href: str
    cells: SafeString


def headings(listing: Listing) -> list[Heading]:
    return [Heading(each, listing) for each in listing.columns]


def lines(listing: Listing, *, first: int | None = None) -> list[Line]:
    """The records of this page of the list. The first column leads to the sheet, and remembers the way back."""
    base = reverse(f"{listing.page.slug}:sheet", args=[0]).removesuffix("0/")
    origin = f"from={quote(listing.query, safe='')}&" if listing.query else ""
    start = listing.first if first is None else first
    cells_ = _renderers(listing)
    pick = _("Select %(what)s") if listing.pickable else ""
    found = []
    for place, record in enumerate(listing.records):
        href = f"{base}{record.pk}/?{origin}i={start + place}"
        box = _box(record, pick) if pick else ""
        (opening, main), *others = cells_
        first_cell = f'{opening}<a class="row-link" href="{escape(href)}">{main(record)}</a></td>'
        rest = "".join([f"{opening}{cell(record)}</td>" for opening, cell in others])
        found.append(Line(href, SafeString(f"{box}{first_cell}{rest}")))
    return found


def body(found: list[Line], depth: int) -> SafeString:
    """The lines as rows of the table; `depth` says in how many opened groups they stand."""
    opening = f'<tr class="line depth-{depth}" data-depth="{depth}"' if depth else '<tr class="line"'
    return SafeString("".join([f'{opening} data-href="{escape(each.href)}">{each.cells}</tr>' for each in found]))


def _renderers(listing: Listing) -> list[tuple[str, Renderer[models.Model]]]:
    """Of each column how its cell begins, and what makes the rest of it of a record.

    A link in a link is none: the first cell leads to the record, wherever its value would.
    """
    return [
        (_opening(each, main=place == 0), each.renderer(listing.look, linked=place > 0))
        for place, each in enumerate(listing.columns)
    ]


def _box(record: models.Model, pick: str) -> str:
    label = escape(pick % {"what": record})
    return (
        f'<td class="pick"><input type="checkbox" class="form-check-input" name="id" value="{record.pk}"'
        f' aria-label="{label}"></td>'
    )


def _opening(column: AnyColumn, *, main: bool) -> str:
    classes = " ".join(filter(None, ["main" if main else "", "text-end" if column.align == "end" else ""]))
    return f'<td class="{classes}" data-label="{escape(str(column.label))}">'


def section_line(listing: Listing, section: Section) -> SafeString:
    """The cells of a group's line behind its heading: each column's subtotals."""
    out = []
    for column in listing.columns[1:]:
        shown = sums(section.totals.get(column.name, []), listing.look)
        label = f' data-label="{escape(str(column.label))}"' if shown else ""
        out.append(f'<td class="{"text-end" if column.align == "end" else ""}"{label}>{shown}</td>')
    return SafeString("".join(out))


def totals_row(listing: Listing, totals: dict[str, list[Total]]) -> list[tuple[AnyColumn, SafeString]]:
    """Under each column its sums, one below the other, one a currency: currencies are never mixed."""
    return [(each, sums(totals.get(each.name, []), listing.look)) for each in listing.columns]


def sums(values: list[Total], look: Look) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((_sum(each, look),) for each in values))


def _sum(value: Total, look: Look) -> SafeString | str:
    return (
        format_html('<span class="money">{}</span>', f"{value:,}")
        if isinstance(value, int)
        else cells.html(value, look)
    )

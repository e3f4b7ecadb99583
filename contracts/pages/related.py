"""A tab that shows another page's rows: its columns, each line leading to its sheet."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.utils.html import conditional_escape, format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from base.ui.columns import AnyColumn
from base.ui.look import Look, Text
from base.ui.page import AnyPage, M, ModelPage
from base.ui.parts import CountOf, Tab

#: More lines than this are better read on the list itself.
LIMIT = 100


def related_tab(
    name: str,
    label: Text,
    page: Callable[[], type[ModelPage[M]]],
    rows: Callable[[Any, Look], models.QuerySet[M]],
    *,
    action: str = "",
    without: tuple[str, ...] = (),
    new: Mapping[str, str] | None = None,
    count: Callable[[Any, Look], int] | None = None,
) -> Tab:
    """A tab of `rows(record, look)` in the columns of `page()`, less those that are the same in every line.

    `new` offers to make one: form field → attribute of the record it starts with. `count` is asked for where the
    number of rows is not asked of the rows themselves.
    """

    def context(record: models.Model, look: Look) -> dict[str, Any]:
        there = page()
        return related(there, list(rows(record, look)[: LIMIT + 1]), look, without) | {
            "new_url": _new_url(there, record, look, new)
        }

    return Tab(
        name,
        label,
        "contracts/related.html",
        context,
        action,
        count=count or CountOf(rows),
    )


def _new_url(page: type[AnyPage], record: models.Model, look: Look, new: Mapping[str, str] | None) -> str:
    if new is None or not page.offers_create(look):
        return ""
    return f"{page.address('create')}?{urlencode({name: getattr(record, path) for name, path in new.items()})}"


def related(
    page: type[ModelPage[M]], records: list[M], look: Look, without: tuple[str, ...] = (), *, limit: int = LIMIT
) -> dict[str, Any]:
    """Heads and lines of some records as `contracts/related.html` takes them."""
    columns = [
        each for each in page.shown_to(look, page.all_columns()) if not each.optional and each.name not in without
    ]
    shown = page.prepared(records[:limit], look)
    return {
        "there": page,
        "columns": columns,
        "lines": [_cells(page, record, columns, look) for record in shown],
        "more": len(records) > limit,
    }


def _cells(page: type[AnyPage], record: models.Model, columns: list[AnyColumn], look: Look) -> SafeString:
    """The cells of one line; the first leads to the sheet."""
    out = []
    for place, column in enumerate(columns):
        cell = conditional_escape(column.html(record, look))
        if place == 0:
            cell = format_html('<a class="row-link" href="{}">{}</a>', page.address("sheet", record.pk), cell)
        kind = ' class="text-end"' if column.align == "end" else ""
        label = conditional_escape(column.label)
        out.append(f'<td{kind} data-label="{label}">{cell}</td>')
    return mark_safe("".join(out))  # noqa: S308 (every part escaped above)

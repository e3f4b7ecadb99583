"""The board of kept promises: visits by engineer and by region, each figure a link to its rows."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.ui.look import Look, Text
from service.checks.completion import Row, Stretch, completed, summed
from warranty.pages.inspections import InspectionPage

#: The ways the visits are gathered: the list's own grouping, and what it is called.
_WAYS = (
    ("engineer", gettext_lazy("By engineer"), gettext_lazy("Without engineer")),
    ("action__contract__customer__region", gettext_lazy("By region"), gettext_lazy("Without region")),
)
_HEADS = {
    "promised": pgettext_lazy("inspections", "promised"),
    "held": gettext_lazy("held"),
    "in_window": gettext_lazy("in the window"),
    "overdue": gettext_lazy("overdue"),
    "missed": gettext_lazy("window missed"),
    "abnormal": gettext_lazy("abnormal"),
}
_ALERT = frozenset({"overdue", "missed", "abnormal"})


def stretch_text(stretch: Stretch) -> str:
    """Such as 2026年第3季度."""
    values = {"year": stretch.year, "n": stretch.number}
    match stretch.kind:
        case "Q":
            return _("Quarter %(n)s of %(year)s") % values
        case "H":
            return (_("First half of %(year)s") if stretch.number == 1 else _("Second half of %(year)s")) % values
    return _("Year %(year)s") % values


@action("inspections.view")
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    look = Look.of(request)
    stretch = Stretch.read(request.GET.get("period", ""), look.today)
    rows = InspectionPage.rows(look.user)
    tables = []
    for path, title, nobody in _WAYS:
        found = completed(rows, stretch, by=path, today=look.today)
        lines = [_line(row, row.name or nobody, stretch, path) for row in found]
        tables.append(
            {"title": title, "lines": lines, "total": _line(summed(found), pgettext("sum", "all"), stretch, "")}
        )
    context = {
        "look": look,
        "stretch": stretch,
        "title": stretch_text(stretch),
        "kinds": [(label, stretch.of_kind(kind), kind == stretch.kind) for kind, label in _kinds()],
        "heads": _HEADS.values(),
        "tables": tables,
        "empty": not tables[0]["lines"],
    }
    return TemplateResponse(request, "service/completion.html", context)


def _kinds() -> list[tuple[str, str]]:
    return [("Q", _("Quarter")), ("H", _("Half")), ("", _("Year"))]


def _line(row: Row, name: Text, stretch: Stretch, path: str) -> dict[str, Any]:
    cells = [
        {
            "label": _HEADS[figure],
            "count": count,
            "alert": count > 0 and figure in _ALERT,
            "url": _url(figure, row, stretch, path) if count else "",
        }
        for figure, count in row.counts.items()
    ]
    return {"name": name, "cells": cells, "share": row.share}


def _url(figure: str, row: Row, stretch: Stretch, path: str) -> str:
    """The inspection list narrowed to exactly what was counted."""
    query = [("quick", figure)] + ([("quick", "promised")] if figure != "promised" else [])
    query += [("action__due_on_after", stretch.first.isoformat()), ("action__due_on_before", stretch.last.isoformat())]
    if path:
        query.append(("in", f"{path}={row.key or '-'}"))
    return f"{InspectionPage.address()}?{urlencode(query)}"

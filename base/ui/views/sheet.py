"""The sheet: one record, what can be done with it now, and what was."""

from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from base.ui import record as records
from base.ui import thread
from base.ui.look import Look
from base.ui.page import AnyPage
from base.ui.parts import Tab
from base.ui.views.second import undecided


@require_safe
def show(request: HttpRequest, *, page: type[AnyPage], pk: int) -> HttpResponse:
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    response = TemplateResponse(request, "ui/sheet.html", sheet_context(request, page, record, look))
    patch_vary_headers(response, ["HX-Request"])
    if request.htmx:  # type: ignore[attr-defined]
        # A save was redirected here behind the browser's back: the address bar has to follow.
        response["HX-Push-Url"] = request.get_full_path()
    return response


@require_safe
def tab(request: HttpRequest, *, page: type[AnyPage], pk: int, name: str) -> HttpResponse:
    """One tab of the sheet by itself, for htmx."""
    look = Look.of(request)
    record = records.record_or_404(page, look, pk)
    open_tab = next((each for each in records.tabs(page, record, look) if each.name == name), None)
    if open_tab is None:
        raise Http404(name)
    return TemplateResponse(request, "ui/tab.html", _tab_context(page, record, look, open_tab))


def _opened(tabs: list[Tab], wanted: str) -> Tab | None:
    """The tab that was asked for, else the first one."""
    return next((each for each in tabs if each.name == wanted), tabs[0] if tabs else None)


def _tab_context(page: type[AnyPage], record: Model, look: Look, tab: Tab) -> dict[str, Any]:
    return {"page": page, "record": record, "look": look, "tab": tab, **tab.context(record, look)}


def sheet_context(request: HttpRequest, page: type[AnyPage], record: Model, look: Look) -> dict[str, Any]:
    """Everything on the sheet of a stored record."""
    tabs = records.tabs(page, record, look)
    open_tab = _opened(tabs, request.GET.get("tab", ""))
    move_states = records.move_states(page, record, look)
    records.count_rows(page, record, look)
    context = {
        "page": page,
        "record": record,
        "look": look,
        "list_context": records.ListContext(page, request, look, record.pk),
        "blocks": (blocks := records.blocks(page, record, look)),
        "empty_lines": sum(line.is_empty for block in blocks for line in block.lines),
        "move_states": move_states,
        "moves_aside": [each for each in move_states if each.aside],
        "status_steps": records.status_steps(page, record),
        "figures": records.figures(page, record, look),
        "tabs": [(each, records.counted(each, record, look)) for each in tabs],
        "open_tab": open_tab,
        "may_edit": page.offers_edit(record, look),
        "may_create": page.offers_create(look),
        "undecided": undecided(record, look),
        "banner": page.banner(record, look) if page.banner_template else {},
    }
    if open_tab:
        context["tab_context"] = _tab_context(page, record, look, open_tab)
    if page.chatter:
        context["thread"] = thread.Thread(page, record, look)
    return context

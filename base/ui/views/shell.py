"""What stands around every page: global search, one's to-dos, language and theme."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import IntegerField, Model, Value
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import PUBLIC, action
from base.accounts.models import User
from base.chatter.models import Todo
from base.chatter.operations import finish_todo
from base.lib.errors import Refused
from base.ui import menu, operations, registry
from base.ui.look import Look
from base.ui.middleware import THEME_COOKIE
from base.ui.page import AnyPage, searched_pages
from base.ui.todos import open_for

#: Hits of each kind in the drop-down; the last line leads to the whole list.
HITS = 5
MIN_LENGTH = 2
YEAR = 365 * 24 * 3600


@action("search.use")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The first hits of every kind of record this person may open."""
    look = Look.of(request)
    text = " ".join(request.GET.get("q", "").split())[:100]
    found = []
    if len(text) >= MIN_LENGTH:
        pages = [each for each in _in_order(request, searched_pages()) if look.may(each.actions.view)]
        keys = _newest(pages, look.user, text)
        for page in pages:
            if keys[page]:
                hits = page.rows(look.user).filter(pk__in=keys[page]).order_by("-pk")[:HITS]
                found.append(
                    {
                        "page": page,
                        "hits": [(each, page.address("sheet", each.pk)) for each in hits],
                        "more": len(keys[page]) > HITS,
                    }
                )
    template = "ui/search.html#hits" if request.htmx else "ui/search.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, {"text": text, "found": found, "short": len(text) < MIN_LENGTH})


def _newest(pages: list[type[AnyPage]], user: User, text: str) -> dict[type[AnyPage], list[int]]:
    """Of each page the keys of the newest records that the text finds, and one more than is shown: in one question."""
    parts = []
    for place, page in enumerate(pages):
        hits = registry.text_search(page.model, page.rows(user), text).order_by("-pk").values("pk")[: HITS + 1]
        rows = page.model._default_manager.filter(pk__in=hits).order_by()
        parts.append(rows.values_list(Value(place, output_field=IntegerField()), "pk"))
    found: dict[type[AnyPage], list[int]] = {page: [] for page in pages}
    if parts:
        for place, key in parts[0].union(*parts[1:], all=True):
            found[pages[place]].append(key)
    return found


def _in_order(request: HttpRequest, pages: list[type[AnyPage]]) -> list[type[AnyPage]]:
    """As they stand in the menu; those that are not in it come last."""
    entries = [entry.href.partition("?")[0] for group in menu.groups(request) for entry in group.entries]
    return sorted(pages, key=lambda page: entries.index(page.address()) if page.address() in entries else len(entries))


@action("todos.use")
@require_safe
def todos(request: HttpRequest) -> HttpResponse:
    """What this person should see to: their own, and what they do for others."""
    look = Look.of(request)
    rows = open_for(look.user).select_related("assignee", "target_type")
    paged = Paginator(rows, 80).get_page(request.GET.get("page"))
    entries = [_todo(each, look) for each in _with_targets(list(paged.object_list))]
    context = {"paged": paged, "entries": entries, "look": look}
    return TemplateResponse(request, "ui/todos.html", context)


def _with_targets(found: list[Todo]) -> list[Todo]:
    """The to-dos with their records, fetched together for each kind."""
    by_kind: dict[ContentType, list[Todo]] = {}
    for todo in found:
        by_kind.setdefault(todo.target_type, []).append(todo)
    for kind, members in by_kind.items():
        model = kind.model_class()
        there = model._default_manager.in_bulk([each.target_id for each in members]) if model else {}
        for todo in members:
            todo.record = there.get(todo.target_id)  # type: ignore[attr-defined]
    return found


def _todo(todo: Todo, look: Look) -> dict[str, Any]:
    record: Model | None = todo.record  # type: ignore[attr-defined]
    return {
        "todo": todo,
        "record": record,
        "href": registry.address(record, look) if record else "",
        "kind": record._meta.verbose_name if record else "",
        "overdue": todo.due_on < look.today,
        "of_another": todo.assignee if todo.assignee_id not in (None, look.user.pk) else None,
    }


@action("todos.use")
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    look = Look.of(request)
    todo = open_for(look.user).filter(pk=pk).first()
    if todo is None:
        raise Refused(_("This to-do is no longer there."))
    finish_todo(todo=todo, by=look.user, at=look.now)
    return _back(request)


@action(PUBLIC)
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Kept on the user; in a cookie for somebody without a log-in."""
    wanted = request.POST.get("language", "")
    response = _back(request)
    if wanted in dict(settings.LANGUAGES) and check_for_language(wanted):
        if isinstance(request.user, User):
            operations.set_language(user=request.user, language=wanted)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure()
        )
    return response


@action(PUBLIC)
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    response = _back(request)
    if wanted in ("", "light", "dark"):
        if isinstance(request.user, User):
            operations.set_theme(user=request.user, theme=wanted)
        response.set_cookie(THEME_COOKIE, wanted, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To where one came from, if that is one of our own pages."""
    for target in (request.POST.get("next", ""), request.headers.get("Referer", "")):
        if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
            return HttpResponseRedirect(target)
    return HttpResponseRedirect("/")

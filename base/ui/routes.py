"""The addresses of one page, each naming its action."""

from collections.abc import Callable
from functools import partial, update_wrapper

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from base.accounts.access import action
from base.ui.page import AnyPage
from base.ui.views import board, chatter, edit, export, favourites, list_, month, move, options, pivot, sheet


def routes(page: type[AnyPage], *own: URLPattern) -> tuple[list[URLPattern], str, str]:
    """For `path("contracts/", routes(ContractPage))`: every screen of a page under the namespace of its slug.

    A door nobody has the action for leads nowhere: it has no address. Patterns of the page's `own` stand first, so that
    one with the address of a screen takes its place.
    """
    actions = page.actions

    def at(address: str, view: Callable[..., HttpResponseBase], name: str, needs: str, **fixed: str) -> URLPattern:
        bound = action(needs)(update_wrapper(partial(view, page=page, **fixed), view))
        return path(address, bound, name=name)

    found = [
        at("", list_.show, "list", actions.view),
        at("columns/", favourites.choose_columns, "columns", actions.view),
        at("favourites/", favourites.keep, "keep", actions.view),
        at("favourites/<int:favourite>/drop/", favourites.drop, "drop", actions.view),
        at("options/<str:name>/", options.find, "options", actions.view),
        at("<int:pk>/", sheet.show, "sheet", actions.view),
        at("<int:pk>/tab/<slug:name>/", sheet.tab, "tab", actions.view),
    ]
    if page.form and actions.create:
        found.append(at("new/", edit.create, "create", actions.create))
    if page.form and actions.edit:
        found.append(at("<int:pk>/edit/", edit.change, "edit", actions.edit))
    if actions.export:
        found += [
            at(f"export.{kind}", export.download, f"export_{kind}", actions.export, kind=kind)
            for kind in ("xlsx", "csv")
        ]
    found += [at("<int:pk>/move/<slug:name>/", move.one, "move", actions.view)]
    found += [at("bulk/<slug:name>/", move.many, "bulk", actions.view)]
    if page.chatter:
        found += [
            at("<int:pk>/thread/", chatter.thread, "thread", actions.view),
            at("<int:pk>/message/", chatter.write, "message", "messages.write"),
            at("<int:pk>/todo/", chatter.add_todo, "add_todo", "todos.use"),
            at("<int:pk>/todo/<int:todo>/done/", chatter.tick, "tick", "todos.use"),
            at("<int:pk>/files/", chatter.attach, "attach", "files.add"),
            at("<int:pk>/files/<int:file>/", chatter.download, "file", "files.view"),
            at("<int:pk>/files/<int:file>/mark/", chatter.mark_file, "mark_file", "files.mark"),
        ]
    if page.board:
        found.append(at("board/", board.show, "board", actions.view))
    if page.group_by:
        found.append(at("pivot/", pivot.show, "pivot", actions.view))
    if page.month:
        found += [at("month/", month.show, "month", actions.view), at("month/feed/", month.feed, "feed", actions.view)]
    return [*own, *found], page.slug, page.slug

"""The home page: what is to be done at once, the figures in two requests of their own once it stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.accounts.access import ANYONE, action
from base.accounts.models import Role
from base.mail.queries import held_because
from base.ui.look import Look
from console.dashboard import panels
from console.dashboard.boards import BOARDS, Board
from console.dashboard.figures import Awaited, awaited, figures
from console.health import Level, health


@action(ANYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this person's role should know today; with `whole` all of it in one page, for browsers without scripts."""
    look, whole = Look.of(request), "whole" in request.GET
    board = _board(look)
    sections: list[tuple[Any, list[Awaited], list[Awaited]]] = [
        (section.title, awaited(section.tiles, look), []) for section in board.sections
    ]
    context = {
        "look": look,
        "whole": whole,
        "todos": panels.todos(look) if board.todos else None,
        **(_figures(look) if whole else {"sections": [each for each in sections if each[1]]}),
        **(_panels(look) if whole else {"panels": board.panels}),
        "banner": {"held": held_because() if look.may("mails.view") else ""},
    }
    return TemplateResponse(request, "console/dashboard/home.html", context)


@action(ANYONE)
@require_safe
def home_figures(request: HttpRequest) -> HttpResponse:
    """The tiles with their figures."""
    look = Look.of(request)
    return TemplateResponse(request, "console/dashboard/figures.html", {"look": look, **_figures(look)})


@action(ANYONE)
@require_safe
def home_panels(request: HttpRequest) -> HttpResponse:
    """The panels that show more than a number."""
    look = Look.of(request)
    return TemplateResponse(request, "console/dashboard/panels.html", {"look": look, **_panels(look)})


def _board(look: Look) -> Board:
    return BOARDS[Role(look.user.role)]


def _figures(look: Look) -> dict[str, Any]:
    """The tiles of each section, and folded into a line those that would only say 0."""
    sections = [(section.title, figures(section.tiles, look)) for section in _board(look).sections]
    return {
        "sections": [
            (title, [each for each in found if each.count], [each for each in found if not each.count])
            for title, found in sections
            if found
        ]
    }


def _panels(look: Look) -> dict[str, Any]:
    return {"panels": [panel for each in _board(look).panels if (panel := each.make(look)) is not None]}


@action("health.view")
@require_safe
def health_panel(request: HttpRequest) -> HttpResponse:
    """What is not well, for the panel of the home page."""
    found = health(Look.of(request).now)
    wrong = [check for check in found if check.level != Level.OK]
    context = {"wrong": wrong, "well": len(found) - len(wrong)}
    return TemplateResponse(request, "console/dashboard/health_found.html", context)

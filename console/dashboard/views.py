"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from base.accounts.access import ANYONE, action
from base.accounts.models import Role
from base.mail.queries import held_because
from base.ui.look import Look
from console.dashboard.boards import BOARDS
from console.dashboard.figures import figures
from console.health import Level, health


@action(ANYONE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this person's role should know today."""
    look = Look.of(request)
    board = BOARDS[Role(look.user.role)]
    sections = [(section.title, figures(section.tiles, look)) for section in board.sections]
    panels = [panel for make in board.panels if (panel := make(look)) is not None]
    context = {
        "look": look,
        "sections": [(title, found) for title, found in sections if found],
        "panels": panels,
        "charts": any("option" in panel.context for panel in panels),
        "banner": {"held": held_because() if look.may("mails.view") else ""},
    }
    return TemplateResponse(request, "console/dashboard/home.html", context)


@action("health.view")
@require_safe
def health_panel(request: HttpRequest) -> HttpResponse:
    """What is not well, for the panel of the home page."""
    found = health(Look.of(request).now)
    wrong = [check for check in found if check.level != Level.OK]
    context = {"wrong": wrong, "well": len(found) - len(wrong)}
    return TemplateResponse(request, "console/dashboard/health_found.html", context)

"""What every page's frame needs: menu, to-dos, language, theme. Looked up only by a template that shows it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from base.accounts.models import User
from base.jobs.queries import untold
from base.ui import menu
from base.ui.middleware import THEME_COOKIE
from base.ui.todos import open_count


def _jobs(request: HttpRequest) -> int:
    """How many jobs of this person are open, or ended without the person having been told."""
    user = request.user
    return untold(user).count() if isinstance(user, User) else 0


def shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    theme = getattr(user, "theme", "") if known else request.COOKIES.get(THEME_COOKIE, "")
    groups = SimpleLazyObject(lambda: menu.groups(request))
    return {
        "shell_menu": groups,
        "shell_apps": SimpleLazyObject(lambda: menu.apps(request, list(groups))),
        "shell_jobs": SimpleLazyObject(lambda: _jobs(request)),
        "shell_todos": SimpleLazyObject(lambda: open_count(request)),
        "shell_theme": theme if theme in ("light", "dark") else "",
        "shell_languages": [(code, name) for code, name in settings.LANGUAGES],
    }

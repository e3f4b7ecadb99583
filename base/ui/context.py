"""What every page's frame needs: menu, to-dos, language, theme. Looked up only by a template that shows it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from base.ui import menu
from base.ui.middleware import THEME_COOKIE
from base.ui.todos import open_count


def shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    theme = getattr(user, "theme", "") if known else request.COOKIES.get(THEME_COOKIE, "")
    return {
        "shell_menu": SimpleLazyObject(lambda: menu.groups(request)),
        "shell_todos": SimpleLazyObject(lambda: open_count(request)),
        "shell_theme": theme if theme in ("light", "dark") else "",
        "shell_languages": [(code, name) for code, name in settings.LANGUAGES],
    }

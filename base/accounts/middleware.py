"""The door: no view is reached without an action, and a person's language and theme follow them."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from base.accounts.access import PUBLIC, may


class UserSettingsMiddleware:
    """A user's own language wins over the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The person, not Django's stand-in for one, which goes a long way round at each look at them.
        request.user = get_user(request)
        if request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return self.get_response(request)


class IdleMiddleware:
    """Whoever has not done anything for hours is logged out; what a page fetches by itself is not doing anything.

    The moment is written at most every ten minutes, so that looking costs no write (docs/rules.md 8.2).
    """

    SEEN = "seen_at"
    #: Set by `static/js/ui.js` on what no person asked for.
    UNATTENDED = "X-Unattended"
    _WRITTEN_EVERY = 600

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, seen = time.time(), request.session.get(self.SEEN)
            if seen is not None and now - seen > settings.SESSION_IDLE_HOURS * 3600:
                logout(request)
            elif seen is None or (now - seen >= self._WRITTEN_EVERY and self.UNATTENDED not in request.headers):
                request.session[self.SEEN] = int(now)
        return self.get_response(request)


class AccessMiddleware:
    """Every view names its action (`access.action`); a view that names none cannot be reached."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        action = getattr(view, "action", None)
        if action is None:
            raise ImproperlyConfigured(f"{request.path}: the view names no action")
        if action == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user, action):
            raise PermissionDenied
        return None

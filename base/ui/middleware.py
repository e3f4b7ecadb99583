"""The language of a request, and an operation's "no" as a message instead of an error page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme

from base.lib.errors import NotAllowed, Refused
from base.lib.text import storable
from base.ui.inputs import storable_data


class LanguageMiddleware(LocaleMiddleware):
    """The cookie's or the browser's language, else English; a user's own comes later and wins (base.accounts)."""


class StorableMiddleware:
    """Whatever is typed or sent loses what no database stores before anybody reads it: NUL and halves of characters."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, Any]) -> None:
        request.GET = storable_data(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = storable_data(request.POST)  # type: ignore[assignment]
        for name, value in kwargs.items():
            if isinstance(value, str):
                kwargs[name] = storable(value)


class RefusalMiddleware:
    """`Refused` → the reason as a message on the page one came from; `NotAllowed` → 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        if isinstance(error, NotAllowed):
            raise PermissionDenied(str(error.message)) from error
        if request.headers.get("HX-Request"):
            response = TemplateResponse(request, "ui/refusal.html", {"reason": str(error.message)}, status=409)
            response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:window:top"
            return response.render()
        origin = _origin(request)
        if request.method in ("GET", "HEAD") or not origin:
            return TemplateResponse(request, "ui/refused.html", {"reason": str(error.message)}, status=409).render()
        messages.error(request, str(error.message))
        return HttpResponseRedirect(origin)


def _origin(request: HttpRequest) -> str:
    """The page of ours one came from; empty for none and for the very address that refused."""
    referer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return "" if urlsplit(referer).path == request.path else referer


#: Where the choice of someone without a log-in is kept.
THEME_COOKIE = "theme"

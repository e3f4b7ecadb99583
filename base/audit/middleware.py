"""What leaves by a browser: written down when it is a file, and never kept by the browser or a proxy."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from base.audit.accesses import note_access
from base.audit.models import Access
from base.audit.receivers import address_of
from base.company import clock
from base.lib.links import masked

_TABLES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml", "application/vnd.ms-excel")
_PRIVATE = "no-store, private"


class PrivacyMiddleware:
    """Every answer that does not say it is public is for one reader alone, and kept nowhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = _PRIVATE
        return response


class AccessLogMiddleware:
    """Whoever takes a file away is written down: an export, a paper, or any other download (docs/rules.md 18.2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        kind = taken(request, response)
        if kind is not None and request.method != "HEAD":
            by = request.user if request.user.is_authenticated else None
            note_access(kind, by=by, at=clock.now(), address=address_of(request), what=_path(request.path))
        return response


def taken(request: HttpRequest, response: HttpResponse) -> Access.Kind | None:
    """As what an answer counts; None for a page, and for what is public anyway."""
    if response.status_code != 200 or "public" in response.get("Cache-Control", ""):
        return None
    mime, disposition = response.get("Content-Type", ""), response.get("Content-Disposition", "")
    name = request.resolver_match.url_name or "" if request.resolver_match else ""
    if mime.startswith(_TABLES) or ("export" in name and disposition):
        return Access.Kind.EXPORT
    if mime == "application/pdf" and not disposition.startswith("attachment"):
        return Access.Kind.PRINT
    return Access.Kind.DOWNLOAD if disposition else None


def _path(path: str) -> str:
    """The address with the secret of a customer's link taken out."""
    return masked(f"http://-{path}").removeprefix("http://-")

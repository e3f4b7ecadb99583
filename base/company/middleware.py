"""Which time it is on a page."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from base.company.queries import zone


class TimeZoneMiddleware:
    """Times are shown, typed and cut into days in the company's time zone, never the server's or the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            here = zone()
        except DatabaseError:  # the page that says so needs no time zone
            return self.get_response(request)
        with timezone.override(here):
            return self.get_response(request)

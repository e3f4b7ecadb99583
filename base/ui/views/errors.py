"""Friendly words where there is nothing else to show. `config/urls.py` names them as handlers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without the shell: the database may be what is broken."""
    return render(request, "500.html", status=500, context={})


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose secret is missing or old: most often a log-in in another tab meanwhile."""
    return render(request, "403_csrf.html", status=403)

"""The health as a person sees it, and as a machine that watches asks for it."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from base.accounts.access import PUBLIC, action, may
from base.company.health import Check, Level
from config.health import health, worst

#: Strangers may ask as often as they like: for so long they get the last answer.
_FRESH = timedelta(seconds=10)
_TITLES = {
    "database": _("Database"),
    "migrations": _("Database version"),
    "broker": _("Message broker"),
    "processes": _("Background processes"),
    "mail": _("Outgoing mail"),
    "uncertain": _("Uncertain mails"),
    "calendar": _("Working calendar"),
    "company": _("Company"),
    "papers": _("Papers"),
}
_last: list[tuple[datetime, Level]] = []


@action(PUBLIC)
@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """200 with `ok`, or 503 with `bad`; details with `?format=json` for those who may see them."""
    at = timezone.now()
    if request.GET.get("format") == "json":
        if not (request.user.is_authenticated and may(request.user, "health.view")):
            raise PermissionDenied
        return _json(health(at))
    if not _last or not _last[0][0] <= at < _last[0][0] + _FRESH:
        _last[:] = [(at, worst(health(at)))]
    bad = _last[0][1] == Level.BAD
    return HttpResponse("bad\n" if bad else "ok\n", content_type="text/plain", status=503 if bad else 200)


@action("health.view")
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Everything that was looked at, with what to do."""
    found = [(_TITLES.get(check.name, check.title or check.name), check) for check in health(timezone.now())]
    return render(request, "config/health.html", {"found": found})


def _json(checks: list[Check]) -> JsonResponse:
    status = worst(checks)
    found = [{"name": check.name, "status": check.level.word, "text": check.text} for check in checks]
    return JsonResponse(
        {"status": status.word, "checks": found},
        status=503 if status == Level.BAD else 200,
        json_dumps_params={"ensure_ascii": False},
    )

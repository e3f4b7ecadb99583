"""The health as a person sees it, and as a machine that watches asks for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from base.accounts.access import PUBLIC, action, may
from base.company import clock
from base.jobs.models import Job
from base.jobs.queries import open_jobs
from base.ui.look import Look
from console.health import Check, Level, health, worst

#: Strangers may ask as often as they like: for so long they get the last answer.
_FRESH = timedelta(seconds=10)
_TITLES = {
    "database": _("Database"),
    "migrations": _("Database version"),
    "broker": _("Message broker"),
    "processes": _("Background processes"),
    "jobs": _("Jobs"),
    "mail": _("Outgoing mail"),
    "uncertain": _("Uncertain mails"),
    "calendar": _("Working calendar"),
    "company": _("Company"),
    "second_person": _("Second person"),
    "log": _("Logs"),
    "papers": _("Papers"),
}


@dataclass(frozen=True)
class Remedy:
    """What to do about a bad line, and the page it is done on."""

    text: Any
    url_name: str = ""
    label: Any = ""
    action: str = ""


#: By check; what only a person with the machine can do has no page.
_REMEDIES = {
    "database": Remedy(_("Start the database, and see whether DATABASE_URL still leads to it.")),
    "migrations": Remedy(_("Stop all processes, run `manage.py migrate`, start them again.")),
    "broker": Remedy(_("Start the broker, and see whether CELERY_BROKER_URL still leads to it.")),
    "processes": Remedy(
        _(
            "Start worker, jobs and beat again; their logs say why they stopped. Whatever was missed is caught up by itself."
        )
    ),
    "jobs": Remedy(_("See below what runs, and ask its person to stop it if it does not come to its end.")),
    "mail": Remedy(
        _("Set EMAIL_URL and the sender's address, look through what waits, then release it."),
        "mails:list",
        _("Mails"),
        "mails.view",
    ),
    "uncertain": Remedy(
        _("Ask the reader, then confirm the mail or send it again."), "mails:list", _("Mails"), "mails.view"
    ),
    "calendar": Remedy(
        _("Until then the year is counted by weekdays alone, and what rests on it is provisional."),
        "calendar_import",
        _("Bring in a year"),
        "calendar.edit",
    ),
    "company": Remedy(_("Fill in the company's profile."), "company", _("Company"), "company.edit"),
    "second_person": Remedy(
        _("A director or an administrator who did not do it looks at it, and confirms or undoes it."),
        "changes:list",
        _("Second person"),
        "changes.view",
    ),
    "log": Remedy(_("Start worker and beat again, or run `manage.py audit_head`, which seals what waits.")),
    "papers": Remedy(_("Run `make setup` on the machine, then start the processes again.")),
}
#: Jobs shown at most.
_SHOWN = 50
_last: list[tuple[datetime, Level]] = []


@action(PUBLIC)
@never_cache
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """200 with `ok`, or 503 with `bad`; details with `?format=json` for those who may see them."""
    at = clock.now()
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
    """Everything that was looked at, the worst first, with what to do."""
    look = Look.of(request)
    checks = sorted(health(look.now), key=lambda check: -check.level)
    found = [(_TITLES.get(check.name, check.name), check, _remedy(check, look)) for check in checks]
    context = {"found": found, "worst": worst(checks), "look": look, "jobs": _jobs_at_work()}
    return render(request, "console/health.html", context)


def _jobs_at_work() -> list[Job]:
    """Whose jobs are open: what each is about, and what comes of it, is its person's alone."""
    return list(open_jobs().select_related("by").order_by("created_at")[:_SHOWN])


def _remedy(check: Check, look: Look) -> dict[str, Any] | None:
    """What to do about a line that is not good; the page only where this person may open it."""
    remedy = _REMEDIES.get(check.name)
    if check.level == Level.OK or remedy is None:
        return None
    url = reverse(remedy.url_name) if remedy.url_name and look.may(remedy.action) else ""
    return {"text": remedy.text, "url": url, "label": remedy.label}


def _json(checks: list[Check]) -> JsonResponse:
    status = worst(checks)
    found = [{"name": check.name, "status": check.level.word, "text": check.text} for check in checks]
    return JsonResponse(
        {"status": status.word, "checks": found},
        status=503 if status == Level.BAD else 200,
        json_dumps_params={"ensure_ascii": False},
    )

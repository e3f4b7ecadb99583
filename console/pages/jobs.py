"""My jobs: how far each is, what came of it, its file; and the notice that tells of those that ended."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import ANYONE, action
from base.accounts.models import User
from base.jobs import operations, queries
from base.jobs.labels import kind_choices
from base.jobs.models import OPEN, Job
from base.jobs.run import mime_of
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from base.ui.record import record_or_404

COLOURS = {"waiting": "secondary", "running": "blue", "done": "green", "failed": "red", "stopped": "orange"}


class Kinds(Choice):
    """The kinds there are, in the reader's words."""

    def choices(self) -> list[tuple[str, Text]]:
        return kind_choices()


def _stop(job: Job, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.stop_job(job=job, by=by, at=at)


class JobPage(ModelPage[Job]):
    model, slug, icon = Job, "jobs", "stack-2"
    title = _("My jobs")
    actions = Actions(view=ANYONE)
    empty = _("What takes longer than a moment, such as the export of a long list, is done here while you go on.")
    columns = [
        Column("kind", value=lambda job: job.label, sort=False),
        Column("subject"),
        Badge("status", COLOURS),
        Column("result", value=lambda job: job.result or job.error, sort=False),
        Column("created_at"),
        Column("finished_at"),
    ]
    filters = [
        Quick("open", _("Not done yet"), lambda rows, look: rows.filter(status__in=OPEN)),
        Quick("file", _("With a file"), lambda rows, look: rows.exclude(file="")),
        Kinds("kind"),
        Choice("status"),
        DateRange("created_at"),
    ]
    sheet = [
        Group(_("Job"), [Column("kind", value=lambda job: job.label), "subject", "created_at"]),
        Group(_("When"), ["started_at", "finished_at"]),
    ]
    moves = [
        Move(
            "stop",
            _("Stop"),
            ANYONE,
            _stop,
            allowed=lambda job: job.is_open and not job.is_stopping,
            icon="player-stop",
            style="outline-danger",
            confirm=_("It ends at its next step. What was stored until then stays."),
            done=_("It stops as soon as it can."),
        ),
    ]
    status_field, status_path, status_colours = "status", ["waiting", "running", "done"], COLOURS
    banner_template = "console/jobs/banner.html"
    list_banner_template = "console/jobs/open.html"
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Job]:
        return queries.of_person(user)

    @classmethod
    def banner(cls, record: Job, look: Look) -> Mapping[str, Any]:
        return {"job": record}

    @classmethod
    def list_banner(cls, look: Look) -> Mapping[str, Any]:
        return {"open_jobs": _open(look.user)}


def _open(user: User) -> list[Job]:
    return list(queries.of_person(user).filter(status__in=OPEN))


@action(ANYONE)
@never_cache
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, asked for every second; once it is over, the page is loaded anew."""
    job = record_or_404(JobPage, Look.of(request), pk)
    if not job.is_open:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "console/jobs/bar.html", {"job": job})


@action(ANYONE)
@never_cache
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """What stands in the bar above every page: how many jobs are open, and those that ended meanwhile as messages."""
    look = Look.of(request)
    found = list(queries.untold(look.user))
    ended = [each for each in found if not each.is_open]
    context = {"open_count": len(found) - len(ended), "ended": ended, "polls": True}
    return TemplateResponse(request, "console/jobs/notice.html", context)


@action(ANYONE)
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """The messages were shown."""
    look = Look.of(request)
    operations.mark_told(by=look.user, at=look.now)
    return HttpResponse(status=204)


@action(ANYONE)
@never_cache
@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file, while its person may still see all that is in it."""
    look = Look.of(request)
    job = record_or_404(JobPage, look, pk)
    operations.check_file(job=job, by=look.user)
    return FileResponse(
        job.file.open("rb"), as_attachment=True, filename=job.file_name, content_type=mime_of(job.file_name)
    )

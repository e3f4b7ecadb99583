"""Daily runs: each with what it did and what failed, today's by hand, and once more for what failed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from base.accounts.access import action
from base.accounts.models import User
from base.chatter.labels import value_text
from base.jobs.models import Job, JobStatus
from base.jobs.operations import ask_job
from base.jobs.queries import of_person
from base.ui import registry
from base.ui.columns import Column
from base.ui.filters import DateRange, Flag, Quick
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move, Tab, Tool
from contracts.models import Contract
from contracts.pages.related import related_tab
from warranty.enums import ActionState
from warranty.jobs import PREVIEW_TODAY, RUN_TODAY
from warranty.labels import icon_of
from warranty.models import DailyRun, PlannedAction
from warranty.pages.plan import PlanPage, run_rows
from warranty.planning.fields import kind_label
from warranty.planning.kinds import kinds
from warranty.queries import due_rows

#: Rows that are run again while the person waits.
AT_ONCE = 20


def _total(what: str) -> Callable[[DailyRun], int | None]:
    return lambda run: sum(counts.get(what, 0) for counts in run.actions.values()) or None


def kinds_of(actions: Mapping[str, Mapping[str, int]]) -> Iterator[dict[str, Any]]:
    """What was done per kind, in the kinds' own order."""
    order = [kind.name for kind in kinds()]
    for kind in sorted(actions, key=lambda name: order.index(name) if name in order else len(order)):
        yield {"kind": kind_label(kind), "icon": icon_of(kind), **actions[kind]}


def failures_of(failures: list[dict[str, str]], look: Look) -> Iterator[dict[str, Any]]:
    """Each failure with its contract's sheet, where this person may see it."""
    numbers = {each["contract"] for each in failures}
    ids = dict(Contract.objects.visible_to(look.user).filter(number__in=numbers).values_list("number", "pk"))
    for each in failures:
        yield {
            **each,
            "kind": kind_label(each["kind"]),
            "problem": value_text(each["problem"]),
            "pk": ids.get(each["contract"]),
        }


def _open_failures(run: DailyRun) -> list[PlannedAction]:
    return list(run.rows.filter(state=ActionState.FAILED))


def _again(run: DailyRun, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> Job | None:
    """A few at once, and told at once why one fails again; many by a job."""
    rows = _open_failures(run)
    if len(rows) > AT_ONCE:
        parameters = {"rows": [each.pk for each in rows]}
        return ask_job(kind=RUN_TODAY.name, subject=str(run), parameters=parameters, by=by, at=at)
    run_rows(rows, by=by, at=at, on=on)
    return None


def _did(run: DailyRun, look: Look) -> Mapping[str, Any]:
    return {"kinds": list(kinds_of(run.actions)), "failures": list(failures_of(run.failures, look))}


class RunPage(ModelPage[DailyRun]):
    model, slug, icon = DailyRun, "runs", "player-play"
    key = "on"
    actions = Actions(view="runs.view")
    empty = _("The first run comes at the hour set for the company, or when somebody starts it.")
    columns = [
        Column("on"),
        Column("started_at"),
        Column("finished_at"),
        Column("by", label=_("started by"), value=lambda run: run.by or gettext("by itself"), sort=False),
        Column("whole"),
        Column("done", label=_("done"), value=_total("done"), align="end", sort=False),
        Column("skipped", label=_("skipped"), value=_total("skipped"), align="end", sort=False),
        Column("failed", label=_("failed"), value=lambda run: len(run.failures) or None, align="end", sort=False),
    ]
    filters = [
        Quick("failed", _("Something failed"), lambda rows, look: rows.exclude(failures=[])),
        Quick("unfinished", _("Not finished"), lambda rows, look: rows.filter(finished_at=None)),
        Flag("whole"),
        DateRange("on"),
    ]
    group_by = ["on:month", "by"]
    sheet = [
        Group(_("Run"), ["on", Column("by", value=lambda run: run.by or gettext("by itself")), "whole"]),
        Group(_("When"), ["started_at", "finished_at"]),
    ]
    tabs = [
        Tab("did", _("What it did"), "warranty/run_did.html", _did),
        related_tab(
            "open",
            _("Still failing"),
            lambda: PlanPage,
            lambda run, look: PlanPage.all_rows(look.user).filter(run=run, state=ActionState.FAILED),
        ),
        related_tab(
            "rows", _("Its rows"), lambda: PlanPage, lambda run, look: PlanPage.all_rows(look.user).filter(run=run)
        ),
    ]
    moves = [
        Move(
            "again",
            _("Run again for what failed"),
            "runs.start",
            _again,
            allowed=lambda run: bool(_open_failures(run)),
            style="primary",
            icon="refresh",
            done=_("What had failed is done now, or being done."),
        ),
    ]
    tools = [Tool(_("Run today now"), "player-play", "run_today", "runs.start")]
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[DailyRun]:
        return DailyRun.objects.select_related("by")


@action("runs.start")
@require_http_methods(["GET", "HEAD", "POST"])
def today(request: HttpRequest) -> HttpResponse:
    """What is due, and what a run of today would do, once this person had that found out. POST asks for either job."""
    look = Look.of(request)
    if request.method == "POST":
        kind = PREVIEW_TODAY if "preview" in request.POST else RUN_TODAY
        job = ask_job(kind=kind.name, subject=look.today.isoformat(), by=look.user, at=look.now)
        return HttpResponseRedirect(registry.address(job, look))
    context = {
        "look": look,
        "page": RunPage,
        "due": due_rows(look.today).count(),
        "preview": _previewed(look),
        "last": DailyRun.objects.filter(on=look.today, whole=True).first(),
    }
    return TemplateResponse(request, "warranty/run_today.html", context)


def _previewed(look: Look) -> dict[str, Any] | None:
    """The newest dry run of today that this person asked for."""
    jobs = of_person(look.user).filter(kind=PREVIEW_TODAY.name, status=JobStatus.DONE)
    job = jobs.filter(outcome__on=look.today.isoformat()).first()
    if job is None:
        return None
    found = job.outcome
    return {
        "at": job.finished_at,
        "kinds": list(kinds_of(found["actions"])),
        "failures": list(failures_of(found["failures"], look)),
    }

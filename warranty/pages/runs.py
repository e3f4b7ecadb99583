"""Daily runs: each with what it did and what failed, today's by hand, and once more for what failed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from base.accounts.access import action
from base.accounts.models import User
from base.chatter.labels import value_text
from base.ui.columns import Column
from base.ui.filters import DateRange, Flag, Quick
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move, Tab, Tool
from contracts.models import Contract
from contracts.pages.related import related_tab
from warranty.enums import ActionState
from warranty.labels import icon_of
from warranty.models import DailyRun, PlannedAction
from warranty.pages.plan import PlanPage, run_rows
from warranty.planning.fields import kind_label
from warranty.planning.kinds import kinds
from warranty.planning.run import Result, run_day
from warranty.queries import due_rows


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


def _again(run: DailyRun, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    run_rows(_open_failures(run), by=by, at=at, on=on)


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
            done=_("What had failed is done now."),
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
    """What a run of today would do, found out by doing and undoing it; POST does it."""
    look = Look.of(request)
    if request.method == "POST":
        result = run_day(on=look.today, by=look.user, at=look.now)
        _tell(request, result)
        latest = DailyRun.objects.filter(by=look.user, started_at=look.now).first()
        return HttpResponseRedirect(RunPage.address("sheet", latest.pk) if latest else RunPage.address())
    preview = run_day(on=look.today, by=look.user, at=look.now, dry_run=True)
    context = {
        "look": look,
        "page": RunPage,
        "due": due_rows(look.today).count(),
        "kinds": list(kinds_of(preview.actions)),
        "failures": list(failures_of(preview.failures, look)),
        "last": DailyRun.objects.filter(on=look.today, whole=True).first(),
    }
    return TemplateResponse(request, "warranty/run_today.html", context)


def _tell(request: HttpRequest, result: Result) -> None:
    done = sum(counts["done"] for counts in result.actions.values())
    messages.success(request, ngettext("%(n)s thing done.", "%(n)s things done.", done) % {"n": done})
    if result.failures:
        failed = len(result.failures)
        messages.error(request, ngettext("%(n)s failed.", "%(n)s failed.", failed) % {"n": failed})

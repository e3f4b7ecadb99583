"""Ledgers on their way in: the history as a list, and each one step by step until it is done."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from base.accounts.access import action
from base.accounts.models import User
from base.lib.errors import Refused
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group
from warranty import imports
from warranty.enums import ImportStatus
from warranty.forms import ImportForm
from warranty.models import LedgerImport
from warranty.pages import wizard
from warranty.pages.rejected import rejected_workbook

STATUS_COLOURS = {"uploaded": "secondary", "queued": "blue", "running": "blue", "done": "green", "failed": "red"}


def _figure(name: str, label: Text) -> Column[LedgerImport]:
    return Column(name, label=label, value=lambda item: _count(item.result.get(name)), align="end", sort=False)


def _count(value: object) -> object:
    return len(value) if isinstance(value, list) else value


class ImportPage(ModelPage[LedgerImport]):
    model, slug, icon = LedgerImport, "imports", "file-import"
    key = "name"
    actions = Actions(view="imports.view", create="ledger.import")
    empty = _("Bring your contracts in from an Excel ledger: nothing is stored before you saw what would change.")
    search = ["name"]
    columns = [
        Column("name"),
        Column("at"),
        Column("by"),
        Column("on"),
        Badge("status", STATUS_COLOURS),
        Column("total_rows", label=_("rows")),
        _figure("created", _("new")),
        _figure("updated", _("changed")),
        _figure("unchanged", _("unchanged")),
        _figure("conflicts", _("conflicts")),
        _figure("rejected", _("rejected")),
    ]
    filters = [
        Quick("mine", _("My imports"), lambda rows, look: rows.filter(by=look.user)),
        Choice("status"),
        DateRange("on"),
    ]
    group_by = ["status", "by"]
    sheet = [Group(_("The ledger"), ["file", "on"])]
    form = ImportForm
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[LedgerImport]:
        return imports.visible_to(user).select_related("by", "job").defer("reading")

    @classmethod
    def save(
        cls, record: LedgerImport, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> LedgerImport:
        return imports.upload_ledger(file=values["file"], on=values["on"], by=by, at=at)


def _item(request: HttpRequest, pk: int) -> tuple[LedgerImport, Look]:
    look = Look.of(request)
    item = ImportPage.rows(look.user).filter(pk=pk).first()
    if item is None:
        raise Http404
    return item, look


def _to(item: LedgerImport) -> HttpResponse:
    return HttpResponseRedirect(ImportPage.address("sheet", item.pk))


@action("imports.view")
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the import stands: the step that is asked for or comes next, its progress, or its result."""
    item, look = _item(request, pk)
    # Who only reads has no steps to take.
    if item.status == ImportStatus.UPLOADED and item.reading and look.may("ledger.import"):
        context = wizard.step(item, look, request.GET.get("step", ""))
        return TemplateResponse(request, f"warranty/imports/{context['step']}.html", context)
    at = "import" if item.status != ImportStatus.UPLOADED else "file"
    context = {"item": item, "look": look, "page": ImportPage, "step": at, **wizard.result(item, look)}
    name = "result" if item.status == ImportStatus.DONE else "progress"
    return TemplateResponse(request, f"warranty/imports/{name}.html", context)


@action("ledger.import")
@require_http_methods(["POST"])
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the choice of columns; two columns of a sheet that claim the same field are shown again."""
    item, look = _item(request, pk)
    _require_reading(item)
    chosen = wizard.Columns(item, request.POST)
    if chosen.clashes:
        context = wizard.step(item, look, "columns", chosen)
        return TemplateResponse(request, "warranty/imports/columns.html", context, status=422)
    imports.set_mapping(item=item, mapping=chosen.mapping, sheets=chosen.chosen, by=look.user, at=look.now)
    return _to(item)


def _require_reading(item: LedgerImport) -> None:
    if not item.reading:
        raise Refused(gettext("The ledger is being read. Wait until that is done."), code="wrong_state")


@action("ledger.import")
@require_POST
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what the ambiguous cells mean; answering one may bring up the next of its row, once it is read anew."""
    item, look = _item(request, pk)
    _require_reading(item)
    given, people = wizard.answers(request.POST), wizard.people(request.POST)
    imports.answer_questions(item=item, answers=given, people=people, by=look.user, at=look.now)
    return _to(item)


@action("ledger.import")
@require_POST
def read_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the file read once more, after that failed or was stopped."""
    item, look = _item(request, pk)
    imports.have_read(item=item, by=look.user, at=look.now)
    return _to(item)


@action("ledger.import")
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    item, look = _item(request, pk)
    imports.start_import(item=item, by=look.user, at=look.now)
    return _to(item)


@action("imports.view")
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, asked for every second; once it is over, the page is loaded anew."""
    item, look = _item(request, pk)
    if item.job is None or not item.job.is_open:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return TemplateResponse(request, "warranty/imports/bar.html", {"item": item, "look": look})


@action("imports.view")
@require_http_methods(["GET", "HEAD", "POST"])
def rejected(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The rejected rows as a workbook, each with its reason, to mend and import again."""
    item, look = _item(request, pk)
    return rejected_workbook(request, item, look, back=ImportPage.address("sheet", item.pk))


#: The sheet of an import is its wizard; each step has an address of its own.
STEPS = (
    path("<int:pk>/", show, name="sheet"),
    path("<int:pk>/columns/", columns, name="columns_step"),
    path("<int:pk>/questions/", questions, name="questions_step"),
    path("<int:pk>/read/", read_again, name="read"),
    path("<int:pk>/start/", start, name="start"),
    path("<int:pk>/progress/", progress, name="progress"),
    path("<int:pk>/rejected.xlsx", rejected, name="rejected"),
)

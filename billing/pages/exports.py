"""What finance took away: the batches, their files, and a new one for a stretch of days."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from base.accounts.access import action, may
from base.accounts.models import User
from base.jobs.operations import ask_job
from base.lib.errors import Refused
from base.ui import registry
from base.ui.columns import Column
from base.ui.filters import Choice, DateRange, Relation
from base.ui.forms import refuse
from base.ui.look import Look
from base.ui.once import once
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, SmartButton, Tool
from base.ui.record import record_or_404
from billing.exports import export_invoices, exportable
from billing.forms import ExportDaysForm
from billing.jobs import EXPORT_INVOICES
from billing.models import ExportBatch

#: Invoices that are written while the person waits: well under two seconds.
AT_ONCE = 500
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


class ExportPage(ModelPage[ExportBatch]):
    model, slug, icon = ExportBatch, "exports", "file-export"
    key = "number"
    title = _("Exports")
    actions = Actions(view="exports.view")
    empty = _("Select invoices in their list and export them, or take all of a stretch of days from its cog wheel.")
    search = ["number"]
    columns = [
        Column("number"),
        Column("at"),
        Column("by"),
        Column("format"),
        Column("rows"),
        Column("size", optional=True),
        Column("sha256", label="SHA-256", optional=True),
    ]
    filters = [DateRange("at"), Choice("format"), Relation("by")]
    group_by = ["by", "format"]
    sheet = [
        Group(_("Batch"), ["at", "by", "rows"]),
        Group(_("File"), ["format", "size", Column("sha256", label="SHA-256")]),
    ]
    buttons = [
        SmartButton(
            "invoices",
            _("Invoices"),
            "receipt",
            count=lambda batch, look: batch.rows,
            url=lambda batch, look: f"/invoices/?exports={batch.pk}",
            action="invoices.view",
        ),
    ]
    tools = [Tool(_("Export for finance…"), "file-export", "export_days", "invoices.export")]
    banner_template = "billing/export_banner.html"
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[ExportBatch]:
        """Who may export sees every invoice, and so every batch; others see none."""
        rows = ExportBatch.objects.select_related("by")
        return rows if may(user, cls.actions.view) else rows.none()


@action("invoices.export")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def make(request: HttpRequest) -> HttpResponse:
    """A batch of all invoices made in a stretch of days; at first this month's."""
    look = Look.of(request)
    initial = {"first": look.today.replace(day=1), "last": look.today}
    form = ExportDaysForm(request.POST if request.method == "POST" else None, initial=initial, look=look)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        chosen = exportable(first=data["first"], last=data["last"], again=data["again"])
        if chosen[: AT_ONCE + 1].count() > AT_ONCE:
            return _by_job(data, look)
        try:
            batch = export_invoices(
                invoices=chosen,
                file_format=data["file_format"],
                by=look.user,
                at=look.now,
                on=look.today,
                again=data["again"],
            )
        except Refused as refusal:
            refuse(form, refusal)
        else:
            return HttpResponseRedirect(ExportPage.address("sheet", batch.pk))
    return TemplateResponse(
        request,
        "billing/export_days.html",
        {"form": form, "page": ExportPage, "look": look},
        status=422 if form.errors else 200,
    )


def _by_job(data: Mapping[str, Any], look: Look) -> HttpResponse:
    parameters = {**data, "first": data["first"].isoformat(), "last": data["last"].isoformat()}
    subject = f"{parameters['first']} – {parameters['last']}"
    job = ask_job(kind=EXPORT_INVOICES.name, subject=subject, parameters=parameters, by=look.user, at=look.now)
    return HttpResponseRedirect(registry.address(job, look))


@action("exports.view")
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The very bytes that were made then."""
    batch = record_or_404(ExportPage, Look.of(request), pk)
    if not batch.file.storage.exists(str(batch.file.name)):
        raise Http404(batch.number)
    return FileResponse(
        batch.file.open("rb"),
        as_attachment=True,
        filename=f"{batch.number}.{batch.format}",
        content_type=TYPES[batch.format],
    )

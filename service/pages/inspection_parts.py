"""What the service desk adds to an inspection: its checks, its findings, its report and who signed it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.accounts.models import User
from base.documents.pages import registered_response
from base.ui.look import Look
from base.ui.parts import Move, SmartButton, Tab
from service.checks import signing
from service.checks.queries import counted_progress
from service.documents.builders.inspections import NAME, as_signed
from service.forms.checks import SignForm
from service.models import Finding, InspectionReport
from service.pages.checks import entry_url, inspection_or_404, is_open, results_tab
from service.pages.findings import FindingPage
from warranty.models import Inspection
from warranty.pages.inspections import InspectionPage


@action("inspections.view")
@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The report as PDF: as it was signed, else as it stands now, which stores nothing."""
    inspection = inspection_or_404(Look.of(request), pk)
    return registered_response(NAME, inspection.pk)


def written(inspection: Inspection) -> InspectionReport | None:
    found: InspectionReport | None = getattr(inspection, "written_report", None)
    return found


def _results(inspection: Inspection, look: Look) -> Mapping[str, Any]:
    return results_tab(inspection, look) | {"report": written(inspection)}


def _sign(
    inspection: Inspection, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    """Number, check, render, store: the paper is made before the transaction that keeps it begins."""
    signatures = signing.Signatures(data["signer"], data["customer"], data["engineer"], data["paper"])
    signatures.check()
    signing.may_sign(inspection)
    made = signing.number(inspection=inspection, by=by, at=at, on=on)
    name, paper = as_signed(inspection.pk, signatures, on)
    signing.sign_inspection(report=made, signatures=signatures, name=name, data=paper, by=by, at=at, seen=made.version)


def _may_be_signed(inspection: Inspection) -> bool:
    made = written(inspection)
    return inspection.reported_at is not None and (made is None or made.signed_at is None)


def _progress(inspection: Inspection, look: Look) -> str:
    progress = look.once(("checks", inspection.pk), lambda: counted_progress(inspection))
    return f"{progress.done}/{progress.all}" if progress.is_begun else "0"


def _findings(inspection: Inspection, look: Look) -> int:
    return int(Finding.objects.filter(inspection=inspection).count())


def _checks_url(inspection: Inspection, look: Look) -> str:
    if is_open(inspection) and look.may("inspections.report"):
        return entry_url(inspection.pk)
    return f"{InspectionPage.address('sheet', inspection.pk)}?tab=checks"


BUTTONS = (
    SmartButton("checks", _("Checks"), "list-check", count=_progress, url=_checks_url),
    SmartButton(
        "findings", _("Findings"), FindingPage.icon, count=_findings,
        url=lambda inspection, look: f"{FindingPage.address()}?inspection={inspection.pk}",
    ),
)  # fmt: skip
CHECKS = Tab("checks", _("Checks and report"), "service/checks/results.html", context=_results)
SIGN = Move(
    "sign",
    _("Have it signed"),
    "inspections.report",
    _sign,
    allowed=_may_be_signed,
    form=SignForm,
    initial=lambda inspection, look: {
        "signer": inspection.action.contract.contact.name if inspection.action.contract.contact else ""
    },
    style="primary",
    icon="signature",
    confirm=_("The customer signs the report as it is; it is stored and never changes after."),
    done=_("The report is signed and stored."),
)

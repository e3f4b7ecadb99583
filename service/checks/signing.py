"""Operations on the report of an inspection: numbered when the visit is reported, stored when it is signed."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.files import add_attachment
from base.chatter.operations import change, create, record
from base.documents.numbers import draw
from base.documents.registry import store_document
from base.lib.errors import Refused
from service.models import InspectionReport
from service.notifications import mail_signed
from warranty.models import Inspection

PREFIX = "XJ"
#: What the report is registered as, see `service/documents/builders/inspections.py`.
PAPER = "service.inspection_report"
#: What the kept files are to the inspection.
CUSTOMER_SIGNATURE, ENGINEER_SIGNATURE, SIGNED_PAPER = "customer_signature", "engineer_signature", "signed_paper"


def key_of(inspection_id: int) -> str:
    """What the stored report of an inspection is known by."""
    return f"inspection_report:{inspection_id}"


@transaction.atomic
def number(*, inspection: Inspection, by: User | None, at: datetime, on: date) -> InspectionReport:
    """Give the report its number, of the year it is reported in; one that has a number keeps it."""
    known: InspectionReport | None = InspectionReport.objects.filter(inspection=inspection).first()
    if known is not None:
        return known
    [drawn] = draw(PREFIX, on.year)
    return create(InspectionReport(inspection=inspection, number=drawn), by=by, at=at)


@dataclass(frozen=True)
class Signatures:
    """How a report was signed: drawn here by one or both, or on paper, of which a scan was made."""

    signer: str
    customer: "File[bytes] | None" = None
    engineer: "File[bytes] | None" = None
    paper: "File[bytes] | None" = None

    def check(self) -> None:
        """Raises `Refused` unless somebody of the customer signed, in one of the two ways."""
        if not self.signer.strip():
            raise Refused(_("Say who signed."), field="signer")
        if (self.customer is None) == (self.paper is None):
            raise Refused(_("Either sign here, or attach the signed paper."), field="customer", code="signature")


def may_sign(inspection: Inspection) -> None:
    """Raises `Refused` before the visit is reported, and once its report is signed."""
    if inspection.reported_at is None:
        raise Refused(_("Report the visit first: what is signed does not change any more."), code="unreported")
    if InspectionReport.objects.filter(inspection=inspection, signed_at__isnull=False).exists():
        raise Refused(_("The report is signed already."), code="signed")


@transaction.atomic
def sign_inspection(
    *,
    report: InspectionReport,
    signatures: Signatures,
    name: str,
    data: bytes,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Keep the signatures and the report as it was signed, all or nothing.

    `name` and `data` are the rendered paper, made outside the transaction from what is frozen by then. `seen` is the
    report's version it was made from. Raises `Refused` as `check` and `may_sign` do, and for a file that is no picture
    or paper.
    """
    require(by, "inspections.report")
    signatures.check()
    inspection = report.inspection
    may_sign(inspection)
    kept = {
        CUSTOMER_SIGNATURE: signatures.customer,
        ENGINEER_SIGNATURE: signatures.engineer,
        SIGNED_PAPER: signatures.paper,
    }
    for label, file in kept.items():
        if file is not None:
            add_attachment(target=inspection, upload=file, by=by, at=at, label=label)
    signer = signatures.signer.strip()
    change(report, {"signer": signer, "signed_at": at}, by=by, at=at, verb="report_signed", seen=seen)
    record(inspection, "report_signed", by=by, at=at, note=f"{report.number}: {signer}")
    store_document(key=key_of(inspection.pk), name=name, data=data, target=inspection, at=at)
    contract = inspection.action.contract
    mail_signed(
        contract, contract.contact, contract.customer, target=inspection, number=report.number,
        title=contract.project or contract.number, paper=(PAPER, inspection.pk), cause=f"report_signed:{inspection.pk}",
        reply_to=inspection.engineer.email if inspection.engineer else "", at=at,
    )  # fmt: skip

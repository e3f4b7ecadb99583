"""What comes with a signed paper: the certificate of final acceptance, the report of a visit."""

from datetime import date, datetime

from django.core.files.base import File
from django.db import transaction

from base.accounts.models import User
from base.chatter.files import add_attachment
from contracts.enums import Milestone
from contracts.models import Contract
from warranty import inspections, operations
from warranty.enums import InspectionResult
from warranty.models import Inspection

REPORT = "report"


@transaction.atomic
def file_acceptance(
    *,
    contract: Contract,
    accepted_on: date,
    by: User,
    at: datetime,
    on: date,
    certificate: "File[bytes] | None" = None,
    seen: int | None = None,
) -> None:
    """Record final acceptance and keep its certificate, both or neither. Raises `Refused` as either does."""
    operations.record_acceptance(contract=contract, accepted_on=accepted_on, by=by, at=at, on=on, seen=seen)
    if certificate is not None:
        label = Milestone.FINAL.value
        add_attachment(target=contract, upload=certificate, by=by, at=at, label=label, commercial=False)


@transaction.atomic
def file_inspection_report(
    *,
    inspection: Inspection,
    visited_on: date,
    result: InspectionResult,
    findings: str,
    by: User,
    at: datetime,
    on: date,
    file: "File[bytes] | None" = None,
    seen: int | None = None,
) -> None:
    """Report a visit and keep the signed report, both or neither. Raises `Refused` as either does."""
    inspections.report_inspection(
        inspection=inspection, visited_on=visited_on, result=result, findings=findings, by=by, at=at, on=on, seen=seen
    )
    if file is not None:
        add_attachment(target=inspection, upload=file, by=by, at=at, label=REPORT)

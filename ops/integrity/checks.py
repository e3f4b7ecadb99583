"""Inspections in full: what is closed was closed by something, and what was signed is kept."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from base.documents.models import Document
from ops.integrity.finding import Fault, named
from service.checks.enums import FindingStatus
from service.models import CheckResult, Finding, FindingReview, InspectionReport
from service.states import OPEN
from warranty.models import Inspection

_CHUNK = 2000


def findings(on: date) -> Iterator[Fault]:
    """A finding is open as long as the request it became is; what hangs on it is of the same inspection or contract."""
    is_open, is_closed = Q(status=FindingStatus.OPEN), Q(status=FindingStatus.CLOSED)
    elsewhere = Q(check_result__isnull=False) & ~Q(check_result__inspection=F("inspection"))
    problems: dict[str, Any] = {
        "it is closed, but its service request is open": is_closed & Q(request__status__in=OPEN),
        "it is open, but its service request is solved": is_open
        & Q(request__isnull=False)
        & ~Q(request__status__in=OPEN),
        "it is closed, but does not say how": is_closed & Q(closed_how=""),
        "its check item is one of another inspection": elsewhere,
        "its request is one of another contract": Q(request__isnull=False)
        & ~Q(request__contract=F("inspection__action__contract")),
    }
    for problem, broken in problems.items():
        for finding in Finding.objects.filter(broken).order_by("pk").iterator(chunk_size=_CHUNK):
            yield Fault(named(finding), problem)
    mixed = FindingReview.objects.exclude(finding__inspection__action__contract=F("inspection__action__contract"))
    for review in mixed.order_by("pk").iterator(chunk_size=_CHUNK):
        yield Fault(named(review), "it looks at a finding of another contract")


def reports(on: date) -> Iterator[Fault]:
    """Only a reported visit has a numbered report; a signed one is stored as it was signed, and no check is younger."""
    for report in InspectionReport.objects.filter(inspection__reported_at=None).order_by("pk"):
        yield Fault(named(report), "it has a number, but its inspection is not reported")
    key = Concat(Value("inspection_report:"), Cast("inspection_id", CharField()))
    kept = Document.objects.filter(
        target_type=ContentType.objects.get_for_model(Inspection),
        target_id=OuterRef("inspection_id"),
        key=OuterRef("key"),
    )
    rows = InspectionReport.objects.annotate(key=key, is_kept=Exists(kept)).order_by("pk")
    for report in rows.filter(signed_at__isnull=False, is_kept=False).iterator(chunk_size=_CHUNK):
        yield Fault(named(report), "it is signed, but not stored")
    for report in rows.filter(signed_at=None, is_kept=True).iterator(chunk_size=_CHUNK):
        yield Fault(named(report), "it is stored as signed, but nobody signed it")
    late = CheckResult.objects.filter(inspection__reported_at__lt=F("at")).order_by("pk")
    for check in late.iterator(chunk_size=_CHUNK):
        yield Fault(named(check), "it was filled in after its inspection was reported")

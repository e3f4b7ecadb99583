"""Two inspections of a contract, brought as far as they go: one reported and signed, one with its checks begun."""

from datetime import date

from django.core.files.base import ContentFile

from base.accounts.models import User
from contracts.models import Contract
from service.checks import entry as checks
from service.checks import findings, signing
from service.checks.enums import Area, CheckState, Grade, Outcome
from service.checks.finding_requests import make_request
from service.documents.builders.inspections import as_signed
from service.models import CheckResult
from tests.chain import AT, ON
from tests.pictures import drawn
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection


def visited(contract: Contract, mark: str, engineer: User) -> None:
    """Every text a person typed carries the mark. Three findings: one open, one a request, one of the visit going on."""
    first, second = Inspection.objects.filter(action__contract=contract).order_by("window_first")[:2]
    for inspection in (first, second):
        checks.begin_entry(inspection=inspection, by=engineer, at=AT)
        _fill(inspection, mark, engineer)
    first.checks.filter(state="").update(state=CheckState.NORMAL)
    made = [_found(first, f"{mark} {what}", engineer) for what in ("is hot", "is loud")]
    report_inspection(
        inspection=first, visited_on=date(2026, 6, 20), result=InspectionResult.ABNORMAL, findings=f"{mark} is hot",
        by=engineer, at=AT, on=ON,
    )  # fmt: skip
    make_request(finding=made[1], by=engineer, at=AT, on=ON)
    signatures = signing.Signatures(f"{mark} Wang", customer=ContentFile(drawn(60, 20), name="signature.png"))
    numbered = signing.number(inspection=first, by=engineer, at=AT, on=ON)
    name, data = as_signed(first.pk, signatures, ON)
    signing.sign_inspection(report=numbered, signatures=signatures, name=name, data=data, by=engineer, at=AT)
    findings.review_finding(
        finding=made[0], inspection=second, outcome=Outcome.STILL, note=f"{mark} still", by=engineer, at=AT, seen=None
    )
    _found(second, f"{mark} is wet", engineer)


def _fill(inspection: Inspection, mark: str, by: User) -> None:
    check = CheckResult.objects.filter(inspection=inspection, area=Area.ENVIRONMENT)[0]
    entry = checks.Entry(CheckState.ABNORMAL, "31", f"{mark} note", check.version)
    checks.fill_in_item(inspection=inspection, area=Area.ENVIRONMENT, entries={check.pk: entry}, by=by, at=AT)


def _found(inspection: Inspection, text: str, by: User) -> findings.Finding:
    values = {"grade": Grade.SERIOUS, "text": text, "advice": f"{text}: mend it", "responsible": by}
    return findings.write_finding(inspection=inspection, values=values, by=by, at=AT)

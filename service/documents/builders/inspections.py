"""The inspection report, filled from the records."""

import base64
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db.models import Model
from django.utils import translation

from base.chatter.files import data_uri, picture_uri
from base.company.queries import today
from base.documents.registry import register_paper
from contracts.documents import letter_head
from contracts.models import LANGUAGES
from contracts.queries import reader_of
from service.checks.findings import photos_of
from service.checks.queries import by_area, composed, to_review
from service.checks.signing import CUSTOMER_SIGNATURE, ENGINEER_SIGNATURE, PAPER, Signatures, key_of
from service.documents.data.inspections import (
    AreaPart,
    CheckLine,
    InspectionReportPaper,
    ProblemLine,
    ReviewLine,
)
from service.models import InspectionReport
from warranty.enums import InspectionResult
from warranty.models import Inspection

NAME = PAPER


def _inspection(pk: int) -> Inspection:
    contract = "action__contract__"
    rows = Inspection.objects.select_related(
        "engineer", f"{contract}customer", f"{contract}contact", f"{contract}manager"
    )
    found: Inspection = rows.get(pk=pk)
    return found


def inspection_report(inspection_id: int) -> tuple[str, str, bytes, Model]:
    """巡检报告 of an inspection as it stands; with the draft mark until it is reported."""
    inspection = _inspection(inspection_id)
    return _rendered(inspection, _signed_fields(inspection))


def as_signed(inspection_id: int, signatures: Signatures, on: date) -> tuple[str, bytes]:
    """Name and bytes of the report as it will be kept once it is signed in this way on this day."""
    fields = {
        "signer": signatures.signer.strip(),
        "signed_on": on,
        "signature": _uri(signatures.customer),
        "engineer_signature": _uri(signatures.engineer),
    }
    _key, name, data, _target = _rendered(_inspection(inspection_id), fields)
    return name, data


def _uri(file: "File[bytes] | None") -> str:
    if file is None:
        return ""
    file.seek(0)
    data = file.read()
    file.seek(0)
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def _signed_fields(inspection: Inspection) -> dict[str, Any]:
    report = InspectionReport.objects.filter(inspection=inspection).first()
    if report is None or report.signed_at is None:
        return {}
    return {
        "signer": report.signer,
        "signed_on": today(report.signed_at),
        "signature": picture_uri(inspection, CUSTOMER_SIGNATURE),
        "engineer_signature": picture_uri(inspection, ENGINEER_SIGNATURE),
    }


def _rendered(inspection: Inspection, signed: dict[str, Any]) -> tuple[str, str, bytes, Model]:
    contract = inspection.action.contract
    language = reader_of(contract).language
    report = InspectionReport.objects.filter(inspection=inspection).first()
    day = inspection.visited_on or inspection.action.due_on
    head: dict[str, Any] = letter_head(contract)
    engineer = inspection.engineer
    with translation.override(language):
        paper = InspectionReportPaper(
            number=report.number if report else contract.number,
            on=today(inspection.reported_at) if inspection.reported_at else day,
            draft=inspection.reported_at is None,
            project=contract.project,
            contract_number=contract.number,
            year=day.year,
            quarter=(day.month + 2) // 3,
            visited_on=inspection.visited_on,
            engineer=str(engineer or ""),
            engineer_phone=engineer.phone if engineer else "",
            parts=_parts(inspection, language),
            problems=_problems(inspection),
            reviews=_reviews(inspection),
            result=inspection.result,
            conclusions=[(key, str(label)) for key, label in InspectionResult.choices],
            conclusion=str(inspection.get_result_display()),
            findings=_remark(inspection),
            **signed,
            **head,
        )
    name = f"巡检报告_{report.number if report else contract.number}.pdf"
    return key_of(inspection.pk), name, paper.render(language), inspection


def _remark(inspection: Inspection) -> str:
    """What stands in the report beyond the list of problems: nothing where it is that list, put together for it."""
    problems = list(inspection.problems.select_related("responsible"))
    told = set()
    for language, _name in LANGUAGES:
        with translation.override(language):
            told.add(composed(problems).strip())
    written = inspection.findings.replace("\r\n", "\n").strip()
    return "" if written in told else written


def _parts(inspection: Inspection, language: str) -> list[AreaPart]:
    checks = inspection.checks.all()
    return [
        AreaPart(
            str(area.label),
            [
                CheckLine(
                    check.text_in(language),
                    check.method_in(language),
                    check.state,
                    f"{check.value} {check.unit}".strip() if check.value else "",
                    check.note,
                )
                for check in found
            ],
        )
        for area, found in by_area(checks).items()
    ]


def _problems(inspection: Inspection) -> list[ProblemLine]:
    rows = list(inspection.problems.select_related("responsible"))
    photos = photos_of(rows)
    return [
        ProblemLine(
            each.number,
            str(each.get_grade_display()),
            each.text,
            each.advice,
            each.in_charge,
            each.due_on,
            [data_uri(photo) for photo in photos.get(each.pk, [])],
        )
        for each in rows
    ]


def _reviews(inspection: Inspection) -> list[ReviewLine]:
    seen = {each.finding_id: each for each in inspection.reviews.all()}
    return [
        ReviewLine(
            each.inspection.visited_on,
            each.text,
            str(seen[each.pk].get_outcome_display()) if each.pk in seen else "",
            seen[each.pk].note if each.pk in seen else "",
        )
        for each in to_review(inspection).select_related("inspection")
    ]


def register() -> None:
    register_paper(NAME, inspection_report, key=key_of)

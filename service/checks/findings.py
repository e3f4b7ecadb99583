"""Operations on findings: written during a visit, put right after it, looked at again at the next one."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.files import add_attachment, pictures_of, remove_attachment
from base.chatter.models import Attachment
from base.chatter.operations import change, create, make_todo, move, record, settle_todos, stale, write_todos
from base.chatter.pictures import reduced
from base.company.queries import today
from base.lib.errors import Refused
from service.checks.entry import open_for_entry
from service.checks.enums import FindingStatus, Grade, Outcome
from service.checks.queries import to_review
from service.checks.states import FINDING
from service.models import Finding, FindingReview, ServiceRequest
from service.states import OPEN
from warranty.models import Inspection

#: A finding without a deadline is asked about after so long.
PATIENCE = timedelta(days=14)
#: The label of its photos among a finding's files, how many there may be, and how many pixels are enough in print.
PHOTO, MOST_PHOTOS = "photo", 6
_ENOUGH = (1600, 1600)


@transaction.atomic
def write_finding(
    *, inspection: Inspection, values: Mapping[str, Any], by: User | None, at: datetime, finding: Finding | None = None,
    photos: "Sequence[File[bytes]]" = (), gone: Sequence[Attachment] = (), seen: int | None = None,
) -> Finding:  # fmt: skip
    """Write a finding down, or change one; only until the inspection is reported.

    `photos` are kept with it and printed in the report, those `gone` are no longer. Raises `Refused` for what is no
    picture, and for more than `MOST_PHOTOS` of them.
    """
    require(by, "inspections.report")
    locked = open_for_entry(inspection)
    if not str(values.get("text", "")).strip():
        raise Refused(_("Say what was found."), field="text")
    check = values.get("check_result")
    if check is not None and check.inspection_id != locked.pk:
        raise Refused(_("This item belongs to another inspection."), field="check_result")
    if finding is not None:
        change(finding, values, by=by, at=at, seen=seen)
    else:
        last = locked.problems.aggregate(last=Max("number"))["last"] or 0
        finding = create(Finding(inspection=locked, number=last + 1, **values), by=by, at=at)
        record(locked, "finding_written", by=by, at=at, note=str(finding))
    _picture(finding, photos, gone, by=by, at=at)
    return finding


def photos_of(findings: Sequence[Finding]) -> dict[int, list[Attachment]]:
    """By finding what was photographed of it."""
    found: dict[int, list[Attachment]] = {}
    for photo in pictures_of(findings, PHOTO):
        found.setdefault(photo.target_id, []).append(photo)
    return found


def _picture(
    finding: Finding,
    photos: "Sequence[File[bytes]]",
    gone: Sequence[Attachment],
    *,
    by: User | None,
    at: datetime,
) -> None:
    kept = photos_of([finding]).get(finding.pk, []) if photos or gone else []
    for photo in [each for each in kept if each in gone]:
        remove_attachment(attachment=photo, by=by, at=at)
    left = len([each for each in kept if each not in gone])
    if left + len(photos) > MOST_PHOTOS:
        raise Refused(_("At most %(count)s photos of a finding.") % {"count": MOST_PHOTOS}, field="photos", code="many")
    for n, upload in enumerate(photos, left + 1):
        data = reduced(upload, _ENOUGH, formats=("JPEG", "PNG", "WEBP"), to="JPEG", field="photos")
        name = f"{PHOTO}-{finding.number}-{n}.jpg"
        add_attachment(target=finding, upload=ContentFile(data, name=name), by=by, at=at, label=PHOTO)


@transaction.atomic
def take_back_finding(*, finding: Finding, by: User | None, at: datetime) -> None:
    """Remove a finding that was written by mistake; those after it move up. Only until the inspection is reported."""
    require(by, "inspections.report")
    locked = open_for_entry(finding.inspection)
    if finding.request_id is not None:
        raise Refused(_("It is a service request already."), code="request")
    number, text = finding.number, str(finding)
    settle_todos(finding, by=by, at=at)
    finding.delete()
    # One by one and in order: the database looks at the numbers after each row.
    for later in locked.problems.filter(number__gt=number).order_by("number"):
        change(later, {"number": later.number - 1}, by=by, at=at)
    record(locked, "finding_taken_back", by=by, at=at, note=text)


@transaction.atomic
def close_finding(*, finding: Finding, how: str, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Say how it was put right. One whose service request is open is closed by solving that."""
    if not how.strip():
        raise Refused(_("Say how it was put right."), field="how")
    _check_no_request(finding)
    _close(finding, how.strip(), by=by, at=at, seen=seen)


def _check_no_request(finding: Finding) -> None:
    request = finding.request
    if request is not None and request.status in OPEN:
        raise Refused(
            _("The service request %(number)s is still open: solving it closes the finding.")
            % {"number": request.number},
            code="request",
        )


def _close(finding: Finding, how: str, *, by: User | None, at: datetime, seen: int | None = None) -> None:
    values = {"closed_at": at, "closed_how": how}
    move(finding, FINDING, "finding_closed", by=by, at=at, values=values, seen=seen)
    settle_todos(finding, by=by, at=at)


@transaction.atomic
def reopen_finding(*, finding: Finding, reason: str, by: User | None, at: datetime, seen: int | None = None) -> None:
    """It is there again."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    request = finding.request
    if request is not None and request.status not in OPEN:
        raise Refused(
            _("It was solved by %(number)s: open that again, or write a new finding.") % {"number": request.number},
            code="request",
        )
    _reopen(finding, by=by, at=at, note=reason.strip(), seen=seen)


def _reopen(finding: Finding, *, by: User | None, at: datetime, note: str, seen: int | None = None) -> None:
    values = {"closed_at": None, "closed_how": ""}
    move(finding, FINDING, "finding_reopened", by=by, at=at, values=values, seen=seen, note=note)


@transaction.atomic
def review_finding(
    *, finding: Finding, inspection: Inspection, outcome: Outcome, note: str, by: User, at: datetime, seen: int | None
) -> FindingReview:
    """Say what became of an earlier finding; `seen` is the version of the review looked at, None where there was none.

    Put right closes it; what this inspection closed, it may open again until it is reported.
    """
    require(by, "inspections.report")
    locked = open_for_entry(inspection)
    finding = Finding.objects.select_for_update(of=("self",)).select_related("request").get(pk=finding.pk)
    if not to_review(locked).filter(pk=finding.pk).exists():
        raise Refused(_("This finding is not one of an earlier inspection of the contract."), code="finding")
    if outcome == Outcome.FIXED and finding.status == FindingStatus.OPEN:
        _check_no_request(finding)
    values = {"outcome": outcome, "note": note.strip()}
    known = FindingReview.objects.filter(finding=finding, inspection=locked).first()
    if known is None:
        known = create(FindingReview(finding=finding, inspection=locked, **values), by=by, at=at)
    elif seen is None:
        raise stale()
    else:
        change(known, values, by=by, at=at, seen=seen)
    if outcome == Outcome.FIXED and finding.status == FindingStatus.OPEN:
        _close(finding, _("Seen put right at the visit of %(day)s.") % {"day": today(at)}, by=by, at=at)
    elif outcome == Outcome.STILL and finding.status == FindingStatus.CLOSED:
        _reopen(finding, by=by, at=at, note=known.note)
    return known


# --- what others are asked to do ------------------------------------------------------------------------------------


@transaction.atomic
def ask_about_finding(*, finding: Finding, by: User | None, at: datetime, on: date) -> None:
    """Make it a to-do of whoever is to put it right; of the service manager where nobody of ours is named."""
    require(by, "inspections.report")
    if finding.status != FindingStatus.OPEN:
        raise Refused(_("It is closed already."), code="closed")
    _ask([finding], at=at, on=on)
    record(finding, "finding_asked", by=by, at=at, note=str(finding.responsible or ""))


def _ask(findings: list[Finding], *, at: datetime, on: date) -> None:
    write_todos(
        make_todo(
            each,
            kind="finding_to_fix",
            due_on=max(each.due_on or on + PATIENCE, on),
            at=at,
            assignee=each.responsible,
            role="" if each.responsible else Role.SERVICE_MANAGER,
            cause=f"finding_to_fix:{each.pk}:{each.version}",
            params={"customer": each.inspection.action.contract.customer.name, "text": each.text[:80]},
        )
        for each in findings
    )


def ask_about_reported(inspection: Inspection, *, at: datetime, on: date) -> None:
    """What a report left open is asked of whoever is named; what is serious, of somebody in any case."""
    left = inspection.problems.filter(status=FindingStatus.OPEN, request=None).select_related("responsible")
    _ask([each for each in left if each.responsible or each.grade == Grade.SERIOUS], at=at, on=on)


# --- what happens to the request a finding became ---------------------------------------------------------------------


def request_ended(request: ServiceRequest, how: str, *, by: User | None, at: datetime) -> None:
    """The request is solved or closed: so are the findings it came from."""
    for finding in request.findings.filter(status=FindingStatus.OPEN).select_related("request"):
        _close(finding, f"{request.number}: {how}".strip(": "), by=by, at=at)


def request_reopened(request: ServiceRequest, why: str, *, by: User | None, at: datetime) -> None:
    """Not solved after all: neither are the findings."""
    for finding in request.findings.filter(status=FindingStatus.CLOSED):
        _reopen(finding, by=by, at=at, note=f"{request.number}: {why}".strip(": "))


def request_merged(request: ServiceRequest, into: ServiceRequest, *, by: User | None, at: datetime) -> None:
    """What the one was to put right, the other does."""
    for finding in request.findings.all():
        change(finding, {"request": into}, by=by, at=at)
    if into.status in OPEN:
        request_reopened(into, str(request), by=by, at=at)
    else:
        request_ended(into, into.solution, by=by, at=at)

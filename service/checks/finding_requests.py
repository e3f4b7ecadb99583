"""A finding becomes a service request."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change, settle_todos
from base.lib.errors import Refused
from contracts.models import Contract
from service.checks.enums import FindingStatus, Grade
from service.enums import Channel, Phase, RequestClass
from service.models import Finding, ServiceRequest
from service.operations import write_down
from service.queries import classes_of, version_for
from service.rules import coverage_phase

#: The classes that fit a grade, best first: not every phase promises something for each.
_FITTING = {
    Grade.SERIOUS: (RequestClass.SERIOUS, RequestClass.CRITICAL, RequestClass.GENERAL),
    Grade.GENERAL: (RequestClass.GENERAL, RequestClass.SERIOUS),
    Grade.ADVICE: (RequestClass.MINOR, RequestClass.GENERAL, RequestClass.QUESTION),
}


def fitting_class(contract: Contract, grade: Grade, on: date) -> RequestClass:
    """The class of the contract's promises on a day that fits a grade best. Raises `Refused` where none does."""
    phase: Phase = coverage_phase(contract.final_acceptance_on, on)
    known = classes_of(version_for(contract, on), phase)
    for each in _FITTING[grade]:
        if each in known:
            return each
    raise Refused(_("Nothing is promised for such a finding in this phase."), code="class")


@transaction.atomic
def make_request(*, finding: Finding, by: User, at: datetime, on: date, seen: int | None = None) -> ServiceRequest:
    """Take the finding down as a request, reported now; solving it will close the finding."""
    require(by, "inspections.report")
    if finding.status != FindingStatus.OPEN or finding.request_id is not None:
        raise Refused(_("It is a service request already, or closed."), code="request")
    contract = finding.inspection.action.contract
    request = write_down(
        contract=contract,
        values={
            "request_class": fitting_class(contract, Grade(finding.grade), on),
            "title": " ".join(finding.text.split())[:150],
            "description": "\n".join(filter(None, [finding.text, finding.advice])),
            "system": contract.project[:150],
            "contact": contract.contact,
            "caller": finding.responsible_name,
            "channel": Channel.PERSON,
            "assignee": _assignee(finding),
        },
        reported_at=at,
        by=by,
        at=at,
    )
    change(finding, {"request": request}, by=by, at=at, verb="finding_requested", seen=seen)
    settle_todos(finding, by=by, at=at)
    return request


def _assignee(finding: Finding) -> User | None:
    """Whoever is to put it right if they go to customers, else whoever found it."""
    for each in (finding.responsible, finding.inspection.engineer):
        if each and each.is_active and each.role in (Role.ENGINEER, Role.SERVICE_MANAGER):
            return each
    return None

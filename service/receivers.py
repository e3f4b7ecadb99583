"""What the service desk does when something happens on the floors below, or in another of its rooms."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.accounts.models import User
from base.chatter.operations import change_many, move
from base.company.signals import calendar_changed
from base.lib.errors import Refused
from contracts.enums import ContractStatus
from contracts.models import Contract, Customer
from contracts.signals import (
    contract_changing,
    contract_signed,
    contract_terminated,
    contracts_merged,
    contracts_moved,
    customers_merged,
    milestones_moved,
)
from service import watch
from service.checks import findings
from service.checks import signing as inspection_signing
from service.checks.queries import proposal, unjudged
from service.choices import ConsentStatus, SurveyStatus
from service.enums import VisitStatus
from service.models import CONSENTS, ServiceRequest, Survey, Visit
from service.promises import commitments, penalties, surveys
from service.signals import request_closed
from service.states import CONSENT, SURVEY
from service.visits.operations import call_off_visit
from warranty.enums import InspectionResult
from warranty.models import Inspection
from warranty.signals import inspection_reported, inspection_reporting


def connect() -> None:
    calendar_changed.connect(_calendar_changed, dispatch_uid="service.calendar")
    contract_signed.connect(_signed, dispatch_uid="service.signed")
    contract_terminated.connect(_terminated, dispatch_uid="service.terminated")
    milestones_moved.connect(_milestones_moved, dispatch_uid="service.milestones")
    contract_changing.connect(_contract_changing, dispatch_uid="service.manager")
    contracts_moved.connect(_contracts_moved, dispatch_uid="service.contracts_moved")
    contracts_merged.connect(_contracts_merged, dispatch_uid="service.contracts_merged")
    customers_merged.connect(_customers_merged, dispatch_uid="service.customers_merged")
    request_closed.connect(_closed, dispatch_uid="service.closed")
    inspection_reporting.connect(_reporting, dispatch_uid="service.reporting")
    inspection_reported.connect(_reported, dispatch_uid="service.reported")


def _calendar_changed(
    sender: object, *, at: datetime, **_rest: object
) -> list[tuple[ServiceRequest, datetime | None, datetime | None]]:
    return watch.calendar_changed(at)


def _signed(sender: object, *, contract: Contract, at: datetime, **_rest: object) -> None:
    """A new contract begins with the promises of the template; one that has them all keeps its own."""
    if not contract.commitments.exists() and commitments.template().exists():
        commitments.write_commitments(contract=contract, by=None, at=at)


def _milestones_moved(sender: object, *, contract: Contract, by: User | None, at: datetime, **_rest: object) -> None:
    commitments.follow_milestones(contract=contract, by=by, at=at)


def _contract_changing(sender: object, *, contract: Contract, changed: set[str], **_rest: object) -> None:
    """We promised not to change the project manager without the customer's consent: the first name is free, no other."""
    if "project_manager" in changed and contract.project_manager and contract.status == ContractStatus.ACTIVE:
        raise Refused(
            _("The customer must agree to another project manager: use “Change project manager”."),
            field="project_manager",
            code="consent",
        )


def _contracts_moved(
    sender: object, *, contracts: Sequence[Contract], to: Customer, by: User | None, at: datetime, **_rest: object
) -> None:
    for model in (ServiceRequest, Visit):
        rows = model.objects.filter(contract__in=contracts).select_related("customer")
        change_many(rows, {"customer": to}, by=by, at=at, verb="customer_changed")


def _customers_merged(
    sender: object, *, keep: Customer, drop: Customer, by: User | None, at: datetime, **_rest: object
) -> None:
    for model in (ServiceRequest, Visit):
        rows = model.objects.filter(customer=drop).select_related("customer")
        change_many(rows, {"customer": keep}, by=by, at=at, verb="customer_changed")


def _contracts_merged(
    sender: object, *, keep: Contract, drop: Contract, by: User | None, at: datetime, **_rest: object
) -> None:
    for model in (ServiceRequest, Visit, *CONSENTS):
        rows = model.objects.filter(contract=drop).select_related("contract")  # type: ignore[attr-defined]
        change_many(rows, {"contract": keep}, by=by, at=at, verb="moved_to_twin")


def _terminated(sender: object, *, contract: Contract, at: datetime, **_rest: object) -> None:
    """Nobody goes there or is asked any more; what was agreed can no longer be used."""
    _call_off(Visit.objects.filter(contract=contract), gettext_lazy("The contract has ended."), at=at)
    for survey in Survey.objects.filter(contract=contract, status=SurveyStatus.ASKED):
        move(survey, SURVEY, "withdrawn", by=None, at=at, note="contract terminated")
    for model in CONSENTS:
        for consent in model.objects.filter(contract=contract, status__in=[ConsentStatus.ASKED, ConsentStatus.AGREED]):
            if getattr(consent, "in_effect_since", None) is None:
                move(consent, CONSENT, "withdrawn", by=None, at=at, note="contract terminated")


def _call_off(visits: QuerySet[Visit], reason: object, *, at: datetime) -> None:
    """Visits that are only planned; the customer is told why in their language."""
    for visit in visits.filter(status=VisitStatus.PLANNED).select_related(
        "customer", "contract", "contact", "engineer"
    ):
        with translation.override(visit.customer.language):
            why = str(reason)
        call_off_visit(visit=visit, reason=why, by=None, at=at)


def _closed(sender: object, *, request: ServiceRequest, at: datetime, **_rest: object) -> None:
    """Closed for good: nobody goes there, what was broken is judged, and the customer is asked how content they are."""
    _call_off(Visit.objects.filter(request=request), gettext_lazy("The matter is settled."), at=at)
    penalties.propose_penalty(request=request, at=at)
    if request.contract and request.contract.status == ContractStatus.ACTIVE:
        surveys.ask_about_request(request=request, at=at)


def _reporting(
    sender: object, *, inspection: Inspection, result: str, by: User | None, at: datetime, on: date, **_rest: object
) -> None:
    """What was begun is looked at to its end, and a visit that found something is not reported as normal.

    It has its number before anything else is locked.
    """
    if missing := unjudged(inspection):
        what = ", ".join(f"{area.label} {count}" for area, count in missing.items())
        raise Refused(
            _("Not judged yet: %(what)s. What does not apply can be said so.") % {"what": what}, code="unjudged"
        )
    if result == InspectionResult.NORMAL and proposal(inspection).get("result", result) != InspectionResult.NORMAL:
        text = _("Something abnormal was found: choose another result, or put the item or finding right first.")
        raise Refused(text, field="result", code="contradiction")
    inspection_signing.number(inspection=inspection, by=by, at=at, on=on)


def _reported(sender: object, *, inspection: Inspection, at: datetime, on: date, **_rest: object) -> None:
    """What was found is asked about, and the customer how content they are."""
    findings.ask_about_reported(inspection, at=at, on=on)
    surveys.ask_about_inspection(inspection=inspection, at=at)

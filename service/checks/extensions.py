"""What inspections in full add to the floors below, and the words their events and to-dos are told in."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.chatter import labels, visibility
from base.ui.look import Look
from base.ui.parts import Move
from contracts.models import Contract
from service.checks import findings, signing
from service.checks import queries as check_queries
from service.checks.lists import choose_lists
from service.documents.builders import inspections as inspection_documents
from service.forms.checks import ListsForm
from service.models import InspectionReport
from warranty import proposals


def _choose(contract: Contract, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    choose_lists(contract=contract, lists=data["lists"], by=by, at=at)


def _chosen(contract: Contract, look: Look) -> dict[str, Any]:
    return {"lists": [each.checklist_id for each in contract.check_lists.all()]}


CHECK_LISTS = Move(
    "check_lists",
    pgettext_lazy("button", "Check lists"),
    "inspections.plan",
    _choose,
    form=ListsForm,
    initial=_chosen,
    icon="list-check",
    seldom=True,
    confirm=_("What is looked at during inspections of this contract. Inspections already begun keep their items."),
)


def register() -> None:
    visibility.register(InspectionReport, InspectionReport.objects.visible_to, "inspections.view")
    inspection_documents.register()
    proposals.register_proposer(check_queries.proposal)
    labels.say(
        events={
            # Of a request and of a visit alike.
            "reported": _("reported"),
            "checks_begun": _("checks begun"),
            "check_corrected": _("check corrected"),
            "checklist_reworded": _("check items changed"),
            "checklists_chosen": _("check lists chosen"),
            "finding_written": _("finding written"),
            "finding_taken_back": _("finding removed"),
            "finding_closed": _("finding put right"),
            "finding_reopened": _("finding open again"),
            "finding_requested": _("became a service request"),
            "finding_asked": _("became a to-do"),
            "report_signed": _("report signed"),
        },
        todos={"finding_to_fix": _("Put right at %(customer)s: %(text)s")},
        values={
            signing.CUSTOMER_SIGNATURE: _("customer's signature"),
            signing.ENGINEER_SIGNATURE: _("engineer's signature"),
            signing.SIGNED_PAPER: _("signed paper"),
            findings.PHOTO: _("photo"),
        },
    )

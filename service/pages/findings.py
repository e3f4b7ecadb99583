"""Findings of inspections: who puts what right until when, and what became of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Answer, CountOf, Group, Move, Tab
from service.checks import finding_requests, findings
from service.checks.enums import FindingStatus
from service.forms.checks import AgainForm, HowForm
from service.models import Finding, ServiceRequest

GRADE_COLOURS = {"serious": "red", "general": "yellow", "advice": "azure"}
STATUS_COLOURS = {"open": "blue", "closed": "green"}
OUTCOME_COLOURS = {"still": "yellow", "fixed": "green"}
Data = Mapping[str, Any]


def _open(finding: Finding) -> bool:
    return finding.status == FindingStatus.OPEN


def _request(finding: Finding, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> ServiceRequest:
    return finding_requests.make_request(finding=finding, by=by, at=at, on=on, seen=seen)


def _ask(finding: Finding, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    findings.ask_about_finding(finding=finding, by=by, at=at, on=on)


def _close(finding: Finding, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    findings.close_finding(finding=finding, how=data["how"], by=by, at=at, seen=seen)


def _reopen(finding: Finding, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    findings.reopen_finding(finding=finding, reason=data["reason"], by=by, at=at, seen=seen)


def _may_be_closed(finding: Finding) -> Answer:
    if not _open(finding):
        return False
    if finding.request_id is not None:
        return gettext("Solving its service request closes it.")
    return True


def _overdue(rows: models.QuerySet[Finding], look: Look) -> models.QuerySet[Finding]:
    return rows.filter(status=FindingStatus.OPEN, due_on__lt=look.today)


CONTRACT = "inspection__action__contract"


class FindingPage(ModelPage[Finding]):
    model, slug, icon = Finding, "findings", "alert-triangle"
    actions = Actions(view="inspections.view", export="contracts.export")
    empty = _("Findings are written during an inspection, where its checks are filled in.")
    search = ["search", f"{CONTRACT}__search", f"{CONTRACT}__customer__search"]
    columns = [
        Badge("grade", GRADE_COLOURS),
        Column("text"),
        Column(CONTRACT, link=True, label=_("contract")),
        Column(f"{CONTRACT}__customer", link=True, label=_("customer")),
        Column("in_charge", label=_("responsible"), value=lambda finding: finding.in_charge, sort=False),
        Due("due_on", near=7, open_=_open),
        Badge("status", STATUS_COLOURS),
        Column("request", link=True),
        Column("inspection", link=True, optional=True),
        Column("inspection__visited_on", label=_("visited on"), optional=True),
        Column("advice", optional=True),
        Column("closed_at", optional=True),
    ]
    filters = [
        Quick("open", pgettext_lazy("findings", "Open"), lambda rows, look: rows.filter(status=FindingStatus.OPEN)),
        Quick("mine", _("Mine to put right"), lambda rows, look: rows.filter(responsible=look.user)),
        Quick("overdue", _("Deadline is over"), _overdue, divider=True),
        Quick("serious", _("Serious"), lambda rows, look: rows.filter(grade="serious")),
        Quick("without_request", _("Without a request"), lambda rows, look: rows.filter(request=None)),
        Choice("status"),
        Choice("grade"),
        Relation("responsible"),
        Relation(CONTRACT, label=_("contract")),
        Relation("inspection"),
        DateRange("due_on"),
    ]
    group_by = ["status", "grade", "responsible", CONTRACT, f"{CONTRACT}__customer", "due_on:month"]
    home_query = "quick=open"
    sheet = [
        Group(_("Finding"), [Badge("grade", GRADE_COLOURS), "number", Column("check_result", label=_("check item"))]),
        Group(
            pgettext_lazy("finding", "Where"),
            [
                Column("inspection", link=True),
                Column(CONTRACT, link=True, label=_("contract")),
                Column(f"{CONTRACT}__customer", link=True, label=_("customer")),
            ],
        ),
        Group(_("To be put right"), ["responsible", "responsible_name", Due("due_on", near=7, open_=_open)]),
        Group(_("What became of it"), [Column("request", link=True), "closed_at", "closed_how"]),
        Group(_("What was found"), ["text"]),
        Group(_("Advice"), ["advice"]),
    ]
    tabs = [
        Tab(
            "reviews",
            _("Looked at again"),
            "service/checks/reviews.html",
            context=lambda finding, look: {
                "reviews": finding.reviews.select_related("inspection"),
                "colours": OUTCOME_COLOURS,
            },
            count=CountOf(lambda finding, look: finding.reviews.all()),
        )
    ]
    moves = [
        Move(
            "request", _("Make it a request"), "inspections.report", _request,
            allowed=lambda finding: _open(finding) and finding.request_id is None, style="primary", icon="headset",
            confirm=_("It is taken down as a service request, with its times; solving that closes the finding."),
            done=_("The finding is a service request now."),
        ),
        Move(
            "ask", _("Make it a to-do"), "inspections.report", _ask,
            allowed=lambda finding: _open(finding) and finding.request_id is None, icon="checkbox",
            done=_("Whoever is responsible has it as a to-do, until its deadline."),
        ),
        Move(
            "close", _("Put right"), "inspections.report", _close, allowed=_may_be_closed, form=HowForm, icon="check",
            target=FindingStatus.CLOSED,
        ),
        Move(
            "reopen", _("There again"), "inspections.report", _reopen,
            allowed=lambda finding: finding.status == FindingStatus.CLOSED, form=AgainForm, icon="refresh",
            target=FindingStatus.OPEN,
        ),
    ]  # fmt: skip
    status_field, status_path, status_colours = "status", ["open", "closed"], STATUS_COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Finding]:
        found = Finding.objects.visible_to(user)
        return found.select_related("responsible", "request", "inspection__action", f"{CONTRACT}__customer")

    @classmethod
    def subtitle(cls, record: Finding) -> Text:
        contract = record.inspection.action.contract
        return " · ".join(filter(None, [contract.number, str(contract.customer), contract.project]))

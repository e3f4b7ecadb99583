"""Inspections: who goes when, what was found; as a list, as a month, and on the contract."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, BulkMove, Group, Month, Move
from contracts.models import Contract
from contracts.pages.regions import RegionChoice
from warranty import filing, inspections
from warranty.enums import ActionKind, ActionState, InspectionResult
from warranty.forms import EngineerForm, ReportForm, RescheduleForm
from warranty.labels import STATE_COLOURS
from warranty.models import Inspection
from warranty.proposals import proposal_for
from warranty.queries import HELD, HELD_IN_WINDOW, PROMISED

RESULT_COLOURS = {"normal": "green", "mostly_normal": "yellow", "abnormal": "red"}
Data = Mapping[str, Any]


class Visit(Column[Inspection]):
    """The planned day, red once it or its window is over without a report; the day held after that."""

    def of(self, record: Inspection) -> date:
        return record.visited_on or record.action.due_on

    def html(self, record: Inspection, look: Look) -> SafeString | str:
        return cells.due_html(self.of(record), look, near=14, open_=is_open(record))


def is_open(inspection: Inspection) -> bool:
    """Whether the visit is still to be reported."""
    return inspection.reported_at is None and inspection.action.state == ActionState.PLANNED


def _open(rows: models.QuerySet[Inspection]) -> models.QuerySet[Inspection]:
    return rows.filter(reported_at=None, action__state=ActionState.PLANNED)


def _assign(inspection: Inspection, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    inspections.assign_inspection(inspection=inspection, engineer=data["engineer"], by=by, at=at, seen=seen)


def _assign_many(inspection: Inspection, data: Data, *, by: User, at: datetime, on: date) -> None:
    inspections.assign_inspection(inspection=inspection, engineer=data["engineer"], by=by, at=at)


def _reschedule(inspection: Inspection, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    inspections.reschedule_inspection(inspection=inspection, to=data["to"], by=by, at=at, on=on, seen=seen)


def _report(inspection: Inspection, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    filing.file_inspection_report(
        inspection=inspection,
        visited_on=data["visited_on"],
        result=InspectionResult(data["result"]),
        findings=data["findings"],
        file=data["file"],
        by=by,
        at=at,
        on=on,
        seen=seen,
    )


def _entry(inspection: Inspection) -> str:
    contract, engineer = inspection.action.contract, inspection.engineer
    return " · ".join(filter(None, [str(contract.customer), contract.project, str(engineer) if engineer else ""]))


def _colour(inspection: Inspection) -> str:
    if inspection.reported_at:
        return RESULT_COLOURS.get(inspection.result, "green")
    return "blue" if inspection.action.state == ActionState.PLANNED else "secondary"


def _this_week(rows: models.QuerySet[Inspection], look: Look) -> models.QuerySet[Inspection]:
    """To be held from Monday to Sunday of the week today is in."""
    monday = look.today - timedelta(days=look.today.weekday())
    return _open(rows).filter(action__due_on__range=(monday, monday + timedelta(days=6)))


class InspectionPage(ModelPage[Inspection]):
    model, slug, icon = Inspection, "inspections", "clipboard-check"
    actions = Actions(view="inspections.view", export="contracts.export")
    empty = _("Inspections are planned by themselves when the final acceptance of a contract is recorded.")
    search = ["action__contract__search", "action__contract__customer__search"]
    columns = [
        Visit("visit", label=_("visit"), sort="action__due_on"),
        Column("action__contract", link=True, label=_("contract"), sort="action__contract__number"),
        Column("action__contract__customer", link=True, label=_("customer")),
        Column("action__contract__project", label=_("project")),
        Column("window", label=_("window"), value=str, sort="window_first"),
        Column("engineer"),
        Badge("action__state", STATE_COLOURS, label=_("state")),
        Badge("result", RESULT_COLOURS),
        Column("action__contract__manager", label=_("account manager"), optional=True),
        Column("action__contract__customer__region", label=_("region"), optional=True),
        Column("findings", optional=True),
    ]
    filters = [
        Quick("open", _("To be held"), lambda rows, look: _open(rows)),
        Quick("mine", _("Assigned to me"), lambda rows, look: rows.filter(engineer=look.user)),
        Quick("unassigned", _("Without engineer"), lambda rows, look: _open(rows).filter(engineer=None)),
        Quick(
            "overdue",
            _("Planned day is over"),
            lambda rows, look: _open(rows).filter(action__due_on__lt=look.today),
            divider=True,
        ),
        Quick("this_week", _("This week"), _this_week),
        Quick("missed", _("Window is over"), lambda rows, look: _open(rows).filter(window_last__lt=look.today)),
        Quick("promised", _("Promised"), lambda rows, look: rows.filter(PROMISED), divider=True),
        Quick("held", _("Held"), lambda rows, look: rows.filter(HELD)),
        Quick("in_window", _("Held in the window"), lambda rows, look: rows.filter(HELD_IN_WINDOW)),
        Quick("abnormal", _("Abnormal result"), lambda rows, look: rows.filter(result=InspectionResult.ABNORMAL)),
        Choice("action__state", label=_("state")),
        Choice("result"),
        Relation("engineer"),
        Relation("action__contract", label=_("contract")),
        RegionChoice("action__contract__customer__region", label=_("region")),
        DateRange("action__due_on", label=_("visit")),
        DateRange("window_last"),
    ]
    group_by = [
        "engineer",
        "action__contract__customer__region",
        "action__state",
        "result",
        "action__due_on:month",
        "window_last:month",
    ]
    home_query = "quick=open"
    sheet = [
        Group(_("Visit"), [Visit("visit", label=_("visit")), "window_first", "window_last", "engineer"]),
        Group(
            _("Contract and customer"),
            [
                Column("action__contract", link=True, label=_("contract")),
                Column("action__contract__customer", link=True, label=_("customer")),
                Column("action__contract__project", label=_("project")),
                Column("action__contract__project_manager", label=_("project manager")),
                Column("contact", label=_("contact"), value=lambda inspection: _contact(inspection)),
            ],
        ),
        Group(_("Report"), ["visited_on", Badge("result", RESULT_COLOURS), "reported_at", "findings"]),
    ]
    moves = [
        Move(
            "report",
            pgettext_lazy("button", "Report"),
            "inspections.report",
            _report,
            allowed=is_open,
            form=ReportForm,
            initial=lambda inspection, look: proposal_for(inspection, look.today),
            style="primary",
            icon="clipboard-text",
            done=_("The visit is reported."),
        ),
        Move(
            "assign",
            _("Assign"),
            "inspections.plan",
            _assign,
            allowed=is_open,
            form=EngineerForm,
            initial=lambda inspection, look: {"engineer": inspection.engineer_id},
            icon="user-check",
        ),
        Move(
            "reschedule",
            _("Reschedule"),
            "inspections.plan",
            _reschedule,
            allowed=is_open,
            form=RescheduleForm,
            initial=lambda inspection, look: {"to": max(inspection.action.due_on, look.today)},
            icon="calendar-time",
            done=_("The visit is rescheduled; its notices move with it."),
        ),
    ]
    bulk = [BulkMove("assign", _("Assign"), "inspections.plan", _assign_many, form=EngineerForm, icon="user-check")]
    month = Month("due_on", title=_entry, colour=_colour)

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Inspection]:
        # Every inspection's row is of this kind: said here, the database walks the plan in order of day.
        planned = Inspection.objects.visible_to(user).filter(action__kind=ActionKind.INSPECTION)
        rows: models.QuerySet[Any] = planned.annotate(due_on=F("action__due_on"))
        contract = "action__contract__"
        rows = rows.select_related("engineer", f"{contract}customer", f"{contract}manager", f"{contract}contact")
        return rows.order_by("action__due_on", "pk")

    @classmethod
    def subtitle(cls, record: Inspection) -> Text:
        contract = record.action.contract
        return " · ".join(filter(None, [contract.number, str(contract.customer), contract.project]))


def _contact(inspection: Inspection) -> str:
    contact = inspection.action.contract.contact
    return " ".join(filter(None, [contact.name, contact.phone])) if contact else ""


def visits_done(contract: Contract, look: Look) -> str:
    """`2/4`: how many of the promised visits were held."""
    found = Inspection.objects.visible_to(look.user).filter(action__contract=contract)
    counts = found.order_by().aggregate(done=Count("pk", filter=HELD), all=Count("pk", filter=PROMISED))
    return gettext("%(done)s of %(all)s") % counts

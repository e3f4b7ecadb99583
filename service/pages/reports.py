"""Fulfilment reports: made on a contract, looked at as PDF, handed over or sent with the renewal quote."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.access import may
from base.accounts.models import User
from base.documents.pages import papers_tab
from base.documents.registry import document_for
from base.ui.columns import Column
from base.ui.filters import DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from contracts.models import Contract
from service.forms.promises import EditReportForm, ReportForm
from service.models import FulfilmentReport
from service.promises import reports

Data = Mapping[str, Any]


def _hand_over(report: FulfilmentReport, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    """The paper leaves the house in a person's hand: it is stored as it is now."""
    document_for("service.fulfilment_report", report.pk, at=at)


class ReportPage(ModelPage[FulfilmentReport]):
    model, slug, icon = FulfilmentReport, "reports", "report-analytics"
    key = "number"
    actions = Actions(view="reports.view", edit="reports.make")
    empty = _("Reports are made on a contract, with “Fulfilment report”: what was promised and given in a period.")
    search = ["number", "contract__search", "contract__customer__search"]
    columns = [
        Column("number"),
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("first_day"),
        Column("last_day"),
        Column("made_on"),
        Column("made_by"),
        Column("with_quote"),
    ]
    filters = [
        Quick("with_quote", _("Goes with the quote"), lambda rows, look: rows.filter(with_quote=True)),
        Relation("contract"),
        DateRange("made_on"),
    ]
    group_by = ["contract", "made_on:month"]
    sheet = [
        Group(_("Period"), ["first_day", "last_day", "made_on", "made_by", "with_quote"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
        Group(_("Summary"), ["summary"]),
    ]
    tabs = [papers_tab("reports")]
    moves = [
        Move(
            "hand_over", _("Hand over"), "reports.make", _hand_over, allowed=lambda report: not reports.has_left(report),
            style="primary", icon="file-check", confirm=_("The report is stored as it is now, and never changes after."),
            done=_("The report is stored."),
        ),
    ]  # fmt: skip
    form = EditReportForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[FulfilmentReport]:
        if not may(user, "reports.view"):
            return FulfilmentReport.objects.none()
        rows = FulfilmentReport.objects.visible_to(user)
        return rows.select_related("contract__customer", "contract__manager", "made_by")

    @classmethod
    def save(
        cls, record: FulfilmentReport, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> FulfilmentReport:
        reports.edit_report(report=record, values=values, by=by, at=at, seen=seen)
        return record

    @classmethod
    def subtitle(cls, record: FulfilmentReport) -> Text:
        return f"{record.contract} · {record.contract.customer}"


def _make(contract: Contract, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> FulfilmentReport:
    return reports.make_report(contract=contract, by=by, at=at, on=on, **data)


def _period(contract: Contract, look: Look) -> Data:
    """The term that is running, else the year until today."""
    term = contract.terms.filter(first_day__lte=look.today, last_day__gte=look.today).first()
    first = term.first_day if term else look.today - timedelta(days=365)
    return {"first_day": first, "last_day": look.today}


MAKE_REPORT = Move(
    "report",
    pgettext_lazy("button", "Fulfilment report"),
    "reports.make",
    _make,
    form=ReportForm,
    initial=_period,
    icon=ReportPage.icon,
    done=_("The report is made: look at it, then hand it over or let it go with the quote."),
)

"""Surveys: who was asked, what they said; and how content customers are, by engineer, contract and month."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Avg, Count, Q
from django.db.models.functions import TruncMonth
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.accounts.models import User
from base.mail.pages.about import mails_tab
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from service.choices import Score, SurveyStatus
from service.forms.consents import WhyForm
from service.forms.promises import PhoneForm
from service.models import Survey
from service.promises import surveys

Data = Mapping[str, Any]
COLOURS = {"asked": "azure", "answered": "green", "expired": "yellow", "withdrawn": "secondary"}
SCORE_COLOURS = {"5": "green", "4": "teal", "3": "yellow", "2": "orange", "1": "red"}
_UNANSWERED = (SurveyStatus.ASKED, SurveyStatus.EXPIRED)


def _phone(survey: Survey, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    surveys.answer_survey(survey=survey, by=by, at=at, seen=seen, **data)


def _withdraw(survey: Survey, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    surveys.withdraw_survey(survey=survey, reason=data["reason"], by=by, at=at, seen=seen)


def _to_call(rows: models.QuerySet[Survey], look: Look) -> models.QuerySet[Survey]:
    """Who had a week to answer by the link and did not."""
    return rows.filter(status__in=_UNANSWERED, asked_at__lt=look.now - timedelta(days=7))


class SurveyPage(ModelPage[Survey]):
    model, slug, icon = Survey, "surveys", "mood-smile"
    actions = Actions(view="surveys.view", export="surveys.view")
    empty = _("Customers are asked by themselves: after a closed request, after an inspection, and once a year.")
    search = ["comment", "contract__search", "contract__customer__search"]
    columns = [
        Column("contract__customer", link=True, label=_("customer")),
        Column("contract", link=True),
        Badge("cause", {"request": "blue", "inspection": "teal", "yearly": "purple"}),
        Column("about"),
        Badge("status", COLOURS),
        Badge("score", SCORE_COLOURS),
        Column("comment"),
        Column("asked_at"),
        Column("complaint", link=True),
        Column("request", link=True, optional=True),
        Column("channel", optional=True),
        Column("answered_at", optional=True),
    ]
    filters = [
        Quick("to_call", _("To be called"), _to_call),
        Quick("bad", _("Not content"), lambda rows, look: rows.filter(score__lte=surveys.BAD)),
        Choice("status"),
        Choice("cause"),
        Choice("score"),
        Choice("channel"),
        Relation("about"),
        Relation("contract"),
        DateRange("asked_at"),
    ]
    group_by = ["about", "contract", "cause", "status", "score", "asked_at:month"]
    sheet = [
        Group(
            pgettext_lazy("satisfaction", "Asked"),
            [Badge("cause", {}), Column("request", link=True), Column("inspection", link=True), "year_ends", "about",
             "contact", "asked_at", "expires_on"],
        ),
        Group(
            pgettext_lazy("satisfaction", "Answered"),
            [Badge("score", SCORE_COLOURS), "answered_by", "answered_at", "channel", "taken_by",
             Column("complaint", link=True)],
        ),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
        Group(_("Comment"), ["comment"]),
    ]  # fmt: skip
    tabs = [mails_tab()]
    moves = [
        Move(
            "phone",
            _("Answered by phone"),
            "surveys.record",
            _phone,
            allowed=lambda survey: survey.status in _UNANSWERED,
            form=PhoneForm,
            initial=lambda survey, look: {"name": survey.contact.name if survey.contact else ""},
            style="primary",
            icon="phone",
            confirm=_("Never by whoever did the work. A bad score opens a complaint."),
        ),
        Move(
            "withdraw",
            _("Withdraw"),
            "surveys.ask",
            _withdraw,
            allowed=lambda survey: survey.status in _UNANSWERED,
            form=WhyForm,
            style="outline-danger",
            icon="arrow-back-up",
            confirm=_("The link leads nowhere from then on."),
        ),
    ]
    status_field = "status"
    status_path = [SurveyStatus.ASKED, SurveyStatus.ANSWERED]
    status_colours = COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Survey]:
        rows = Survey.objects.visible_to(user)
        return rows.select_related(
            "contract__customer", "contract__manager", "about", "request", "inspection", "complaint", "contact"
        )

    @classmethod
    def subtitle(cls, record: Survey) -> Text:
        return f"{record.contract} · {record.contract.customer}"


#: What satisfaction is broken down by: a name, what it is grouped by, and the filter of the list behind a line.
_BY = {
    "engineer": (_("By engineer"), ("about", "about__display_name"), "about"),
    "contract": (_("By contract"), ("contract", "contract__number"), "contract"),
    "month": (_("By month"), ("month", "month"), ""),
}
_CONTENT = Q(score__gte=Score.SATISFIED)


@action("surveys.view")
@require_safe
def satisfaction(request: HttpRequest) -> HttpResponse:
    """How many were asked and answered, the mean score, and the share of the content, within the last year or all."""
    look = Look.of(request)
    rows = Survey.objects.visible_to(look.user).exclude(status=SurveyStatus.WITHDRAWN)
    span = request.GET.get("span", "year")
    if span == "year":
        rows = rows.filter(asked_at__year=look.today.year)
    rows = rows.annotate(month=TruncMonth("asked_at")).order_by()
    figures = {
        "asked": Count("pk"), "answered": Count("score"), "mean": Avg("score"),
        "content": Count("pk", filter=_CONTENT), "bad": Count("pk", filter=Q(score__lte=surveys.BAD)),
    }  # fmt: skip
    tables = []
    for name, (label, (key, shown), filtered) in _BY.items():
        lines = list(rows.values(key, shown).annotate(**figures).order_by("-answered", key)[:50])
        for line in lines:
            line["label"], line["href"] = (
                line[shown],
                f"{SurveyPage.address()}?{filtered}={line[key]}" if filtered else "",
            )
            line["share"] = round(Decimal(line["content"]) / line["answered"], 3) if line["answered"] else None
        tables.append({"name": name, "label": label, "lines": lines})
    context = {"tables": tables, "all": rows.aggregate(**figures), "look": look, "span": span}
    return TemplateResponse(request, "service/satisfaction.html", context)

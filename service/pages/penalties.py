"""Damages for late service: proposed, granted, set off or waived; and the clauses they follow."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.access import may
from base.accounts.models import User
from base.ui.columns import Badge, Column, Percent
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from contracts.models import Contract
from service.choices import PenaltyStatus
from service.forms.consents import WhyForm
from service.forms.promises import PenaltyRuleForm
from service.models import Penalty, PenaltyRule
from service.promises import penalties
from service.sentences import late_text

Data = Mapping[str, Any]
COLOURS = {"proposed": "orange", "granted": "blue", "credited": "green", "waived": "secondary"}


def _grant(penalty: Penalty, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    penalties.grant_penalty(penalty=penalty, by=by, at=at, seen=seen)


def _waive(penalty: Penalty, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    penalties.waive_penalty(penalty=penalty, reason=data["reason"], by=by, at=at, seen=seen)


def _late_by(penalty: Penalty) -> str:
    return late_text(penalty.units, penalty.unit)


def _grace(rule: PenaltyRule) -> str:
    return late_text(rule.grace, rule.unit)


def _rate(clause: Penalty | PenaltyRule) -> str:
    """`0.05 % per day`."""
    return f"{(clause.rate * 100).normalize():f} % {clause.get_unit_display()}"


class PenaltyPage(ModelPage[Penalty]):
    model, slug, icon = Penalty, "penalties", "receipt-refund"
    actions = Actions(view="penalties.view", export="penalties.view")
    #: Who sees how late we were need not see what the contract costs, of which damages are a share.
    guards = dict.fromkeys(("amount", "base"), "prices.view")
    empty = _("No promise was broken that costs anything. Damages are proposed when a late request is closed.")
    search = ["contract__search", "contract__customer__search", "request__search"]
    columns = [
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("request", link=True),
        Column("leg"),
        Column("commitment", link=True, optional=True),
        Column("units", value=_late_by, label=_("late by"), sort="units"),
        Column("amount", total=True),
        Badge("status", COLOURS),
        Column("on"),
        Column("reason", optional=True),
        Column("credited_by", optional=True),
    ]
    filters = [
        Quick("to_decide", _("To decide"), lambda rows, look: rows.filter(status=PenaltyStatus.PROPOSED)),
        Quick("to_credit", _("To be credited"), lambda rows, look: rows.filter(status=PenaltyStatus.GRANTED)),
        Choice("status"),
        Choice("leg"),
        Relation("contract"),
        DateRange("on"),
    ]
    group_by = ["status", "contract", "leg", "on:month"]
    home_query = ""
    sheet = [
        Group(
            _("Broken promise"),
            [Column("request", link=True), "leg", Column("commitment", link=True), "due_at", "done_at"],
        ),
        Group(_("What it costs"), ["base", Column("rate", value=_rate),
                                   Column("units", value=_late_by, label=_("late by")), Percent("cap_rate"), "amount"]),
        Group(pgettext_lazy("damages", "Decision"), ["on", "reason", "credited_by"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
    ]  # fmt: skip
    moves = [
        Move(
            "grant", _("Credit it"), "penalties.decide", _grant,
            allowed=lambda penalty: penalty.status in (PenaltyStatus.PROPOSED, PenaltyStatus.WAIVED), style="primary",
            icon="check", confirm=_("It is named on the next renewal quote and set off against the next invoice."),
        ),
        Move(
            "waive", _("Waive"), "penalties.decide", _waive,
            allowed=lambda penalty: penalty.status in (PenaltyStatus.PROPOSED, PenaltyStatus.GRANTED), form=WhyForm,
            icon="x",
        ),
    ]  # fmt: skip
    status_field = "status"
    status_path = [PenaltyStatus.PROPOSED, PenaltyStatus.GRANTED, PenaltyStatus.CREDITED]
    status_colours = COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Penalty]:
        if not may(user, "penalties.view"):
            return Penalty.objects.none()
        rows = Penalty.objects.visible_to(user)
        return rows.select_related("contract__customer", "contract__manager", "request", "commitment")

    @classmethod
    def subtitle(cls, record: Penalty) -> Text:
        return f"{record.contract} · {record.contract.customer}"


class PenaltyRulePage(ModelPage[PenaltyRule]):
    model, slug, icon = PenaltyRule, "penalty-rules", "gavel"
    actions = Actions(view="penalties.view", create="penalties.decide", edit="penalties.decide")
    search = ["contract__search"]
    columns = [
        Column("contract", value=str, sort="contract__number"),
        Column("rate", value=_rate, sort="rate"),
        Column("base"),
        Column("grace", value=_grace, sort="grace"),
        Percent("cap_rate"),
    ]
    sheet = [
        Group(_("For"), [Column("contract", value=str)]),
        Group(
            _("Clause"),
            [
                Column("rate", value=_rate),
                "unit",
                "base",
                Column("grace", value=_grace),
                Percent("cap_rate"),
            ],
        ),
    ]
    form = PenaltyRuleForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[PenaltyRule]:
        """One's own contracts' clauses, and the one for all others."""
        if not may(user, "penalties.view"):
            return PenaltyRule.objects.none()
        contracts = Contract.objects.visible_to(user).values("pk")
        rows: models.QuerySet[Any] = PenaltyRule.objects.filter(
            models.Q(contract=None) | models.Q(contract__in=contracts)
        )
        return rows.select_related("contract")

    @classmethod
    def may_edit(cls, record: PenaltyRule, look: Look) -> bool:
        """What holds for every contract is a director's matter."""
        return bool(record.contract_id or look.user.role == "director")

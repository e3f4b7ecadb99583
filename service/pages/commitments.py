"""Promises beside faults: the template, those of each contract with how they stand, and what was given for them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.access import may
from base.accounts.models import User
from base.ui import cells
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from base.ui.paths import attach, attached
from service.forms.promises import CommitmentForm, ConfirmForm, DeliveryForm, ProofForm, TemplateForm
from service.models import Commitment, CommitmentTemplate, Delivery, Penalty
from service.promises import commitments, penalties
from service.promises.commitment_status import gather, keep
from service.sentences import STANDING_COLOURS, STANDINGS, amount_text, given_text

Data = Mapping[str, Any]


class StandingColumn(Column[Commitment]):
    """How the promise stands today, counted from the records."""

    def html(self, record: Commitment, look: Look) -> SafeString:
        return cells.badge(
            STANDINGS[attached(record, "kept").standing], STANDING_COLOURS[attached(record, "kept").standing]
        )

    def of(self, record: Commitment) -> object:
        return str(STANDINGS[attached(record, "kept").standing])


def _promised(promise: Commitment | CommitmentTemplate) -> str:
    return amount_text(promise.amount, promise.unit)


def _amount(promise: Commitment | CommitmentTemplate) -> str:
    return amount_text(promise.amount, "")


def _given(commitment: Commitment) -> str:
    return given_text(commitment, attached(commitment, "kept"))


def _responsible(promise: Commitment) -> str:
    """The person, else the unit."""
    return str(promise.responsible or promise.department)


def _confirm(commitment: Commitment, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    commitments.confirm_commitment(commitment=commitment, by=by, at=at, on=on, seen=seen, **data)


def _propose(commitment: Commitment, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> Penalty:
    return penalties.propose_for(commitment=commitment, by=by, at=at, on=on)


class CommitmentPage(ModelPage[Commitment]):
    model, slug, icon = Commitment, "commitments", "heart-handshake"
    actions = Actions(view="commitments.view", create="commitments.edit", edit="commitments.edit")
    empty = _("Promises are written into new contracts from the template; on others with “Apply commitment template”.")
    search = ["text", "contract__search", "contract__customer__search"]
    columns = [
        Column("text"),
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("kind"),
        Column("promised", value=_promised, label=_("promised"), sort="amount"),
        Column("given", value=_given, label=_("given"), sort=False),
        StandingColumn("standing", label=_("state"), sort=False),
        Due("due_on", near=14, open_=lambda commitment: attached(commitment, "kept").standing == "open"),
        Column("responsible", value=_responsible),
        Column("department", optional=True),
        Column("phone", optional=True),
    ]
    filters = [
        Quick("due", _("Due within 30 days"), lambda rows, look: rows.filter(due_on__range=_month_from(look.today))),
        Quick("lapsed", pgettext_lazy("commitment", "Lapsed"), lambda rows, look: rows.filter(lapsed=True)),
        Choice("kind"),
        Relation("contract"),
        Relation("responsible"),
        DateRange("due_on"),
    ]
    group_by = ["kind", "contract", "responsible", "due_on:month"]
    sheet = [
        Group(_("Promise"), ["text", "text_en", "kind", Column("amount", value=_amount), "unit"]),
        Group(
            _("How it stands"),
            [StandingColumn("standing", label=_("state")), Column("given", value=_given, label=_("given")), "confirmed_on",
             "confirmed_note"],
        ),
        Group(pgettext_lazy("commitment", "Due"), ["due_on", "milestone", "offset_days"]),
        Group(_("Responsible"), ["department", "responsible", "phone"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
    ]  # fmt: skip
    moves = [
        Move(
            "confirm",
            _("Confirm as kept"),
            "commitments.edit",
            _confirm,
            allowed=lambda commitment: attached(commitment, "kept").by_hand and commitment.confirmed_on is None,
            form=ConfirmForm,
            initial=lambda commitment, look: {"kept_on": look.today},
            icon="check",
            confirm=_("Only where no record can prove it."),
        ),
        Move(
            "damages",
            _("Propose damages"),
            "penalties.decide",
            _propose,
            allowed=lambda commitment: (
                attached(commitment, "kept").standing == "broken" and commitment.due_on is not None
            ),
            confirm=_("By the contract's clause on being late, until today."),
            icon="receipt-refund",
        ),
    ]
    form = CommitmentForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Commitment]:
        if not may(user, "commitments.view"):
            return Commitment.objects.none()
        rows = Commitment.objects.visible_to(user)
        return rows.select_related("contract__customer", "contract__manager", "responsible")

    @classmethod
    def prepare(cls, records: list[Commitment], look: Look) -> None:
        found = gather([each.contract for each in records], look.today)
        for record in records:
            attach(record, kept=keep(record, found[record.contract_id]))

    @classmethod
    def save(
        cls, record: Commitment, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Commitment:
        return commitments.save_commitment(commitment=record, values=values, by=by, at=at, seen=seen)

    @classmethod
    def subtitle(cls, record: Commitment) -> Text:
        return f"{record.contract} · {record.contract.customer}"


def _month_from(day: date) -> tuple[date, date]:
    return day, date.fromordinal(day.toordinal() + 30)


class TemplatePage(ModelPage[CommitmentTemplate]):
    model, slug, icon = CommitmentTemplate, "commitment-templates", "template"
    key = "text"
    actions = Actions(view="commitments.view", create="templates.edit", edit="templates.edit")
    search = ["text"]
    columns = [
        Column("text"),
        Column("kind"),
        Column("promised", value=_promised, label=_("promised"), sort="amount"),
        Column("milestone"),
        Column("offset_days"),
        Column("department"),
        Column("active"),
    ]
    sheet = [
        Group(_("Promise"), ["text", "text_en", "kind", Column("amount", value=_amount), "unit"]),
        Group(pgettext_lazy("commitment", "Due"), ["milestone", "offset_days"]),
        Group(_("Responsible"), ["department", "phone"]),
        Group(_("Use"), ["active", "position"]),
    ]
    form = TemplateForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[CommitmentTemplate]:
        known = CommitmentTemplate.objects.all()
        return known if may(user, "commitments.view") else known.none()


def _prove(delivery: Delivery, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    commitments.prove_delivery(delivery=delivery, proof=data["file"], by=by, at=at, seen=seen)


def _days(delivery: Delivery) -> str:
    return "" if delivery.days is None else f"{delivery.days.normalize():f}"


class DeliveryPage(ModelPage[Delivery]):
    model, slug, icon = Delivery, "deliveries", "school"
    actions = Actions(view="deliveries.view", create="deliveries.edit", edit="deliveries.edit")
    empty = _("Trainings, days on site, documents and upgrades are written down here once they were given.")
    search = ["title", "contract__search", "contract__customer__search"]
    columns = [
        Column("title"),
        Badge("kind", {"training": "blue", "presence": "teal", "development": "purple"}),
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("first_day"),
        Column("last_day"),
        Column("days", value=_days, sort="days"),
        Column("people"),
        Column("by"),
        Column("proven"),
        Column("audience", optional=True),
    ]
    filters = [
        Quick("unproven", _("Without proof"), lambda rows, look: rows.filter(proven=False)),
        Choice("kind"),
        Relation("contract"),
        Relation("by"),
        DateRange("first_day"),
    ]
    group_by = ["kind", "contract", "by", "first_day:month"]
    sheet = [
        Group(_("What"), ["title", "kind", "first_day", "last_day", Column("days", value=_days)]),
        Group(_("Who"), ["by", "by_name", "audience", "people", "proven"]),
        Group(
            _("For"),
            [Column("contract__customer", link=True, label=_("customer")), Column("contract", link=True)],
        ),
        Group(_("Note"), ["note"]),
    ]
    moves = [
        Move(
            "prove", _("Attach proof"), "deliveries.edit", _prove, allowed=lambda delivery: not delivery.proven,
            form=ProofForm, style="primary", icon="paperclip",
        ),
    ]  # fmt: skip
    form = DeliveryForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Delivery]:
        if not may(user, "deliveries.view"):
            return Delivery.objects.none()
        return Delivery.objects.visible_to(user).select_related("contract__customer", "contract__manager", "by")

    @classmethod
    def save(
        cls, record: Delivery, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Delivery:
        return commitments.save_delivery(delivery=record, values=values, by=by, at=at, on=on, seen=seen)

    @classmethod
    def subtitle(cls, record: Delivery) -> Text:
        return f"{record.contract} · {record.contract.customer}"

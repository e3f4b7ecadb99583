"""Credits proposed because a contract ended before all that was invoiced was served: granted, or waived with a reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.accounts.access import may
from base.accounts.models import User
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from billing.credits import grant_credit, waive_credit
from billing.enums import CreditStatus
from billing.forms import GrantForm, ReasonForm
from billing.models import CreditProposal
from billing.states import CREDIT_PROPOSAL

Data = Mapping[str, Any]
COLOURS = {"proposed": "orange", "granted": "green", "waived": "secondary", "dropped": "secondary"}


def _grant(proposal: CreditProposal, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    grant_credit(proposal=proposal, by=by, at=at, on=on, seen=seen, **data)


def _waive(proposal: CreditProposal, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    waive_credit(proposal=proposal, reason=data["reason"], by=by, at=at, seen=seen)


def _may(name: str) -> Any:
    return lambda proposal: proposal.status in CREDIT_PROPOSAL.move(name).sources


class CreditPage(ModelPage[CreditProposal]):
    model, slug, icon = CreditProposal, "credits", "receipt-refund"
    actions = Actions(view="invoices.view", export="invoices.view")
    guards = {"price": "prices.view", "amount": "prices.view"}
    empty = _("Nothing was invoiced beyond the end of a contract.")
    search = ["contract__search", "contract__customer__search", "invoice__search"]
    columns = [
        Column("contract", link=True),
        Column("contract__customer", link=True, label=_("customer")),
        Column("invoice", link=True),
        Column("ends_on"),
        Column("days_left"),
        Column("amount", total=True),
        Badge("status", COLOURS),
        Column("on"),
        Column("reason", optional=True),
        Column("credit_note", optional=True),
    ]
    filters = [
        Quick("to_decide", _("To decide"), lambda rows, look: rows.filter(status=CreditStatus.PROPOSED)),
        Choice("status"),
        Relation("contract"),
        DateRange("on"),
    ]
    group_by = ["status", "contract", "on:month"]
    home_query = "quick=to_decide"
    sheet = [
        Group(_("Not served"), ["ends_on", "days_left", "days"]),
        Group(_("What it costs"), ["price", "amount"]),
        Group(_("Decision"), ["on", "reason", "credit_note"]),
        Group(
            _("For"),
            [
                Column("contract__customer", link=True, label=_("customer")),
                Column("contract", link=True),
                Column("invoice", link=True),
            ],
        ),
    ]
    moves = [
        Move(
            "grant",
            _("Credit it"),
            "invoices.issue",
            _grant,
            allowed=_may("credit_granted"),
            form=GrantForm,
            initial=lambda proposal, look: {"credited_on": look.today},
            confirm=_("A credit note is made on the invoice."),
            style="primary",
            icon="check",
            target=CreditStatus.GRANTED,
        ),
        Move(
            "waive",
            _("Waive"),
            "credits.waive",
            _waive,
            allowed=_may("credit_waived"),
            form=ReasonForm,
            confirm=_("The customer does not get it back."),
            icon="x",
            target=CreditStatus.WAIVED,
        ),
    ]
    status_field = "status"
    status_path = [CreditStatus.PROPOSED, CreditStatus.GRANTED]
    status_colours = COLOURS

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[CreditProposal]:
        if not may(user, "invoices.view"):
            return CreditProposal.objects.none()
        rows = CreditProposal.objects.visible_to(user)
        return rows.select_related("contract__customer", "contract__manager", "invoice", "credit_note")

    @classmethod
    def subtitle(cls, record: CreditProposal) -> Text:
        return f"{record.contract} · {record.contract.customer}"

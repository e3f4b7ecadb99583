"""Maintenance terms: what is covered from when to when, and what it cost."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.models import User
from base.lib.money import format_money
from base.ui.cells import EMPTY, percent_text
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from base.ui.paths import attach
from contracts.rules import renewal_cap
from warranty import operations
from warranty.enums import TermKind
from warranty.forms import LastDayForm
from warranty.models import MaintenanceTerm

KIND_COLOURS = {"free": "teal", "paid": "blue", "goodwill": "purple"}


class CapColumn(Column[MaintenanceTerm]):
    """The cap a paid term was judged by, written out: `1,200,000.00 × 20 % × 18 / 12 = 360,000.00`."""

    def of(self, record: MaintenanceTerm) -> Money | None:
        if record.cap_base is None:
            return None
        return renewal_cap(record.cap_base, record.cap_rate, record.months)

    def html(self, record: MaintenanceTerm, look: Look) -> SafeString | str:
        cap = self.of(record)
        if cap is None:
            return EMPTY
        base, rate = format_money(record.cap_base, look.language), percent_text(record.cap_rate)
        months = "" if record.months == 12 else f" × {record.months} / 12"
        sums = f"{base} × {rate}{months} = {format_money(cap, look.language)}"
        return format_html('<span class="money">{}</span>', sums)


def _set_last_day(
    term: MaintenanceTerm, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
) -> None:
    operations.set_last_day(term=term, last_day=data["last_day"], reason=data["reason"], by=by, at=at, on=on, seen=seen)


class TermPage(ModelPage[MaintenanceTerm]):
    model, slug, icon = MaintenanceTerm, "terms", "shield-check"
    actions = Actions(view="terms.view", export="contracts.export")
    guards = {"price": "prices.view", "cap_base": "prices.view", "cap_rate": "prices.view"}
    empty = _("Coverage starts when the final acceptance of a contract is recorded.")
    search = ["contract__search", "contract__customer__search"]
    columns = [
        Column("contract", link=True, sort="contract__number"),
        Column("contract__customer", link=True, label=_("customer")),
        Badge("kind", KIND_COLOURS),
        Column("first_day"),
        Due("last_day", near=90, open_=lambda term: term.is_last),
        Column("months"),
        Column("price", total=True),
        CapColumn("cap", label=_("renewal cap"), action="prices.view", align="end", sort=False),
        Column("hand_set_reason", optional=True),
        Column("origin", optional=True),
    ]
    filters = [
        Quick(
            "now",
            _("Running today"),
            lambda rows, look: rows.filter(first_day__lte=look.today, last_day__gte=look.today),
        ),
        Quick("paid", _("Paid maintenance"), lambda rows, look: rows.filter(kind=TermKind.PAID)),
        Quick("by_hand", _("End set by hand"), lambda rows, look: rows.exclude(hand_set_reason="")),
        Choice("kind"),
        Relation("contract"),
        DateRange("first_day"),
        DateRange("last_day"),
    ]
    group_by = ["kind", "last_day:month", "last_day:year", "first_day:year", "contract__customer"]
    sheet = [
        Group(
            _("Coverage"),
            ["contract", Badge("kind", KIND_COLOURS), "first_day", "last_day", "months", "hand_set_reason"],
        ),
        Group(_("Price"), ["price", CapColumn("cap", label=_("renewal cap"), action="prices.view"), "origin"]),
    ]
    moves = [
        Move(
            "last_day",
            _("Set the last day"),
            "terms.edit",
            _set_last_day,
            allowed=lambda term: term.is_last or _("A later term follows: its end is settled."),
            form=LastDayForm,
            initial=lambda term, look: {"last_day": term.last_day},
            confirm=_("Written dates win: what follows is counted from the day you set, and the plan moves with it."),
            icon="calendar-pin",
            done=_("The last day is set; the plan follows it."),
        ),
    ]

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[MaintenanceTerm]:
        return (
            MaintenanceTerm.objects.visible_to(user).select_related("contract__customer").order_by("-first_day", "-pk")
        )

    @classmethod
    def prepare(cls, records: list[MaintenanceTerm], look: Look) -> None:
        """Whether each is the last of its contract: only that one ends in a way that asks for something."""
        rows = MaintenanceTerm.objects.filter(contract__in={each.contract_id for each in records}).order_by("first_day")
        last = dict(rows.values_list("contract", "pk"))
        for record in records:
            attach(record, is_last=last.get(record.contract_id) == record.pk)

    @classmethod
    def subtitle(cls, record: MaintenanceTerm) -> Text:
        return f"{record.contract} · {record.contract.customer}"

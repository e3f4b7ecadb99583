"""What customers owe, and what of it waits to be invoiced: several on one invoice, or a part of one."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.access import may
from base.accounts.models import User
from base.ui import registry
from base.ui.columns import Column, Percent
from base.ui.filters import Choice, DateRange, NumberRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, BulkMove, CountOf, Group, Move, SmartButton
from billing import charges, invoicing
from billing.forms import ChargeForm, PartForm, ReasonForm
from billing.models import Charge, Invoice
from billing.pages.columns import Stretch
from billing.pages.shared import own
from billing.sources import Source, record_behind, source_choices, source_label

Data = Mapping[str, Any]


def _invoice(charge: Charge, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> Invoice:
    amount = Money(data["amount"], charge.gross.currency)
    return invoicing.invoice_charges(charges=[charge], amount=amount, by=by, at=at, on=on)


def _together(chosen: list[Charge], data: Data, *, by: User, at: datetime, on: date) -> Invoice:
    return invoicing.invoice_charges(charges=chosen, by=by, at=at, on=on)


def _waive(charge: Charge, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    charges.waive_charge(charge=charge, reason=data["reason"], by=by, at=at, seen=seen)


def _claim(charge: Charge, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    charges.claim_charge(charge=charge, by=by, at=at, seen=seen)


def _waits(charge: Charge) -> bool:
    return bool(charge.waiting.amount)


def _invoices(charge: Charge, look: Look) -> models.QuerySet[Invoice]:
    return Invoice.objects.visible_to(look.user).filter(lines__charge=charge)


class SourceColumn(Column[Charge]):
    """What is owed for, in words; on the sheet a link to its record."""

    def html(self, record: Charge, look: Look) -> SafeString | str:
        words = source_label(record.source_kind)
        found = record_behind(Source(record.source_kind, record.source_id)) if self.link else None
        address = registry.address(found, look) if found else ""
        return format_html('{} · <a href="{}">{}</a>', words, address, found) if address else str(words)

    def text(self, record: Charge, look: Look) -> str:
        return str(source_label(record.source_kind))


class SourceChoice(Choice):
    """By what is owed for; the kinds are known once every app has started."""

    def choices(self) -> list[tuple[str, Text]]:
        return list(source_choices())


class ChargePage(ModelPage[Charge]):
    model, slug, icon = Charge, "charges", "receipt-2"
    title = _("To invoice")
    actions = Actions(view="invoices.view", edit="invoices.edit", export="contracts.export")
    guards = dict.fromkeys(("gross", "invoiced", "waived", "unserved", "waiting"), "prices.view")
    empty = _("What customers agree to pay comes here by itself: renewals, extra work, visits and parts.")
    search = ["search", "contract__search", "customer__search"]
    columns = [
        Column("text", link=True),
        Column("customer", link=True),
        Column("contract", link=True),
        SourceColumn("source_kind"),
        Column("gross", total=True),
        Column("waiting", total=True),
        Column("on"),
        Column("invoiced", total=True, optional=True),
        Column("waived", total=True, optional=True),
        Column("unserved", total=True, optional=True),
        Stretch("service_first", "service_last", label=_("service"), optional=True),
        Percent("tax_rate", align="end", optional=True),
        Column("tax_code", optional=True),
        Column("reason", optional=True),
        Column("contract__manager", optional=True),
    ]
    filters = [
        Quick("mine", _("My contracts"), own),
        Quick("waits", _("Waits to be invoiced"), lambda rows, look: rows.filter(waiting__gt=0), divider=True),
        Quick("waived", _("Waived"), lambda rows, look: rows.filter(waived__gt=0)),
        SourceChoice("source_kind"),
        Relation("customer"),
        Relation("contract"),
        Relation("contract__manager"),
        DateRange("on"),
        NumberRange("waiting"),
    ]
    group_by = ["customer", "contract__manager", "on:month"]
    home_query = "quick=waits"
    sheet = [
        Group(_("For"), ["customer", "contract", SourceColumn("source_kind", link=True), "on"]),
        Group(_("Sums"), ["gross", "invoiced", "waived", "unserved", "waiting", "reason"], action="prices.view"),
        Group(
            _("On the invoice"),
            [
                "text",
                "specification",
                "unit",
                "quantity",
                Percent("tax_rate"),
                "tax_code",
                Stretch("service_first", "service_last", label=_("service")),
            ],
        ),
    ]
    buttons = [
        SmartButton(
            "invoices",
            _("Invoices"),
            "receipt",
            count=CountOf(_invoices),
            url=lambda charge, look: f"/invoices/?lines__charge={charge.pk}",
            action="invoices.view",
        ),
    ]
    moves = [
        Move(
            "invoice",
            _("Invoice"),
            "invoices.draft",
            _invoice,
            allowed=_waits,
            form=PartForm,
            initial=lambda charge, look: {"amount": charge.waiting.amount},
            confirm=_("A draft invoice is made of it; what is left goes on waiting."),
            style="primary",
            icon="receipt",
        ),
        Move(
            "waive",
            _("Do not invoice"),
            "charges.waive",
            _waive,
            allowed=_waits,
            form=ReasonForm,
            confirm=_("What still waits is not asked for."),
            icon="x",
        ),
        Move(
            "claim",
            _("Owed after all"),
            "charges.waive",
            _claim,
            allowed=lambda charge: charge.waived.amount > 0,
            confirm=_("What was waived waits to be invoiced again."),
            icon="arrow-back-up",
        ),
    ]
    bulk = [
        BulkMove(
            "invoice",
            _("Invoice together"),
            "invoices.draft",
            _together,
            confirm=_("One draft invoice is made of all that waits of these; they must be of one customer."),
            style="primary",
            icon="receipt",
            together=True,
        ),
    ]
    form = ChargeForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Charge]:
        if not may(user, "invoices.view"):
            return Charge.objects.none()
        return Charge.objects.visible_to(user).select_related("contract__manager", "customer")

    @classmethod
    def subtitle(cls, record: Charge) -> Text:
        return f"{record.customer} · {record.contract}" if record.contract else str(record.customer)

    @classmethod
    def save(
        cls, record: Charge, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Charge:
        rest = dict(values)
        rate, _sign, code = rest.pop("tax").partition("|")
        rest |= {"tax_rate": Decimal(rate), "tax_code": code}
        charges.edit_charge(charge=record, values=rest, by=by, at=at, seen=seen)
        return record

    @classmethod
    def may_edit(cls, record: Charge, look: Look) -> bool:
        return not record.invoiced.amount

"""Contracts: list and sheet. Coverage, plan, quotes and invoices are added by the floors above."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import django_filters
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Expression
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.deputies import standing_in
from base.accounts.models import User
from base.company import clock
from base.lib.money import format_money
from base.ui import cells
from base.ui.columns import Badge, Column, Percent
from base.ui.filters import Choice, DateRange, NumberRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, CountOf, Group, Tab
from base.ui.paths import attach
from contracts import entry, operations
from contracts.enums import ContractStatus
from contracts.forms import ContractForm
from contracts.models import Amendment, Contract
from contracts.pages.moves import BULK, MOVES
from contracts.queries import agreed_by, amount_in_force, in_force
from contracts.rules import renewal_cap
from contracts.timeline import strip


class Acceptance(Column[Contract]):
    """Final acceptance; while it is missing on what was delivered, how far the deemed acceptance is."""

    def html(self, record: Contract, look: Look) -> SafeString | str:
        if record.final_acceptance_on or record.status != ContractStatus.ACTIVE:
            return super().html(record, look)
        if record.deemed_acceptance_on:
            return format_html("{} {}", gettext("deemed"), cells.due_html(record.deemed_acceptance_on, look))
        delivered = record.go_live_on or record.preliminary_acceptance_on
        return cells.badge(gettext("to be chased"), "orange") if delivered and delivered <= look.today else cells.EMPTY


class State(Badge[Contract]):
    """The state in a word; of an active contract that is to end, also the day."""

    def of(self, record: Contract) -> object:
        state = super().of(record)
        if record.ending_on is None:
            return state
        return gettext("%(state)s, ends on %(day)s") % {"state": state, "day": record.ending_on}

    def html(self, record: Contract, look: Look) -> SafeString | str:
        if record.ending_on is None:
            return super().html(record, look)
        badge = cells.badge(record.get_status_display(), self.colours[record.status])
        ends = gettext("ends on %(day)s") % {"day": cells.day_text(record.ending_on, look.language)}
        return format_html("{} {}", badge, cells.badge(ends, "orange"))


def _own(rows: models.QuerySet[Contract], look: Look) -> models.QuerySet[Contract]:
    return rows.filter(Q(manager=look.user) | standing_in(look.user, "manager__"))


def _twins(rows: models.QuerySet[Contract], look: Look) -> models.QuerySet[Contract]:
    """To be made one, or renumbered: what one number names cannot be told by it."""
    return rows.filter(pk__in=Contract.objects.twins().values("pk"))


def _delivered(rows: models.QuerySet[Contract], look: Look) -> models.QuerySet[Contract]:
    """Handed over and still not accepted: every month of it is a month of free work."""
    handed_over = Q(go_live_on__lte=look.today) | Q(preliminary_acceptance_on__lte=look.today)
    return rows.filter(handed_over, final_acceptance_on=None, status=ContractStatus.ACTIVE)


def _not_accepted(rows: models.QuerySet[Contract], look: Look) -> models.QuerySet[Contract]:
    return rows.filter(final_acceptance_on=None, status=ContractStatus.ACTIVE)


def _manager(contract: Contract) -> User | str | None:
    """The account manager, or the name a ledger gave while nobody of it has a log-in."""
    return contract.manager or (
        gettext("%(name)s (no log-in)") % {"name": contract.manager_name} if contract.manager_name else None
    )


def _amendments(contract: Contract, look: Look) -> Mapping[str, Any]:
    """Each amendment with what is in force from its day on."""
    rows = []
    for amendment in contract.amendments.all():
        agreed = in_force(contract, amendment.effective_on)
        rows.append((amendment, agreed, renewal_cap(agreed.amount, contract.cap_rate, 12)))
    return {"rows": rows, "prices": look.may("prices.view")}


def _amount_now(record: Contract) -> Money:
    """As the page prepared it, else looked up."""
    prepared: Money | None = record.__dict__.get("amount_now")
    return in_force(record, clock.today()).amount if prepared is None else prepared


class AmountInForce(Column[Contract]):
    """The amount in force today, with the signed one beside it where they differ (docs/rules.md 2.1)."""

    def of(self, record: Contract) -> Money:
        return _amount_now(record)

    def html(self, record: Contract, look: Look) -> SafeString | str:
        amount = _amount_now(record)
        shown = cells.html(amount, look)
        if amount == record.amount:
            return shown
        signed = gettext("signed: %(amount)s") % {"amount": format_money(record.amount, look.language)}
        return format_html('{} <small class="text-secondary">{}</small>', shown, signed)

    def ordering(self) -> Expression:
        return amount_in_force(clock.today())

    summand = ordering


class AmountRange(NumberRange):
    """From and to, by the amount in force today."""

    def build(self, look: Look) -> django_filters.Filter:
        found = django_filters.RangeFilter(field_name="amount_now", label=self.label)
        own = found.filter
        found.filter = lambda rows, value: own(rows.alias(amount_now=amount_in_force(look.today)), value)
        return found


class ContractPage(ModelPage[Contract]):
    model, slug, icon = Contract, "contracts", "file-text"
    key = "number"
    actions = Actions(view="contracts.view", create="contracts.edit", edit="contracts.edit", export="contracts.export")
    guards = {"amount": "prices.view", "cap_rate": "prices.view", "renewal_rate": "prices.view"}
    empty = _("Contracts come with the ledger, or one by one with “New”.")
    search = ["search", "customer__search", "contact__search"]
    columns = [
        Column("number"),
        Column("customer", link=True),
        Column("project"),
        AmountInForce("amount", total=True),
        Column("signed_on"),
        Acceptance("final_acceptance_on"),
        Column("manager", value=_manager, sort="manager__display_name"),
        State("status", {"draft": "secondary", "active": "green", "terminated": "red"}),
        Column("engineer", optional=True),
        Column("project_manager", optional=True),
        Column("go_live_on", optional=True),
        Column("preliminary_acceptance_on", optional=True),
        Column("deemed_acceptance_on", optional=True),
        Percent("cap_rate", optional=True),
        Percent("renewal_rate", optional=True),
        Column("inspections_per_year", optional=True),
        Column("renewal_mode", optional=True),
        Column("snoozed_until", optional=True),
        Column("ending_on", optional=True),
    ]
    filters = [
        Quick("mine", _("My contracts"), _own),
        Quick("delivered", _("Delivered, not accepted"), _delivered, divider=True),
        Quick("not_accepted", _("Not accepted yet"), _not_accepted),
        Quick("unassigned", _("Without account manager"), lambda rows, look: rows.filter(manager=None), divider=True),
        Quick("ending", _("Terminated as of a coming day"), lambda rows, look: rows.filter(ending_on__isnull=False)),
        Quick("twins", _("Same number typed twice"), _twins),
        Choice("status"),
        Relation("customer"),
        Relation("manager"),
        Relation("engineer"),
        DateRange("signed_on"),
        DateRange("final_acceptance_on"),
        AmountRange("amount"),
    ]
    group_by = [
        "customer",
        "manager",
        "engineer",
        "status",
        "signed_on:year",
        "signed_on:month",
        "final_acceptance_on:year",
        "final_acceptance_on:month",
    ]
    sheet = [
        Group(_("Sale"), ["number", "customer", "project", AmountInForce("amount")]),
        Group(_("People"), [Column("manager", value=_manager), "project_manager", "engineer"]),
        Group(
            _("Milestones"),
            ["signed_on", "go_live_on", "preliminary_acceptance_on", "final_acceptance_on", "deemed_acceptance_on"],
        ),
        Group(_("Maintenance promised"), ["free_months", "same_day", "inspections_per_year"]),
        Group(
            _("Renewal"),
            [Percent("cap_rate"), Percent("renewal_rate"), "renewal_mode", "renewal_months", "contact", "title"],
        ),
        Group(_("Note"), ["note"]),
    ]
    tabs = [
        Tab(
            "amendments",
            _("Amendments"),
            "contracts/amendments.html",
            _amendments,
            count=CountOf(lambda contract, look: contract.amendments.all()),
        ),
    ]
    moves = MOVES
    bulk = BULK
    form = ContractForm
    status_field = "status"
    status_path = [ContractStatus.DRAFT, ContractStatus.ACTIVE]
    status_colours = {"draft": "secondary", "active": "green", "terminated": "red"}
    banner_template = "contracts/timeline.html"

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Contract]:
        return Contract.objects.visible_to(user).select_related("customer", "manager")

    @classmethod
    def prepare(cls, records: list[Contract], look: Look) -> None:
        """The amount in force of each, in one question: few contracts were amended."""
        amended: dict[int, list[Amendment]] = {}
        for each in Amendment.objects.filter(contract__in=[record.pk for record in records]):
            amended.setdefault(each.contract_id, []).append(each)
        for record in records:
            amendments = amended.get(record.pk)
            attach(record, amount_now=agreed_by(record, amendments, look.today).amount if amendments else record.amount)

    @classmethod
    def subtitle(cls, record: Contract) -> Text:
        return " · ".join(filter(None, [str(record.customer), record.project]))

    @classmethod
    def may_edit(cls, record: Contract, look: Look) -> bool:
        return bool(record.status != ContractStatus.TERMINATED)

    @classmethod
    def banner(cls, record: Contract, look: Look) -> Mapping[str, Any]:
        agreed = in_force(record, look.today)
        return {
            "strip": strip(record, look),
            "prices": look.may("prices.view"),
            "agreed": agreed,
            "cap": renewal_cap(agreed.amount, record.cap_rate, 12),
            "price": renewal_cap(agreed.amount, agreed.renewal_rate, 12) if agreed.renewal_rate else None,
        }

    @classmethod
    def save(
        cls, record: Contract, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Contract:
        values = entry.with_new_parts(record, values, by=by, at=at)
        return operations.save_contract(contract=record, values=values, by=by, at=at, seen=seen)

"""The screens of customers and contracts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.ui.columns import Badge, Column, Percent
from base.ui.filters import Choice, DateRange, Flag, NumberRange, Quick, Relation
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, SmartButton
from contracts import operations
from contracts.enums import ContractStatus
from contracts.forms import ContractForm, CustomerForm
from contracts.models import Contract, Customer


class CustomerPage(ModelPage):
    model, slug, icon = Customer, "customers", "building"
    actions = Actions(view="customers.view", create="customers.edit", edit="customers.edit", export="contracts.export")
    empty = _("Customers come with the ledger, or one by one with “New”.")
    search = ["name", "initials", "credit_code"]
    columns = [
        Column("name"),
        Column("credit_code"),
        Column("address", optional=True),
        Badge("language", optional=True),
        Column("budget_funded"),
        Column("no_mail", optional=True),
    ]
    filters = [Flag("budget_funded"), Flag("no_mail"), Choice("language")]
    group_by = ["budget_funded", "language"]
    sheet = [
        Group(_("Organisation"), ["name", "credit_code", "address"]),
        Group(_("How we write"), ["language", "budget_funded", "no_mail"]),
        Group(_("Note"), ["note"]),
    ]
    buttons = [
        SmartButton(
            "contracts",
            _("Contracts"),
            "file-text",
            count=lambda customer, look: Contract.objects.visible_to(look.user).filter(customer=customer).count(),
            url=lambda customer, look: f"{ContractPage.address()}?customer={customer.pk}",
            action="contracts.view",
        ),
    ]
    form = CustomerForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Any]:
        return Customer.objects.visible_to(user)

    @classmethod
    def save(cls, record: Any, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> Any:
        return operations.save_customer(customer=record, values=values, by=by, at=at, seen=seen)


def _own(rows: models.QuerySet[Any], look: Look) -> models.QuerySet[Any]:
    return rows.filter(manager=look.user)


class ContractPage(ModelPage):
    model, slug, icon = Contract, "contracts", "file-text"
    actions = Actions(view="contracts.view", create="contracts.edit", edit="contracts.edit", export="contracts.export")
    guards = {"amount": "prices.view", "cap_rate": "prices.view", "renewal_rate": "prices.view"}
    empty = _("Contracts come with the ledger, or one by one with “New”.")
    search = ["number", "project", "customer__name", "customer__initials"]
    columns = [
        Column("number"),
        Column("customer", link=True),
        Column("project"),
        Column("amount", total=True),
        Column("manager"),
        Column("signed_on"),
        Column("final_acceptance_on"),
        Badge("status", {"draft": "secondary", "active": "green", "terminated": "red"}),
        Column("engineer", optional=True),
        Percent("cap_rate", optional=True),
        Percent("renewal_rate", optional=True),
        Column("inspections_per_year", optional=True),
        Column("renewal_mode", optional=True),
    ]
    filters = [
        Quick("mine", _("My contracts"), _own),
        Quick(
            "not_accepted",
            _("Not accepted yet"),
            lambda rows, look: rows.filter(final_acceptance_on=None, status="active"),
        ),
        Quick("unassigned", _("Without account manager"), lambda rows, look: rows.filter(manager=None)),
        Choice("status"),
        Relation("customer"),
        Relation("manager"),
        Relation("engineer"),
        DateRange("signed_on"),
        DateRange("final_acceptance_on"),
        NumberRange("amount"),
    ]
    group_by = ["customer", "manager", "status", "signed_on:year", "signed_on:month", "final_acceptance_on:month"]
    sheet = [
        Group(_("Sale"), ["number", "customer", "project", "amount", "manager", "project_manager", "engineer"]),
        Group(
            _("Milestones"),
            [
                "signed_on",
                "go_live_on",
                "preliminary_acceptance_on",
                "final_acceptance_on",
                "deemed_acceptance_on",
            ],
        ),
        Group(_("Maintenance promised"), ["free_months", "same_day", "inspections_per_year"]),
        Group(
            _("Renewal"),
            [
                Percent("cap_rate"),
                Percent("renewal_rate"),
                "renewal_mode",
                "renewal_months",
                "contact",
                "title",
                "snoozed_until",
                "no_renewal_reason",
            ],
        ),
        Group(_("Note"), ["note"]),
    ]
    form = ContractForm
    status_field = "status"
    status_path = [ContractStatus.DRAFT, ContractStatus.ACTIVE]
    status_colours = {"draft": "secondary", "active": "green", "terminated": "red"}

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Any]:
        return Contract.objects.visible_to(user).select_related("customer", "manager", "engineer", "contact", "title")

    @classmethod
    def save(cls, record: Any, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> Any:
        return operations.save_contract(contract=record, values=values, by=by, at=at, seen=seen)

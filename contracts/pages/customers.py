"""Customers: list, sheet with contacts and invoice titles edited in place, merging."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Count
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.lib import uscc
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, Flag, Quick
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, BulkMove, CountOf, Group, Move, SmartButton
from base.ui.paths import attach
from contracts import customers
from contracts.forms import CustomerForm, KeepForm, MergeForm
from contracts.models import Contract, Customer
from contracts.pages.contracts import ContractPage
from contracts.pages.parts import CONTACTS, TITLES, part_tab
from contracts.pages.regions import RegionChoice
from contracts.pages.related import related_tab


def _merge(customer: Customer, data: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None) -> None:
    customers.merge_customers(keep=customer, drop=data["drop"], by=by, at=at)


def _merge_into(customer: Customer, data: Mapping[str, Any], *, by: User, at: datetime, on: date) -> None:
    if customer.pk != data["keep"].pk:
        customers.merge_customers(keep=data["keep"], drop=customer, by=by, at=at)


def _preview_merge(customer: Customer, data: Mapping[str, Any], look: Look) -> SafeString:
    drop = Customer.objects.annotate(
        contract_count=Count("contracts", distinct=True),
        contact_count=Count("contacts", distinct=True),
        title_count=Count("titles", distinct=True),
    ).get(pk=data["drop"].pk)
    return render_to_string("contracts/merge_preview.html", {"keep": customer, "drop": drop})


def _with_doubtful_code(rows: models.QuerySet[Customer], look: Look) -> models.QuerySet[Customer]:
    codes = Customer.objects.exclude(credit_code="").values_list("pk", "credit_code")
    return rows.filter(pk__in=[pk for pk, code in codes if not uscc.is_valid(code)])


def _contracts_of(customer: Customer, look: Look) -> models.QuerySet[Contract]:
    return ContractPage.all_rows(look.user).filter(customer=customer)


#: Contracts of two customers that are merged while the person waits.
AT_ONCE = 100


class CustomerPage(ModelPage[Customer]):
    model, slug, icon = Customer, "customers", "building"
    key = "name"
    actions = Actions(view="customers.view", create="customers.edit", edit="customers.edit", export="contracts.export")
    empty = _("Customers come with the ledger, or one by one with “New”.")
    search = ["search", "contacts__search"]
    columns = [
        Column("name"),
        Column("credit_code"),
        Column("contract_count", label=_("contracts"), align="end", sort=False),
        Column("address", optional=True),
        Column("region", optional=True),
        Badge("language", optional=True),
        Column("budget_funded"),
        Column("no_mail", optional=True),
    ]
    filters = [
        Quick("budget", _("Budget-funded"), lambda rows, look: rows.filter(budget_funded=True)),
        Quick("doubtful_code", _("Credit code fails its check"), _with_doubtful_code),
        Quick("no_contract", _("Without a contract"), lambda rows, look: rows.filter(contracts=None)),
        Flag("budget_funded"),
        Flag("no_mail"),
        Choice("language"),
        RegionChoice("region"),
    ]
    group_by = ["region", "budget_funded", "language"]
    sheet = [
        Group(_("Organisation"), ["name", "credit_code", "address", "region"]),
        Group(_("How we write"), ["language", "budget_funded", "no_mail"]),
        Group(_("Note"), ["note"]),
    ]
    tabs = [
        part_tab(CONTACTS),
        part_tab(TITLES),
        related_tab(
            "contracts",
            _("Contracts"),
            lambda: ContractPage,
            _contracts_of,
            action="contracts.view",
            without=("customer",),
            new={"customer": "pk"},
        ),
    ]
    buttons = [
        SmartButton(
            "contracts",
            _("Contracts"),
            "file-text",
            count=CountOf(lambda customer, look: Contract.objects.visible_to(look.user).filter(customer=customer)),
            url=lambda customer, look: f"{ContractPage.address()}?customer={customer.pk}",
            action="contracts.view",
        ),
    ]
    moves = [
        Move(
            "merge",
            _("Merge"),
            "customers.edit",
            _merge,
            form=MergeForm,
            icon="arrow-merge",
            confirm=_("The other customer's contracts, contacts and invoice titles move here, and it is gone."),
            preview=_preview_merge,
            long=lambda customer, data: customer.contracts.count() + data["drop"].contracts.count() > AT_ONCE,
            done=_("The customers are one now."),
        ),
    ]
    bulk = [
        BulkMove(
            "merge",
            _("Merge"),
            "customers.edit",
            _merge_into,
            form=KeepForm,
            icon="arrow-merge",
            confirm=_(
                "Contracts, contacts and invoice titles of the others move to the one you keep; the others are gone."
            ),
        ),
    ]
    form = CustomerForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Customer]:
        return Customer.objects.visible_to(user)

    @classmethod
    def prepare(cls, records: list[Customer], look: Look) -> None:
        """How many contracts each has that this person may see."""
        ids = [each.pk for each in records]
        rows = Contract.objects.visible_to(look.user).filter(customer__in=ids).order_by()
        counts = dict(rows.values_list("customer").annotate(n=Count("pk", distinct=True)))
        for record in records:
            attach(record, contract_count=counts.get(record.pk, 0))

    @classmethod
    def save(
        cls, record: Customer, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Customer:
        return customers.save_customer(customer=record, values=values, by=by, at=at, seen=seen)

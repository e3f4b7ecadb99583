"""A page that uses every part of the framework, on a model that is there anyway."""

from typing import Any

from django import forms
from django.db import models
from django.urls import include, path
from django.utils.safestring import mark_safe

from base.accounts.models import User
from base.chatter.operations import change, create
from base.lib.errors import Refused
from base.ui.columns import Badge, Column, Due
from base.ui.filters import Choice, DateRange, NumberRange, Quick, Relation
from base.ui.forms import MoveForm, SheetForm
from base.ui.page import PAGES, ModelPage
from base.ui.parts import Actions, Board, BulkMove, Group, Month, Move, SmartButton, Tab
from base.ui.routes import routes
from contracts.models import Contract


class ProbeForm(SheetForm):
    class Meta:
        model = Contract
        fields = ["number", "customer", "project", "amount", "manager", "signed_on", "note"]


class DayForm(MoveForm):
    on = forms.DateField(label="on")


def close(record: Contract, data: dict[str, Any], *, by: User, at: Any, on: Any, seen: int | None) -> None:
    if record.project == "stubborn":
        raise Refused("This one does not close.", field="on")
    change(record, {"status": "terminated", "terminated_on": data["on"]}, by=by, at=at, seen=seen, verb="closed")


def activate(record: Contract, data: dict[str, Any], *, by: User, at: Any, on: Any, seen: int | None) -> None:
    change(record, {"status": "active"}, by=by, at=at, seen=seen, verb="activated")


def rename(record: Contract, data: dict[str, Any], *, by: User, at: Any, on: Any) -> None:
    if record.project == "stubborn":
        raise Refused("This one keeps its name.")
    change(record, {"project": "renamed"}, by=by, at=at)


def join(records: list[Contract], data: dict[str, Any], *, by: User, at: Any, on: Any) -> Contract:
    if len(records) < 2:
        raise Refused("Choose two.")
    change(records[0], {"project": " + ".join(sorted(each.number for each in records))}, by=by, at=at)
    return records[0]


def copy(record: Contract, data: dict[str, Any], *, by: User, at: Any, on: Any, seen: int | None) -> Contract:
    twin = Contract(
        number=f"{record.number}-2", customer=record.customer, amount=record.amount, signed_on=record.signed_on
    )
    return create(twin, by=by, at=at)


class ProbePage(ModelPage):
    model, slug, icon, title = Contract, "probe", "flask", "Probes"
    actions = Actions(view="contracts.view", create="contracts.edit", edit="contracts.edit", export="contracts.export")
    guards = {"amount": "prices.view"}
    empty = "Probes come by themselves."
    search = ["number", "project", "customer__name", "customer__initials"]
    columns = [
        Column("number"),
        Column("customer", link=True),
        Column("project"),
        Column("amount", total=True),
        Due("snoozed_until", label="due"),
        Badge("status", {"active": "green"}),
        Column("note", optional=True),
        Column("shout", label="shout", value=lambda contract: contract.number + "!", optional=True),
    ]
    filters = [
        Quick("big", "Big ones", lambda rows, look: rows.filter(amount__gte=1_000_000), action="prices.view"),
        Quick("mine", "Mine", lambda rows, look: rows.filter(manager=look.user)),
        Choice("status"),
        Relation("customer"),
        DateRange("signed_on"),
        NumberRange("amount"),
    ]
    group_by = ["status", "customer", "signed_on:month", "manager", "amount"]
    sheet = [Group("Sale", ["number", "customer", "amount", "status"]), Group("Note", ["note"])]
    tabs = [
        Tab("first", "First", "ui/tab_probe.html", context=lambda record, look: {"said": "hello"}),
        Tab(
            "secret",
            "Secret",
            "ui/tab_probe.html",
            action="prices.view",
            context=lambda record, look: {"said": "prices"},
        ),
    ]
    buttons = [
        SmartButton(
            "twice", "Twice", "repeat", count=lambda record, look: "2/4", url=lambda record, look: "/contracts/"
        )
    ]
    moves = [
        Move(
            "close",
            "Close",
            "contracts.terminate",
            run=close,
            form=DayForm,
            target="terminated",
            style="outline-danger",
            initial=lambda record, look: {"on": look.today},
            allowed=lambda record: (
                record.status == "active" or ("Only active ones." if record.status == "draft" else False)
            ),
        ),
        Move(
            "activate",
            "Activate",
            "contracts.edit",
            run=activate,
            target="active",
            style="primary",
            allowed=lambda record: record.status == "draft",
        ),
        Move("copy", "Copy", "contracts.edit", run=copy, allowed=lambda record: record.status == "active"),
        Move(
            "shown",
            "Preview",
            "contracts.edit",
            run=close,
            form=DayForm,
            preview=lambda record, data, look: mark_safe(f"<b>ends {data['on']}</b>"),
        ),
    ]
    bulk = [
        BulkMove("rename", "Rename", "contracts.edit", run=rename, confirm="Rename them?"),
        BulkMove("join", "Join", "contracts.edit", run=join, together=True),
    ]
    form = ProbeForm
    status_field = "status"
    status_path = ["draft", "active"]
    status_colours = {"active": "green", "terminated": "red"}
    board = Board(fields=["project", "amount"])
    month = Month("signed_on", title=lambda record: f"{record.number} {record.project}", colour=lambda record: "red")

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Any]:
        return Contract.objects.visible_to(user).select_related("customer", "manager")

    @classmethod
    def save(cls, record: Any, values: Any, *, by: User, at: Any, on: Any, seen: int | None) -> Any:
        if values["project"] == "forbidden":
            raise Refused("Not this one.", field="project")
        return super().save(record, values, by=by, at=at, on=on, seen=seen)


urlpatterns = [path("probe/", routes(ProbePage)), path("", include("config.urls"))]

# Other tests walk through all pages of the product; this one is none of them.
PAGES.pop(ProbePage.slug)

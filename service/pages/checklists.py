"""Check lists: what is looked at on each kind of system, kept by the service manager."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.accounts.access import may
from base.accounts.models import User
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, Flag, Quick
from base.ui.look import Look
from base.ui.page import ModelPage
from base.ui.parts import Actions, CountOf, Group, Tab
from base.ui.paths import attach
from service.checks.lists import save_list
from service.forms.checks import CheckListForm
from service.models import CheckList


class CheckListPage(ModelPage[CheckList]):
    model, slug, icon = CheckList, "check-lists", "list-check"
    key = "name"
    actions = Actions(view="checks.view", create="checks.edit", edit="checks.edit")
    empty = _("What is looked at during an inspection is kept here, one list a kind of system.")
    search = ["name", "name_en", "items__text"]
    columns = [
        Column("name", value=str),
        Badge("area"),
        Column("item_count", label=_("items"), align="end", sort=False),
        Column("is_default"),
        Column("edition", optional=True, align="end"),
        Column("name_en", optional=True),
        Column("note", optional=True),
    ]
    filters = [
        Quick("default", _("Default"), lambda rows, look: rows.filter(is_default=True)),
        Choice("area"),
        Flag("is_default"),
    ]
    group_by = ["area", "is_default"]
    sheet = [
        Group(_("List"), ["name", "name_en", "area"]),
        Group(_("Use"), ["is_default", "place", "edition"]),
        Group(_("Note"), ["note"]),
    ]
    tabs = [
        Tab(
            "items",
            _("Check items"),
            "service/checks/items.html",
            context=lambda checklist, look: {"items": checklist.items.all()},
            count=CountOf(lambda checklist, look: checklist.items.all()),
        )
    ]
    form = CheckListForm

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[CheckList]:
        return CheckList.objects.all() if may(user, "checks.view") else CheckList.objects.none()

    @classmethod
    def prepare(cls, records: list[CheckList], look: Look) -> None:
        """How many items each has."""
        rows = CheckList.objects.filter(pk__in=[each.pk for each in records]).order_by()
        counts = dict(rows.values_list("pk").annotate(n=models.Count("items")))
        for record in records:
            attach(record, item_count=counts.get(record.pk, 0))

    @classmethod
    def save(
        cls, record: CheckList, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> CheckList:
        values = dict(values)
        return save_list(checklist=record, items=values.pop("items", None), values=values, by=by, at=at, seen=seen)

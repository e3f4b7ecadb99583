"""Changes that take a second person: what is asked, by whom, and what a director or an administrator says to it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.models import User
from base.changes import kinds, operations, queries
from base.changes.models import OPEN, ChangeStatus, PendingChange
from base.ui import cells, registry
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.forms import MoveForm
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Group, Move
from base.ui.paths import attach, attached
from base.ui.thread import changes_of

COLOURS = {
    "waiting": "orange",
    "unconfirmed": "red",
    "granted": "green",
    "refused": "secondary",
    "withdrawn": "secondary",
    "used": "green",
}
Data = Mapping[str, Any]


class ReasonForm(MoveForm):
    reason = forms.CharField(label=_("because"), max_length=200, widget=forms.Textarea)


class Target(Column[PendingChange]):
    """The record it is about, as a link while there is one to open."""

    def html(self, record: PendingChange, look: Look) -> SafeString | str:
        if record.target is None:
            return cells.EMPTY
        url = registry.address(record.target, look)
        return format_html('<a href="{}">{}</a>', url, record.target) if url else str(record.target)


class Values(Column[PendingChange]):
    """Each field as `label: old → new`."""

    def html(self, record: PendingChange, look: Look) -> SafeString | str:
        lines = ((each.label, each.old, each.new) for each in attached(record, "lines"))
        return format_html(
            '<ul class="changes">{}</ul>',
            format_html_join(
                "", '<li><span class="change-label">{}</span> {} → <span class="new">{}</span></li>', lines
            ),
        )

    def text(self, record: PendingChange, look: Look) -> str:
        return "\n".join(f"{each.label}: {each.old} → {each.new}" for each in attached(record, "lines"))

    def raw(self, record: PendingChange) -> str:
        return "\n".join(f"{each.label}: {each.old} → {each.new}" for each in attached(record, "lines"))


class Kinds(Choice):
    def choices(self) -> list[tuple[str, Text]]:
        return [(kind.name, cast("Text", kind.label)) for kind in kinds.all_kinds()]


def _grant(change: PendingChange, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.grant_change(change=change, by=by, at=at, seen=seen)


def _refuse(change: PendingChange, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.refuse_change(change=change, reason=data["reason"], by=by, at=at, seen=seen)


def _withdraw(change: PendingChange, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.withdraw_change(change=change, by=by, at=at, seen=seen)


def _decides(status: ChangeStatus) -> Any:
    return lambda change: change.status == status and attached(change, "decides")


_KIND = Column[PendingChange]("kind", value=lambda change: kinds.named(change.kind).label)
_TARGET = Target("about", value=lambda change: change.target, label=pgettext_lazy("log", "record"), sort=False)
_VALUES = Values("lines", value=lambda change: attached(change, "lines"), label=_("changes"), sort=False)


class ChangePage(ModelPage[PendingChange]):
    model, slug, icon = PendingChange, "changes", "user-check"
    title = _("Second person")
    actions = Actions(view="changes.view")
    empty = _("Lower terms, rights, the bank account and the like wait here until a second person agrees.")
    home_query = "quick=open"
    columns = [
        _KIND,
        _TARGET,
        _VALUES,
        Badge("status", COLOURS),
        Column("asked_by"),
        Column("asked_at"),
        Column("decided_by", optional=True),
        Column("decided_at", optional=True),
    ]
    filters = [
        Quick("open", _("To be decided"), lambda rows, look: rows.filter(status__in=OPEN)),
        Quick("mine", _("Asked by me"), lambda rows, look: rows.filter(asked_by=look.user)),
        Kinds("kind"),
        Choice("status"),
        Relation("asked_by"),
        DateRange("asked_at"),
    ]
    group_by = ["kind", "status", "asked_by"]
    sheet = [
        Group(_("What"), [_KIND, _TARGET, Column("reason")]),
        Group(_("Who"), ["asked_by", "asked_at", "decided_by", "decided_at", Column("answer")]),
        Group(_("Changes"), [_VALUES]),
    ]
    status_field = "status"
    status_path = [ChangeStatus.WAITING, ChangeStatus.GRANTED]
    status_colours = COLOURS
    moves = [
        Move(
            "grant", _("Agree"), "changes.confirm", _grant, allowed=_decides(ChangeStatus.WAITING), style="primary",
            icon="check", confirm=_("The new values come into force at once."), done=_("The change is in force."),
        ),
        Move(
            "confirm", _("Confirm"), "changes.confirm", _grant, allowed=_decides(ChangeStatus.UNCONFIRMED),
            style="primary", icon="check", confirm=_("It is in force already; you vouch for it."),
            done=_("The change is confirmed."),
        ),
        Move(
            "refuse", _("Refuse"), "changes.confirm", _refuse, allowed=_decides(ChangeStatus.WAITING), form=ReasonForm,
            icon="x", confirm=_("The old values stay in force; your reason goes back to who asked."),
        ),
        Move(
            "undo", _("Undo"), "changes.confirm", _refuse, allowed=_decides(ChangeStatus.UNCONFIRMED), form=ReasonForm,
            icon="arrow-back-up", confirm=_("The old values are in force again; your reason goes back to who asked."),
        ),
        Move(
            "withdraw", _("Withdraw"), "changes.view", _withdraw,
            allowed=lambda change: change.waits and attached(change, "own"), icon="arrow-back",
        ),
    ]  # fmt: skip
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[PendingChange]:
        return queries.visible_to(user).select_related("asked_by", "decided_by").prefetch_related("target")

    @classmethod
    def prepare(cls, records: list[PendingChange], look: Look) -> None:
        for change in records:
            model = type(change.target) if change.target is not None else None
            attach(
                change,
                lines=list(changes_of(change, model, look)),
                decides=change.is_open and queries.may_decide(change, look.user),
                own=change.asked_by_id == look.user.pk,
            )

    @classmethod
    def subtitle(cls, record: PendingChange) -> Text:
        return record.get_status_display()

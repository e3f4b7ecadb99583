"""The plan: every row that will happen by itself, was done, skipped, held or failed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.chatter.labels import value_text
from base.lib.errors import Refused
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Apply, Choice, DateRange, Flag, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, BulkMove, Group, Month, Move, Tool
from base.ui.paths import attach, attached
from contracts.models import Contract
from warranty.enums import ActionKind, ActionState
from warranty.forms import HoldForm
from warranty.labels import STATE_COLOURS, icon_of, say
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning import holding
from warranty.planning.kinds import Act
from warranty.planning.run import run_day

Data = Mapping[str, Any]


def words_of(action: PlannedAction) -> str:
    """What a row that `PlanPage.prepare` looked at does, as a sentence."""
    return say(Act(action.kind, action.step, action.contract, followed=attached(action, "followed")))


class Words(Column[PlannedAction]):
    """What the row does, as a sentence."""

    def of(self, record: PlannedAction) -> object:
        return words_of(record)

    def html(self, record: PlannedAction, look: Look) -> SafeString | str:
        return format_html('<i class="ti ti-{}" aria-hidden="true"></i> {}', icon_of(record.kind), self.of(record))


class DueOn(Column[PlannedAction]):
    """The day; what is open and past its day is waiting or failed, and says so elsewhere in the line."""

    def html(self, record: PlannedAction, look: Look) -> SafeString | str:
        day = cells.due_html(record.due_on, look, near=7, open_=is_open(record))
        if record.provisional and is_open(record):
            return format_html('{} <span class="tag" title="{}">{}</span>', day, _PROVISIONAL, gettext("provisional"))
        return day


_PROVISIONAL = _("The official working days of that year are not known yet.")


class State(Badge[PlannedAction]):
    """The state in a word; a row that is held or waits says so."""

    def html(self, record: PlannedAction, look: Look) -> SafeString | str:
        if record.on_hold and is_open(record):
            return cells.badge(gettext("on hold"), "orange")
        if record.state == ActionState.PLANNED and record.problem:
            return cells.badge(gettext("waiting"), "orange")
        return super().html(record, look)


class Why(Column[PlannedAction]):
    """Why it failed, was skipped or waits, in the reader's language."""

    def of(self, record: PlannedAction) -> object:
        return value_text(record.problem)


def is_open(action: PlannedAction) -> bool:
    return action.state in holding.OPEN


def is_visit(action: PlannedAction) -> bool:
    return bool(action.kind == ActionKind.INSPECTION)


def may_hold(action: PlannedAction) -> bool:
    return is_open(action) and holding.is_holdable(action.kind) and not action.on_hold


def _hold(action: PlannedAction, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    holding.hold_action(action=action, reason=data["reason"], by=by, at=at)


def _release(action: PlannedAction, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    holding.release_action(action=action, by=by, at=at)


def run_rows(actions: list[PlannedAction], *, by: User, at: datetime, on: date) -> None:
    """Carry these rows out now, if they are due; what still fails is refused with its reason."""
    for each in actions:
        if each.due_on > on:
            raise Refused(gettext("It is not due before %(day)s.") % {"day": each.due_on})
    result = run_day(on=on, by=by, at=at, rows=[each.pk for each in actions])
    if result.failures:
        raise Refused("; ".join(f"{each['contract']}: {value_text(each['problem'])}" for each in result.failures[:3]))


def _run(action: PlannedAction, data: Data, *, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    run_rows([action], by=by, at=at, on=on)


def _may_run(action: PlannedAction) -> bool:
    return is_open(action) and not is_visit(action) and not action.on_hold and bool(attached(action, "is_due"))


def _failed(rows: models.QuerySet[PlannedAction], look: Look) -> models.QuerySet[PlannedAction]:
    return rows.filter(state=ActionState.FAILED)


def _waiting(rows: models.QuerySet[PlannedAction], look: Look) -> models.QuerySet[PlannedAction]:
    return rows.filter(state=ActionState.PLANNED).exclude(problem="")


def _within(days: int) -> Apply[PlannedAction]:
    def narrow(rows: models.QuerySet[PlannedAction], look: Look) -> models.QuerySet[PlannedAction]:
        last = date.fromordinal(look.today.toordinal() + days)
        return rows.filter(state__in=holding.OPEN, due_on__lte=last)

    return narrow


class PlanPage(ModelPage[PlannedAction]):
    model, slug, icon = PlannedAction, "plan", "calendar-event"
    title = _("What will happen")
    actions = Actions(view="plan.view", export="contracts.export")
    empty = _("The plan is written when the final acceptance of a contract is recorded.")
    search = ["contract__search", "contract__customer__search"]
    columns = [
        DueOn("due_on"),
        Words("words", label=_("what"), sort="kind"),
        Column("contract", link=True, sort="contract__number"),
        Column("contract__customer", link=True, label=_("customer")),
        State("state", STATE_COLOURS),
        Why("problem"),
        Column("contract__manager", label=_("account manager")),
        Column("done_on", optional=True),
        Column("attempts", optional=True),
    ]
    filters = [
        Quick("open", _("Still to come"), lambda rows, look: rows.filter(state__in=holding.OPEN)),
        Quick("week", _("Within 7 days"), _within(7)),
        Quick("month", _("Within 30 days"), _within(30)),
        Quick("mine", _("My contracts"), lambda rows, look: rows.filter(contract__manager=look.user), divider=True),
        Quick("failed", _("Failed"), _failed, divider=True),
        Quick("waiting", _("Waiting or on hold"), _waiting),
        Choice("kind"),
        Choice("state"),
        Flag("provisional"),
        Relation("contract"),
        Relation("run", label=_("daily run")),
        DateRange("due_on"),
        DateRange("done_on"),
    ]
    group_by = ["kind", "state", "contract", "contract__manager", "contract__customer", "due_on:month"]
    home_query = "quick=open"
    sheet = [
        Group(_("What"), [Words("words", label=_("what")), "kind", "contract", "term"]),
        Group(_("When"), [DueOn("due_on"), "computed_on", "done_on"]),
        Group(_("State"), [State("state", STATE_COLOURS), Why("problem"), "attempts"]),
    ]
    moves = [
        Move(
            "run",
            _("Run now"),
            "runs.start",
            _run,
            allowed=_may_run,
            confirm=_("It is carried out at once."),
            icon="player-play",
        ),
        Move("hold", _("Hold"), "plan.hold", _hold, allowed=may_hold, form=HoldForm, icon="hand-stop"),
        Move(
            "release",
            _("Release"),
            "plan.hold",
            _release,
            allowed=lambda action: is_open(action) and action.on_hold,
            icon="player-track-next",
        ),
    ]
    bulk = [
        BulkMove("hold", _("Hold"), "plan.hold", _hold, form=HoldForm, icon="hand-stop"),
        BulkMove("release", _("Release"), "plan.hold", _release, icon="player-track-next"),
        BulkMove(
            "run", _("Run again"), "runs.start", _run, confirm=_("They are carried out at once."), icon="player-play"
        ),
    ]
    tools = [Tool(_("Forecast"), "crystal-ball", "forecast", "forecast.view")]
    month = Month(
        "due_on",
        title=lambda action: f"{action.get_kind_display()} · {action.contract}",
        colour=lambda action: _colour(action),
    )
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[PlannedAction]:
        rows = PlannedAction.objects.visible_to(user).select_related("contract__customer", "contract__manager", "term")
        return rows.order_by("due_on", "pk")

    @classmethod
    def prepare(cls, records: list[PlannedAction], look: Look) -> None:
        """Whether each is due, and whether another agreed term follows its own: its end then reads differently."""
        rows = MaintenanceTerm.objects.filter(contract__in={each.contract_id for each in records}).order_by("first_day")
        last = dict(rows.values_list("contract", "pk"))
        for record in records:
            followed = record.term_id is not None and last.get(record.contract_id) != record.term_id
            attach(record, followed=followed, is_due=record.due_on <= look.today)

    @classmethod
    def subtitle(cls, record: PlannedAction) -> Text:
        return f"{record.contract} · {record.contract.customer}"


def _colour(action: PlannedAction) -> str:
    return "orange" if action.on_hold else str(STATE_COLOURS.get(ActionState(action.state), "secondary"))


def plan_of(contract: Contract, look: Look) -> models.QuerySet[PlannedAction]:
    """The plan of a contract: what is to come first, the nearest on top; then what was, the latest on top."""
    is_past = models.Case(models.When(state__in=holding.OPEN, then=0), default=1, output_field=models.IntegerField())
    ahead = models.Case(models.When(state__in=holding.OPEN, then=F("due_on")), output_field=models.DateField())
    rows = PlanPage.all_rows(look.user).filter(contract=contract)
    return rows.order_by(is_past, ahead.asc(nulls_last=True), "-due_on", "pk")

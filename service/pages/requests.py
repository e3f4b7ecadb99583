"""Service requests: the list, the board by state, the sheet with its clock."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from base.accounts.models import User
from base.company.queries import calendar
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Board, Group, Tab
from service import labels, operations
from service.enums import Leg, LegState, RequestStatus
from service.explain import stretches
from service.forms.requests import RequestForm
from service.models import ServiceRequest
from service.pages.moves import BULK, MOVES
from service.pages.price_notice import notice
from service.pages.visits import Phone
from service.queries import (
    LEG_FIELDS,
    due_within,
    history_at,
    leg_clocks,
    nearest,
    next_due,
    open_requests,
    overdue,
    promise_of,
    similar,
)
from service.sentences import left_text, target_text, why_text
from service.states import OPEN

STATUS_COLOURS = {"new": "azure", "working": "blue", "waiting": "yellow", "solved": "green", "closed": "secondary"}
CLASS_COLOURS = {"critical": "red", "serious": "orange", "general": "blue", "minor": "secondary", "complaint": "purple"}
LEG_COLOURS = {"pending": "blue", "met": "green", "breached": "red", "none": "secondary"}
COVERAGE_COLOURS = {"free": "green", "paid": "green", "goodwill": "green", "trial": "azure"}
#: A deadline closer than this asks for attention.
SOON = timedelta(hours=4)


class LegColumn(Column[ServiceRequest]):
    """By when a leg was promised while it runs, red once the time is over; then whether the promise was kept."""

    def __init__(self, leg: Leg, *, optional: bool = False) -> None:
        self.by, self.state = LEG_FIELDS[leg]
        super().__init__(self.by, label=labels.LEGS[leg], optional=optional)

    def html(self, record: ServiceRequest, look: Look) -> SafeString | str:
        state, by = getattr(record, self.state), getattr(record, self.by)
        if state == LegState.PENDING and by and record.status != RequestStatus.CLOSED:
            late = by < look.now and record.status in OPEN
            colour = "text-danger" if late else "text-warning" if by < look.now + SOON else ""
            return format_html('<span class="{}">{}</span>', colour, cells.html(by, look))
        return cells.EMPTY if state == LegState.NONE else cells.badge(*_state(record, state, by))


class TimeLeft(Column[ServiceRequest]):
    """How long until the nearest deadline, or how long it is over, in words and colour."""

    def of(self, record: ServiceRequest) -> datetime | None:
        return nearest(record)

    def html(self, record: ServiceRequest, look: Look) -> SafeString | str:
        due = nearest(record)
        if due is None:
            return (
                cells.badge(gettext("stands still"), "yellow")
                if record.status == RequestStatus.WAITING
                else cells.EMPTY
            )
        return cells.badge(left_text(due, look.now), _tone(due, look.now))

    def text(self, record: ServiceRequest, look: Look) -> str:
        due = nearest(record)
        return left_text(due, look.now) if due else ""


def _state(request: ServiceRequest, state: str, by: datetime | None) -> tuple[Text, str]:
    """One word and its colour for a leg: while it waits it stands still, and on a closed request nothing runs."""
    if state == LegState.PENDING and request.status == RequestStatus.CLOSED:
        return gettext("not judged"), "secondary"
    if state == LegState.PENDING and by is None:
        return gettext("stands still"), "yellow"
    return dict(labels.STATES)[state], LEG_COLOURS[state]


def _clocks(request: ServiceRequest, look: Look) -> list[dict[str, Any]]:
    """The three clocks at a glance: how long is left, by when, and what was promised."""
    promise, found = promise_of(request), []
    for leg, (by_field, state_field) in LEG_FIELDS.items():
        by, state = getattr(request, by_field), getattr(request, state_field)
        if state == LegState.NONE:
            continue
        runs = state == LegState.PENDING and by is not None and request.status in OPEN
        word, colour = (left_text(by, look.now), _tone(by, look.now)) if runs else _state(request, state, by)
        target = promise.get(leg)
        found.append(
            {
                "name": labels.LEGS[leg],
                "words": word,
                "colour": colour,
                "by": by,
                "target": target_text(target) if target else "",
            }
        )
    return found


def _tone(due: datetime, now: datetime) -> str:
    return "red" if due < now else "orange" if due < now + SOON else "green"


def _clock(request: ServiceRequest, look: Look) -> Mapping[str, Any]:
    """Each leg with what was promised, by when, how it stands, and why then."""
    # The server that took it down may be a little ahead of this one.
    clocks = leg_clocks(request, history_at(request, max(look.now, request.reported_at)))
    promise, days, legs = promise_of(request), calendar(), []
    ended = {
        alarm.leg: alarm.held_by for alarm in request.alarms.select_related("held_by") if alarm.is_end and alarm.rung_at
    }
    for leg, (by_field, state_field) in LEG_FIELDS.items():
        target, by, clock = promise.get(leg), getattr(request, by_field), clocks.get(leg)
        word, colour = _state(request, getattr(request, state_field), by)
        legs.append(
            {
                "name": labels.LEGS[leg],
                "target": target_text(target) if target else "",
                "waits": bool(target) and clock is None,
                "by": by
                if request.status != RequestStatus.CLOSED or getattr(request, state_field) != LegState.PENDING
                else None,
                "held_by": ended.get(leg) if getattr(request, state_field) == LegState.BREACHED else None,
                "state": word,
                "colour": colour,
                "stretches": [
                    {
                        "start": each.start,
                        "end": each.end,
                        "counted": each.counted,
                        "provisional": each.provisional,
                        "words": why_text(each, look.language),
                    }
                    for each in (stretches(clock.since, by, clock.target, clock.pauses, days) if clock and by else [])
                ],
            }
        )
    return {"legs": legs, "happenings": request.happenings.select_related("by")}


def _similar(request: ServiceRequest, look: Look) -> Mapping[str, Any]:
    return {"found": similar(request, ServiceRequest.objects.visible_to(look.user))}


def _broken(rows: models.QuerySet[ServiceRequest], look: Look) -> models.QuerySet[ServiceRequest]:
    """Reported within 30 days, and answered, visited or solved too late."""
    late = Q(response=LegState.BREACHED) | Q(arrival=LegState.BREACHED) | Q(resolution=LegState.BREACHED)
    return rows.filter(late, reported_at__gt=look.now - timedelta(days=30))


class RequestPage(ModelPage[ServiceRequest]):
    model, slug, icon = ServiceRequest, "requests", "headset"
    key = "number"
    actions = Actions(view="requests.view", create="requests.take", edit="requests.work", export="requests.view")
    empty = _("Nothing was reported. Take a request down with “New” when somebody calls.")
    search = ["search", "contract__search", "customer__search"]
    columns = [
        Column("number"),
        Badge("request_class", CLASS_COLOURS),
        Column("title"),
        Column("customer", link=True),
        Column("contract", link=True),
        Column("assignee"),
        TimeLeft("left", label=_("time left"), sort="next_due"),
        LegColumn(Leg.RESPONSE),
        LegColumn(Leg.ARRIVAL, optional=True),
        LegColumn(Leg.RESOLUTION),
        Badge("status", STATUS_COLOURS),
        Column("reported_at"),
        Badge("coverage", COVERAGE_COLOURS, optional=True),
        Column("system", optional=True),
        Column("caller", optional=True),
        Column("channel", optional=True),
    ]
    filters = [
        Quick("open", pgettext_lazy("service request", "Open"), lambda rows, look: open_requests(rows)),
        Quick("mine", _("Assigned to me"), lambda rows, look: rows.filter(assignee=look.user)),
        Quick("unassigned", _("Assigned to nobody"), lambda rows, look: open_requests(rows).filter(assignee=None)),
        Quick("overdue", _("Over time"), lambda rows, look: rows.filter(overdue(look.now)), divider=True),
        Quick("soon", _("Ends within four hours"), lambda rows, look: rows.filter(due_within(look.now, SOON))),
        Quick("uncovered", _("Not covered"), lambda rows, look: rows.filter(term=None).exclude(coverage="trial")),
        Quick("broken", _("Broken promise in 30 days"), _broken, divider=True),
        Choice("status"),
        Choice("request_class"),
        Choice("phase"),
        Relation("customer"),
        Relation("contract"),
        Relation("assignee"),
        DateRange("reported_at"),
        Choice("response"),
        Choice("arrival"),
        Choice("resolution"),
    ]
    group_by = ["status", "request_class", "assignee", "customer", "resolution", "reported_at:month"]
    home_query = "quick=open&sort=left"
    sheet = [
        Group(_("What is wrong"), ["title", "system", "contact", "caller", Phone("phone"), "channel", "reported_at"]),
        Group(
            _("Covered by"),
            [
                Column("customer", link=True),
                Column("contract", link=True),
                "phase",
                Badge("coverage", COVERAGE_COLOURS),
                "term",
            ],
        ),
        Group(
            _("Promised"),
            [
                Badge("request_class", CLASS_COLOURS),
                LegColumn(Leg.RESPONSE),
                LegColumn(Leg.ARRIVAL),
                LegColumn(Leg.RESOLUTION),
                "sla",
                "assignee",
                "about",
                "assigned_because",
                Column("merged_into", link=True),
            ],
        ),
        Group(_("Description"), ["description"]),
        Group(_("Solution"), ["solution"]),
    ]
    tabs = [
        Tab("clock", _("Clock"), "service/clock.html", _clock),
        Tab("similar", _("Solved before"), "service/similar.html", _similar),
    ]
    moves = MOVES
    bulk = BULK
    form = RequestForm
    new_template = "service/calling.html"
    banner_template = "service/request_banner.html"
    status_field = "status"
    status_path = [RequestStatus.NEW, RequestStatus.WORKING, RequestStatus.SOLVED, RequestStatus.CLOSED]
    status_colours = STATUS_COLOURS
    board = Board(
        ["title", "customer", TimeLeft("left", label=_("time left")), LegColumn(Leg.RESOLUTION), "assignee"],
        columns=["new", "working", "waiting", "solved"],
        limit=30,
        closed=["solved"],
    )

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[ServiceRequest]:
        rows: models.QuerySet[ServiceRequest] = ServiceRequest.objects.visible_to(user)
        rows = rows.select_related("customer", "contract", "assignee")
        return rows.alias(next_due=next_due())

    @classmethod
    def subtitle(cls, record: ServiceRequest) -> Text:
        return f"{record.title} · {record.customer}"

    @classmethod
    def banner(cls, record: ServiceRequest, look: Look) -> Mapping[str, Any]:
        return {**notice(record), "clocks": _clocks(record, look)}

    @classmethod
    def may_edit(cls, record: ServiceRequest, look: Look) -> bool:
        return bool(record.status != RequestStatus.CLOSED)

    @classmethod
    def save(
        cls, record: ServiceRequest, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> ServiceRequest:
        if record.pk is None:
            values = dict(values)
            whose = {"contract": values.pop("contract"), "customer": values.pop("customer", None)}
            reported_at = values.pop("reported_at")
            return operations.take_request(**whose, values=values, reported_at=reported_at, by=by, at=at)
        operations.edit_request(request=record, values=values, by=by, at=at, seen=seen)
        return record

"""Visits to customers: as a list, a board and a month; on the request and the contract; their service records."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from base.accounts.access import action
from base.accounts.models import User
from base.documents.pages import registered_response
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, DateRange, Flag, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, Board, Group, Month, SmartButton
from base.ui.record import record_or_404
from base.ui.routes import routes
from service.enums import VisitStatus as V
from service.forms.visits import PartForm, VisitForm
from service.models import Visit, VisitPart
from service.money import charge_of
from service.pages.inplace import InPlace
from service.pages.visit_moves import MOVES
from service.states import UNDER_WAY, UNSIGNED
from service.visits import operations as visits

STATUS_COLOURS = {"planned": "blue", "on_site": "orange", "done": "yellow", "signed": "green", "cancelled": "secondary"}
PAPER = "service.record"


def is_overdue(visit: Visit, now: datetime) -> bool:
    """Planned and over, or somebody is still there long after its end."""
    return visit.status in UNDER_WAY and visit.planned_until < now


class When(Column[Visit]):
    """Day and hours; red once they are over without a report."""

    def of(self, record: Visit) -> object:
        return record.planned_at

    def html(self, record: Visit, look: Look) -> SafeString | str:
        tone = "text-danger" if is_overdue(record, look.now) else ""
        return format_html('<span class="{}">{}</span>', tone, self.text(record, look))

    def text(self, record: Visit, look: Look) -> str:
        start, end = timezone.localtime(record.planned_at), timezone.localtime(record.planned_until)
        last = f"{end:%H:%M}" if start.date() == end.date() else cells.moment_text(end, look.language)
        return f"{cells.moment_text(start, look.language)}–{last}"


class Phone(Column[Visit]):
    """A number to be called from the screen."""

    def html(self, record: Visit, look: Look) -> SafeString | str:
        number = str(self.of(record) or "")
        return format_html('<a href="tel:{}">{}</a>', number.replace(" ", ""), number) if number else cells.EMPTY


def _week(rows: models.QuerySet[Visit], look: Look) -> models.QuerySet[Visit]:
    monday = look.today - timedelta(days=look.today.weekday())
    return rows.filter(planned_on__range=(monday, monday + timedelta(days=6)))


def _paper_state(visit: Visit, look: Look) -> Text:
    if visit.status == V.SIGNED:
        return _("stored")
    return _("to be signed") if visit.status == V.DONE else pgettext_lazy("paper", "draft")


class VisitPage(ModelPage[Visit]):
    model, slug, icon = Visit, "visits", "map-pin"
    key = "number"
    actions = Actions(view="visits.view", create="visits.plan_own", edit="visits.work", export="visits.view")
    empty = _("Nobody is to go anywhere. Plan a visit from a request, or with “New” for a contract.")
    search = ["search", "contract__search", "customer__search"]
    columns = [
        Column("number"),
        When("when", label=_("when"), sort="planned_at"),
        Column("title"),
        Column("customer", link=True),
        Column("contract", link=True),
        Column("engineer"),
        Column("kind"),
        Badge("status", STATUS_COLOURS),
        Column("address", optional=True),
        Column("request", link=True, optional=True),
        Column("arrived_at", optional=True),
        Column("left_at", optional=True),
        Column("covered", optional=True),
        Column("fee", total=True, optional=True),
        Column("satisfaction", optional=True),
    ]
    filters = [
        Quick("open", pgettext_lazy("visit", "Open"), lambda rows, look: rows.filter(status__in=UNDER_WAY)),
        Quick("mine", _("Assigned to me"), lambda rows, look: rows.filter(engineer=look.user)),
        Quick("today", _("Today"), lambda rows, look: rows.filter(planned_on=look.today), divider=True),
        Quick("week", _("This week"), _week),
        Quick(
            "overdue",
            _("Over, not reported"),
            lambda rows, look: rows.filter(status__in=UNDER_WAY, planned_until__lt=look.now),
            divider=True,
        ),
        Quick("to_sign", _("To be signed"), lambda rows, look: rows.filter(status=V.DONE)),
        Quick("outside", _("Outside coverage"), lambda rows, look: rows.filter(covered=False)),
        Choice("status"),
        Choice("kind"),
        Relation("engineer"),
        Relation("customer"),
        Relation("contract"),
        Relation("request"),
        DateRange("planned_on"),
        Flag("covered"),
        Choice("satisfaction"),
    ]
    group_by = ["engineer", "contract", "customer", "status", "kind", "planned_on:month"]
    home_query = "quick=open"
    sheet = [
        Group(
            pgettext_lazy("service", "Visit"),
            ["title", "kind", "planned_at", "planned_until", "engineer", Column("request", link=True)],
        ),
        Group(
            _("Where"),
            [
                Column("customer", link=True),
                Column("contract", link=True),
                "system",
                "contact_name",
                Phone("phone"),
                "address",
            ],
        ),
        Group(_("On site"), ["arrived_at", "left_at", "covered", "fee", "free_because"]),
        Group(_("Signature"), ["signer", "signed_on", "satisfaction", "remark", "reason"]),
        Group(_("Work"), ["cause", "work", "next_steps"]),
    ]
    buttons = [
        SmartButton(
            "record",
            _("Service record"),
            "file-type-pdf",
            count=_paper_state,
            url=lambda visit, look: reverse("visit_record", args=[visit.pk]),
        )
    ]
    moves = MOVES
    form = VisitForm
    status_field = "status"
    status_path = [V.PLANNED, V.ON_SITE, V.DONE, V.SIGNED]
    status_colours = STATUS_COLOURS
    board = Board(
        ["title", "customer", When("when", label=_("when")), "engineer"],
        columns=["planned", "on_site", "done", "signed"],
        closed=["signed"],
    )
    month = Month(
        "planned_on",
        title=lambda visit: visit_entry(visit),
        colour=lambda visit: STATUS_COLOURS[visit.status],
    )

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[Visit]:
        return Visit.objects.visible_to(user).select_related("customer", "contract", "engineer", "request")

    @classmethod
    def subtitle(cls, record: Visit) -> Text:
        return f"{record.title} · {record.customer}"

    @classmethod
    def may_edit(cls, record: Visit, look: Look) -> bool:
        return record.status in UNSIGNED

    @classmethod
    def save(
        cls, record: Visit, values: Mapping[str, Any], *, by: User, at: datetime, on: date, seen: int | None
    ) -> Visit:
        if record.pk is None:
            values = dict(values)
            return visits.plan_visit(contract=values.pop("contract"), values=values, by=by, at=at)
        visits.edit_visit(visit=record, values=values, by=by, at=at, seen=seen)
        return record


def visit_entry(visit: Visit) -> str:
    """A visit on a calendar: the hour, the customer, who comes."""
    start = timezone.localtime(visit.planned_at)
    return f"{start:%H:%M} {visit.customer} · {visit.engineer}"


def _sum(visit: Visit, rows: Sequence[VisitPart], look: Look) -> str:
    charge = charge_of(visit, rows)
    return format_html("{} {}", _("Charge of this visit:"), cells.money_html(charge, look)) if charge.amount else ""


PARTS = InPlace(
    name="parts",
    label=_("Parts"),
    add=_("Add a part"),
    icon="cpu",
    page=VisitPage,
    rows="parts",
    owner="visit",
    model=VisitPart,
    form=PartForm,
    fields=("model", "old_serial", "new_serial", "quantity", "cost", "charged"),
    action="visits.work",
    save=lambda part, values, **who: visits.save_visit_part(part=part, values=values, **who),
    remove=lambda part, **who: visits.remove_visit_part(part=part, **who),
    is_open=lambda visit: visit.status in UNSIGNED,
    says=_sum,
)


@action("visits.view")
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The service record as PDF: the signed one as it was stored, else as it would be now; looking stores nothing."""
    visit = record_or_404(VisitPage, Look.of(request), pk)
    return registered_response(PAPER, visit.pk)


def for_day(user: User, on: date) -> models.QuerySet[Visit]:
    """The visits a person may see that begin on a day or last over it, in order of time."""
    here = Q(planned_on=on) | Q(
        planned_on__lt=on, planned_until__gt=datetime.combine(on, datetime.min.time(), timezone.get_current_timezone())
    )
    return VisitPage.rows(user).filter(here).exclude(status=V.CANCELLED).order_by("planned_at", "pk")


urlpatterns = [
    path("visits/<int:pk>/record.pdf", record, name="visit_record"),
    *PARTS.urls(),
    path("visits/", routes(VisitPage)),
]

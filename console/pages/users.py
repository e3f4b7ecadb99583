"""People: who may log in, as what, and who stands in for them."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from base.accounts import lockout, operations
from base.accounts.access import action
from base.accounts.deputies import FIELDS
from base.accounts.models import Role, User
from base.chatter import visibility
from base.chatter.models import Event, Todo
from base.chatter.operations import events_of
from base.company import clock
from base.ui import cells
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, Quick, Relation
from base.ui.look import Look, Text
from base.ui.page import ModelPage
from base.ui.parts import Actions, CountOf, Group, Move, SmartButton, Tab
from base.ui.paths import attach, attached
from base.ui.registry import address
from base.ui.thread import changes_of
from console.forms import PasswordForm, UserForm
from console.pages.events import EventPage
from contracts.models import Contract
from contracts.pages import ContractPage
from contracts.pages.related import related_tab
from warranty.models import Inspection

Data = Mapping[str, Any]
#: Events of one log-in shown on its sheet; the rest is in the log.
_SHOWN = 50
ROLE_COLOURS: Mapping[str, str] = {
    Role.MANAGER: "teal",
    Role.FINANCE: "blue",
    Role.SERVICE_MANAGER: "purple",
    Role.ENGINEER: "purple",
    Role.DIRECTOR: "orange",
    Role.ADMINISTRATOR: "red",
    Role.AUDITOR: "secondary",
}


STATE_COLOURS = {"open": "green", "closed": "red", "none": "orange"}
STATES = {"open": _("can log in"), "closed": _("log-in closed"), "none": _("no password yet")}


def _state(user: User) -> str:
    if not user.is_active:
        return "closed"
    return "open" if user.has_usable_password() else "none"


def _contracts_of(user: User) -> models.QuerySet[Contract]:
    return Contract.objects.filter(models.Q(manager=user) | models.Q(engineer=user)).exclude(status="terminated")


def left_behind(user: User) -> dict[str, Any]:
    """What nobody would see to if this person were gone."""
    return {
        "user": user,
        "managed": Contract.objects.filter(manager=user).exclude(status="terminated").count(),
        "serviced": Contract.objects.filter(engineer=user).exclude(status="terminated").count(),
        "visits": Inspection.objects.filter(engineer=user, reported_at=None, action__state="planned").count(),
        "todos": Todo.objects.filter(assignee=user, done_at=None).count(),
        "stands_in_for": list(User.objects.filter(deputy=user)),
        "contracts_url": ContractPage.address(),
    }


def _preview_closing(user: User, data: Data, look: Look) -> SafeString:
    return render_to_string("console/users/left_behind.html", {**left_behind(user), "look": look})


def _close(user: User, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.deactivate_user(user=user, by=by, at=at)


def _open(user: User, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.reactivate_user(user=user, by=by, at=at)


def _unlock(user: User, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.unlock_user(user=user, by=by, at=at)


def _set_password(user: User, data: Data, *, by: User, at: datetime, on: date, seen: int | None) -> None:
    operations.set_password(user=user, password=data["password"], by=by, at=at)


def _is_locked(user: User) -> bool:
    return user.is_active and lockout.is_locked(user, clock.now())


def _todos_of(user: User, look: Look) -> models.QuerySet[Todo]:
    """What a person is to do, as far as the onlooker may see what it is about."""
    rows = Todo.objects.filter(assignee=user, done_at=None)
    return visibility.todos_shown_to(look.user, visibility.on_visible_targets(look.user, rows))


def _todos(user: User, look: Look) -> Data:
    todos = list(_todos_of(user, look).select_related("target_type")[:_SHOWN])
    return {"todos": [(todo, todo.target, address(todo.target, look) if todo.target else "") for todo in todos]}


def _history(user: User, look: Look) -> Data:
    events = list(events_of(user).select_related("by")[:_SHOWN])
    return {"entries": [(event, list(changes_of(event, User, look))) for event in events]}


class LogIn(Column[User]):
    """Whether the person can log in, and if not, why."""

    def html(self, record: User, look: Look) -> SafeString | str:
        return cells.badge(self.of(record), STATE_COLOURS[attached(record, "login_state")])


def _log_in(user: User) -> Text:
    return STATES[attached(user, "login_state")]


STATE = LogIn("login_state", label=_("log-in"), value=_log_in, sort=False)


class UserPage(ModelPage[User]):
    model, slug, icon = User, "users", "users"
    key = "username"
    actions = Actions(view="users.view", create="users.edit", edit="users.edit", export="users.view")
    search = ["display_name", "username", "email"]
    home_query = "quick=open"
    columns = [
        Column("display_name", label=_("full name")),
        Badge("role", ROLE_COLOURS),
        Column("username"),
        Column("email"),
        Column("phone"),
        Column("deputy", link=True),
        Column("deputy_from", optional=True),
        Column("deputy_until", optional=True),
        STATE,
        Column("last_login", label=_("last log-in")),
        Column("contract_count", label=_("contracts"), align="end", sort=False),
        Column("language", optional=True),
        Column("date_joined", label=_("since"), optional=True),
    ]
    filters = [
        Quick("open", _("Can log in"), lambda rows, look: rows.filter(is_active=True)),
        Quick("closed", _("Log-in closed"), lambda rows, look: rows.filter(is_active=False)),
        Quick("never", _("Never logged in"), lambda rows, look: rows.filter(last_login=None, is_active=True)),
        Quick("away", _("With a deputy"), lambda rows, look: rows.exclude(deputy=None)),
        Choice("role"),
        Relation("deputy"),
    ]
    group_by = ["role", "is_active", "deputy"]
    sheet = [
        Group(_("Person"), [Column("display_name", label=_("full name")), "email", "phone"]),
        Group(
            _("Work"),
            [
                Badge("role", ROLE_COLOURS),
                "deputy",
                "deputy_from",
                "deputy_until",
                Column("stands_in_for", label=_("stands in for")),
            ],
        ),
        Group(_("Log-in"), ["username", STATE, "last_login", "date_joined"]),
        Group(_("Screens"), ["language", "theme"]),
    ]
    tabs = [
        related_tab(
            "contracts",
            _("Contracts"),
            lambda: ContractPage,
            lambda user, look: ContractPage.all_rows(look.user).filter(pk__in=_contracts_of(user)),
            action="contracts.view",
            without=("signed_on",),
        ),
        Tab(
            "todos",
            _("To-dos"),
            "console/users/todos.html",
            _todos,
            count=CountOf(_todos_of),
        ),
        Tab("history", _("What happened to it"), "console/users/history.html", _history),
    ]
    buttons = [
        SmartButton(
            "contracts",
            _("Contracts"),
            "file-text",
            count=CountOf(lambda user, look: Contract.objects.visible_to(look.user).filter(manager=user)),
            url=lambda user, look: f"{ContractPage.address()}?manager={user.pk}",
            action="contracts.view",
        ),
        SmartButton(
            "events",
            _("What they did"),
            "history",
            count=CountOf(lambda user, look: Event.objects.filter(by=user)),
            url=lambda user, look: f"{EventPage.address()}?by={user.pk}",
            action="events.view",
        ),
    ]
    moves = [
        Move(
            "password",
            _("Set a password"),
            "users.edit",
            _set_password,
            allowed=lambda user: user.is_active,
            form=PasswordForm,
            icon="key",
            confirm=_("It ends the sessions this person has now. Tell it to them, and nobody else."),
            done=_("The password is set."),
        ),
        Move(
            "unlock",
            _("Unlock"),
            "users.edit",
            _unlock,
            allowed=_is_locked,
            style="primary",
            icon="lock-open",
            done=_("They may try again."),
        ),
        Move(
            "reactivate",
            _("Open again"),
            "users.edit",
            _open,
            allowed=lambda user: not user.is_active,
            style="primary",
            icon="user-check",
            done=_("The log-in is open again."),
        ),
        Move(
            "deactivate",
            _("Close the log-in"),
            "users.edit",
            _close,
            allowed=lambda user: user.is_active,
            style="outline-danger",
            icon="user-off",
            confirm=_("The person is logged out at once. Nothing they did is lost."),
            preview=_preview_closing,
            done=_("The log-in is closed."),
        ),
    ]
    form = UserForm
    banner_template = "console/users/banner.html"
    #: What colleagues say and attach about a person is nobody's business.
    chatter = False

    @classmethod
    def rows(cls, user: User) -> models.QuerySet[User]:
        """Everybody: colleagues are chosen by name all over the product; the screens ask for `users.view`."""
        return User.objects.select_related("deputy")

    @classmethod
    def prepare(cls, records: list[User], look: Look) -> None:
        """How many running contracts each answers for, and for whom they stand in."""
        ids = [each.pk for each in records]
        rows = Contract.objects.filter(manager__in=ids).exclude(status="terminated").order_by()
        counts = dict(rows.values_list("manager").annotate(n=models.Count("pk")))
        absent: dict[int, list[str]] = {}
        for each in User.objects.filter(deputy__in=ids):
            absent.setdefault(each.deputy_id or 0, []).append(str(each))
        for record in records:
            attach(
                record,
                login_state=_state(record),
                contract_count=counts.get(record.pk) or None,
                stands_in_for=", ".join(absent.get(record.pk, [])),
            )

    @classmethod
    def subtitle(cls, record: User) -> Text:
        return record.get_role_display()

    @classmethod
    def banner(cls, record: User, look: Look) -> Data:
        return {
            "locked": _is_locked(record),
            "may_link": look.may("users.edit") and record.is_active,
            "left": None if record.is_active else left_behind(record),
        }

    @classmethod
    def save(cls, record: User, values: Data, *, by: User, at: datetime, on: date, seen: int | None) -> User:
        known = dict(values)
        deputy, first, last = (known.pop(name, None) for name in FIELDS)
        password = known.pop("password", "")
        if record.pk is None:
            theme = known.pop("theme", "")
            record = operations.create_user(**known, password=password, by=by, at=at)
            known = {"theme": theme}
        operations.edit_user(user=record, values=known, by=by, at=at, seen=seen)
        operations.set_deputy(user=record, deputy=deputy, first=first, last=last, by=by, at=at)
        return record


@action("users.edit")
@require_POST
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link by which a person chooses a password, shown once to whoever hands it over."""
    look = Look.of(request)
    user = get_object_or_404(User, pk=pk)
    path = operations.make_password_link(user=user, by=look.user, at=look.now)
    days = settings.PASSWORD_RESET_TIMEOUT // 86400
    context = {"user": user, "link": f"{settings.PUBLIC_URL}{path}" if path else "", "days": days, "page": UserPage}
    template = "console/users/link.html#dialog" if request.htmx else "console/users/link.html"  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context)

"""What of a person takes a second person: who they are to the product, and what they may (docs/rules.md 8.1)."""

import copy
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.accounts.access import stands_in
from base.accounts.deputies import FIELDS
from base.accounts.models import Role, User
from base.changes import kinds
from base.changes.kinds import ChangeKind
from base.changes.models import PendingChange
from base.changes.notifications import tell_of_log_in
from base.changes.operations import ask_for_change, use_change
from base.changes.queries import deciders, granted
from base.changes.values import unpack
from base.chatter.models import Todo
from base.chatter.operations import change as change_record
from base.chatter.operations import heir_of, record
from base.lib.errors import Refused

RIGHTS, LINK = "rights", "password_link"
#: They agree to what others do: whoever becomes one of them, or takes the place of one, needs a second person.
CONTROLLERS = frozenset({Role.DIRECTOR, Role.ADMINISTRATOR})
#: By these a person is known to the log-in: whoever changes a controller's address can have his password reset.
_IDENTITY = frozenset({"username", "email"})


def register() -> None:
    kinds.register(
        ChangeKind(
            RIGHTS, gettext_lazy("Log-in and rights"), User, decides="changes.confirm", view="users.view",
            carry_out=_carry_out, undo=_undo,
        )
    )  # fmt: skip
    kinds.register(
        ChangeKind(
            LINK, gettext_lazy("Link for a password"), User, decides="changes.confirm", view="users.view",
            carry_out=lambda change, by, at: None, undo=_undo_link, only_opens=True,
        )
    )  # fmt: skip


def takes_a_second(user: User, values: Mapping[str, Any], by: User | None) -> dict[str, Any]:
    """Of new values those that a second person must agree to: rights of anybody, the identity of a controller.

    To close the log-in of anybody else, and to end a deputyship, takes rights away only: done at once.
    """
    if by is None:
        return {}
    found = {}
    for name, value in values.items():
        if getattr(user, name) == value:
            continue
        if (
            name == "role"
            or (name == "is_active" and (value or user.role in CONTROLLERS))
            or (name in FIELDS and by.pk != user.pk and (value is not None or name != "deputy"))
            or (name in _IDENTITY and user.role in CONTROLLERS and by.pk != user.pk)
        ):
            found[name] = value
    return found


def ask(user: User, values: Mapping[str, Any], *, by: User | None, at: datetime) -> None:
    """Have a second person agree. Raises `Refused` for values that make nobody who can be."""
    check_person(_with(user, values))
    keys = {name: value.pk if isinstance(value, User) else value for name, value in values.items()}
    old = {name: getattr(user, name) for name in values}
    ask_for_change(kind=RIGHTS, target=user, values=keys, old=old, new=values, by=by, at=at)


def ask_for_new(user: User, *, by: User, at: datetime) -> None:
    """A log-in was made; it opens once a second person agrees, or at once where there is none."""
    ask_for_change(
        kind=RIGHTS, target=user, values={"is_active": True}, by=by, at=at,
        old={"is_active": False}, new={"is_active": True, "role": user.role, "email": user.email},
    )  # fmt: skip


def opens_at_once(user: User, *, by: User | None) -> bool:
    """Whether nobody but the author could agree to this log-in."""
    return by is None or not deciders(kinds.named(RIGHTS), asked_by=by, target=user)


def may_make_link(user: User, *, by: User | None, at: datetime) -> bool:
    """Whether a link for a password may be handed out now; for a controller a second person is asked first."""
    if by is None or by.pk == user.pk or user.role not in CONTROLLERS:
        return True
    grant = granted(user, LINK, to=by, since=at, within=timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))
    if grant is not None:
        use_change(change=grant, by=by, at=at)
        return True
    change, _made = ask_for_change(kind=LINK, target=user, values={}, by=by, at=at)
    return not change.waits


def tell(user: User, what: str | Promise, *, by: User | None, at: datetime, address: str = "") -> None:
    """Tell a person by mail what somebody else did to their log-in."""
    if by is None or by.pk != user.pk:
        tell_of_log_in(user, what, by=by, at=at, address=address)


def write(
    user: User,
    values: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    verb: str = "changed",
    seen: int | None = None,
) -> None:
    """Set what differs, if it makes a person who can be."""
    check_person(_with(user, values))
    change_record(user, values, by=by, at=at, verb=verb, seen=seen)


def close(user: User, *, by: User | None, at: datetime) -> None:
    """Close a log-in; whoever it was a deputy for has none any more, and what it was to do somebody else does."""
    write(user, {"is_active": False}, by=by, at=at, verb="deactivated")
    heir, role = heir_of(user)
    if passed_on := Todo.objects.filter(assignee=user, done_at=None).update(assignee=heir, role=role):
        record(user, "todos_passed_on", by=by, at=at, changes={"todos": [passed_on, str(heir or Role(role).label)]})
    for absent in User.objects.filter(deputy=user):
        write(absent, dict.fromkeys(FIELDS), by=by, at=at, verb="deputy_set")


def keep_an_administrator(user: User) -> None:
    """Somebody must be left who can let people in."""
    administrators = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    if {administrator.pk for administrator in administrators} == {user.pk}:
        raise Refused(_("This is the last administrator."), code="last_administrator")


def check_person(user: User) -> None:
    """The model's own rules: what is needed, how long, one of a kind."""
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Refused(messages[0], field=field) from problem


def _with(user: User, values: Mapping[str, Any]) -> User:
    wanted = copy.copy(user)
    for name, value in values.items():
        setattr(wanted, name, value)
    return wanted


def _carry_out(change: PendingChange, by: User | None, at: datetime) -> None:
    _apply(change, unpack(change.values), by=by, at=at)


def _undo(change: PendingChange, by: User | None, at: datetime) -> None:
    """What was in force before is again; a deputy that was named is none any more."""
    before = {name: old for name, (old, _new) in change.changes.items() if name in change.values}
    if "deputy" in before:
        before |= dict.fromkeys(FIELDS)
    _apply(change, before, by=by, at=at)


def _apply(change: PendingChange, values: dict[str, Any], *, by: User | None, at: datetime) -> None:
    user = change.target
    assert isinstance(user, User)
    if values.get("role", user.role) != Role.ADMINISTRATOR or values.get("is_active") is False:
        keep_an_administrator(user)
    if "deputy" in values:
        deputy = User.objects.filter(pk=values["deputy"], is_active=True).first() if values["deputy"] else None
        if values["deputy"] and (deputy is None or not stands_in(deputy.role, user.role)):
            raise Refused(_("A deputy is somebody else who can log in."), field="deputy")
        values = {**values, "deputy": deputy}
    if values.get("is_active") is False:
        close(user, by=by, at=at)
        values = {name: value for name, value in values.items() if name != "is_active"}
    if standing := {name: values[name] for name in FIELDS if name in values}:
        write(user, standing, by=by, at=at, verb="deputy_set")
    for name in values.keys() - standing:
        write(user, {name: values[name]}, by=by, at=at, verb="reactivated" if name == "is_active" else "changed")


def _undo_link(change: PendingChange, by: User | None, at: datetime) -> None:
    """Nobody knows who chose the password: it is none any more, and the sessions it opened end."""
    user = change.target
    assert isinstance(user, User)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(user, "password_taken_back", by=by, at=at)

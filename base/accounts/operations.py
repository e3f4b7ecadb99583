"""Log-ins: made, changed and closed by an administrator; nobody is ever deleted, for their name stands in history."""

import copy
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from base.accounts import lockout
from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change, record
from base.lib.errors import Refused
from base.lib.text import clean

#: What an administrator may change of a person, and what people may change of themselves.
_FIELDS = frozenset({"username", "display_name", "email", "role", "phone", "language"})
_OWN_FIELDS = frozenset({"display_name", "phone", "language", "theme"})


@transaction.atomic
def create_user(
    *,
    username: str,
    display_name: str,
    email: str,
    role: Role,
    by: User | None,
    at: datetime,
    password: str = "",
    phone: str = "",
    language: str = "",
) -> User:
    """Make a log-in. Without a password it cannot be used until one is set.

    Raises `Refused` for a name or address that is taken or malformed, and for a weak password.
    """
    require(by, "users.edit")
    user = User(
        username=username.strip(),
        display_name=clean(display_name),
        email=email.strip().lower(),
        role=role,
        phone=clean(phone),
        language=language,
    )
    _set_password(user, password)
    _check(user)
    user.save(force_insert=True)
    record(user, "created", by=by, at=at, changes={"role": [None, str(role)]})
    return user


@transaction.atomic
def edit_user(*, user: User, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None) -> None:
    """Change what is known of a person: an administrator most of it, the person name, phone, language and theme.

    Raises `Refused` for values that are not valid, when the last administrator would become something else, and
    `Stale`.
    """
    if by is None or by.pk != user.pk or not values.keys() <= _OWN_FIELDS:
        require(by, "users.edit")
        if unknown := values.keys() - _FIELDS - _OWN_FIELDS:
            raise ValueError(f"not to be edited: {', '.join(sorted(unknown))}")
    if "email" in values:
        values = {**values, "email": str(values["email"]).strip().lower()}
    if values.get("role", user.role) != Role.ADMINISTRATOR:
        _keep_an_administrator(user)
    _write(user, values, by=by, at=at, seen=seen)


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None, at: datetime) -> None:
    """Give a person a new password, which ends their sessions. Raises `Refused` for a weak one."""
    require(by, "users.edit")
    if not password:
        raise Refused(_("Enter a password."), field="password")
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(user, "password_set", by=by, at=at)


@transaction.atomic
def make_password_link(*, user: User, by: User | None, at: datetime) -> str:
    """The path under which a person chooses a password, once, within three days; whoever has it is that person.

    Raises `Refused` for a closed log-in.
    """
    require(by, "users.edit")
    if not user.is_active:
        raise Refused(_("This log-in is closed."))
    record(user, "password_link_made", by=by, at=at)
    words = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=words)


@transaction.atomic
def unlock_user(*, user: User, by: User | None, at: datetime) -> None:
    """Let a person try again who typed a wrong password too often."""
    require(by, "users.edit")
    lockout.release(user)
    record(user, "unlocked", by=by, at=at)


@transaction.atomic
def set_deputy(*, user: User, deputy: User | None, by: User | None, at: datetime) -> None:
    """Let somebody see and do what a person may while they are away; None ends it.

    Said by the person or an administrator. Raises `Refused` for oneself and for a closed log-in.
    """
    if by is None or by.pk != user.pk:
        require(by, "users.edit")
    if deputy is not None and (deputy.pk == user.pk or not deputy.is_active):
        raise Refused(_("A deputy is somebody else who can log in."), field="deputy")
    _write(user, {"deputy": deputy}, by=by, at=at, verb="deputy_set")


@transaction.atomic
def deactivate_user(*, user: User, by: User | None, at: datetime) -> None:
    """Close a log-in at once; whoever it was a deputy for has none any more. Contracts are handed over apart.

    Raises `Refused` for oneself, for the last administrator, and for a log-in that is closed.
    """
    require(by, "users.edit")
    if by is not None and by.pk == user.pk:
        raise Refused(_("Somebody else must close your log-in."))
    if not user.is_active:
        raise Refused(_("This log-in is closed already."))
    _keep_an_administrator(user)
    _write(user, {"is_active": False}, by=by, at=at, verb="deactivated")
    for absent in User.objects.filter(deputy=user):
        _write(absent, {"deputy": None}, by=by, at=at, verb="deputy_set")


@transaction.atomic
def reactivate_user(*, user: User, by: User | None, at: datetime) -> None:
    """Open a closed log-in again."""
    require(by, "users.edit")
    if user.is_active:
        raise Refused(_("This log-in is open."))
    _write(user, {"is_active": True}, by=by, at=at, verb="reactivated")


def _write(
    user: User,
    values: Mapping[str, Any],
    *,
    by: User | None,
    at: datetime,
    verb: str = "changed",
    seen: int | None = None,
) -> None:
    """Set what differs, if it makes a person who can be."""
    wanted = copy.copy(user)
    for name, value in values.items():
        setattr(wanted, name, value)
    _check(wanted)
    change(user, values, by=by, at=at, verb=verb, seen=seen)


def _keep_an_administrator(user: User) -> None:
    """Somebody must be left who can let people in."""
    administrators = User.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True)
    if {administrator.pk for administrator in administrators} == {user.pk}:
        raise Refused(_("This is the last administrator."), code="last_administrator")


def _set_password(user: User, password: str) -> None:
    if not password:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages), field="password") from problem
    user.set_password(password)


def _check(user: User) -> None:
    """The model's own rules: what is needed, how long, one of a kind."""
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as problem:
        field, messages = next(iter(problem.message_dict.items()))
        raise Refused(messages[0], field=field) from problem

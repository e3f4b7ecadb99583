"""Log-ins: made, changed and closed by an administrator; nobody is ever deleted, for their name stands in history.

What gives somebody rights takes a second person (`rights.py`).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.accounts import deputies, lockout, rights
from base.accounts.access import require, stands_in
from base.accounts.models import Role, User
from base.chatter.operations import record
from base.lib.errors import NotAllowed, Refused
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
    """Make a log-in. Without a password it cannot be used until one is set, nor before a second person agreed to it.

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
    rights.check_person(user)
    user.is_active = rights.opens_at_once(user, by=by)
    user.save(force_insert=True)
    record(user, "created", by=by, at=at, changes={"role": [None, str(role)]})
    if by is not None:
        rights.ask_for_new(user, by=by, at=at)
    return user


@transaction.atomic
def edit_user(*, user: User, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None) -> None:
    """Change what is known of a person: an administrator most of it, the person name, phone, language and theme.

    A role, and by what a director or an administrator is known, wait for a second person (docs/rules.md 8.1).
    Raises `Refused` for values that are not valid, when the last administrator would become something else, `NotAllowed`
    for one's own role, and `Stale`.
    """
    if by is None or by.pk != user.pk or not values.keys() <= _OWN_FIELDS:
        require(by, "users.edit")
        if unknown := values.keys() - _FIELDS - _OWN_FIELDS:
            raise ValueError(f"not to be edited: {', '.join(sorted(unknown))}")
    if "email" in values:
        values = {**values, "email": str(values["email"]).strip().lower()}
    if values.get("role", user.role) != user.role:
        if by is not None and by.pk == user.pk:
            raise NotAllowed(_("Somebody else must change your role."))
        if values["role"] != Role.ADMINISTRATOR:
            rights.keep_an_administrator(user)
    second = rights.takes_a_second(user, values, by)
    at_once = {name: value for name, value in values.items() if name not in second}
    known_as = user.email
    rights.write(user, at_once, by=by, at=at, seen=seen)
    if user.email != known_as:
        rights.tell(user, gettext_lazy("another mail address"), by=by, at=at)
        rights.tell(user, gettext_lazy("another mail address"), by=by, at=at, address=known_as)
    if second:
        rights.ask(user, second, by=by, at=at)


@transaction.atomic
def set_password(*, user: User, password: str, by: User | None, at: datetime) -> None:
    """Give a person a new password, which ends their sessions. Raises `Refused` for a weak one, and `NotAllowed` for
    the password of somebody who agrees to what others do: they choose their own behind a link.
    """
    require(by, "users.edit")
    if by is not None and by.pk != user.pk and user.role in rights.CONTROLLERS:
        raise NotAllowed(_("A director or an administrator chooses the password behind a link."))
    if not password:
        raise Refused(_("Enter a password."), field="password")
    _set_password(user, password)
    user.save(update_fields=["password"])
    record(user, "password_set", by=by, at=at)
    rights.tell(user, gettext_lazy("a new password"), by=by, at=at)


@transaction.atomic
def make_password_link(*, user: User, by: User | None, at: datetime) -> str | None:
    """The path under which a person chooses a password, once, within three days; whoever has it is that person.

    None for a director or an administrator until a second person agreed, who is asked; the person is told by mail.
    Raises `Refused` for a closed log-in.
    """
    require(by, "users.edit")
    if not user.is_active:
        raise Refused(_("This log-in is closed."))
    if not rights.may_make_link(user, by=by, at=at):
        return None
    record(user, "password_link_made", by=by, at=at)
    rights.tell(user, gettext_lazy("a link by which a password is chosen"), by=by, at=at)
    words = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return reverse("account_reset_password_from_key", kwargs=words)


@transaction.atomic
def unlock_user(*, user: User, by: User | None, at: datetime) -> None:
    """Let a person try again who typed a wrong password too often."""
    require(by, "users.edit")
    lockout.release(user)
    record(user, "unlocked", by=by, at=at)


@transaction.atomic
def set_deputy(
    *,
    user: User,
    deputy: User | None,
    by: User | None,
    at: datetime,
    first: date | None = None,
    last: date | None = None,
) -> None:
    """Let somebody see and do what a person may while they are away, from a day to a day; None ends it.

    Without a day it begins at once, or lasts until it is ended. Said by the person or an administrator. Raises `Refused`
    for oneself, for a closed log-in, for somebody whose role may not see what the person sees (docs/rules.md 8), and
    for days that are over or the wrong way round.
    """
    if by is None or by.pk != user.pk:
        require(by, "users.edit")
    if deputy is not None and (deputy.pk == user.pk or not deputy.is_active):
        raise Refused(_("A deputy is somebody else who can log in."), field="deputy")
    if deputy is not None and not stands_in(deputy.role, user.role):
        raise Refused(_("A deputy must be allowed to see what the person sees."), field="deputy", code="sees_less")
    if deputy is None:
        first = last = None
    if first is not None and last is not None and last < first:
        raise Refused(_("This day is before the first one."), field="deputy_until", code="wrong_way_round")
    values = dict(zip(deputies.FIELDS, (deputy, first, last), strict=True))
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if "deputy_until" in changed and last is not None and last < timezone.localdate(at):
        raise Refused(_("This day is over."), field="deputy_until", code="over")
    if deputy is not None and rights.takes_a_second(user, changed, by):
        rights.ask(user, {**changed, "deputy": deputy}, by=by, at=at)
    else:
        rights.write(user, values, by=by, at=at, verb="deputy_set")


def deputies_for(user: User) -> QuerySet[User]:
    """Who may stand in for a person."""
    roles = [role for role in Role if stands_in(role, user.role)]
    return User.objects.filter(is_active=True, role__in=roles).exclude(pk=user.pk)


@transaction.atomic
def deactivate_user(*, user: User, by: User | None, at: datetime) -> None:
    """Close a log-in at once; whoever it was a deputy for has none any more. Contracts are handed over apart.

    What it was to do is for its deputy from now on, else for whoever has its role. That of a director or an
    administrator waits for a second person: else whoever agrees could be put out of the way.

    Raises `Refused` for oneself, for the last administrator, and for a log-in that is closed.
    """
    require(by, "users.edit")
    if by is not None and by.pk == user.pk:
        raise Refused(_("Somebody else must close your log-in."))
    if not user.is_active:
        raise Refused(_("This log-in is closed already."))
    rights.keep_an_administrator(user)
    if second := rights.takes_a_second(user, {"is_active": False}, by):
        rights.ask(user, second, by=by, at=at)
    else:
        rights.close(user, by=by, at=at)
        rights.tell(user, gettext_lazy("it is closed"), by=by, at=at)


@transaction.atomic
def reactivate_user(*, user: User, by: User | None, at: datetime) -> None:
    """Open a closed log-in again."""
    require(by, "users.edit")
    if user.is_active:
        raise Refused(_("This log-in is open."))
    if by is not None:
        rights.ask(user, {"is_active": True}, by=by, at=at)
    else:
        rights.write(user, {"is_active": True}, by=by, at=at, verb="reactivated")


def _set_password(user: User, password: str) -> None:
    if not password:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refused(" ".join(problem.messages), field="password") from problem
    user.set_password(password)

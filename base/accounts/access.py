"""Who may do what: every view names its action, one table says which role may (`config/roles.py`)."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from base.accounts.deputies import standing_in
from base.accounts.models import Role, User
from base.lib.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., object])

#: Marks a view that anybody may see, and one that anybody who is logged in may see.
PUBLIC, ANYONE = "public", "anyone"
#: What only the product itself does, and what nobody is shown: no role has it.
NOBODY = "nobody"


@cache
def _table() -> dict[Role, frozenset[str]]:
    table: dict[Role, frozenset[str]] = import_string(settings.ROLE_TABLE)
    return table


#: What whoever stands in for a person may do in their place, whatever their own role: decide (docs/rules.md 8).
DELEGATED = frozenset({"quotes.approve", "changes.approve", "changes.confirm"})


def may(user: User | None, action: str) -> bool:
    """Whether the user may: by their role, or a decision in somebody's place. None is the product and may everything."""
    if user is None or action == PUBLIC:
        return True
    if not user.is_authenticated or not user.is_active:
        return False
    if action == ANYONE or has_role_for(user, action):
        return True
    return action in DELEGATED and user.role != Role.AUDITOR and not user.stands_in_as.isdisjoint(roles_with(action))


def has_role_for(user: User, action: str) -> bool:
    """Whether the role alone has the action."""
    return action in _table().get(Role(user.role), frozenset())


def role_may(role: Role, action: str) -> bool:
    """Whether everybody of the role may, whoever they stand in for."""
    return action in (ANYONE, PUBLIC) or action in _table().get(role, frozenset())


def in_place_of_others(user: User) -> frozenset[str]:
    """The decisions this person may take, be it by their role or in somebody's place."""
    return frozenset(action for action in DELEGATED if may(user, action))


def principals(user: User, action: str) -> list[User]:
    """Those this person stands in for who have the action; none for whoever only reads."""
    if user.pk is None or user.role == Role.AUDITOR:
        return []
    return list(User.objects.filter(standing_in(user), is_active=True, role__in=roles_with(action)))


def roles_with(action: str) -> list[str]:
    """The roles that have an action."""
    return [role.value for role, actions in _table().items() if action in actions]


def stands_in(deputy: str, absent: str) -> bool:
    """Whether somebody of one role may stand in for somebody of another: they may see all that the other sees.

    An auditor changes nothing, so only another auditor has one for a deputy.
    """
    if Role.AUDITOR in (deputy, absent):
        return deputy == absent
    return _seeing(absent) <= _seeing(deputy)


def _seeing(role: str) -> set[str]:
    # A log-in that is just being made has no role yet, and sees nothing.
    actions = _table().get(Role(role), ()) if role else ()
    return {action for action in actions if action.endswith((".view", ".read"))}


@cache
def stood_in_for_by(deputy: str) -> tuple[Role, ...]:
    """The roles that somebody of this role may stand in for."""
    return tuple(role for role in Role if stands_in(deputy, role))


def require(user: User | None, action: str) -> None:
    """Raise `NotAllowed` unless the user may."""
    if not may(user, action):
        raise NotAllowed(_("You may not do this."))


def action(name: str) -> Callable[[View], View]:
    """Name the action a view stands for; a view without one is refused by `AccessMiddleware`."""

    def mark(view: View) -> View:
        view.action = name  # type: ignore[attr-defined]
        return view

    return mark

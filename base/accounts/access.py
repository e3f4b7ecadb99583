"""Who may do what: every view names its action, one table says which role may (`config/roles.py`)."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

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


def may(user: User | None, action: str) -> bool:
    """Whether the user's role has the action. None is the product itself and may do everything."""
    if user is None or action == PUBLIC:
        return True
    if not user.is_authenticated or not user.is_active:
        return False
    return action == ANYONE or action in _table().get(Role(user.role), frozenset())


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

"""Whose to-dos are whose: one's own, those of people one deputises for, and those waiting for one's role.

What waits for an account manager is for those who see its contract; a director, who hands contracts over, sees all of it.
"""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from base.accounts.access import stood_in_for_by
from base.accounts.deputies import standing_in
from base.accounts.models import Role, User
from base.chatter.models import Todo
from base.chatter.visibility import on_visible_targets, todos_shown_to

#: A bell needs no larger number.
CAP = 99


def open_for(user: User) -> QuerySet[Todo]:
    """Open to-dos this person should see to, the nearest first."""
    mine = Q(assignee=user) | _for_role(user)
    for_others = standing_in(user, "assignee__") & Q(assignee__role__in=stood_in_for_by(user.role))
    return todos_shown_to(user, Todo.objects.filter(mine | for_others, done_at=None))


def _for_role(user: User) -> Q:
    match user.role:
        case Role.MANAGER:
            waiting = Todo.objects.filter(assignee=None, role=Role.MANAGER, done_at=None)
            return Q(pk__in=on_visible_targets(user, waiting).values("pk"))
        case Role.DIRECTOR:
            return Q(assignee=None, role__in=[Role.DIRECTOR, Role.MANAGER])
    return Q(assignee=None, role=user.role)


def open_count(request: HttpRequest) -> int | str:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return 0
    count = open_for(user)[: CAP + 1].count()
    return f"{CAP}+" if count > CAP else count

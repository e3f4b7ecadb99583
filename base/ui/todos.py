"""Whose to-dos are whose: one's own, those of people one deputises for, and those waiting for one's role.

What waits for an account manager is about contracts that no manager sees: a director hands them over, and sees it.
"""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from base.accounts.access import stood_in_for_by
from base.accounts.models import Role, User
from base.chatter.models import Todo
from base.chatter.visibility import todos_shown_to

#: A bell needs no larger number.
CAP = 99


def open_for(user: User) -> QuerySet[Todo]:
    """Open to-dos this person should see to, the nearest first."""
    roles = {Role.MANAGER: [], Role.DIRECTOR: [Role.DIRECTOR, Role.MANAGER]}.get(Role(user.role), [user.role])
    mine = Q(assignee=user) | Q(assignee=None, role__in=roles)
    for_others = Q(assignee__deputy=user, assignee__role__in=stood_in_for_by(user.role))
    return todos_shown_to(user, Todo.objects.filter(mine | for_others, done_at=None))


def open_count(request: HttpRequest) -> int | str:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return 0
    count = open_for(user)[: CAP + 1].count()
    return f"{CAP}+" if count > CAP else count

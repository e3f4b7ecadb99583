"""Whose to-dos are whose: one's own, those of people one deputises for, and those waiting for one's role."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from base.accounts.models import User
from base.chatter.models import Todo

#: A bell needs no larger number.
CAP = 99


def open_for(user: User) -> QuerySet[Todo]:
    """Open to-dos this person should see to, the nearest first."""
    mine = Q(assignee=user) | Q(assignee__deputy=user) | Q(assignee=None, role=user.role)
    return Todo.objects.filter(mine, done_at=None)


def open_count(request: HttpRequest) -> int | str:
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return 0
    count = open_for(user)[: CAP + 1].count()
    return f"{CAP}+" if count > CAP else count

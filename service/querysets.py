"""Which requests a person sees (DESIGN 3): all service work, one's own contracts', or what is assigned."""

from typing import Any

from django.db import models
from django.db.models import Q

from base.accounts.models import Role, User

_SEE_ALL = frozenset({Role.SERVICE_MANAGER, Role.DIRECTOR, Role.AUDITOR})


class RequestQuerySet(models.QuerySet[Any]):
    through = ""

    def visible_to(self, user: User) -> "RequestQuerySet":
        if user.role in _SEE_ALL:
            return self
        if user.role == Role.MANAGER:
            manager = f"{self.through}contract__manager"
            return self.filter(Q(**{manager: user}) | Q(**{f"{manager}__deputy": user}))
        if user.role == Role.ENGINEER:
            return self.filter(**{f"{self.through}assignee": user})
        return self.none()


class ThroughRequest(RequestQuerySet):
    """What hangs on a request."""

    through = "request__"

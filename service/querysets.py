"""Which requests and visits a person sees (DESIGN 3): all service work, one's own contracts', or what is assigned."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from base.accounts.models import Role, User

_SEE_ALL = frozenset({Role.SERVICE_MANAGER, Role.DIRECTOR, Role.AUDITOR})


def sees_all(user: User) -> bool:
    """Whether all service work is this person's to see."""
    return user.role in _SEE_ALL


def _managed(user: User, contract: str) -> Q:
    return Q(**{f"{contract}__manager": user}) | Q(**{f"{contract}__manager__deputy": user})


class RequestQuerySet(models.QuerySet[Any]):
    through = ""

    def visible_to(self, user: User) -> "RequestQuerySet":
        if sees_all(user):
            return self
        if user.role == Role.MANAGER:
            return self.filter(_managed(user, f"{self.through}contract"))
        if user.role == Role.ENGINEER:
            # Who is sent there has to know why.
            visit: Any = apps.get_model("service", "Visit")
            sent = visit.objects.filter(engineer=user, request__isnull=False).values("request")
            return self.filter(Q(**{f"{self.through}assignee": user}) | Q(**{f"{self.through}pk__in": sent}))
        return self.none()


class ThroughRequest(RequestQuerySet):
    """What hangs on a request."""

    through = "request__"


class VisitQuerySet(models.QuerySet[Any]):
    through = ""

    def visible_to(self, user: User) -> "VisitQuerySet":
        if sees_all(user):
            return self
        if user.role == Role.MANAGER:
            return self.filter(_managed(user, f"{self.through}contract"))
        if user.role == Role.ENGINEER:
            return self.filter(Q(**{f"{self.through}engineer": user}) | Q(**{f"{self.through}request__assignee": user}))
        return self.none()


class ThroughVisit(VisitQuerySet):
    """What hangs on a visit."""

    through = "visit__"

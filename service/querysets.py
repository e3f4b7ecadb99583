"""Which service work a person sees (docs/rules.md 8): all of it, one's own contracts', or what is assigned."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from base.accounts.deputies import standing_in
from base.accounts.models import Role, User
from service.enums import RequestClass

_SEE_ALL = frozenset({Role.SERVICE_MANAGER, Role.DIRECTOR, Role.AUDITOR})


def sees_all(user: User) -> bool:
    """Whether all service work is this person's to see."""
    return user.role in _SEE_ALL


class ContractWork(models.QuerySet[Any]):
    """Work on a contract, reached `through` a path such as `request__`; what of it is an engineer's, `theirs` says."""

    through = ""

    def visible_to(self, user: User) -> "ContractWork":
        if sees_all(user):
            return self
        if user.role == Role.MANAGER:
            manager = f"{self.through}contract__manager"
            return self.filter(Q(**{manager: user}) | standing_in(user, f"{manager}__"))
        theirs = self.theirs(user) if user.role == Role.ENGINEER else None
        return self.none() if theirs is None else self.filter(theirs)

    def theirs(self, user: User) -> Q | None:
        """The condition on what is an engineer's; None where nothing is."""
        return None


class RequestQuerySet(ContractWork):
    def theirs(self, user: User) -> Q | None:
        """What is assigned; and who is sent there has to know why."""
        visit: Any = apps.get_model("service", "Visit")
        sent = visit.objects.filter(engineer=user, request__isnull=False).values("request")
        mine = Q(**{f"{self.through}assignee": user}) | Q(**{f"{self.through}pk__in": sent})
        # A complaint about somebody is theirs to see only if it was given to them on purpose.
        about = {f"{self.through}request_class": RequestClass.COMPLAINT, f"{self.through}about": user}
        return mine & ~Q(**about, **{f"{self.through}assigned_because": ""})


class ThroughRequest(RequestQuerySet):
    """What hangs on a request."""

    through = "request__"


class VisitQuerySet(ContractWork):
    def theirs(self, user: User) -> Q | None:
        return Q(**{f"{self.through}engineer": user}) | Q(**{f"{self.through}request__assignee": user})


class ThroughVisit(VisitQuerySet):
    """What hangs on a visit."""

    through = "visit__"


class AccessQuerySet(ContractWork):
    def theirs(self, user: User) -> Q | None:
        return Q(**{f"{self.through}engineer": user})


class ThroughAccess(AccessQuerySet):
    """What hangs on a remote access."""

    through = "access__"

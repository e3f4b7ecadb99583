"""Which service work a person sees (DESIGN 3): all of it, one's own contracts', or what is assigned."""

from typing import Any

from django.db import models
from django.db.models import Q

from base.accounts.models import Role, User

_SEE_ALL = frozenset({Role.SERVICE_MANAGER, Role.DIRECTOR, Role.AUDITOR})


class ContractWork(models.QuerySet[Any]):
    """Work on the contract at `contract`; an engineer sees what is theirs by the field `engineer`, nothing without one."""

    contract = "contract__"
    engineer = ""

    def visible_to(self, user: User) -> "ContractWork":
        if user.role in _SEE_ALL:
            return self
        if user.role == Role.MANAGER:
            manager = f"{self.contract}manager"
            return self.filter(Q(**{manager: user}) | Q(**{f"{manager}__deputy": user}))
        if user.role == Role.ENGINEER and self.engineer:
            return self.filter(**{self.engineer: user})
        return self.none()


class RequestQuerySet(ContractWork):
    engineer = "assignee"


class ThroughRequest(ContractWork):
    """What hangs on a request."""

    contract, engineer = "request__contract__", "request__assignee"


class OwnAccess(ContractWork):
    engineer = "engineer"


class ThroughAccess(ContractWork):
    """What hangs on a remote access."""

    contract, engineer = "access__contract__", "access__engineer"

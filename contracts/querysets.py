"""Which rows a person sees: one condition on the contract, and everything that hangs on it (docs/rules.md 8)."""

from typing import Any

from django.db import models
from django.db.models import Q

from base.accounts.models import Role, User

#: Roles that see every contract; managers see their own, engineers what is assigned to them.
_SEE_ALL = frozenset({Role.FINANCE, Role.SERVICE_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR})


def _own(user: User, prefix: str) -> Q:
    """The condition under which the contract at `prefix` (such as `contract__`) is visible to the user."""
    if user.role in _SEE_ALL:
        return Q()
    if user.role == Role.MANAGER:
        return Q(**{f"{prefix}manager": user}) | Q(**{f"{prefix}manager__deputy": user})
    if user.role == Role.ENGINEER:
        return Q(**{f"{prefix}engineer": user}) | Q(**{f"{prefix}plan__inspection__engineer": user})
    return Q(pk__in=[])


class ThroughContract(models.QuerySet[Any]):
    """Rows that hang on a contract, at `through`, and are visible with it."""

    through = "contract__"

    def visible_to(self, user: User) -> "ThroughContract":
        rows = self.filter(_own(user, self.through))
        return rows.distinct() if user.role == Role.ENGINEER else rows


class ContractQuerySet(ThroughContract):
    through = ""


class CustomerQuerySet(ThroughContract):
    """Customers, visible with any of their contracts; to a manager also those that have none yet."""

    through = "contracts__"

    def visible_to(self, user: User) -> "CustomerQuerySet":
        if user.role in _SEE_ALL:
            return self
        fresh = Q(**{f"{self.through}isnull": True}) if user.role == Role.MANAGER else Q(pk__in=[])
        return self.filter(_own(user, self.through) | fresh).distinct()


class ThroughCustomer(CustomerQuerySet):
    """What hangs on a customer."""

    through = "customer__contracts__"

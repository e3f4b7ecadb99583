"""Which rows a person sees: one condition on the contract, and everything that hangs on it (docs/rules.md 8)."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q

from base.accounts.deputies import standing_in
from base.accounts.models import Role, User
from base.lib.text import number_key

#: Roles that see every contract; managers see their own, engineers what is assigned to them.
_SEE_ALL = frozenset({Role.FINANCE, Role.SERVICE_MANAGER, Role.DIRECTOR, Role.ADMINISTRATOR, Role.AUDITOR})

#: What makes a contract an engineer's, as paths from the contract; an upper floor adds what it holds for them.
_engineer_paths = ["engineer"]


def show_to_engineer(path: str) -> None:
    """Let an engineer see the contracts that lead to them by this path, too."""
    _engineer_paths.append(path)


def _own(user: User, prefix: str) -> Q:
    """The condition under which the contract at `prefix` (such as `contract__`) is visible to the user."""
    if user.role in _SEE_ALL:
        return Q()
    if user.role == Role.MANAGER:
        # One's own and those of whom one deputises for, as one question that the contracts' index answers.
        return Q(**{f"{prefix}manager__in": User.objects.filter(Q(pk=user.pk) | standing_in(user)).values("pk")})
    if user.role == Role.ENGINEER:
        return reduce(or_, (Q(**{f"{prefix}{path}": user}) for path in _engineer_paths))
    return Q(pk__in=[])


class ThroughContract(models.QuerySet[Any]):
    """Rows that hang on a contract, at `through`, and are visible with it."""

    through = "contract__"

    def visible_to(self, user: User) -> "ThroughContract":
        rows = self.filter(_own(user, self.through))
        return rows.distinct() if user.role == Role.ENGINEER else rows


class ContractQuerySet(ThroughContract):
    through = ""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As ever; each contract gets the key of its number, as `save` gives it."""
        contracts = list(objs)
        for contract in contracts:
            contract.number_key = number_key(contract.number)
        return super().bulk_create(contracts, *args, **kwargs)

    def of_number(self, number: str) -> "ContractQuerySet":
        """The contract of this number, however it is typed."""
        return self.filter(number_key=number_key(number))

    def twins(self) -> "ContractQuerySet":
        """Contracts whose numbers are one and the same but for the way they are typed: to be made one, or renumbered."""
        suffixed = self.model._default_manager.filter(number_key__contains=" ").values_list("number_key", flat=True)
        keys = {key.partition(" ")[0] for key in suffixed}
        return self.filter(Q(number_key__contains=" ") | Q(number_key__in=keys))

    def of_same_number(self, number: str) -> "ContractQuerySet":
        """Every contract of this number, twins too."""
        key = number_key(number)
        return self.filter(Q(number_key=key) | Q(number_key__startswith=f"{key} ")).order_by("number_key")


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

"""Which invoices, payments and credit notes a person sees: those of the contracts they see (docs/rules.md 8)."""

from typing import Any, cast

from django.apps import apps
from django.db.models import Q

from base.accounts.models import Role, User
from contracts.models import Contract
from contracts.querysets import ThroughContract


class ChargeQuerySet(ThroughContract):
    """What customers owe."""

    def waits(self) -> "ChargeQuerySet":
        """Something of it is not invoiced yet."""
        return self.filter(waiting__gt=0)

    def of_source(self, kind: str, source_id: int) -> "ChargeQuerySet":
        """The charges an owner's record made."""
        return self.filter(source_kind=kind, source_id=source_id)


class InvoiceQuerySet(ThroughContract):
    """Invoices: of one contract, or of several of a customer."""

    def of_contract(self, contract: Contract) -> "InvoiceQuerySet":
        """Those with a line of the contract."""
        shared = self.filter(contract=None, lines__charge__contract=contract)
        return self.filter(Q(contract=contract) | Q(pk__in=shared.order_by().values("pk")))

    def of_source(self, kind: str, source_id: int) -> "InvoiceQuerySet":
        """Those with a line of what an owner's record made owed."""
        theirs = {"lines__charge__source_kind": kind, "lines__charge__source_id": source_id}
        return self.filter(pk__in=self.model._default_manager.filter(**theirs).order_by().values("pk"))

    def visible_to(self, user: User) -> "InvoiceQuerySet":
        """Those of the contracts a person sees; one of several contracts is seen with any of them."""
        rows = super().visible_to(user)
        if user.role != Role.MANAGER:
            return cast(InvoiceQuerySet, rows)
        charges: Any = apps.get_model("billing", "Charge")
        shared = self.filter(contract=None, lines__charge__in=charges.objects.visible_to(user))
        return cast(InvoiceQuerySet, rows) | self.filter(contract=None, pk__in=shared.order_by().values("pk"))


class ThroughInvoice(ThroughContract):
    """What hangs on an invoice: payments and credit notes."""

    through = "invoice__contract__"

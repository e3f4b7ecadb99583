"""Sums of service work: what a visit and its parts cost, and what was agreed for a request."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from moneyed import Money

from base.lib.errors import Refused
from contracts.models import Contract
from service.models import PriceLine, ServiceRequest, Visit, VisitPart


def currency_of(contract: Contract | None) -> str:
    """The one currency in which work on a contract is charged."""
    return str(contract.amount.currency.code) if contract else "CNY"


def check_sum(amount: Money | None, contract: Contract | None, field: str) -> None:
    """Raise `Refused` for a sum below nothing, or in another currency than the contract's (docs/rules.md 2)."""
    if amount is None:
        return
    if amount.amount < 0:
        raise Refused(_("It cannot be less than nothing."), field=field)
    if amount.currency.code != currency_of(contract):
        wanted = currency_of(contract)
        raise Refused(_("This is charged in %(currency)s.") % {"currency": wanted}, field=field, code="currency")


def added(sums: Iterable[Money | None], currency: str) -> Money:
    """All of them together; nothing at all is zero."""
    total = Money(0, currency)
    for each in sums:
        if each is not None:
            total += each
    return total


def charge_of(visit: Visit, parts: Iterable[VisitPart]) -> Money:
    """What a visit costs the customer: its fee and the parts that are charged."""
    charged = [part.total for part in parts if part.charged]
    return added([visit.fee, *charged], currency_of(visit.contract))


def agreed_for(request: ServiceRequest, lines: Iterable[PriceLine]) -> Money:
    """What the customer said yes to."""
    return added([line.amount for line in lines if line.agreed_on], currency_of(request.contract))

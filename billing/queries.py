"""Questions about tax rates, about what is still to be paid, and what of lines can still be credited."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q
from moneyed import Money

from base.lib.errors import Refused
from base.lib.money import total
from billing.enums import InvoiceStatus
from billing.models import CreditLine, Invoice, InvoiceLine, TaxRate
from billing.rules.credit import Left
from billing.rules.payment import Unserved, unserved
from contracts.models import Contract


def renewal_tax(on: date) -> TaxRate:
    """The rate and code a renewal's lines bear by default on a day. Raises `Refused` when none is valid."""
    rates = TaxRate.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    rate = rates.order_by("-is_default", "pk").first()
    if rate is None:
        raise Refused(f"no tax rate is valid on {on}", code="tax_rate")
    return rate


def outstanding(invoice: Invoice) -> Money:
    """What is still to be paid; below zero what was paid and then credited. Nothing before the tax invoice is issued."""
    if invoice.status not in (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID, InvoiceStatus.CREDITED):
        return Money(0, invoice.gross.currency)
    rest: Money = invoice.gross - invoice.credited - invoice.paid
    return rest


def left_of(lines: Iterable[InvoiceLine]) -> list[tuple[InvoiceLine, Left]]:
    """Each line with what of it is not credited yet."""
    found = list(lines)
    taken_of: dict[int, list[CreditLine]] = {}
    for each in CreditLine.objects.filter(line__in=[line.pk for line in found]):
        taken_of.setdefault(each.line_id, []).append(each)
    left = []
    for line in found:
        taken, currency = taken_of.get(line.pk, []), line.gross.currency
        net = line.net - total([each.net for each in taken], currency)
        tax = line.tax - total([each.tax for each in taken], currency)
        left.append((line, Left(net, tax, line.tax_rate)))
    return left


def contracts_of(invoices: Iterable[Invoice]) -> dict[int, set[int]]:
    """The keys of the contracts whose charges each invoice bills, by the invoice's key; one query at most."""
    found = {each.pk: {each.contract_id} if each.contract_id else set() for each in invoices}
    shared = [pk for pk, contracts in found.items() if not contracts]
    if shared:
        lines = InvoiceLine.objects.filter(invoice__in=shared).exclude(charge__contract=None).order_by()
        for pk, contract in lines.values_list("invoice", "charge__contract"):
            found[pk].add(contract)
    return found


def unserved_of(invoice: Invoice, contract: Contract, ends_on: date) -> tuple[Money, Unserved]:
    """What an invoice bills of a contract's service, and what of it lies after the end; lines without days are served.

    Lines of the same days are one service. Of several services the days are those of the one that ends last.
    """
    services: dict[tuple[date, date], Money] = {}
    for line in _lines(invoice):
        charge = line.charge
        if charge.contract_id == contract.pk and charge.service_first and charge.service_last:
            days = (charge.service_first, charge.service_last)
            services[days] = services.get(days, Money(0, line.gross.currency)) + line.gross
    currency = invoice.gross.currency
    shares = [unserved(price, first, last, ends_on) for (first, last), price in _by_end(services)]
    last_one = shares[-1] if shares else Unserved(0, 0, Money(0, currency))
    return total(services.values(), currency), last_one._replace(
        amount=total([each.amount for each in shares], currency)
    )


def _by_end(services: dict[tuple[date, date], Money]) -> Sequence[tuple[tuple[date, date], Money]]:
    return sorted(services.items(), key=lambda each: (each[0][1], each[0][0]))


def _lines(invoice: Invoice) -> Iterable[InvoiceLine]:
    """The lines with their charges; those that were fetched together with many invoices are not asked for again."""
    known = getattr(invoice, "_prefetched_objects_cache", {})
    return invoice.lines.all() if "lines" in known else invoice.lines.select_related("charge")

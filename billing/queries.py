"""Questions about tax rates, and about what is still to be paid."""

from datetime import date

from django.db.models import Q
from moneyed import Money

from base.lib.errors import Refused
from billing.enums import InvoiceStatus
from billing.models import Invoice, TaxRate


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

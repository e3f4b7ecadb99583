"""What customers owe: each agreed thing is owed once, and what was invoiced of it is what its lines say."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q
from moneyed import Money

from base.lib.money import total
from billing.enums import CreditGround, InvoiceStatus
from billing.models import Charge
from billing.work import FEE, PART, PRICE
from ops.integrity.finding import Fault, named, sum_text
from service.enums import RequestStatus, VisitStatus
from service.models import PriceLine, Visit, VisitPart

_CHUNK = 1000


def invoiced(on: date) -> Iterator[Fault]:
    """What stands on invoices that are not void, less what was credited to be invoiced anew."""
    rows = Charge.objects.prefetch_related("lines__invoice", "lines__credits__note").order_by("pk")
    for charge in rows.iterator(chunk_size=_CHUNK):
        record = named(charge)
        if len({str(money.currency) for money in (charge.gross, charge.invoiced, charge.waived, charge.waiting)}) > 1:
            yield Fault(record, "it mixes currencies")
            continue
        live = [line for line in charge.lines.all() if line.invoice.status != InvoiceStatus.VOID]
        anew = [each for line in live for each in line.credits.all() if each.note.ground == CreditGround.MISTAKE]
        stands = _sum([line.gross for line in live], charge) - _sum([each.gross for each in anew], charge)
        if stands != charge.invoiced:
            yield Fault(record, f"{sum_text(stands)} of it stands on invoices, not {sum_text(charge.invoiced)}")
        if any(line.invoice.customer_id != charge.customer_id for line in live if line.invoice.contract_id):
            yield Fault(record, "an invoice of another customer bills it")


def _sum(moneys: list[Money], charge: Charge) -> Money:
    return total([each for each in moneys if each.currency == charge.gross.currency], charge.gross.currency)


def agreed(on: date) -> Iterator[Fault]:
    """Work that a customer agreed to pay for is owed, so that it waits to be invoiced until it is."""
    lines = PriceLine.objects.exclude(agreed_on=None).filter(
        request__status=RequestStatus.CLOSED, request__merged_into=None
    )
    for line in lines.exclude(_charged(PRICE)).select_related("request").iterator(chunk_size=_CHUNK):
        yield Fault(named(line, f"{line.request}, {line}"), "it was agreed, and is not owed")
    signed = Visit.objects.filter(status=VisitStatus.SIGNED)
    for visit in signed.filter(fee__gt=0).exclude(_charged(FEE)).iterator(chunk_size=_CHUNK):
        yield Fault(named(visit), "its fee was signed, and is not owed")
    parts = VisitPart.objects.filter(visit__in=signed, charged=True, cost__gt=0)
    for part in parts.exclude(_charged(PART)).select_related("visit").iterator(chunk_size=_CHUNK):
        yield Fault(named(part, f"{part.visit}, {part}"), "it was signed for, and is not owed")


def _charged(kind: str) -> Q:
    return Q(Exists(Charge.objects.filter(source_kind=kind, source_id=OuterRef("pk"))))

"""Service work that a customer pays for: what was agreed for a request, the fee and the parts of a signed visit."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from base.accounts.models import User
from base.chatter.operations import settle_todos
from billing.models import Charge
from billing.sources import Source, SourceKind, record_behind, register_source
from service.models import PriceLine, ServiceRequest, Visit, VisitPart

#: The kinds of source under which billing knows service work.
PRICE, FEE, PART = "price_line", "visit_fee", "visit_part"


def owed_for(work: ServiceRequest | Visit) -> Iterator[tuple[Source, str, Money, str, Decimal | None]]:
    """What a customer agreed to pay: source, words, sum, specification and number of pieces of each thing."""
    if isinstance(work, ServiceRequest):
        for line in work.prices.exclude(agreed_on=None):
            yield Source(PRICE, line.pk), line.text, line.amount, "", None
        return
    if work.fee and work.fee.amount:
        yield Source(FEE, work.pk), work.title, work.fee, "", None
    for part in work.parts.filter(charged=True):
        if part.total and part.total.amount:
            yield Source(PART, part.pk), part.name, part.total, part.model[:40], Decimal(part.quantity)


def settle_work(charges: Iterable[Charge], *, by: User | None, at: datetime) -> None:
    """All that was to be invoiced of the work behind these charges is: nobody is asked to do it any more."""
    behind = [
        record_behind(Source(charge.source_kind, charge.source_id))
        for charge in charges
        if charge.source_kind in (PRICE, FEE, PART)
    ]
    for work in {record for record in behind if isinstance(record, ServiceRequest | Visit)}:
        sources = [source for source, *_rest in owed_for(work)]
        waits = Charge.objects.waits()
        if not any(waits.of_source(source.kind, source.id).exists() for source in sources):
            settle_todos(work, "request_to_invoice", "visit_to_invoice", by=by, at=at)


def _request_of(line_id: int) -> Model | None:
    line = PriceLine.objects.select_related("request").filter(pk=line_id).first()
    return line.request if line else None


def _visit_of(part_id: int) -> Model | None:
    part = VisitPart.objects.select_related("visit").filter(pk=part_id).first()
    return part.visit if part else None


def register() -> None:
    """Called once by `AppConfig.ready`."""
    register_source(SourceKind(PRICE, _("extra work"), _request_of))
    register_source(SourceKind(FEE, _("fee of a visit"), lambda key: Visit.objects.filter(pk=key).first()))
    register_source(SourceKind(PART, _("part"), _visit_of))

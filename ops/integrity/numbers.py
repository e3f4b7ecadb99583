"""Numbers are gapless per series and year (docs/rules.md 7.2): from 1 to the last one drawn, each on a record."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from base.documents.models import NumberSeries
from billing.crediting import CREDIT_PREFIX
from billing.exports import PREFIX as EXPORT_PREFIX
from billing.invoicing import PREFIX as INVOICE_PREFIX
from billing.models import CreditNote, ExportBatch, Invoice
from ops.integrity.finding import Fault
from renewals.models import RenewalQuote
from renewals.quotes import PREFIX as QUOTE_PREFIX
from service.checks.signing import PREFIX as REPORT_PREFIX
from service.models import FulfilmentReport, InspectionReport, ServiceRequest, Visit
from service.operations import PREFIX as REQUEST_PREFIX
from service.promises.reports import PREFIX as FULFILMENT_PREFIX
from service.visits.operations import PREFIX as VISIT_PREFIX

_NUMBER = re.compile(r"([A-Z]+)-(\d{4})-(\d{4,})")
#: At most so many missing numbers are named one by one.
_NAMED = 20


def series(on: date) -> Iterator[Fault]:
    """No number is missing, none is written wrongly, and the series remembers the last one."""
    drawn: dict[tuple[str, int], set[int]] = defaultdict(set)
    for prefixes, numbers in _numbered():
        for number in numbers:
            parts = _NUMBER.fullmatch(number)
            if parts is None or parts[1] not in prefixes or number != f"{parts[1]}-{parts[2]}-{int(parts[3]):04d}":
                yield Fault(number, "this is no number of its series")
            else:
                drawn[parts[1], int(parts[2])].add(int(parts[3]))
    last = {(row.prefix, row.year): row.last for row in NumberSeries.objects.all()}
    for prefix, year in sorted(drawn.keys() | last.keys()):
        yield from _gaps(f"{prefix}-{year}", drawn[prefix, year], last.get((prefix, year), 0))
    yield from _revisions()


def _numbered() -> Iterator[tuple[set[str], Iterable[str]]]:
    quotes = RenewalQuote.objects.order_by("number").values_list("number", flat=True).distinct()
    yield {QUOTE_PREFIX}, quotes.iterator()
    yield {INVOICE_PREFIX}, Invoice.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {CREDIT_PREFIX}, CreditNote.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {REQUEST_PREFIX}, ServiceRequest.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {VISIT_PREFIX}, Visit.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {REPORT_PREFIX}, InspectionReport.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {FULFILMENT_PREFIX}, FulfilmentReport.objects.order_by("number").values_list("number", flat=True).iterator()
    yield {EXPORT_PREFIX}, ExportBatch.objects.order_by("number").values_list("number", flat=True).iterator()


def _gaps(name: str, used: set[int], last: int) -> Iterator[Fault]:
    highest = max(used, default=0)
    if highest != last:
        yield Fault(name, f"the series remembers {last} as its last number, but the last one used is {highest}")
    missing = sorted(set(range(1, highest + 1)) - used)
    for number in missing[:_NAMED]:
        yield Fault(f"{name}-{number:04d}", "this number is missing")
    if len(missing) > _NAMED:
        yield Fault(name, f"{len(missing) - _NAMED} more numbers are missing")


def _revisions() -> Iterator[Fault]:
    """The versions of a quote count from 1 without a gap."""
    rows = RenewalQuote.objects.order_by("number", "revision").values_list("number", "revision")
    before = ("", 0)
    for number, revision in rows.iterator():
        wanted = before[1] + 1 if number == before[0] else 1
        if revision != wanted:
            yield Fault(number, f"its version {wanted} is missing")
        before = (number, revision)

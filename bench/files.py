"""Files: PDFs against WeasyPrint alone, the invoice export against XlsxWriter alone, the ledger's rows a second."""

import io
import tempfile
import tracemalloc
from datetime import timedelta
from pathlib import Path
from unittest import mock

import xlsxwriter
from django.db import connection

from base.documents import pdf as pdf_engine
from bench.data import AT, ON
from bench.measure import Figures, median, seconds
from billing.exports import COLUMNS, render
from billing.models import Charge, Invoice, InvoiceLine
from contracts.ledger.reader import read_ledger
from ops.demo.ledger import write_demo_ledger
from renewals.documents.builders import renewal_quote
from renewals.models import RenewalQuote
from warranty.ledger.compare import compare
from warranty.ledger.load import load


def measure(figures: Figures, count: int) -> None:
    pdf(figures)
    export(figures, count)
    ledger(figures)


def pdf(figures: Figures) -> None:
    """Our whole way from a record to its PDF, against WeasyPrint in its best configuration on the same HTML."""
    quote = RenewalQuote.objects.order_by("pk").first()
    assert quote
    ours = median(lambda: renewal_quote(quote.pk), 9)
    pages: list[str] = []
    with mock.patch.object(pdf_engine, "to_pdf", lambda html: pages.append(html) or b""):
        renewal_quote(quote.pk)
    alone = median(lambda: pdf_engine.to_pdf(pages[0]), 9)
    baseline = f"WeasyPrint alone {alone * 1000:.0f} ms"
    figures.add("renewal quote as PDF", f"{ours * 1000:.0f} ms", baseline, ours / alone, "≤ 1.1×")


def export(figures: Figures, count: int) -> None:
    """Every invoice of a year in one workbook."""
    _invoices(count)
    rows = Invoice.objects.all()
    took = seconds(lambda: render(rows, "xlsx"))
    alone = seconds(lambda: _plain_workbook(count))
    figures.add(
        f"export of {count:,} invoices to XLSX",
        f"{took:.1f} s",
        f"XlsxWriter alone {alone:.1f} s",
        took / alone,
        "≤ 2×",
    )
    tracemalloc.start()
    render(rows.filter(pk__lte=_nth(count // 10)), "xlsx")
    small = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    render(rows.filter(pk__lte=_nth(count // 2)), "xlsx")
    large = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    figures.add(
        "its memory, five times the rows", f"{large / 2**20:.0f} MiB", f"{small / 2**20:.0f} MiB", large / small
    )


def _nth(n: int) -> int:
    """The primary key of the n-th invoice."""
    return Invoice.objects.order_by("pk").values_list("pk", flat=True)[n - 1]


def _invoices(count: int) -> None:
    quotes = list(RenewalQuote.objects.select_related("contract")[: count // 10])
    made = []
    for n in range(count):
        quote = quotes[n % len(quotes)]
        made.append(
            Invoice(
                number=f"KP-BENCH-{n:07d}", contract=quote.contract, customer_id=quote.contract.customer_id, on=ON,
                due_on=ON + timedelta(days=30), service_first=quote.first_day, service_last=quote.last_day,
                gross=quote.price, net=quote.price, tax=quote.price * 0,
                buyer_name="明珠港务有限公司", buyer_tax_number="91110108CEA2M7D263", status="requested",
            )
        )  # fmt: skip
    made = Invoice.objects.bulk_create(made, batch_size=2000)
    charges = Charge.objects.bulk_create(
        [
            Charge(
                source_kind="bench", source_id=n, customer_id=invoice.customer_id, contract_id=invoice.contract_id, on=ON,
                text="软件维护服务", tax_rate="0.06", tax_code="3040201030000000000", gross=invoice.gross,
                invoiced=invoice.gross, waiting=invoice.gross * 0,
            )
            for n, invoice in enumerate(made)
        ],
        batch_size=2000,
    )  # fmt: skip
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice, charge=charge, text="软件维护服务", tax_rate="0.06", tax_code="3040201030000000000", gross=invoice.gross,
                net=invoice.net, tax=invoice.tax,
            )
            for invoice, charge in zip(made, charges, strict=True)
        ],
        batch_size=2000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _plain_workbook(count: int) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for row in range(count):
        for column in range(len(COLUMNS)):
            if column in (21, 22, 23):
                sheet.write_number(row, column, 123456.78)
            elif column not in (12, 13, 14, 15, 16, 24, 25):
                sheet.write_string(row, column, "明珠港务有限公司")
    book.close()


def ledger(figures: Figures) -> None:
    """Reading and checking a ledger, and loading it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        rows = 5000
        write_demo_ledger(path, on=ON, contracts=rows, seed=7)
        read = seconds(lambda: compare(read_ledger(path, on=ON)))
        written = seconds(lambda: load(read_ledger(path, on=ON), by=None, at=AT, on=ON))
    figures.add("ledger rows read, checked and compared", f"{rows / read:,.0f}/s")
    figures.add("ledger rows loaded, with terms and plan", f"{rows / written:,.0f}/s")

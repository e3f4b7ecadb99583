"""What finance takes away: chosen invoices as a numbered batch that can be fetched again byte for byte (DESIGN 7)."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.models import Event
from base.chatter.operations import make_event
from base.documents.numbers import draw
from base.lib.errors import Refused
from billing.enums import InvoiceStatus
from billing.models import ExportBatch, Invoice, InvoiceLine

PREFIX = "DC"
_CHUNK = 1000
#: What spreadsheet programs take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_MONEY = frozenset({"gross", "net", "tax"})

#: Header and value of each column, one row an invoice line.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("开票申请号", "number"),
    ("状态", "status"),
    ("申请日期", "on"),
    ("客户", "customer"),
    ("合同编号", "contract"),
    ("项目名称", "project"),
    ("客户经理", "manager"),
    ("服务起", "first"),
    ("服务止", "last"),
    ("发票类型", "type"),
    ("购买方名称", "buyer_name"),
    ("购买方纳税人识别号", "buyer_tax_number"),
    ("购买方地址", "buyer_address"),
    ("购买方电话", "buyer_phone"),
    ("购买方开户银行", "buyer_bank_name"),
    ("购买方银行账号", "buyer_bank_account"),
    ("购买方邮箱", "buyer_email"),
    ("项目", "text"),
    ("商品和服务税收编码", "tax_code"),
    ("税率", "rate"),
    ("币种", "currency"),
    ("金额（含税）", "gross"),
    ("不含税金额", "net"),
    ("税额", "tax"),
    ("发票号码", "tax_invoice_number"),
    ("开票日期", "tax_invoice_on"),
    ("付款到期日", "due_on"),
    ("备注", "note"),
)


def harmless(text: str) -> str:
    """Text a spreadsheet program shows and never runs: a leading formula sign is quoted."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def exportable(*, first: date | None = None, last: date | None = None, again: bool = False) -> QuerySet[Invoice]:
    """Invoices to take away, by the day they were made: not void, and not exported before unless `again`."""
    rows = Invoice.objects.exclude(status=InvoiceStatus.VOID)
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    return rows if again else rows.filter(exports=None)


def _rows(invoices: Sequence[Invoice]) -> Iterator[dict[str, Any]]:
    lines: dict[int, list[InvoiceLine]] = {}
    for line in InvoiceLine.objects.filter(invoice__in=invoices).order_by("position", "pk"):
        lines.setdefault(line.invoice_id, []).append(line)
    for invoice in invoices:
        contract = invoice.contract
        head = {
            "number": invoice.number,
            "status": invoice.get_status_display(),
            "on": invoice.on,
            "customer": invoice.customer.name,
            "contract": contract.number,
            "project": contract.project,
            "manager": str(contract.manager) if contract.manager else contract.manager_name,
            "first": invoice.service_first,
            "last": invoice.service_last,
            "type": invoice.invoice_type,
            "currency": invoice.gross.currency.code,
            "tax_invoice_number": invoice.tax_invoice_number,
            "tax_invoice_on": invoice.tax_invoice_on,
            "due_on": invoice.due_on,
            "note": invoice.note,
        }
        head |= {name: getattr(invoice, name) for _header, name in COLUMNS if name.startswith("buyer_")}
        for line in lines[invoice.pk]:
            sums = {"gross": line.gross.amount, "net": line.net.amount, "tax": line.tax.amount}
            yield head | sums | {"text": line.text, "tax_code": line.tax_code, "rate": line.tax_rate}


def _chunks(invoices: QuerySet[Invoice]) -> Iterator[list[Invoice]]:
    """The invoices in order of number, a thousand at a time, so that memory does not grow with their count."""
    rows = invoices.select_related("contract__manager", "customer").order_by("number")
    chunk: list[Invoice] = []
    for invoice in rows.iterator(chunk_size=_CHUNK):
        chunk.append(invoice)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _xlsx(batches: Iterable[list[Invoice]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, money = book.add_format({"num_format": "@"}), book.add_format({"num_format": "#,##0.00"})
    day, rate = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.####"})
    sheet = book.add_worksheet("开票申请")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_row(0, 0, [header for header, _name in COLUMNS], book.add_format({"bold": True}))
    names = [name for _header, name in COLUMNS]
    number = 0
    for batch in batches:
        for row in _rows(batch):
            number += 1
            for column, name in enumerate(names):
                value = row[name]
                if isinstance(value, date):
                    sheet.write_datetime(number, column, value, day)
                elif name in _MONEY:
                    sheet.write_number(number, column, value, money)
                elif name == "rate":
                    sheet.write_number(number, column, value, rate)
                elif value:
                    sheet.write_string(number, column, value, text)
    book.close()
    return out.getvalue()


def _csv(batches: Iterable[list[Invoice]]) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read Chinese; long digits are kept as text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([header for header, _name in COLUMNS])
    for batch in batches:
        for row in _rows(batch):
            writer.writerow([_cell(row[name]) for _header, name in COLUMNS])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    # Excel would turn a 20-digit number into 2.6E+19; with a tab behind it, it stays text.
    return f"{value}\t" if value.isdigit() and len(value) > 11 else harmless(value)


def render(invoices: QuerySet[Invoice], file_format: str) -> bytes:
    """The file of these invoices, `xlsx` or `csv`."""
    return {"xlsx": _xlsx, "csv": _csv}[file_format](_chunks(invoices))


@transaction.atomic
def export_invoices(
    *, invoices: QuerySet[Invoice], file_format: str, by: User | None, at: datetime, on: date, again: bool = False
) -> ExportBatch:
    """Record a numbered batch of these invoices and keep its file. Rows exported before are left out unless `again`.

    Raises `Refused` when nothing is left to export.
    """
    require(by, "invoices.export")
    [number] = draw(PREFIX, on.year)
    ids = list((invoices if again else invoices.filter(exports=None)).order_by("number").values_list("pk", flat=True))
    if not ids:
        raise Refused(
            _("There is nothing to export: all of these were exported before, or none was chosen."), code="empty"
        )
    batch = ExportBatch.objects.create(
        number=number, at=at, by=by, format=file_format, sha256="", size=0, rows=len(ids)
    )
    link = ExportBatch.invoices.through
    link.objects.bulk_create([link(exportbatch_id=batch.pk, invoice_id=pk) for pk in ids], batch_size=_CHUNK)
    Event.objects.bulk_create(
        [make_event(Invoice(pk=pk), "exported", by=by, at=at, note=number) for pk in ids], batch_size=_CHUNK
    )
    with translation.override("zh-hans"):  # the file's headers are the tax bureau's words
        data = render(Invoice.objects.filter(exports=batch), file_format)
    batch.sha256, batch.size = hashlib.sha256(data).hexdigest(), len(data)
    batch.file.save(f"{number}.{file_format}", ContentFile(data))
    return batch

"""What finance takes away: chosen invoices as a numbered batch that can be fetched again byte for byte.

See docs/commands.md 7.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TypeAlias

import xlsxwriter
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import translation
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.models import Event
from base.chatter.operations import make_event
from base.documents.numbers import draw
from base.lib.errors import Refused
from base.lib.text import harmless
from billing.enums import InvoiceStatus
from billing.models import ExportBatch, Invoice, InvoiceLine

PREFIX = "DC"
_CHUNK = 1000
#: Told how many rows were written so far; what it raises ends the export, and undoes it.
Heard: TypeAlias = Callable[[int], None]

#: Header of each column, and where its value stands, seen from an invoice line: one row an invoice line.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("开票申请号", "invoice__number"),
    ("状态", "invoice__status"),
    ("申请日期", "invoice__on"),
    ("客户", "invoice__customer__name"),
    ("合同编号", "invoice__contract__number"),
    ("项目名称", "invoice__contract__project"),
    ("客户经理", "manager"),
    ("服务起", "invoice__service_first"),
    ("服务止", "invoice__service_last"),
    ("发票类型", "invoice__invoice_type"),
    ("购买方名称", "invoice__buyer_name"),
    ("购买方纳税人识别号", "invoice__buyer_tax_number"),
    ("购买方地址", "invoice__buyer_address"),
    ("购买方电话", "invoice__buyer_phone"),
    ("购买方开户银行", "invoice__buyer_bank_name"),
    ("购买方银行账号", "invoice__buyer_bank_account"),
    ("购买方邮箱", "invoice__buyer_email"),
    ("项目", "text"),
    ("商品和服务税收编码", "tax_code"),
    ("税率", "tax_rate"),
    ("币种", "invoice__gross_currency"),
    ("金额（含税）", "gross"),
    ("不含税金额", "net"),
    ("税额", "tax"),
    ("发票号码", "invoice__tax_invoice_number"),
    ("开票日期", "invoice__tax_invoice_on"),
    ("付款到期日", "invoice__due_on"),
    ("备注", "invoice__note"),
)
#: How a cell of these is written; of all others, as text.
_FORMATS = {
    **dict.fromkeys(("gross", "net", "tax"), "#,##0.00"),
    "tax_rate": "0.####",
    **dict.fromkeys(
        (f"invoice__{name}" for name in ("on", "service_first", "service_last", "tax_invoice_on", "due_on")),
        "yyyy-mm-dd",
    ),
}
_STATUS = [name for _header, name in COLUMNS].index("invoice__status")
#: The day a workbook counts from.
_DAY_ZERO = date(1899, 12, 30)


def exportable(*, first: date | None = None, last: date | None = None, again: bool = False) -> QuerySet[Invoice]:
    """Invoices to take away, by the day they were made: not void, and not exported before unless `again`."""
    rows = Invoice.objects.exclude(status=InvoiceStatus.VOID)
    if first:
        rows = rows.filter(on__gte=first)
    if last:
        rows = rows.filter(on__lte=last)
    return rows if again else rows.filter(exports=None)


def _unheard(rows: int) -> None:
    """Nobody waits for each chunk."""


def _rows(invoices: QuerySet[Invoice], heard: Heard = _unheard) -> Iterator[list[object]]:
    """The values of each row, in order of number; read in chunks, so that memory does not grow with their count."""
    manager = "invoice__contract__manager__"
    lines = InvoiceLine.objects.filter(invoice__in=invoices.order_by().values("pk")).annotate(
        manager=Coalesce(
            NullIf(f"{manager}display_name", Value("")), f"{manager}username", "invoice__contract__manager_name"
        )
    )
    names = [name for _header, name in COLUMNS]
    states = {value: str(label) for value, label in InvoiceStatus.choices}
    rows = lines.order_by("invoice__number", "position", "pk").values_list(*names)
    for number, values in enumerate(rows.iterator(chunk_size=_CHUNK), 1):
        row = list(values)
        row[_STATUS] = states[row[_STATUS]]
        yield row
        if number % _CHUNK == 0:
            heard(number)


def _xlsx(rows: Iterable[list[object]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    looks = {code: book.add_format({"num_format": code}) for code in {"@", *_FORMATS.values()}}
    sheet = book.add_worksheet("开票申请")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(COLUMNS) - 1, 16)
    sheet.write_row(0, 0, [header for header, _name in COLUMNS], book.add_format({"bold": True}))
    formats = [looks[_FORMATS.get(name, "@")] for _header, name in COLUMNS]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    sheet.write_string(number, column, value, formats[column])
            elif isinstance(value, date):
                sheet.write_number(number, column, (value - _DAY_ZERO).days, formats[column])
            elif value is not None:
                sheet.write_number(number, column, value, formats[column])
    book.close()
    return out.getvalue()


def _csv(rows: Iterable[list[object]]) -> bytes:
    """UTF-8 with a byte order mark, which Excel needs to read Chinese; digits stay digits, without a mark that a portal would refuse."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([header for header, _name in COLUMNS])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: object) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return harmless(value)


def render(invoices: QuerySet[Invoice], file_format: str, heard: Heard = _unheard) -> bytes:
    """The file of these invoices, `xlsx` or `csv`. `heard` is told how many rows were written, and may end it."""
    return {"xlsx": _xlsx, "csv": _csv}[file_format](_rows(invoices, heard))


@transaction.atomic
def export_invoices(
    *,
    invoices: QuerySet[Invoice],
    file_format: str,
    by: User | None,
    at: datetime,
    on: date,
    again: bool = False,
    heard: Heard = _unheard,
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
        data = render(Invoice.objects.filter(exports=batch), file_format, heard)
    batch.sha256, batch.size = hashlib.sha256(data).hexdigest(), len(data)
    batch.file.save(f"{number}.{file_format}", ContentFile(data))
    return batch

"""What finance takes away: what stands in the file, and that no spreadsheet program runs any of it."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest

from base.lib.errors import Refused
from billing.exports import COLUMNS, export_invoices, exportable
from billing.models import ExportBatch, Invoice, InvoiceLine
from tests.chain import AT, ON, accepted, cny, day, invoiced, issued
from tests.factories import TitleFactory, UserFactory

pytestmark = pytest.mark.django_db
HEADERS = [header for header, _name in COLUMNS]
LONG = "3040201030000000000"


def exported(finance, file_format, rows=None, again=False):
    chosen = Invoice.objects.all() if rows is None else rows
    batch = export_invoices(invoices=chosen, file_format=file_format, by=finance, at=AT, on=ON, again=again)
    with batch.file.open() as file:
        return file.read()


def table(data: bytes) -> list[dict]:
    """The rows of the CSV file by header."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheet(data: bytes):
    """The rows of the workbook, cell by cell, without its header."""
    head, *rows = openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows()
    assert [cell.value for cell in head] == HEADERS
    return [dict(zip(HEADERS, row, strict=True)) for row in rows]


def test_both_files_say_the_same_of_an_invoice(finance, manager):
    contract = accepted(number="HT-7", project="信号系统", manager=manager)
    TitleFactory(customer=contract.customer, name="明珠港务", tax_number="91110108CEA2M7D263", is_default=True)
    invoice = issued(contract)

    (row,) = sheet(exported(finance, "xlsx"))
    got = {header: cell.value for header, cell in row.items()}

    assert got["开票申请号"] == invoice.number
    assert (got["状态"], got["合同编号"], got["项目名称"]) == ("已开票", "HT-7", "信号系统")
    assert (got["客户"], got["客户经理"]) == (contract.customer.name, str(manager))
    assert (got["购买方名称"], got["购买方纳税人识别号"]) == ("明珠港务", "91110108CEA2M7D263")
    assert (got["服务起"].date(), got["服务止"].date()) == (invoice.service_first, invoice.service_last)
    assert got["申请日期"].date() == ON
    assert (got["金额（含税）"], got["税率"], got["币种"]) == (float(invoice.gross.amount), 0.06, "CNY")
    assert got["不含税金额"] + got["税额"] == pytest.approx(got["金额（含税）"])
    assert got["发票号码"] == invoice.tax_invoice_number
    assert row["开票日期"].number_format == "yyyy-mm-dd"

    (line,) = table(exported(finance, "csv", again=True))
    assert (line["金额（含税）"], line["税率"]) == (str(invoice.gross.amount), "0.0600")
    assert (line["服务起"], line["发票号码"]) == (invoice.service_first.isoformat(), invoice.tax_invoice_number)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_text_that_looks_like_a_formula_is_only_text(start, finance):
    invoice = invoiced()
    text = f'{start}HYPERLINK("http://example.com","x")'
    Invoice.objects.filter(pk=invoice.pk).update(buyer_name=text, note=text)

    (row,) = sheet(exported(finance, "xlsx"))
    assert (row["购买方名称"].value, row["购买方名称"].data_type) == (text, "s")
    assert row["购买方名称"].number_format == "@", "it stays text when somebody edits the cell"
    (line,) = table(exported(finance, "csv", again=True))
    assert line["购买方名称"] == line["备注"] == f"'{text}"


def test_long_digits_stay_text(finance):
    invoice = invoiced()
    invoice.lines.update(tax_code=LONG)
    Invoice.objects.filter(pk=invoice.pk).update(buyer_bank_account=LONG)

    (row,) = sheet(exported(finance, "xlsx"))
    assert {row[name].value for name in ("商品和服务税收编码", "购买方银行账号")} == {LONG}
    assert {row[name].data_type for name in ("商品和服务税收编码", "购买方银行账号")} == {"s"}
    (line,) = table(exported(finance, "csv", again=True))
    assert line["商品和服务税收编码"] == LONG, "a portal takes digits and nothing else"


def test_one_row_a_line_in_order_of_number(finance):
    first, second = invoiced(accepted()), invoiced(accepted())
    line = first.lines.get()
    InvoiceLine.objects.create(
        invoice=first, charge=line.charge, position=2, text="Spare parts", tax_rate=Decimal("0.13"),
        gross=cny("113.00"), net=cny("100.00"), tax=cny("13.00"),
    )  # fmt: skip

    rows = table(exported(finance, "csv"))

    assert [row["开票申请号"] for row in rows] == [first.number, first.number, second.number]
    assert [row["项目"] for row in rows][:2] == [line.text, "Spare parts"]


@pytest.mark.parametrize(
    ("manager", "named"),
    [
        (lambda: UserFactory(role="manager", display_name="陈静"), "陈静"),
        (lambda: UserFactory(role="manager", display_name="", username="chen"), "chen"),
        (lambda: None, "Left Long Ago"),
    ],
)
def test_the_account_manager_is_named_however_little_is_known(manager, named, finance):
    contract = accepted(day("2026-01-15"))
    quoted = invoiced(contract)
    contract.manager, contract.manager_name = manager(), "Left Long Ago"
    contract.save()

    assert quoted.contract_id == contract.pk
    assert [row["客户经理"] for row in table(exported(finance, "csv"))] == [named]


def test_void_invoices_and_earlier_exports_stay_behind(finance):
    taken, void, fresh = invoiced(accepted()), invoiced(accepted()), invoiced(accepted())
    Invoice.objects.filter(pk=void.pk).update(status="void")
    exported(finance, "csv", Invoice.objects.filter(pk=taken.pk))

    assert list(exportable()) == [fresh]
    assert set(exportable(again=True)) == {taken, fresh}
    with pytest.raises(Refused) as empty:
        exported(finance, "csv", Invoice.objects.filter(pk=taken.pk))
    assert empty.value.code == "empty"
    assert ExportBatch.objects.count() == 1

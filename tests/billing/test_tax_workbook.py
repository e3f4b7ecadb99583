"""The bureau's workbook of any version is filled by its headers (docs/practice.md 1.1)."""

import io
from collections.abc import Sequence

import openpyxl
import pytest

from base.lib.errors import Refused
from billing.rules.bureau import BureauInvoice
from billing.tax_workbook import Template, for_bureau
from tests.billing.rules.test_bureau import GOOD
from tests.chain import accepted, invoiced, signed
from tests.factories import TitleFactory

HEADS = [
    ("发票流水号", "必填"), ("发票类型", "必填"), ("是否含税", "必填"), ("购买方名称", "必填"), ("购买方纳税人识别号", ""),
    ("每千克煤炭\n发热量", ""), ("备 注", "非必填"),
]  # fmt: skip
LINES = [
    ("发票流水号", "必填"),
    ("项目名称", "必填"),
    ("商品和服务税收编码", "必填"),
    ("数量", ""),
    ("金额", "必填"),
    ("税率", "必填"),
]
Columns = Sequence[tuple[str, str]]


def made(heads: Columns = HEADS, lines: Columns = LINES, row: int = 3) -> bytes:
    """A workbook laid out as the bureau's: instructions, rules, headers, with a hidden sheet that names its version."""
    book = openpyxl.Workbook()
    book.active.title = "1-发票基本信息"
    hidden = book.create_sheet("excelVersion")
    hidden["A4"], hidden.sheet_state = "pt:20270101", "hidden"
    for sheet, columns in ((book.active, heads), (book.create_sheet("2-发票明细信息"), lines)):
        for column, (head, rule) in enumerate(columns, 1):
            sheet.cell(row - 1, column, rule)
            sheet.cell(row, column, head)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(content: bytes, sheet: int) -> list[dict[str, object]]:
    head, *data = openpyxl.load_workbook(io.BytesIO(content)).worksheets[sheet].iter_rows(min_row=3)
    names = ["".join(str(cell.value).split()) for cell in head]
    assert all(cell.data_type == "s" for row in data for cell in row if cell.value is not None)
    return [{name: cell.value for name, cell in zip(names, row, strict=True) if cell.value} for row in data]


def filled(content: bytes, *invoices: BureauInvoice) -> bytes:
    return Template(content).filled(invoices or [GOOD])


def test_each_value_stands_under_its_header_as_text():
    content = filled(made())
    assert rows(content, 0) == [
        {
            "发票流水号": "KP-2026-0001", "发票类型": "增值税专用发票", "是否含税": "是", "购买方名称": "示例公司",
            "购买方纳税人识别号": "91000000000000019G", "备注": "KP-2026-0001",
        }
    ]  # fmt: skip
    assert rows(content, 2) == [
        {
            "发票流水号": "KP-2026-0001", "项目名称": "软件维护服务费", "商品和服务税收编码": "3040201030000000000",
            "数量": "1", "金额": "106000.00", "税率": "0.06",
        }
    ]  # fmt: skip


def test_other_columns_in_another_order_are_found_too():
    assert rows(filled(made(HEADS[::-1], LINES[::-1])), 0)[0]["购买方名称"] == "示例公司"


def test_what_it_holds_besides_stays():
    book = openpyxl.load_workbook(io.BytesIO(filled(made())))
    assert (book["excelVersion"]["A4"].value, book["excelVersion"].sheet_state) == ("pt:20270101", "hidden")
    assert Template(made()).version == "pt:20270101"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"no workbook", "no workbook of the tax bureau"),
        (made(HEADS[1:]), "no workbook of the tax bureau"),
        (made(HEADS[:3]), "lacks the column 购买方名称"),
        (made([*HEADS, ("煤炭种类", "必填 10")]), "asks for 煤炭种类"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused(content, says):
    with pytest.raises(Refused, match=says):
        Template(content)


@pytest.mark.django_db
def test_an_invoice_is_named_as_the_bureau_wants_it():
    contract = signed()
    TitleFactory(
        customer=contract.customer, name=" 示例公司 ", tax_number="9100 0000 0000 0001 9g", bank_account="6222 0000 1",
        is_default=True,
    )  # fmt: skip
    invoice = invoiced(accepted(customer=contract.customer))
    found = for_bureau(invoice)
    assert (found.name, found.tax_number, found.bank_account) == ("示例公司", "91000000000000019G", "622200001")
    assert found.remark == f"{invoice.number} {invoice.note}"
    assert [(line.gross, line.text) for line in found.lines] == [
        (line.gross.amount, line.text) for line in invoice.lines.all()
    ]

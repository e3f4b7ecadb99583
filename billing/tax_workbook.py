"""The tax bureau's workbook of many invoices 批量开票模板, filled by what its headers say (docs/practice.md 1.1)."""

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.worksheet.worksheet import Worksheet

from base.foreign.archive import Archive
from base.foreign.limits import Unreadable
from base.lib.errors import Refused
from billing.models import Invoice
from billing.rules.bureau import BureauInvoice, BureauLine, Problem, plain_code, shown


def _number(value: Decimal) -> str:
    """Without zeros at its end, and never in powers of ten."""
    return f"{value.normalize():f}"


#: What stands under a header, of an invoice and of one of its lines.
_HEADS: Mapping[str, Callable[[BureauInvoice], str]] = {
    "发票流水号": lambda invoice: invoice.serial,
    "发票类型": lambda invoice: invoice.kind,
    "是否含税": lambda invoice: "是",
    "受票方自然人标识": lambda invoice: "否",
    "购买方名称": lambda invoice: invoice.name,
    "购买方纳税人识别号": lambda invoice: invoice.tax_number,
    "购买方地址": lambda invoice: invoice.address,
    "购买方电话": lambda invoice: invoice.phone,
    "购买方开户银行": lambda invoice: invoice.bank_name,
    "购买方银行账号": lambda invoice: invoice.bank_account,
    "是否展示购买方地址电话银行账号": shown,
    "是否展示购买方银行账号": lambda invoice: "是" if invoice.bank_account else "否",
    "备注": lambda invoice: invoice.remark,
    "购买方邮箱": lambda invoice: invoice.email,
}
_LINES: Mapping[str, Callable[[BureauLine], str]] = {
    "项目名称": lambda line: line.text,
    "商品和服务税收编码": lambda line: line.tax_code,
    "规格型号": lambda line: line.specification,
    "单位": lambda line: line.unit,
    "数量": lambda line: "" if line.quantity is None else _number(line.quantity),
    "金额": lambda line: f"{line.gross:.2f}",
    "税率": lambda line: _number(line.rate),
    "是否使用优惠政策": lambda line: "否",
}
_SERIAL = "发票流水号"
#: Without these a file cannot be what the bureau asks for.
_NEEDED = ({_SERIAL, "发票类型", "是否含税", "购买方名称"}, {_SERIAL, "项目名称", "商品和服务税收编码", "金额", "税率"})
_HEAD_ROWS = 10


def for_bureau(invoice: Invoice) -> BureauInvoice:
    """The invoice as the workbook names it; its lines are read, too."""
    return BureauInvoice(
        serial=invoice.number,
        kind=invoice.invoice_type,
        currency=invoice.gross.currency.code,
        name=invoice.buyer_name.strip(),
        tax_number=plain_code(invoice.buyer_tax_number),
        address=invoice.buyer_address.strip(),
        phone=invoice.buyer_phone.strip(),
        bank_name=invoice.buyer_bank_name.strip(),
        bank_account=plain_code(invoice.buyer_bank_account),
        email=invoice.buyer_email,
        remark=f"{invoice.number} {invoice.note}".strip(),
        lines=[
            BureauLine(
                text=line.text,
                tax_code=line.tax_code,
                specification=line.specification,
                unit=line.unit,
                quantity=line.quantity,
                gross=line.gross.amount,
                rate=line.tax_rate,
            )
            for line in invoice.lines.all()
        ],
    )


def problem_text(problem: Problem) -> str:
    """Why the bureau would refuse it, in words."""
    return {
        Problem.CURRENCY: _("The bureau's workbook takes CNY only."),
        Problem.MISSING: _("This is missing."),
        Problem.TOO_LONG: _("The bureau takes no text as long as this."),
        Problem.SIGNS: _("The signs < and > are not taken."),
        Problem.TAX_CODE: _("A tax code of 19 digits is needed, and no summary code."),
        Problem.RATE: _("A line needs a rate of tax between 0 and 1."),
        Problem.SUM: _("A line needs a sum above nothing."),
        Problem.LONG_REMARK: _("The remark is longer than the 200 characters that the bureau's page shows."),
    }[problem]


class Template:
    """A workbook as the bureau gives it out: of any version, since its columns are found by their headers.

    Raises `Refused` for a file that is none, and for a column that must be filled and is not known here.
    """

    def __init__(self, content: bytes) -> None:
        try:
            Archive(io.BytesIO(content))
        except Unreadable as reason:
            raise Refused(_("This is no workbook of the tax bureau."), field="template", code=reason.fault) from reason
        self._content = content
        book = self._load()
        #: As the bureau names it, such as `pt:20260401`; empty where it does not say.
        self.version = str(book["excelVersion"]["A4"].value or "") if "excelVersion" in book.sheetnames else ""
        self._columns(book)

    def _load(self) -> "openpyxl.Workbook":
        with warnings.catch_warnings():  # of styles and extensions it leaves as they are
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(io.BytesIO(self._content))

    def _columns(self, book: "openpyxl.Workbook") -> list[tuple[Worksheet, int, dict[str, int]]]:
        return [
            _found(book, title, needed, known)
            for title, needed, known in (
                ("发票基本信息", _NEEDED[0], frozenset(_HEADS)),
                ("发票明细信息", _NEEDED[1], frozenset({_SERIAL, *_LINES})),
            )
        ]

    def filled(self, invoices: Sequence[BureauInvoice]) -> bytes:
        """A copy with these invoices, every cell a text; all else in it stays as it was."""
        book = self._load()
        (heads, row, columns), (lines, line_row, line_columns) = self._columns(book)
        for invoice in invoices:
            _write(heads, row, columns, {name: value(invoice) for name, value in _HEADS.items()})
            row += 1
            for line in invoice.lines:
                values = {name: value(line) for name, value in _LINES.items()}
                _write(lines, line_row, line_columns, {_SERIAL: invoice.serial, **values})
                line_row += 1
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


def _found(
    book: "openpyxl.Workbook", title: str, needed: set[str], known: frozenset[str]
) -> tuple[Worksheet, int, dict[str, int]]:
    """The sheet, the first row of its data, and the column of each header that is known here."""
    for sheet in book.worksheets:
        if title not in "".join(sheet.title.split()):
            continue
        for row in range(1, min(sheet.max_row, _HEAD_ROWS) + 1):
            heads = {_plain(sheet.cell(row, column).value): column for column in range(1, sheet.max_column + 1)}
            if _SERIAL not in heads:
                continue
            rules = {
                head: _plain(sheet.cell(row - 1, column).value) if row > 1 else "" for head, column in heads.items()
            }
            unknown = sorted(head for head, rule in rules.items() if rule.startswith("必填") and head not in known)
            if lacking := sorted(needed - heads.keys()):
                raise Refused(_("The template lacks the column %(name)s.") % {"name": lacking[0]}, field="template")
            if unknown:
                text = _("The template asks for %(name)s, which is not known here.")
                raise Refused(text % {"name": unknown[0]}, field="template")
            return sheet, row + 1, {head: column for head, column in heads.items() if head in known}
    raise Refused(_("This is no workbook of the tax bureau."), field="template", code="not_a_template")


def _plain(value: object) -> str:
    return "".join(str(value or "").split())


def _write(sheet: Worksheet, row: int, columns: Mapping[str, int], values: Mapping[str, str]) -> None:
    for name, column in columns.items():
        if text := values[name]:
            cell = sheet.cell(row, column)
            cell.value, cell.data_type, cell.number_format = text, "s", "@"

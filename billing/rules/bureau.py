"""What the tax bureau takes in its workbook of many invoices. Pure; docs/practice.md 1.1."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from base.lib.text import compact

#: A file of more is refused by the portal, or hangs it.
MOST_INVOICES, MOST_LINES = 500, 900
_REMARK, _REMARK_WARNED = 230, 200
_CODE = re.compile(r"[0-9]{19}")
#: A summary no invoice may name, and one that only tax advisers may.
_NOT_OURS = frozenset({"3040201000000000000", "3040802050000000000"})
_SPECIAL = "增值税专用发票"
_LIMITS = {
    "serial": 20, "name": 100, "tax_number": 20, "address": 100, "phone": 50, "bank_name": 100, "bank_account": 100,
    "email": 72,
}  # fmt: skip
_LINE_LIMITS = {"text": 100, "specification": 40, "unit": 22}


class Problem(StrEnum):
    """Why the bureau would send the whole file back, or may cut something off."""

    CURRENCY = "currency"
    MISSING = "missing"
    TOO_LONG = "too_long"
    SIGNS = "signs"
    TAX_CODE = "tax_code"
    RATE = "rate"
    SUM = "sum"
    #: No reason to refuse it: the bureau's web page shows 200 characters.
    LONG_REMARK = "long_remark"


@dataclass(frozen=True, kw_only=True)
class BureauLine:
    """A line as the workbook names it; `gross` includes the tax, and the portal works out the price of one."""

    text: str
    tax_code: str
    specification: str
    unit: str
    quantity: Decimal | None
    gross: Decimal
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class BureauInvoice:
    """An invoice as the workbook names it; the remark begins with our number, by which it is found again."""

    serial: str
    kind: str
    currency: str
    name: str
    tax_number: str
    address: str
    phone: str
    bank_name: str
    bank_account: str
    email: str
    remark: str
    lines: Sequence[BureauLine]


def plain_code(text: str) -> str:
    """A tax number without blanks and invisible signs, in capitals: one that has some sends the whole file back."""
    return compact(text).upper()


def problems(invoice: BureauInvoice) -> Iterator[tuple[str, Problem]]:
    """What the bureau would refuse, by the field it is about; of a line as `lines.2.text`."""
    if invoice.currency != "CNY":
        yield "currency", Problem.CURRENCY
    if not invoice.name:
        yield "name", Problem.MISSING
    if invoice.kind == _SPECIAL and not invoice.tax_number:
        yield "tax_number", Problem.MISSING
    for field, most in _LIMITS.items():
        yield from _text(field, getattr(invoice, field), most)
    yield from _text("remark", invoice.remark, _REMARK)
    if _REMARK_WARNED < len(invoice.remark) <= _REMARK:
        yield "remark", Problem.LONG_REMARK
    if not invoice.lines:
        yield "lines", Problem.MISSING
    for number, line in enumerate(invoice.lines, 1):
        for field, problem in _line(line):
            yield f"lines.{number}.{field}", problem


def _line(line: BureauLine) -> Iterator[tuple[str, Problem]]:
    if not line.text:
        yield "text", Problem.MISSING
    for field, most in _LINE_LIMITS.items():
        yield from _text(field, getattr(line, field), most)
    if not _CODE.fullmatch(line.tax_code) or line.tax_code in _NOT_OURS:
        yield "tax_code", Problem.TAX_CODE
    if not 0 < line.rate < 1:
        yield "rate", Problem.RATE
    if line.gross <= 0:
        yield "gross", Problem.SUM


def _text(field: str, text: str, most: int) -> Iterator[tuple[str, Problem]]:
    if len(text) > most:
        yield field, Problem.TOO_LONG
    if "<" in text or ">" in text:
        yield field, Problem.SIGNS


def shown(invoice: BureauInvoice) -> str:
    """Which of the buyer's particulars are printed, in the bureau's words: what is filled in."""
    address, bank = bool(invoice.address or invoice.phone), bool(invoice.bank_name or invoice.bank_account)
    if address and bank:
        return "展示地址、电话、开户银行及银行账号"
    return "展示地址、电话" if address else "展示开户银行、银行账号" if bank else ""


T = TypeVar("T", bound=BureauInvoice)


def files_of(invoices: Sequence[T]) -> list[list[T]]:
    """The invoices in order, as many a file as the bureau takes."""
    files: list[list[T]] = []
    lines = 0
    for invoice in invoices:
        lines += len(invoice.lines)
        if not files or len(files[-1]) == MOST_INVOICES or lines > MOST_LINES:
            files.append([])
            lines = len(invoice.lines)
        files[-1].append(invoice)
    return files

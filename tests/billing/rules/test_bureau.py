"""What the bureau would send back is told before (docs/practice.md 1.1)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.rules.bureau import BureauInvoice, BureauLine, files_of, plain_code, problems, shown

LINE = BureauLine(
    text="软件维护服务费", tax_code="3040201030000000000", specification="", unit="年", quantity=Decimal(1),
    gross=Decimal("106000.00"), rate=Decimal("0.06"),
)  # fmt: skip
GOOD = BureauInvoice(
    serial="KP-2026-0001", kind="增值税专用发票", currency="CNY", name="示例公司", tax_number="91000000000000019G",
    address="", phone="", bank_name="", bank_account="", email="", remark="KP-2026-0001", lines=[LINE],
)  # fmt: skip


def test_a_good_one_has_no_problem():
    assert list(problems(GOOD)) == []


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"currency": "USD"}, [("currency", "currency")]),
        ({"name": ""}, [("name", "missing")]),
        ({"name": "示" * 101}, [("name", "too_long")]),
        ({"name": "示<例>"}, [("name", "signs")]),
        ({"tax_number": ""}, [("tax_number", "missing")]),
        ({"tax_number": "", "kind": "普通发票"}, []),
        ({"tax_number": "9" * 21}, [("tax_number", "too_long")]),
        ({"serial": "1" * 21}, [("serial", "too_long")]),
        ({"email": "e" * 73}, [("email", "too_long")]),
        ({"remark": "x" * 200}, []),
        ({"remark": "x" * 201}, [("remark", "long_remark")]),
        ({"remark": "x" * 230}, [("remark", "long_remark")]),
        ({"remark": "x" * 231}, [("remark", "too_long")]),
        ({"lines": []}, [("lines", "missing")]),
    ],
)
def test_what_is_wrong_with_an_invoice(values, told):
    assert list(problems(replace(GOOD, **values))) == told


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"text": ""}, [("text", "missing")]),
        ({"text": "x" * 101}, [("text", "too_long")]),
        ({"specification": "x" * 41}, [("specification", "too_long")]),
        ({"tax_code": "3040201000000000000"}, [("tax_code", "tax_code")]),
        ({"tax_code": "30402010300000000"}, [("tax_code", "tax_code")]),
        ({"rate": Decimal(0)}, [("rate", "rate")]),
        ({"gross": Decimal(0)}, [("gross", "sum")]),
    ],
)
def test_what_is_wrong_with_a_line(values, told):
    invoice = replace(GOOD, lines=[LINE, replace(LINE, **values)])
    assert list(problems(invoice)) == [(f"lines.2.{field}", problem) for field, problem in told]


@pytest.mark.parametrize(
    "typed", ["9100 0000 0000 0001 9G", "91000000000000019g", "９1000000000000019G\u200b\ufeff\u3000"]
)
def test_a_code_loses_what_nobody_sees(typed):
    assert plain_code(typed) == "91000000000000019G"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, ""),
        ({"phone": "1"}, "展示地址、电话"),
        ({"bank_account": "1"}, "展示开户银行、银行账号"),
        ({"address": "a", "bank_name": "b"}, "展示地址、电话、开户银行及银行账号"),
    ],
)
def test_what_is_filled_is_printed(values, words):
    assert shown(replace(GOOD, **values)) == words


def test_a_file_holds_as_many_as_the_bureau_takes():
    assert [len(part) for part in files_of([GOOD] * 1001)] == [500, 500, 1]
    assert [len(part) for part in files_of([replace(GOOD, lines=[LINE] * 450)] * 3)] == [2, 1]
    assert [len(part) for part in files_of([replace(GOOD, lines=[LINE] * 451)] * 3)] == [1, 1, 1]
    assert files_of([]) == []

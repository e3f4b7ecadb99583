"""Numbers of the tax bureau (docs/practice.md 1.4, 1.5)."""

import pytest

from billing.rules.numbers import is_enterprise, is_tax_invoice_number


@pytest.mark.parametrize(
    ("text", "right"),
    [("26312000000123456789", True), ("2631200000012345678", False), ("2631200000012345678X", False), ("", False)],
)
def test_twenty_digits(text, right):
    assert is_tax_invoice_number(text) is right


@pytest.mark.parametrize(
    ("code", "company"),
    [("91000000000000019G", True), ("11000000000000027K", False), ("12000000000000035B", False), ("", False)],
)
def test_only_a_company_deducts_the_tax(code, company):
    assert is_enterprise(code) is company

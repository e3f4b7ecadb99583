"""Numbers of the tax bureau. Pure; docs/practice.md 1.2, 1.4, 1.5."""

import re

_TAX_INVOICE = re.compile(r"[0-9]{20}")


def is_tax_invoice_number(text: str) -> bool:
    """Whether it is the number of a fully digital invoice: 20 digits."""
    return bool(_TAX_INVOICE.fullmatch(text))


def is_enterprise(tax_number: str) -> bool:
    """Whether a buyer is a company, by the code of who registered it: such a buyer deducts the tax."""
    return tax_number.startswith("91")

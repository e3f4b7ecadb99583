"""A priced line as it is given to a document, before it is split into net and tax."""

from decimal import Decimal
from typing import NamedTuple

from moneyed import Money


class LineInput(NamedTuple):
    """A line as a person or an API gives it; `tax_rate` is a share of one, `gross` includes the tax."""

    text: str
    tax_rate: Decimal
    tax_code: str
    gross: Money

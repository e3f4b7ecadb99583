"""Priced lines as they are given: to a document, before they are split into net and tax, and to what a customer owes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from moneyed import Money


class LineInput(NamedTuple):
    """A line as a person or an API gives it; `tax_rate` is a share of one, `gross` includes the tax."""

    text: str
    tax_rate: Decimal
    tax_code: str
    gross: Money


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One thing a customer owes. The days are those it covers, both or neither."""

    line: LineInput
    specification: str = ""
    unit: str = ""
    quantity: Decimal | None = None
    service_first: date | None = None
    service_last: date | None = None

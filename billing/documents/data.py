"""What the payment request holds (docs/documents.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from moneyed import Money

from base.documents.base import Paper


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """An invoice that waits for its money."""

    invoice_number: str
    issued_on: date
    text: str
    gross: Money
    paid: Money
    open: Money


@dataclass(frozen=True, kw_only=True)
class PaymentRequestPaper(Paper):
    """请款函. `contract_amount` is the one in force; `amount` is what is asked for now, `share` its fraction of the contract amount."""

    template: ClassVar[str] = "billing/papers/payment_request.html"

    #: Empty, and without an amount, where the invoice is of several contracts or of none.
    project: str
    contract_number: str
    contract_amount: Money | None
    grounds: Sequence[str] = ()
    lines: Sequence[PaymentLine]
    amount: Money
    share: Decimal | None = None
    due_on: date
    attachments: Sequence[str] = ()

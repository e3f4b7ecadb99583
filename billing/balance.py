"""The sums of an invoice, and the state that follows from them."""

from datetime import datetime

from moneyed import Money

from base.accounts.models import User
from base.chatter.operations import change, move
from base.lib.money import is_whole
from billing.enums import InvoiceStatus
from billing.models import Invoice
from billing.states import INVOICE


def is_sum_of(invoice: Invoice, amount: Money) -> bool:
    """Whether it is in the invoice's currency, in whole cents (or yen)."""
    return amount.currency == invoice.gross.currency and is_whole(amount)


def settle_sums(
    invoice: Invoice, values: dict[str, Money], *, by: User, at: datetime, verb: str, seen: int | None
) -> None:
    """Write the new sums with the state that follows from them."""
    paid, credited = values.get("paid", invoice.paid), values.get("credited", invoice.credited)
    if credited >= invoice.gross:
        status = InvoiceStatus.CREDITED
    elif paid + credited >= invoice.gross:
        status = InvoiceStatus.PAID
    else:
        status = InvoiceStatus.PART_PAID if paid.amount else InvoiceStatus.ISSUED
    if status == invoice.status:
        change(invoice, values, by=by, at=at, verb=verb, seen=seen)
    else:
        move(invoice, INVOICE, _BY_MONEY[status], by=by, at=at, values=values, verb=verb, seen=seen)


#: The move to each state that money leads to.
_BY_MONEY = {
    InvoiceStatus.ISSUED: "payment_taken_back",
    InvoiceStatus.PART_PAID: "part_paid",
    InvoiceStatus.PAID: "fully_paid",
    InvoiceStatus.CREDITED: "wholly_credited",
}

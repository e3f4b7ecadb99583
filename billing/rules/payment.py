"""How long a customer has to pay, and what of an invoice was not served. Pure; docs/rules.md 5.7, 7.6."""

from datetime import date, timedelta
from typing import NamedTuple

from moneyed import Money

from base.lib.money import floor_to_minor

#: Days from the invoice to the day payment is due, unless somebody sets another.
PAYMENT_DAYS = timedelta(days=30)


class Unserved(NamedTuple):
    """How many days of the service invoiced lie after the end, of how many, and what they cost."""

    days_left: int
    days: int
    amount: Money


def unserved(price: Money, first: date, last: date, ends_on: date) -> Unserved:
    """Price × days left ÷ days of the term, floored; all of it where the contract ends before the service begins."""
    days = (last - first).days + 1
    left = min(max((last - ends_on).days, 0), days)
    return Unserved(left, days, floor_to_minor(price.amount * left / days, price.currency))

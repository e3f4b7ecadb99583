"""The law of the renewal's price. Pure; docs/rules.md 2.2 is the source, the cap itself is in `contracts/rules.py`."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from moneyed import Money

from base.lib.money import floor_to_minor
from contracts.rules import renewal_cap

VALID_DAYS = timedelta(days=30)


class PaidTerm(NamedTuple):
    """What a paid stretch of coverage cost."""

    price: Money
    months: int


def rule_price(
    amount: Money, *, cap_rate: Decimal, renewal_rate: Decimal | None, months: int, last_paid: PaidTerm | None
) -> Money:
    """The price of a renewal unless somebody sets another: the last paid year's; if there is none, the agreed rate of
    the amount in force; if none was agreed, the cap; for `months`, floored, and never above the cap.
    """
    cap = renewal_cap(amount, cap_rate, months)
    if last_paid is not None and last_paid.price.currency == amount.currency:
        price = floor_to_minor(last_paid.price.amount * months / last_paid.months, amount.currency)
    elif renewal_rate is not None:
        price = floor_to_minor(amount.amount * renewal_rate * months / 12, amount.currency)
    else:
        price = cap
    return min(price, cap)


class Measures(NamedTuple):
    """The price by the rule, and what a price that a person sets is measured by."""

    rule: Money
    yardstick: Money


def measures(
    amount: Money, *, cap_rate: Decimal, renewal_rate: Decimal | None, months: int, last_paid: PaidTerm | None
) -> Measures:
    """The rule's price, and the highest of the agreed rate, the last paid year's price and the rule's (docs/rules.md 2.3).

    Each is for `months`, floored, and never above the cap.
    """
    rule = rule_price(amount, cap_rate=cap_rate, renewal_rate=renewal_rate, months=months, last_paid=last_paid)
    if renewal_rate is None:
        return Measures(rule, rule)
    agreed = floor_to_minor(amount.amount * renewal_rate * months / 12, amount.currency)
    return Measures(rule, max(rule, min(agreed, renewal_cap(amount, cap_rate, months))))


def departs(price: Money, by: Measures, limit: Decimal) -> bool:
    """Whether a price lies further from its yardstick than `limit` (a share of one), either way.

    The rule's own price never does.
    """
    return price != by.rule and abs(price.amount - by.yardstick.amount) > by.yardstick.amount * limit


def quote_subject(quote_id: int) -> str:
    """The subject of a planned action about one version of a quote."""
    return f"quote:{quote_id}"


def valid_until(term_ends: date, sent_on: date) -> date:
    """A quote stands until its term ends, and at least 30 days."""
    return max(term_ends, sent_on + VALID_DAYS)

"""Interest on what is paid late: simple, on the balance of each day. Pure; docs/rules.md 2.8, docs/practice.md 4.2."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from moneyed import Money

from base.lib.money import half_up


def interest(owed: Money, due_on: date, paid: Iterable[tuple[date, Money]], until: date, rate: Decimal) -> Money:
    """Interest from the day after `due_on` to `until`, both counted; `rate` is a share of one a day.

    The day of a payment still bears interest on what was owed before it. What was paid by the due day never bears any.
    """
    balance, day, sum_ = owed.amount, due_on, Decimal(0)
    for on, amount in sorted(paid, key=lambda each: each[0]):
        if on > until:
            break
        later = max(on, day)
        sum_ += balance * (later - day).days
        balance, day = max(balance - amount.amount, Decimal(0)), later
    sum_ += balance * max((until - day) // timedelta(days=1), 0)
    return half_up(sum_ * rate, owed.currency)

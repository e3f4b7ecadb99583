"""What is earned of a service up to a day, and what that makes of what was invoiced. Pure; docs/rules.md 2.7."""

from datetime import date
from typing import NamedTuple

from moneyed import Money

from base.lib.money import half_up


class Standing(NamedTuple):
    """What is owed in service for money invoiced 合同负债, or in invoices for service done 合同资产: one of them is nothing."""

    liability: Money
    asset: Money


def earned(net: Money, first: date, last: date, until: date) -> Money:
    """What of a net sum is earned by the end of `until`: half up (net × days elapsed ÷ days), both ends counted.

    A month earns the difference of two. What was credited since is caught up in the month of the credit: the sum that
    is left is what counts from then on.
    """
    days = (last - first).days + 1
    elapsed = min(max((until - first).days + 1, 0), days)
    return half_up(net.amount * elapsed / days, net.currency)


def standing(earned_so_far: Money, invoiced: Money) -> Standing:
    """Of one term, never netted with another: invoiced before it is earned, or earned before it is invoiced. Both net."""
    nothing = Money(0, invoiced.currency)
    ahead = invoiced - earned_so_far
    return Standing(max(ahead, nothing), max(-ahead, nothing))

"""What a credit takes from a line, and how a credit is laid over lines. Pure; docs/rules.md 7.6."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from moneyed import Money

from base.lib.money import TaxSplit, allocate, split_tax, to_minor


class Left(NamedTuple):
    """What of an invoice's line is not credited yet: both parts of it, and the rate they were split by."""

    net: Money
    tax: Money
    rate: Decimal

    @property
    def gross(self) -> Money:
        """Both together."""
        return self.net + self.tax


def credit_of(amount: Money, left: Left) -> TaxSplit:
    """Net and tax of a credit of `amount`; the last of a line takes what net and tax are left, cents of rounding too.

    So do credits before the last never take more than is left of either. ValueError for more than is left at all.
    """
    if amount > left.gross:
        raise ValueError(f"only {left.gross} is left to credit, not {amount}")
    if amount == left.gross:
        return TaxSplit(left.net, left.tax)
    net, tax = split_tax(amount, left.rate)
    if net > left.net:
        net, tax = left.net, amount - left.net
    elif tax > left.tax:
        net, tax = amount - left.tax, left.tax
    return TaxSplit(net, tax)


def over_lines(amount: Money, left: Sequence[Left]) -> list[Money]:
    """A credit that names no lines, over all by what is left of each: to the cent, and of none more than is left.

    ValueError for more than is left together.
    """
    rests = [to_minor(each.gross) for each in left]
    if to_minor(amount) > sum(rests):
        raise ValueError(f"{amount} is more than is left to credit")
    return allocate(amount, rests)

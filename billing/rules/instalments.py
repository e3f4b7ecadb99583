"""How a contract's sum is laid over its instalments. Pure; docs/rules.md 2.5."""

from collections.abc import Sequence
from typing import NamedTuple

from moneyed import Money

from base.lib.money import allocate, total


class Laid(NamedTuple):
    """What each instalment asks for now, and what was invoiced beyond the whole: to be credited."""

    sums: list[Money]
    beyond: Money


def lay(whole: Money, weights: Sequence[int], invoiced: Sequence[Money | None]) -> Laid:
    """`whole` over the instalments by weight, but for those that were `invoiced`: they keep their sums.

    What is left after them goes over the others, to the cent. Where more was invoiced than there is, the others ask
    for nothing. So it does where none is left to take the rest: `beyond` is then below zero, still to be asked for.
    ValueError where the lists differ in length, and for weights that `allocate` refuses.
    """
    kept = [each for each in invoiced if each is not None]
    rest = whole - total(kept, whole.currency)
    open_ones = [weight for weight, done in zip(weights, invoiced, strict=True) if done is None]
    nothing = Money(0, whole.currency)
    if not open_ones:
        return Laid(kept, -rest)
    shares = iter(allocate(max(rest, nothing), open_ones))
    return Laid([next(shares) if done is None else done for done in invoiced], max(-rest, nothing))

"""The law of the contract: its cap. Pure; docs/rules.md 2.1 is the source."""

from decimal import Decimal

from moneyed import Money

from base.lib.money import floor_to_minor

#: "维保期外合同价格不超过本合同价格20%": no contract may say more.
MAX_CAP_RATE = Decimal("0.20")
MAX_TERM_MONTHS = 36


def renewal_cap(amount: Money, rate: Decimal, months: int) -> Money:
    """The most a renewal of `months` may cost: amount in force × rate × months / 12, floored to the minor unit."""
    return floor_to_minor(amount.amount * rate * months / 12, amount.currency)

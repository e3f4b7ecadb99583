"""The cap, judged anew: by what a row records, and by what the contract says (docs/rules.md 2.1)."""

from datetime import date
from decimal import Decimal

from moneyed import Money

from contracts.models import Contract
from contracts.queries import agreed_by, in_force
from contracts.rules import MAX_CAP_RATE, renewal_cap
from ops.integrity.finding import sum_text


def above_cap(price: Money, base: Money, rate: Decimal, months: int) -> str:
    """What is wrong with a price by the base, rate and months it was judged by; empty when it stands."""
    if price.currency != base.currency:
        return f"{sum_text(price)} is judged by a base in {base.currency}"
    if not 0 < rate <= MAX_CAP_RATE:
        return f"the recorded cap rate {rate} is above {MAX_CAP_RATE}"
    cap = renewal_cap(base, rate, months)
    if price <= cap:
        return ""
    return f"{sum_text(price)} is above its cap: {sum_text(base)} × {rate} × {months} / 12 = {sum_text(cap)}"


def base_not_in_force(contract: Contract, day: date, base: Money) -> str:
    """The base must be what the contract says now of that day."""
    amount = in_force(contract, day).amount
    if amount == base:
        return ""
    return f"the recorded base is {sum_text(base)}, but {sum_text(amount)} is in force on {day}"


def base_never_in_force(contract: Contract, day: date, base: Money) -> str:
    """The base must be what the contract said of that day once: now, or before a later amendment was recorded."""
    recorded = sorted(contract.amendments.all(), key=lambda each: each.pk)
    if any(agreed_by(contract, recorded[:n], day).amount == base for n in range(len(recorded), -1, -1)):
        return ""
    return base_not_in_force(contract, day, base)

"""Money in whole minor units: floors, tax, sums and splits that never lose a cent (docs/rules.md 2)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

from moneyed import Currency, Money, get_currency


class TaxSplit(NamedTuple):
    """What a tax-inclusive price is made of; the two always add up to it."""

    net: Money
    tax: Money


def minor_digits(currency: Currency | str) -> int:
    """Decimal places of the currency by ISO 4217: 2 for CNY, 0 for JPY, 3 for KWD."""
    return _minor_digits(currency.code if isinstance(currency, Currency) else currency)


@cache
def _minor_digits(code: str) -> int:
    return len(str(get_currency(code).sub_unit)) - 1


_SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_TYPED = re.compile(r"[¥￥]?(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(千万|百万|[千万亿])?元?")


def as_typed(text: str) -> str:
    """An amount as people type it, in plain figures: 28万, ￥1,200.00, full-width digits. What it is not is left as it is."""
    plain = unicodedata.normalize("NFKC", "".join(text.split()))
    if not (found := _TYPED.fullmatch(plain)):
        return plain
    number = Decimal(found[1].replace(",", "")) * _SCALES[found[2] or ""]
    return f"{number:f}"


def floor_to_minor(amount: Decimal, currency: Currency | str) -> Money:
    """The largest money not above `amount`: how a cap is cut off."""
    return Money(amount.quantize(_minor_unit(currency), ROUND_FLOOR), currency)


def half_up(amount: Decimal, currency: Currency | str) -> Money:
    """The nearest money to `amount`, of two as near the larger."""
    return Money(amount.quantize(_minor_unit(currency), ROUND_HALF_UP), currency)


def is_whole(money: Money) -> bool:
    """Whether it can be paid: no fraction of a cent (or of a yen)."""
    return floor_to_minor(money.amount, money.currency) == money


def to_minor(money: Money) -> int:
    """Whole minor units (fen for CNY). ValueError when the money has a finer fraction."""
    numerator, denominator = money.amount.as_integer_ratio()
    minor, rest = divmod(numerator * money.currency.sub_unit, denominator)
    if rest:
        raise ValueError(f"{money.currency} {money.amount} is finer than the minor unit")
    return minor


def from_minor(minor: int, currency: Currency | str) -> Money:
    return Money(minor * _minor_unit(currency), currency)


def split_tax(gross: Money, rate: Decimal) -> TaxSplit:
    """Split one line's tax-inclusive price: net half up, tax = gross - net (docs/rules.md 2.4, docs/practice.md 1.3).

    `rate` is a fraction (0.06 for 6 %). A credit note's negative price splits as its invoice did.
    ValueError for a rate outside 0 to 1 and for a price finer than the minor unit.
    """
    if not 0 <= rate < 1:
        raise ValueError(f"a tax rate is a fraction from 0 to 1, not {rate}")
    minor = to_minor(gross)
    net = int((minor / (1 + rate)).quantize(Decimal(1), ROUND_HALF_UP))
    return TaxSplit(from_minor(net, gross.currency), from_minor(minor - net, gross.currency))


def total(moneys: Iterable[Money], currency: Currency | str) -> Money:
    """The sum, zero in `currency` when there is nothing to add. ValueError for any other currency."""
    result = from_minor(0, currency)
    for money in moneys:
        if money.currency != result.currency:
            raise ValueError(f"{money.currency} cannot be added to {result.currency}")
        result += money
    return result


def allocate(amount: Money, weights: Sequence[int]) -> list[Money]:
    """Split `amount` in proportion to `weights` by largest remainder; of equal ones the last gets the rest.

    The parts sum to the amount exactly, and each is less than one minor unit off its fair share.
    ValueError for a negative weight, and when all are zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and at least one must be positive")
    minor = to_minor(amount)
    sign = -1 if minor < 0 else 1
    shares = [divmod(abs(minor) * weight, whole) for weight in weights]
    parts = [share for share, _ in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (shares[i][1], i), reverse=True)
    for i in by_remainder[: abs(minor) - sum(parts)]:
        parts[i] += 1
    return [from_minor(sign * part, amount.currency) for part in parts]


def format_money(money: Money, language: str) -> str:
    """Plain and unambiguous: `¥1,200,000.00` for CNY in Chinese, else the ISO code: `CNY 1,200,000.00`.

    Shows at least the currency's minor units and never rounds: a finer unit price keeps its digits.
    """
    exponent = money.amount.normalize().as_tuple().exponent
    digits = max(minor_digits(money.currency), -exponent if isinstance(exponent, int) else 0)
    plain_yuan = money.currency.code == "CNY" and language.lower().startswith("zh")
    return f"{'¥' if plain_yuan else f'{money.currency.code} '}{money.amount:,.{digits}f}"


def _minor_unit(currency: Currency | str) -> Decimal:
    return Decimal(1).scaleb(-minor_digits(currency))

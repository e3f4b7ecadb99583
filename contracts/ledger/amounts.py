"""Reading sums of money and shares of them (docs/ledger.md 5.3)."""

import re
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from base.lib.capitals import read_capital_words
from contracts.ledger.cells import (
    AMBIGUOUS,
    BLANKS,
    UNREADABLE,
    Cell,
    Reading,
    Shown,
    decimal_of,
    plain,
    read_numeral,
)
from contracts.ledger.columns import CURRENCIES, CURRENCY_WORDS, PLAIN, Unit


class Sum(NamedTuple):
    """An amount in whole currency units, and the currency the cell or its header named ("" if none)."""

    number: Decimal
    currency: str = ""


_NO_SUM: Final = Sum(Decimal(0), "?")


_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_SCALE: Final = {
    "": 1, "千": 10**3, "万": 10**4, "萬": 10**4, "百万": 10**6, "千万": 10**7,
    "亿": 10**8, "億": 10**8, "万亿": 10**12,
}  # fmt: skip
_SCALES = "万亿|千万|百万|[千万萬亿億]"
_SUM = re.compile(
    rf"(?P<sign>-|负)?(?:(?P<before>{CURRENCY_WORDS})(?P<inner>-|负)?)?"
    rf"(?P<parts>(?:{_FIGURES})(?:(?:{_SCALES})(?:\d+(?:\.\d+)?))*(?:{_SCALES})?)"
    rf"(?P<after>{CURRENCY_WORDS})?(?:整|正)?(?P<last>{CURRENCY_WORDS})?"
)
# What nearly every cell holds, without the rest: ¥120,000.00, 120000元, 12.5万元.
_USUAL = re.compile(rf"(?P<sign>¥)?(?P<figures>{_FIGURES})(?P<scale>万)?(?P<yuan>元)?")
_PART = re.compile(rf"({_FIGURES})({_SCALES})?")
_ACCOUNTING = re.compile(rf"(?P<before>{CURRENCY_WORDS})?\((?P<body>[^()]*)\)(?P<after>{CURRENCY_WORDS})?")
_BRACKETED = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_CURRENCY_IN_BRACKETS = re.compile(rf"[(\[]({CURRENCY_WORDS})[)\]]")
_LABEL = re.compile(r"[(\[](?:大写|小写|含税价?)[)\]]|(?:大写|小写|合计|共计|总计|总价|含税):?|[,。;]$")
_PER_YEAR = re.compile(r"^每年|(?:/|每)(?:年|y|year)$")
_CAPITALS = re.compile(r"[零壹贰叁肆伍陆柒捌玖貳參叄陸拾佰仟]")

_OPEN = re.compile("待定|待商议|面议|另议|另行约定|(?:另行|双方)?协商|未约定|未定|无约定")


def is_open(raw: Cell) -> bool:
    """Whether the cell says that nothing was agreed yet: 面议, 待定, 未约定."""
    return isinstance(raw, str) and not raw.isascii() and _OPEN.fullmatch(plain(raw)) is not None


def read_fee(raw: Cell, *, unit: Unit = PLAIN) -> Reading[Sum]:
    """A yearly fee: as a sum, also 5万/年 and 每年5万."""
    return read_amount(_PER_YEAR.sub("", plain(raw)) if isinstance(raw, str) else raw, unit=unit)


def read_amount(raw: Cell, *, unit: Unit = PLAIN) -> Reading[Sum]:
    """A sum, also a negative or zero one; `unit` is the column's, for plain numbers: 元, 万 or ¥ speak for themselves."""
    if raw is None or raw == "":
        return Reading()
    if isinstance(raw, str):
        return _from_text(raw, unit)
    number = decimal_of(raw) if isinstance(raw, int | float) else None
    if number is None:
        return Reading(problem=UNREADABLE)
    if isinstance(raw, Shown) and (asked := _shown(number, raw.sign, unit)):
        return asked
    return Reading(Sum(number * unit.factor, unit.currency))


_TEN_THOUSAND: Final = 10**4


def _shown(number: Decimal, sign: str, unit: Unit) -> Reading[Sum] | None:
    """What only the number's format says is asked about, unless the column says it too.

    A number shown as a ten-thousandth is in yuan, whatever its column says; one shown with 万 behind it is in 万.
    """
    if sign == "万/":
        return Reading(problem=AMBIGUOUS, proposal=Sum(number, unit.currency))
    if sign == "万":
        stated = unit.factor == _TEN_THOUSAND
        return None if stated else Reading(problem=AMBIGUOUS, proposal=Sum(number * _TEN_THOUSAND, unit.currency))
    stated = unit.currency == sign
    return None if stated else Reading(problem=AMBIGUOUS, proposal=Sum(number * unit.factor, sign))


def written(found: Sum) -> str:
    """A sum as a cell that can be read in one way only."""
    return f"{found.number.normalize():f}{found.currency or '元'}"


def _from_text(raw: str, unit: Unit) -> Reading[Sum]:
    text = plain(raw)
    if usual := _USUAL.fullmatch(text):
        number = Decimal(usual["figures"].replace(",", "")) * _SCALE[usual["scale"] or ""]
        bare = not (usual["sign"] or usual["scale"] or usual["yuan"])
        return Reading(Sum(number * unit.factor if bare else number, "CNY" if usual["sign"] else unit.currency))
    if text in BLANKS:
        return Reading()
    accounting = _ACCOUNTING.fullmatch(text)
    if accounting and (read := _sum("".join(filter(None, accounting.groups())), unit)):
        return Reading(Sum(-abs(read.number), read.currency))
    # ¥120,000.00（壹拾贰万元整）: both must say the same.
    text = _LABEL.sub("", _CURRENCY_IN_BRACKETS.sub(r"\1", text))
    spellings = filter(None, [_BRACKETED.sub("", text), *_BRACKETED.findall(text)])
    sums = [_sum(spelling, unit) or _NO_SUM for spelling in spellings]
    if _NO_SUM in sums or len({found.number for found in sums}) != 1:
        return Reading(problem=UNREADABLE)
    return Reading(Sum(sums[0].number, next((found.currency for found in sums if found.currency), "")))


def _sum(text: str, unit: Unit) -> Sum | None:
    if _CAPITALS.search(text):
        try:
            return Sum(read_capital_words(text)) if re.search("[元圆圓]", text) else None
        except ValueError:
            return None
    if not (found := _SUM.fullmatch(text)):
        return None
    parts = _PART.findall(found["parts"])
    scales = [_SCALE[scale] for _, scale in parts]
    if any(high <= low for high, low in pairwise(scales)):
        return None
    if len(scales) > 1 and scales[-1] == 1 and not found["after"]:
        return None  # 12万5 says 125,000 to one reader and 120,005 to another
    number = sum((Decimal(figures.replace(",", "")) * _SCALE[scale] for figures, scale in parts), Decimal(0))
    words = [word for word in (found["before"], found["after"], found["last"]) if word]
    named = [CURRENCIES[word] for word in words if CURRENCIES[word]]
    if len(set(named)) > 1:
        return None
    if scales == [1] and not words:
        number *= unit.factor
    sign = -1 if found["sign"] or found["inner"] else 1
    return Sum(sign * number, named[0] if named else unit.currency)


_DECIMAL = r"\d+(?:\.\d+)?|\.\d+"
_PERCENT = re.compile(
    rf"百分之(?P<words>.+)|(?P<percent>{_DECIMAL})(?:%|个点|个百分点|pct|percent)|(?P<bare>{_DECIMAL})"
)
_ABOUT_RATE = re.compile(r"^(?:合同(?:总)?(?:金额|额|价)的?|每年|年)|(?:/年|每年|一年|/y|p\.?a\.?)$")
BASIS_POINT: Final = Decimal("0.0001")
_NOISE: Final = Decimal("0.0000005")


def read_rate(raw: Cell) -> Reading[Decimal]:
    """A yearly renewal rate as a fraction: 15 %, 0.15 and 15 are all 0.15.

    A bare number of 1 or more is percent, below 1 a fraction. What was left open is nothing, with a note;
    zero, a range and other words are asked about.
    """
    if raw is None or raw == "":
        return Reading()
    if isinstance(raw, str):
        return _rate_from_text(raw)
    number = decimal_of(raw) if isinstance(raw, int | float) else None
    return Reading(problem=AMBIGUOUS) if number is None else _rate(number if number < 1 else number / 100)


@lru_cache(maxsize=4096)
def _rate_from_text(raw: str) -> Reading[Decimal]:
    text = plain(raw)
    if text in BLANKS:
        return Reading()
    if is_open(raw):
        return Reading(note=raw.strip())
    if not (found := _PERCENT.fullmatch(_ABOUT_RATE.sub("", text))):
        return Reading(problem=AMBIGUOUS)
    if found["bare"]:
        number = Decimal(found["bare"])
        return _rate(number if number < 1 else number / 100)
    if found["percent"]:
        return _rate(Decimal(found["percent"]) / 100)
    percent = read_numeral(found["words"])
    return Reading(problem=AMBIGUOUS) if percent is None else _rate(Decimal(percent) / 100)


def _rate(fraction: Decimal) -> Reading[Decimal]:
    """The rounding noise of a computed cell is dropped, what is finer than a basis point is kept."""
    if fraction <= 0:
        return Reading(problem=AMBIGUOUS)
    if fraction >= 10:
        return Reading(fraction)
    kept = fraction.quantize(BASIS_POINT)
    return Reading(kept if kept and abs(kept - fraction) < _NOISE else fraction)

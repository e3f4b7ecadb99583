"""人民币大写: amounts in capital words, written and read (PBC 1997 no. 393, annex; docs/practice.md 2)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from base.lib.text import compact

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))
_FEN = Decimal("0.01")
_LIMIT = 10**16 - _FEN / 2

# The rule lets the writer choose here whether to put a 零: left out when writing, either way when reading.
_MAY = "?"

_VARIANTS = str.maketrans("圆圓正貳參叄陸萬億負幣", "元元整贰叁叁陆万亿负币")
_WORDS = re.compile(
    r"(?:人民币(?:\(大写\))?:?)?(?P<body>(?P<sign>负)?"
    rf"(?:(?P<yuan>[{_DIGITS}亿万仟佰拾]{{1,50}})元)?"
    rf"(?:零?(?P<jiao>[{_DIGITS}])角)?(?:零?(?P<fen>[{_DIGITS}])分)?整?)"
)


def capital_words(amount: Decimal, unit: str = "元", whole: str = "整") -> str:
    """The one canonical form, half up to the fen, without the words 人民币 in front.

    The tax bureau's invoices print `圆` for the unit. ValueError from 10^16 yuan on.
    """
    return _spell(_to_fen(amount)).replace(_MAY, "").replace("元", unit).replace("整", whole)


def read_capital_words(text: str) -> Decimal:
    """The amount of any form the rule allows, also with 圆, 正, traditional characters or 人民币 in front.

    ValueError for everything else, also for words that only look right (壹亿伍仟元整 lacks its 零).
    """
    plain = compact(text).translate(_VARIANTS)
    parts = _WORDS.fullmatch(plain)
    if parts is None:
        raise ValueError(f"not an amount in capital words: {text!r}")
    fen = _number(parts["yuan"] or "") * 100 + _number(parts["jiao"] or "") * 10 + _number(parts["fen"] or "")
    fen = -fen if parts["sign"] else fen
    spelled = _spell(fen).replace(_MAY, "零?").replace("角整", "角整?")
    if not re.fullmatch(spelled, parts["body"]):
        raise ValueError(f"not how an amount is written in capital words: {text!r}")
    return fen * _FEN


def _to_fen(amount: Decimal) -> int:
    if not amount.is_finite() or amount.copy_abs() >= _LIMIT:
        raise ValueError(f"no capital words for {amount}")
    return int(amount.quantize(_FEN, ROUND_HALF_UP).scaleb(2))


def _spell(fen: int) -> str:
    yuan, cents = divmod(abs(fen), 100)
    jiao, rest = divmod(cents, 10)
    words = "负" if fen < 0 else ""
    if yuan or not cents:
        words += f"{_integer(yuan)}元"
    if not cents:
        return f"{words}整"
    if jiao:
        words += (_MAY if yuan and yuan % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return words + (f"{_DIGITS[rest]}分" if rest else "整")


def _integer(number: int) -> str:
    for size, unit in _UNITS:
        if number >= size:
            high, low = divmod(number, size)
            return _integer(high) + unit + _joint(high, low, size) + (_integer(low) if low else "")
    return _DIGITS[number]


def _joint(high: int, low: int, size: int) -> str:
    """What stands between a unit and the words after it: a 零 when the next place is empty."""
    if 0 < low < size // 10:
        return "零"
    return _MAY if low and high % 10 == 0 else ""


def _number(words: str) -> int:
    """The mirror of _integer, generous: whether the words were well formed is asked afterwards."""
    for size, unit in _UNITS:
        high, found, low = words.partition(unit)
        if found:
            return _number(high) * size + _number(low)
    return _DIGITS.index(words[-1]) if words else 0

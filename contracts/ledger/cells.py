"""Reading one cell: what every kind has in common, and words, mail addresses, credit codes (docs/ledger.md 5)."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeAlias, TypeVar

from base.lib import uscc
from base.lib.text import clean, compact

Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta | None
T = TypeVar("T")

AMBIGUOUS: Final = "ambiguous"
UNREADABLE: Final = "unreadable"


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue; the screens translate it, nothing here does."""
    return text


class Reading(NamedTuple, Generic[T]):
    """What a cell says: a value, nothing (all empty), or a problem, perhaps with a proposal to ask about.

    `note` holds words worth keeping where no value was found, or beside it.
    """

    value: T | None = None
    note: str = ""
    problem: str = ""
    proposal: T | None = None


#: A cell that says nothing, in any column.
BLANKS: Final = frozenset(
    ("", "/", "//", "\\", "-", "--", "—", "——", "–", "−", "_", "n/a", "null", "nil", "无", "暂无", "空")
)
ERROR_VALUES: Final = frozenset(
    ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
)


class Unknown(str):
    """What a cell shows whose value the file does not hold: an error, or a formula that was never computed."""

    __slots__ = ()


class Shown(float):
    """A number whose format shows what the number does not say: a currency, or a unit of ten thousand.

    `sign` is the currency's code, `万`, or `万/` where a ten-thousandth of the number is shown.
    """

    __slots__ = ("sign",)
    sign: str

    def __new__(cls, number: float, sign: str) -> "Shown":
        found = super().__new__(cls, number)
        found.sign = sign
        return found


def is_unknown(raw: Cell) -> bool:
    """Whether the cell has a value that nobody can tell from the file: that is not blank."""
    return isinstance(raw, Unknown) or (isinstance(raw, str) and raw.startswith("#") and raw.strip() in ERROR_VALUES)


_LONGEST_BLANK: Final = 8


def plain(raw: Cell) -> str:
    """The cell as compact text (NFKC, lower case, no white space), for recognising; never for printing."""
    text = raw if isinstance(raw, str) else read_text(raw)
    if text.isascii() and text.isprintable():  # nearly all numbers and dates: worth a short way
        return "".join(text.split()).lower().strip("'`")
    return _plain(text)


@lru_cache(maxsize=16384)
def _plain(text: str) -> str:
    normal = unicodedata.normalize("NFKC", text)
    return ("".join(normal.split()) if normal.isprintable() else compact(text)).casefold().strip("'‘’`")


def is_blank(raw: Cell) -> bool:
    """Whether the cell says nothing: empty, a dash, a slash, 无. An error value of Excel is not blank."""
    if isinstance(raw, str):
        return not raw or (len(raw.strip()) <= _LONGEST_BLANK and plain(raw) in BLANKS)
    return raw is None


def decimal_of(raw: float) -> Decimal | None:
    """A number cell as Excel shows it, to 15 digits; None for what is no number."""
    if isinstance(raw, bool) or raw != raw or raw in (float("inf"), float("-inf")):
        return None
    return Decimal(raw) if isinstance(raw, int) else Decimal(f"{raw:.15g}")


def read_text(raw: Cell) -> str:
    """A cell of words, as typed but for invisible characters and spare white space.

    A whole number loses Excel's decimal point, a day is written YYYY-MM-DD, an error value is nothing.
    """
    if isinstance(raw, str):
        if not raw or raw in ERROR_VALUES or isinstance(raw, Unknown):
            return ""
        return (" ".join(raw.split()) if raw.isprintable() else clean(raw)).strip("'‘`")
    if raw is None or isinstance(raw, bool | time | timedelta):
        return ""
    if isinstance(raw, datetime):
        return raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    number = decimal_of(raw)
    return "" if number is None else f"{number.normalize():f}"


def read_lines(raw: Cell) -> str:
    """A cell of words whose line breaks mean something; empty lines go."""
    return "\n".join(filter(None, map(read_text, raw.splitlines()))) if isinstance(raw, str) else read_text(raw)


_YES: Final = frozenset(["是", "计入", "y", "yes", "true", "√", "✓", "1"])
_NO: Final = frozenset(["否", "不计入", "n", "no", "false", "×", "✗", "0"])


def read_yes_no(raw: Cell) -> bool | None:
    """Yes or no; None for anything else."""
    text = plain(raw if isinstance(raw, str) else str(int(raw)) if isinstance(raw, bool | int | float) else "")
    return True if text in _YES else False if text in _NO else None


def read_name(raw: Cell) -> str:
    """A cell of words where a dash, a slash or 无 says nothing."""
    text = read_text(raw)
    return "" if len(text) <= _LONGEST_BLANK and plain(text) in BLANKS else text


_MAIL = re.compile(r"[^@\s<>()\[\]:;,\"]+@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_BETWEEN = re.compile(r"[\s;,、/|<>()]+|mailto:|(?:e-?mail|邮箱):", re.IGNORECASE)


def read_email(raw: Cell) -> Reading[str]:
    """The first mail address of the cell; further ones become the note. Anything else is a problem."""
    text = read_text(raw)
    if not text or (text.isascii() and _MAIL.fullmatch(text)):
        return Reading(text or None)
    words = [word.strip(".。'") for word in _BETWEEN.split(_halved(text)) if word]
    found = [word for word in words if _MAIL.fullmatch(word)]
    if not found:
        return Reading(note=text, problem="not an address")
    return Reading(found[0], note=text if len(words) > 1 else "")


def _halved(text: str) -> str:
    """Full-width signs made plain; the spaces between several addresses stay."""
    return " ".join(compact(word) for word in text.split())


_EXACT: Final = 10**15
_FLOATED = re.compile(r"\d+(?:\.\d+)?e\+?\d+", re.IGNORECASE)


def read_credit_code(raw: Cell) -> Reading[str]:
    """A unified social credit code whose 18th character is right; "damaged" or "check failed" otherwise.

    A number cell keeps 15 digits, and 9.1E+17 fewer: damaged.
    """
    text = read_text(raw)
    if not text:
        return Reading()
    if (isinstance(raw, float | int) and abs(raw) >= _EXACT) or _FLOATED.fullmatch(compact(text)):
        return Reading(note=text, problem="damaged")
    return _checked_code(text)


@lru_cache(maxsize=16384)
def _checked_code(text: str) -> Reading[str]:
    code = uscc.normalise(text).strip("'")
    return Reading(code) if uscc.is_valid(code) else Reading(note=text, problem="check failed")


_DIGITS: Final = {
    **{digit: value for value, digit in enumerate("零一二三四五六七八九")},
    **{digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0, "○": 0, "两": 2, "貳": 2, "參": 3, "陸": 6,
}  # fmt: skip
_TENS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100}
NUMERAL: Final = f"[{''.join(_DIGITS)}{''.join(_TENS)}]+"


_LONGEST_NUMERAL: Final = 6


def read_numeral(text: str) -> int | None:
    """A small whole number in Chinese or Arabic digits, up to 999: 十二 is 12, 二〇二六 is 2026."""
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= _LONGEST_NUMERAL else None
    if not any(unit in text for unit in _TENS):
        digits = [_DIGITS.get(character) for character in text]
        return None if None in digits or len(text) > _LONGEST_NUMERAL else int("".join(map(str, digits)))
    total, digit = 0, None
    for character in text:
        if character in _TENS:
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        elif character not in _DIGITS or digit:
            return None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)

"""Reading a date in all the hands of a Chinese ledger (docs/ledger.md 5.2)."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Final

from base.lib.dates import YEARS, last_day_of_month
from contracts.ledger.cells import AMBIGUOUS, BLANKS, NUMERAL, Cell, Reading, decimal_of, plain, read_numeral

NOT_A_DATE: Final = "not a date"

# A contract's dates; what lies outside is a slip of the pen or a number that is no date.
_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = range((date(1950, 1, 1) - _EPOCH).days, (date(2151, 1, 1) - _EPOCH).days)

# Less than a minute before midnight the next day was meant: some programs lose seconds where time zones once moved.
_LAST_MINUTE: Final = time(23, 59)
_ALMOST_A_DAY: Final = 1 - 60 / 86400
_HERE: Final = timezone(timedelta(hours=8))
_ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)")

_DASHES: Final = str.maketrans("–—‐‑‒−~·。", "--------.")
_SEP = r"[-./年、,_]"
_DAY_SEP = r"[-./月、,_]"
_CLOCK = re.compile(
    r"(?:\s+|(?<=\d)[tT_]|(?<=[日号]))(?:上午|下午)?\d{1,2}"
    r"(?::\d{2}(?::\d{2}(?:\.\d+)?)?|[时点](?:\d{1,2}分(?:\d{1,2}秒)?)?)\s*(?:[apAP][mM])?(?:[zZ]|[+-]\d\d:?\d\d)?$"
)
_WEEKDAY = re.compile(r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?$")
_FULL = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}){_DAY_SEP}(\d{{1,2}})[日号]?\.?")
_INSIDE = re.compile(rf"(?<!\d)(\d{{4}}){_SEP}(\d{{1,2}}){_DAY_SEP}(\d{{1,2}})(?!\d)")
_SHORT_YEAR = re.compile(rf"'?(\d{{2}}){_SEP}(\d{{1,2}}){_DAY_SEP}(\d{{1,2}})[日号]?\.?")
_MONTH = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}})(?:月份?)?(?:[上中下]旬|[初中底末])?|(\d{{4}})(\d{{2}})")
_YEAR = re.compile(r"(\d{4})年?(?:度|[初中底末])?")
_NO_YEAR = re.compile(r"(\d{1,2})[-./月](\d{1,2})[日号]?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})")
_IN_WORDS = re.compile(rf"({NUMERAL})年({NUMERAL})月({NUMERAL})[日号]")
_MONTHS: Final = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_NAMED = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_ENGLISH = (
    re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-./,]?(?P<month>{_NAMED})[-./,]?(?P<year>\d{{4}})"),
    re.compile(rf"(?P<month>{_NAMED})[-./,]?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-./,]?(?P<year>\d{{4}})"),
)

_NOT_YET = re.compile(
    r"(?:尚|暂|还)?未(?:进行|完成|通过|组织|办理)?(?:项目)?(?:最终|竣工)?"
    r"(?:终验收?|初验|验收|上线|完成|完工|竣工|投运|开始|到期|签订?|签署)?|[待等](?:终验|验收|初验|上线)"
)
_WORDS = re.compile(
    r"(?:详?见|按照?|依据?|同|以|参照)(?:原|本)?合同.*|合同约定"
    r"|长期(?:有效)?|永久(?:有效)?|终身|无期限|不限"
    rf"|(?:自|从)?(?:项目)?(?:终验|初验|验收|上线|签订|交付|最终验收|竣工验收).{{0,6}}(?:后|起|之日起).{{0,6}}(?:\d{{1,3}}|{NUMERAL}|半).{{0,2}}(?:年|月|天|日).{{0,4}}"
    r"|待定|待补|待确认|另行?约定|(?:正?在)?(?:试运行|建设|实施|进行|施工|开发)(?:中|阶段|期)?|tbd|tbc|pending"
)


def read_date(raw: Cell, *, end: bool = False) -> Reading[date]:
    """The day a cell means, without its time.

    A month alone is asked about with its first day, or its last one for the `end` of something; so are
    years of two digits and days without a year. Day and month that both fit either way are asked about too.
    """
    if raw is None or raw == "":
        return Reading()
    if isinstance(raw, datetime):
        if raw.time() > _LAST_MINUTE:
            return _asked(Reading(raw.date() + timedelta(days=1)))
        raw = raw.date()
    if isinstance(raw, date):
        return Reading(raw) if raw.year in YEARS else Reading(problem=NOT_A_DATE)
    if isinstance(raw, str):
        return _from_text(raw, end)
    number = decimal_of(raw) if isinstance(raw, int | float) else None
    return Reading(problem=NOT_A_DATE) if number is None else _from_text(f"{number:f}", end)


def is_promise(raw: Cell) -> bool:
    """Whether the cell holds words where a value should be, as 详见合同, 长期, 终验后一年, 待定."""
    return isinstance(raw, str) and _WORDS.fullmatch(plain(raw)) is not None


@lru_cache(maxsize=16384)
def _from_text(raw: str, end: bool) -> Reading[date]:
    text = plain(raw)
    if text in BLANKS or _NOT_YET.fullmatch(text):
        return Reading()
    if elsewhere := _with_zone(raw):
        return elsewhere
    if _WORDS.fullmatch(text):
        return Reading(note=raw.strip())
    without_clock = _CLOCK.sub("", unicodedata.normalize("NFKC", raw).strip())
    text = _WEEKDAY.sub("", plain(without_clock).translate(_DASHES))
    if found := _FULL.fullmatch(text):
        return _on(*map(int, found.groups()))
    for shape in (_from_digits, _from_words, _from_english, _from_partial):
        if reading := shape(text, end):
            return reading
    inside = [_on(*map(int, found.groups())).value for found in _INSIDE.finditer(text)]
    if days := [day for day in inside if day]:
        return Reading(note=raw.strip(), problem=AMBIGUOUS, proposal=days[-1 if end else 0])
    return Reading(problem=NOT_A_DATE)


def _with_zone(raw: str) -> Reading[date] | None:
    """A moment in another zone that is another day here: what a browser writes for midnight in Shanghai. None for others.

    2025-03-14T16:00:00.000Z was the 15th, most likely.
    """
    if not _ZONED.fullmatch(text := unicodedata.normalize("NFKC", raw).strip().upper().replace(" ", "T")):
        return None
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return Reading(problem=NOT_A_DATE)
    here = written.astimezone(_HERE).date()
    return _asked(Reading(here)) if here != written.date() else None


def _on(year: int, month: int, day: int) -> Reading[date]:
    try:
        found = date(year, month, day)
    except ValueError:
        return Reading(problem=NOT_A_DATE)
    return Reading(found) if year in YEARS else Reading(problem=NOT_A_DATE)


def _asked(reading: Reading[date]) -> Reading[date]:
    return reading if reading.value is None else Reading(problem=AMBIGUOUS, proposal=reading.value)


def _from_digits(text: str, end: bool) -> Reading[date] | None:
    """20260305, or Excel's count of days since 1899-12-30, with a fraction for the time."""
    whole, _, fraction = text.partition(".")
    if not whole.isascii() or not whole.isdigit() or (fraction and not fraction.isdigit()):
        return None
    if len(whole) == 5 and int(whole) in _SERIALS:
        if float(f"0.{fraction or 0}") > _ALMOST_A_DAY:
            return _asked(Reading(_EPOCH + timedelta(days=int(whole) + 1)))
        return Reading(_EPOCH + timedelta(days=int(whole)))
    if fraction:
        return None
    if len(whole) == 8:
        return _on(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
    if len(whole) == 6 and (int(whole[:4]) not in YEARS or not 1 <= int(whole[4:]) <= 12):
        return _asked(_on(2000 + int(whole[:2]), int(whole[2:4]), int(whole[4:])))
    return None


def _from_words(text: str, end: bool) -> Reading[date] | None:
    """二〇二六年三月五日"""
    if not (found := _IN_WORDS.fullmatch(text)):
        return None
    year, month, day = map(read_numeral, found.groups())
    if year is None or month is None or day is None:
        return Reading(problem=NOT_A_DATE)
    return _asked(_on(2000 + year, month, day)) if year < 100 else _on(year, month, day)


def _from_english(text: str, end: bool) -> Reading[date] | None:
    """5 Mar 2026, March 5, 2026; 13/05/2026, where only one order is possible."""
    for shape in _ENGLISH:
        if found := shape.fullmatch(text):
            return _on(int(found["year"]), _MONTHS[found["month"][:3]], int(found["day"]))
    if not (found := _YEAR_LAST.fullmatch(text)):
        return None
    first, second, year = map(int, found.groups())
    readings = [_on(year, first, second), _on(year, second, first)]
    days = {reading.value for reading in readings if reading.value}
    if len(days) == 1:
        return Reading(days.pop())
    return _asked(readings[0])


def _from_partial(text: str, end: bool) -> Reading[date] | None:
    """A date that lacks something: 26.3.5, 2026年3月, 2026年, 3月5日."""
    if found := _SHORT_YEAR.fullmatch(text):
        year, month, day = map(int, found.groups())
        return _asked(_on(year + (1900 if year >= 70 else 2000), month, day))
    if found := _MONTH.fullmatch(text):
        year, month = (int(part) for part in found.groups() if part)
        first = _on(year, month, 1)
        return _asked(Reading(last_day_of_month(first.value)) if end and first.value else first)
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        return _asked(_on(year, 12, 31) if end else _on(year, 1, 1))
    if _NO_YEAR.fullmatch(text):
        return Reading(problem=AMBIGUOUS)
    return None

"""Reading free periods and numbers of visits (docs/ledger.md 5.5)."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from contracts.ledger.cells import AMBIGUOUS, BLANKS, NUMERAL, Cell, Reading, decimal_of, plain, read_numeral
from contracts.ledger.columns import Unit

MAX_FREE_MONTHS: Final = 120
MAX_INSPECTIONS: Final = 12

# 无 says "none" in one ledger and "nothing written" in another: asked.
_NONE: Final = frozenset(["无", "暂无", "none", "nil"])
_NUMBER: Final = rf"\d+(?:\.\d+)?|{NUMERAL}|半"

_SINCE = re.compile(
    r"^[自从]?(?:项目|系统)?(?:最终|竣工|整体)?(?:终验|验收)(?:合格|通过|完成)?(?:报告)?(?:签署|签字)?"
    r"(?:之?日)?(?:后?起|后|开始)?(?:计?算)?[,:]?"
)
_FILLER = re.compile(r"免费|维保|质保|保修|维护|运维|售后|服务|提供|期限?|[:为整]")
_YEARS_MONTHS = re.compile(
    rf"(?:(?P<years>{_NUMBER})(?:周?年|years?|yrs?|y)(?P<half>半)?)?"
    rf"(?:零|又|加|and)?(?:(?P<months>{_NUMBER})(?:个?月|months?|mths?|mons?|m))?"
)
_BARE = re.compile(r"\d+(?:\.0+)?")
_REMARK = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_SAYS_NUMBER = re.compile(rf"\d|{NUMERAL}|半")


def read_months(raw: Cell, *, unit: Unit | None = None) -> Reading[int]:
    """A free period in months. Plain numbers are months, or years in a column whose header says 年.

    Asked about: a plain number below 6 (years are as likely meant), 无, and whatever names two periods.
    """
    if raw is None or raw == "":
        return Reading()
    if isinstance(raw, str):
        return _months_from_text(raw, unit)
    number = decimal_of(raw) if isinstance(raw, int | float) else None
    return Reading(problem=AMBIGUOUS) if number is None else _bare_months(number, unit)


@lru_cache(maxsize=4096)
def _months_from_text(raw: str, unit: Unit | None) -> Reading[int]:
    text = plain(raw)
    if text in _NONE:
        return Reading(problem=AMBIGUOUS, proposal=0)
    if text in BLANKS:
        return Reading()
    # 三年(36个月) says one thing twice, 三年(含一年免费) two things.
    spellings = [_REMARK.sub("", text), *filter(_SAYS_NUMBER.search, _REMARK.findall(text))]
    readings = {_spelled_months(spelling, unit) for spelling in spellings}
    return readings.pop() if len(readings) == 1 else Reading(problem=AMBIGUOUS)


def _spelled_months(text: str, unit: Unit | None) -> Reading[int]:
    if _BARE.fullmatch(text):
        return _bare_months(Decimal(text), unit)
    found = _YEARS_MONTHS.fullmatch(_FILLER.sub("", _SINCE.sub("", text)))
    if not found or not (found["years"] or found["months"]):
        return Reading(problem=AMBIGUOUS)
    years, months = _number(found["years"]), _number(found["months"])
    if years is None or months is None:
        return Reading(problem=AMBIGUOUS)
    return _months(years * 12 + months + (6 if found["half"] else 0))


def _number(text: str | None) -> Decimal | None:
    if not text:
        return Decimal(0)
    if text == "半":
        return Decimal("0.5")
    if text.isascii():
        return Decimal(text)
    value = read_numeral(text)
    return None if value is None else Decimal(value)


def _bare_months(number: Decimal, unit: Unit | None) -> Reading[int]:
    if unit:
        return _months(number * unit.factor)
    if 0 < number < 6:
        return Reading(problem=AMBIGUOUS, proposal=_months(number * 12).value)
    return _months(number)


def _months(number: Decimal) -> Reading[int]:
    if number != number.to_integral() or not 0 <= number <= MAX_FREE_MONTHS:
        return Reading(problem=AMBIGUOUS)
    return Reading(int(number))


_TIMES: Final = {
    "年": 1, "年度": 1, "半年": 2, "半年度": 2, "季": 4, "季度": 4, "双月": 6, "月": 12, "月度": 12,
    "year": 1, "quarter": 4, "month": 12,
}  # fmt: skip
_PERIOD = r"半年度?|年度?|季度?|双月|月度?|个月|year|quarter|month"
_COUNT: Final = rf"\d+|{NUMERAL}"
_VISITS = re.compile(
    rf"(?P<count>{_COUNT})(?P<times>次|回|遍|times?|visits?)?(?:(?P<by>/|每|per|a)?一?(?P<period>{_PERIOD}))?"
)
_EVERY = re.compile(
    rf"(?:[每按]|一|every)?(?P<length>{_COUNT})?个?(?P<period>{_PERIOD})内?[:/,]?"
    rf"(?P<count>{_COUNT})?(?:次|回|遍|times?|visits?)?"
)
_AROUND = re.compile(
    r"^(?:现场|定期|例行|全年|常规|共|不少于|至少)|(?:现场|定期|例行)?(?:巡检|巡查|检查)(?:服务)?|[。;,]$"
)
_WORDS: Final = {
    "monthly": 12, "quarterly": 4, "yearly": 1, "annually": 1, "annual": 1, "once": 1, "twice": 2,
    "halfyearly": 2, "half-yearly": 2, "semiannually": 2, "semi-annually": 2, "twiceayear": 2, "onceayear": 1,
    "不巡检": 0, "无巡检": 0, "无需巡检": 0, "不含巡检": 0, "不需要": 0,
}  # fmt: skip


def read_inspections(raw: Cell, *, unit: Unit | None = None) -> Reading[int]:
    """Inspections a year: 每季一次 is 4, 每月1次 12, 半年一次 2, 2次/年 and a plain 2 are 2."""
    if raw is None or raw == "":
        return Reading()
    if isinstance(raw, str):
        return _visits_from_text(raw, unit)
    number = decimal_of(raw) if isinstance(raw, int | float) else None
    return Reading(problem=AMBIGUOUS) if number is None else _visits(number * (unit.factor if unit else 1))


@lru_cache(maxsize=4096)
def _visits_from_text(raw: str, unit: Unit | None) -> Reading[int]:
    text = plain(raw)
    if text in _NONE:
        return Reading(problem=AMBIGUOUS, proposal=0)
    if text in BLANKS:
        return Reading()
    if text in _WORDS:
        return _visits(Decimal(_WORDS[text]))
    text = _AROUND.sub("", text).replace("隔月", "双月")
    if found := _VISITS.fullmatch(text):
        count = read_numeral(found["count"])
        if count is None or (found["period"] and not (found["times"] or found["by"])):
            return Reading(problem=AMBIGUOUS)
        stated = _TIMES.get(found["period"] or "")
        return _visits(Decimal(count) * (stated or (unit.factor if unit else 1)))
    if found := _EVERY.fullmatch(text):
        return _every(found["length"], found["period"], found["count"])
    return Reading(problem=AMBIGUOUS)


def _every(length: str | None, period: str, count: str | None) -> Reading[int]:
    """每两个月一次: 12 months ÷ 2 × 1."""
    apart = read_numeral(length) if length else 1
    visits = read_numeral(count) if count else 1
    times = _TIMES["月" if period == "个月" else period]
    if not apart or visits is None or times * visits % apart:
        return Reading(problem=AMBIGUOUS)
    return _visits(Decimal(times * visits // apart))


def _visits(number: Decimal) -> Reading[int]:
    if number != number.to_integral() or not 0 <= number <= MAX_INSPECTIONS:
        return Reading(problem=AMBIGUOUS)
    return Reading(int(number))

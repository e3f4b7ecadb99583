"""Where the State Council's days come from: a package at install, later a pasted notice or a CSV file.

They are stored as rows and never asked for at run time: an upgrade of the package moves no due date
(docs/rules.md 3, docs/practice.md 3.3).
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import zip_longest
from typing import NamedTuple, get_args

from chinese_calendar import constants as package

from base.lib.dates import daterange
from base.lib.worktime import DayKind

_ENGLISH_NAMES = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-autumn Festival",
    "国庆节": "National Day",
}

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}

# Patterns for text after NFKC: brackets, colons, commas and figures are half-width.
_HEAD = re.compile(
    r"(?:^\s*|(?=[一二三四五六七八九十]+、))"
    r"(?P<number>[一二三四五六七八九十]+、)?\s*(?P<name>[^\d\s,。:()]{1,30})\s*:",
    re.MULTILINE,
)
_SENTENCE = re.compile(r"[^。;\s][^。;]*")
# No day for everybody: half a day for some (妇女节, 青年节), and from which day on work is as ever.
_OF_NO_DAY = re.compile(r"半\s*天|^\s*(?:\d{4}\s*年\s*)?\d{1,2}\s*月\s*\d{1,2}\s*日\s*(?:\([^)]*\))?\s*起")
_TOKEN = re.compile(
    r"""
    (?:(?P<year>\d{4})\s*年\s*)? (?:(?P<month>\d{1,2})\s*月\s*)? (?P<day>\d{1,2})\s*日
        (?:\s*\([^)]*?(?:周|星期)(?P<weekday>[一二三四五六日天])[^)]*\) | \s*\([^)]*\))?
        (?P<to>\s*[至到~—–-])?
    | (?P<verb>放假|补休|上班)
    | (?P<count>\d+)\s*天
    | (?P<comma>,)
    """,
    re.VERBOSE,
)


class OfficialDay(NamedTuple):
    day: date
    kind: DayKind
    name: str


class UnreadableDays(ValueError):
    """A line that cannot be taken. `problem` is one of a few fixed words, for telling it in any language:

    columns, not_a_date, wrong_weekday, wrong_count, ends_before_start, other_year, not_a_weekend,
    unknown_kind, contradiction, no_days.
    """

    def __init__(self, line: int, problem: str, found: object) -> None:
        super().__init__(f"line {line}: {problem.replace('_', ' ')}: {found}")
        self.line = line
        self.problem = problem
        self.found = found


def seed_days() -> tuple[list[OfficialDay], frozenset[int]]:
    """All special days the package knows, under their Chinese names, and the years it covers."""
    chinese = {english: name for name, english in _ENGLISH_NAMES.items()}
    names = {entry.value: chinese.get(entry.value, entry.chinese) for entry in package.Holiday}
    days = [OfficialDay(day, "holiday", names[name]) for day, name in package.holidays.items()]
    days += [OfficialDay(day, "workday", names[name]) for day, name in package.workdays.items()]
    return sorted(days), frozenset(day.year for day in package.holidays)


def english_name(name: str) -> str:
    """A festival's English name, also of two that fall together (国庆节、中秋节); any other as it stands."""
    return ", ".join(_ENGLISH_NAMES.get(part, part) for part in name.split("、"))


def read_notice(text: str, year: int) -> list[OfficialDay]:
    """The days of the State Council's yearly notice, as pasted from its page (docs/practice.md 3.1).

    Only sentences that say 放假, 补休 or 上班 are taken, and no half days that only some people have. Weekdays and day counts in the notice are held
    against the calendar, so that another year's notice is refused. UnreadableDays names the line.
    """
    notice = unicodedata.normalize("NFKC", text)
    heads = list(_HEAD.finditer(notice))
    days: list[tuple[int, OfficialDay]] = []
    for head, following in zip_longest(heads, heads[1:]):
        end = following.start() if following else len(notice)
        found = list(_read_item(notice, head, end, year))
        if head["number"] and not found and not _OF_NO_DAY.search(notice, head.end(), end):
            raise UnreadableDays(_line(notice, head.end()), "no_days", head["name"])
        days += found
    return _agreed(days)


def read_days_csv(text: str) -> list[OfficialDay]:
    """The rows of a CSV file `date,kind,name`; kind is holiday or workday. UnreadableDays names the line."""
    rows = csv.reader(text.removeprefix("\ufeff").splitlines())
    header = next(rows, [])
    if [cell.strip().lower() for cell in header] != ["date", "kind", "name"]:
        raise UnreadableDays(1, "columns", ",".join(header))
    days: list[tuple[int, OfficialDay]] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if any(cells):
            days.append((rows.line_num, _read_row(cells, rows.line_num)))
    return _agreed(days)


def _read_row(cells: list[str], line: int) -> OfficialDay:
    if len(cells) != 3:
        raise UnreadableDays(line, "columns", ",".join(cells))
    written, kind, name = cells
    # Excel writes 2027/1/1 where 2027-01-01 was typed.
    parts = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", written)
    if parts is None:
        raise UnreadableDays(line, "not_a_date", written)
    day = _day(int(parts[1]), int(parts[2]), int(parts[3]), line)
    for known in get_args(DayKind):
        if kind == known:
            return OfficialDay(day, known, name)
    raise UnreadableDays(line, "unknown_kind", kind)


def _read_item(notice: str, head: re.Match[str], end: int, year: int) -> Iterator[tuple[int, OfficialDay]]:
    for sentence in _SENTENCE.finditer(notice, head.end(), end):
        line = _line(notice, sentence.start())
        if _OF_NO_DAY.search(sentence[0]):
            continue
        for kind, day in _read_sentence(sentence[0], year, line):
            if day.year not in (year - 1, year):
                raise UnreadableDays(line, "other_year", day)
            if kind == "workday" and day.weekday() < 5:
                raise UnreadableDays(line, "not_a_weekend", day)
            yield line, OfficialDay(day, kind, head["name"])


def _read_sentence(sentence: str, year: int, line: int) -> list[tuple[DayKind, date]]:
    """Dates gather until a verb says what they are; a comma without one drops them (…公休日调至…)."""
    found: list[tuple[DayKind, date]] = []
    waiting: list[date] = []
    month, span_from = 0, None
    for token in _TOKEN.finditer(sentence):
        if token["day"]:
            year, month = int(token["year"] or year), int(token["month"] or month)
            day = _day(year, month, int(token["day"]), line)
            if token["weekday"] and _WEEKDAYS[token["weekday"]] != day.weekday():
                raise UnreadableDays(line, "wrong_weekday", token[0])
            if span_from and day < span_from:
                raise UnreadableDays(line, "ends_before_start", token[0])
            waiting += daterange(waiting.pop(), day) if span_from else [day]
            span_from = day if token["to"] else None
        elif token["verb"]:
            found += [("workday" if token["verb"] == "上班" else "holiday", day) for day in waiting]
            waiting = []
        elif token["comma"]:
            waiting, span_from = [], None
        elif int(token["count"]) != sum(kind == "holiday" for kind, _ in found):
            raise UnreadableDays(line, "wrong_count", token[0])
    return found


def _agreed(days: Iterable[tuple[int, OfficialDay]]) -> list[OfficialDay]:
    """In order, each date once. Refuses a date that is both off and worked, and no dates at all."""
    agreed: dict[date, OfficialDay] = {}
    for line, found in days:
        if agreed.setdefault(found.day, found).kind != found.kind:
            raise UnreadableDays(line, "contradiction", found.day)
    if not agreed:
        raise UnreadableDays(1, "no_days", "")
    return sorted(agreed.values())


def _day(year: int, month: int, day: int, line: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableDays(line, "not_a_date", f"{year}-{month}-{day}") from None


def _line(notice: str, position: int) -> int:
    return notice.count("\n", 0, position) + 1

"""Months as the law counts them (docs/rules.md 1; Civil Code 201, 202)."""

from calendar import month_name, monthrange
from collections.abc import Iterator
from datetime import date, datetime

#: Years a date can be of; outside of them it is a slip of the keyboard, such as 0025 for 2025.
YEARS = range(1950, 2151)


def last_day_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, or the last day of that month where there is none.

    Count every boundary from the anchor: 29 February + 12 + 12 + 12 + 12 months ends on the 28th,
    29 February + 48 months on the 29th. Negative months go back. ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{day} {months:+} months lies outside the calendar")
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, last_day_of_month(first).day))


def months_between(first: date, last: date) -> int:
    """Whole months, rounded up: the smallest m >= 0 with add_months(first, m) >= last."""
    if last <= first:
        return 0
    months = (last.year - first.year) * 12 + last.month - first.month
    return months if add_months(first, months) >= last else months + 1


def daterange(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included; none when `last` lies before `first`."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def format_day(day: date, language: str) -> str:
    """The day as a letter writes it: 2026年11月22日, or 22 November 2026."""
    if language.startswith("zh"):
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {month_name[day.month]} {day.year}"


def format_moment(moment: datetime, language: str) -> str:
    """A moment, in its own time zone, as a letter writes it: 2026年11月22日 18:00, or 22 November 2026, 18:00."""
    between = " " if language.startswith("zh") else ", "
    return f"{format_day(moment.date(), language)}{between}{moment:%H:%M}"

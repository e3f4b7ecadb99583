"""The day the story is told on, and short ways to write days and sums."""

from datetime import UTC, date, datetime

from moneyed import Money

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 2, tzinfo=UTC)


def cny(amount: str) -> Money:
    return Money(amount, "CNY")

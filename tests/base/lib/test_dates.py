from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.dates import YEARS, add_months, daterange, format_day, last_day_of_month, months_between

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
months = st.integers(-600, 600)


# docs/rules.md 1, docs/practice.md 3.4, examples warranty end
@pytest.mark.parametrize(
    ("accepted", "months", "last"),
    [
        ("2025-03-15", 12, "2026-03-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 36, "2027-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-08-31", 18, "2027-02-28"),
        ("2023-10-01", 36, "2026-10-01"),
        ("2025-02-14", 12, "2026-02-14"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2024-06-30", 24, "2026-06-30"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-01-15", -1, "2024-12-15"),
        ("2025-01-15", 0, "2025-01-15"),
        ("0002-01-31", -12, "0001-01-31"),
        ("9998-12-31", 12, "9999-12-31"),
    ],
)
def test_add_months(accepted, months, last):
    assert add_months(date.fromisoformat(accepted), months) == date.fromisoformat(last)


@given(days, months)
def test_add_months_hits_the_month_and_the_day_or_its_last(day, months):
    result = add_months(day, months)
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day == min(day.day, last_day_of_month(result).day)


@given(days, months, months)
def test_boundaries_from_the_anchor_never_drift(anchor, n, m):
    """Going through a shorter month may lose days; counting from the anchor never does."""
    assert add_months(anchor, n + m) >= add_months(add_months(anchor, n), m)
    assert add_months(anchor, n + m).day in (anchor.day, last_day_of_month(add_months(anchor, n + m)).day)


@given(days, months)
def test_later_months_never_end_earlier(anchor, n):
    assert add_months(anchor, n) < add_months(anchor, n + 1)


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 31), -1)])
def test_add_months_refuses_to_leave_the_calendar(day, months):
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(day, months)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2025-03-15", "2026-03-15", 12),
        ("2025-03-15", "2026-03-14", 12),
        ("2025-03-15", "2026-03-16", 13),
        ("2024-02-29", "2025-02-28", 12),
        ("2025-01-31", "2025-02-28", 1),
        ("2025-01-31", "2025-03-01", 2),
        ("2025-01-31", "2025-01-31", 0),
        ("2025-01-31", "2024-01-31", 0),
        ("2025-01-31", "9999-12-31", 95699),
    ],
)
def test_months_between(first, last, months):
    assert months_between(date.fromisoformat(first), date.fromisoformat(last)) == months


@given(days, days)
def test_months_between_is_the_smallest_number_that_reaches(first, last):
    months = months_between(first, last)
    assert months >= 0
    assert add_months(first, months) >= last
    assert months == 0 or add_months(first, months - 1) < last


@pytest.mark.parametrize(
    ("day", "last"),
    [("2024-02-01", "2024-02-29"), ("2025-02-28", "2025-02-28"), ("2026-12-31", "2026-12-31")],
)
def test_last_day_of_month(day, last):
    assert last_day_of_month(date.fromisoformat(day)) == date.fromisoformat(last)


def test_years_a_date_can_be_of():
    assert (YEARS[0], YEARS[-1]) == (1950, 2150)


def test_daterange_includes_both_ends():
    assert list(daterange(date(2026, 2, 27), date(2026, 3, 1))) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert list(daterange(date.max, date.max)) == [date.max]
    assert list(daterange(date(2026, 3, 1), date(2026, 2, 28))) == []


@given(days, st.integers(0, 400))
def test_daterange_has_every_day_once(first, length):
    found = list(daterange(first, first + timedelta(days=length)))
    assert found == [first + timedelta(days=n) for n in range(length + 1)]


@pytest.mark.parametrize(
    ("language", "text"), [("zh-hans", "2026年1月5日"), ("en", "5 January 2026"), ("en-gb", "5 January 2026")]
)
def test_format_day(language, text):
    assert format_day(date(2026, 1, 5), language) == text

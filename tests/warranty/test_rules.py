"""Coverage: the tables of docs/rules.md 1, docs/practice.md 3.4, and what must hold for any acceptance day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.dates import add_months
from tests.chain import CALENDAR, day
from warranty.rules import (
    DAY,
    Period,
    Window,
    first_period,
    inspection_windows,
    next_period,
    planned_visit,
    resumed_period,
    with_last_day,
)

acceptance_days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
month_counts = st.integers(1, 60)


def chain(accepted_on: date, months: list[int], *, same_day: bool = False) -> list[Period]:
    periods = [first_period(accepted_on, months[0], same_day=same_day)]
    for count in months[1:]:
        periods.append(next_period(periods[-1], count))
    return periods


# Where terms end


@pytest.mark.parametrize(
    ("accepted_on", "months", "last_day"),
    [
        ("2025-03-15", 12, "2026-03-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2025-08-31", 18, "2027-02-28"),
        ("2023-10-01", 36, "2026-10-01"),
        ("2025-02-14", 12, "2026-02-14"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2024-06-30", 24, "2026-06-30"),
        ("2026-08-30", 6, "2027-02-28"),
        ("2027-08-30", 6, "2028-02-29"),
    ],
)
def test_a_first_term_ends_on_the_corresponding_day(accepted_on, months, last_day):
    period = first_period(day(accepted_on), months)
    assert (period.first_day, period.last_day) == (day(accepted_on), day(last_day))
    assert not period.hand_set


def test_every_boundary_is_counted_from_the_acceptance_day():
    periods = chain(day("2024-02-29"), [12, 12, 12, 12])
    assert [str(period.last_day) for period in periods] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]
    assert [str(period.first_day) for period in periods] == ["2024-02-29", "2025-03-01", "2026-03-01", "2027-03-01"]


def test_where_the_acceptance_day_counts_each_last_day_is_one_earlier():
    periods = chain(day("2025-03-15"), [12, 12], same_day=True)
    assert [(str(p.first_day), str(p.last_day)) for p in periods] == [
        ("2025-03-15", "2026-03-14"),
        ("2026-03-15", "2027-03-14"),
    ]


@pytest.mark.parametrize(
    ("accepted_on", "last_days"),
    [
        # 29 February less one day is the 28th; from the 1st of March it is the last of February, leap year or not.
        ("2024-02-29", ["2025-02-27", "2026-02-27", "2027-02-27", "2028-02-28"]),
        ("2024-03-01", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
    ],
)
def test_the_same_day_rule_keeps_the_anchor_too(accepted_on, last_days):
    periods = chain(day(accepted_on), [12, 12, 12, 12], same_day=True)
    assert [str(period.last_day) for period in periods] == last_days


def test_later_terms_follow_an_end_set_by_hand():
    written = with_last_day(first_period(day("2025-03-15"), 12), day("2026-03-31"))
    assert written.hand_set
    assert (written.months, written.whole_months) == (12, 13)  # agreed, and whole months rounded up
    following = next_period(written, 12)
    assert (following.first_day, following.last_day) == (day("2026-04-01"), day("2027-03-31"))
    assert next_period(following, 12).last_day == day("2028-03-31")


def test_an_end_set_by_hand_keeps_the_same_day_rule():
    written = with_last_day(first_period(day("2025-03-15"), 12, same_day=True), day("2026-03-31"))
    following = next_period(written, 12)
    assert (following.first_day, following.last_day) == (day("2026-04-01"), day("2027-03-31"))


def test_an_end_set_by_hand_where_it_was_anyway_is_none():
    period = first_period(day("2025-03-15"), 12)
    assert with_last_day(period, period.last_day) == period
    assert with_last_day(with_last_day(period, day("2026-03-31")), period.last_day) == period


def test_a_term_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="before it starts"):
        with_last_day(first_period(day("2025-03-15"), 12), day("2025-03-14"))


@pytest.mark.parametrize(
    ("first_day", "months", "last_days"),
    [
        ("2026-05-10", 12, ["2027-05-09", "2028-05-09"]),
        ("2026-03-01", 12, ["2027-02-28", "2028-02-29"]),
        ("2026-05-31", 1, ["2026-06-29", "2026-07-30"]),
    ],
)
def test_lapsed_coverage_taken_up_again_is_counted_from_its_first_day(first_day, months, last_days):
    periods = [resumed_period(day(first_day), months)]
    periods.append(next_period(periods[0], months))
    assert [str(period.last_day) for period in periods] == last_days


@given(
    acceptance_days,
    st.lists(month_counts, min_size=1, max_size=8),
    st.booleans(),
    st.data(),
)
def test_terms_tile_without_gap_or_overlap(accepted_on, months, same_day, data):
    """Whatever ends were written by hand on the way."""
    periods: list[Period] = []
    for count in months:
        period = next_period(periods[-1], count) if periods else first_period(accepted_on, count, same_day=same_day)
        if data.draw(st.booleans()):
            shift = data.draw(st.integers(-20, 400))
            period = with_last_day(period, max(period.first_day, period.last_day + timedelta(days=shift)))
        periods.append(period)
    assert periods[0].first_day == accepted_on
    assert all(period.first_day <= period.last_day for period in periods)
    assert all(later.first_day == earlier.last_day + DAY for earlier, later in pairwise(periods))


@given(acceptance_days, st.lists(month_counts, min_size=1, max_size=8), st.booleans())
def test_a_chain_ends_where_one_long_term_would(accepted_on, months, same_day):
    last = chain(accepted_on, months, same_day=same_day)[-1]
    assert last.last_day == first_period(accepted_on, sum(months), same_day=same_day).last_day
    assert last.last_day == add_months(accepted_on, sum(months)) - (DAY if same_day else timedelta())


@given(acceptance_days, month_counts, st.integers(0, 800), st.booleans())
def test_whole_months_cover_a_term_and_not_one_more(accepted_on, months, length, same_day):
    ends = accepted_on + timedelta(days=length)
    written = with_last_day(first_period(accepted_on, months, same_day=same_day), ends)
    assert written.months == months
    assert written.boundary(written.whole_months) >= ends
    assert written.whole_months == 1 or written.boundary(written.whole_months - 1) < ends


# Inspection windows and visits


@pytest.mark.parametrize(
    ("accepted_on", "months", "per_year", "windows"),
    [
        ("2026-06-26", 12, 2, ["2026-06-26…2026-12-26", "2026-12-27…2027-06-26"]),
        ("2026-01-31", 12, 1, ["2026-01-31…2027-01-31"]),
        ("2026-01-31", 3, 4, ["2026-01-31…2026-04-30"]),
        ("2026-01-31", 4, 4, ["2026-01-31…2026-03-31", "2026-04-01…2026-05-31"]),
        # ceil(2 · 18 / 12) = 3 windows of six months
        ("2024-04-30", 18, 2, ["2024-04-30…2024-10-30", "2024-10-31…2025-04-30", "2025-05-01…2025-10-30"]),
        # ceil(2 · 7 / 12) = 2 windows, the first of floor(7 / 2) = 3 months
        ("2026-01-15", 7, 2, ["2026-01-15…2026-04-15", "2026-04-16…2026-08-15"]),
        ("2026-01-15", 12, 0, []),
    ],
)
def test_windows_of_a_term(accepted_on, months, per_year, windows):
    found = inspection_windows(first_period(day(accepted_on), months), per_year)
    assert [f"{window.first_day}…{window.last_day}" for window in found] == windows


def test_a_period_is_counted_from_the_day_after_acceptance_unless_said_otherwise():
    first = day("2026-01-15")
    assert Period(first, day("2027-01-15"), 12, first) == first_period(first, 12)
    assert Period(first, day("2027-01-15"), 12, first).boundary(12) == day("2027-01-15")


def test_windows_of_a_later_term_stay_on_the_anchor():
    _first, second = chain(day("2024-02-29"), [12, 12])
    assert [str(window.last_day) for window in inspection_windows(second, 4)] == [
        "2025-05-29",
        "2025-08-29",
        "2025-11-29",
        "2026-02-28",
    ]


periods = st.builds(
    lambda accepted_on, months, same_day: chain(accepted_on, months, same_day=same_day)[-1],
    acceptance_days,
    st.lists(month_counts, min_size=1, max_size=3),
    st.booleans(),
)
ended_by_hand = st.builds(
    lambda period, length: with_last_day(period, period.first_day + timedelta(days=length)),
    periods,
    st.integers(0, 1500),
)
resumed = st.builds(resumed_period, acceptance_days, month_counts)


@given(st.one_of(periods, ended_by_hand, resumed), st.integers(1, 12))
def test_windows_tile_the_term_exactly(period, per_year):
    windows = list(inspection_windows(period, per_year))
    assert windows[0].first_day == period.first_day
    assert windows[-1].last_day == period.last_day
    assert all(window.first_day <= window.last_day for window in windows)
    assert all(later.first_day == earlier.last_day + DAY for earlier, later in pairwise(windows))


def test_more_visits_than_months_leave_out_only_the_windows_without_a_day():
    """With the acceptance day counted, the first boundary lies before the first day: there is no window there."""
    windows = list(inspection_windows(first_period(day("2026-01-01"), 1, same_day=True), 24))
    assert windows == [Window(day("2026-01-01"), day("2026-01-31"))]


@given(st.one_of(periods, resumed), st.integers(1, 12))
def test_a_term_of_m_months_has_its_promised_number_of_windows(period, per_year):
    assert len(list(inspection_windows(period, per_year))) == -(-per_year * period.whole_months // 12)


@pytest.mark.parametrize(
    ("window", "today", "visit"),
    [
        (("2026-06-26", "2026-12-26"), "2026-06-26", "2026-11-26"),
        # 30 days before is 1 October: after the holidays
        (("2026-05-01", "2026-10-31"), "2026-05-01", "2026-10-08"),
        # 30 days before is a Sunday that is worked
        (("2026-05-01", "2026-10-20"), "2026-05-01", "2026-09-20"),
        # a window shorter than 30 days
        (("2026-11-02", "2026-11-20"), "2026-10-01", "2026-11-02"),
        # found late: today, a Sunday, is moved to Monday
        (("2026-06-01", "2026-12-01"), "2026-11-22", "2026-11-23"),
        # the window ends at a weekend, and so does what is left of it
        (("2026-06-01", "2026-11-22"), "2026-11-21", "2026-11-22"),
        (("2026-06-01", "2026-11-22"), "2026-11-22", "2026-11-22"),
    ],
)
def test_a_visit_is_planned_thirty_days_before_its_window_ends(window, today, visit):
    place = Window(day(window[0]), day(window[1]))
    assert planned_visit(place, today=day(today), calendar=CALENDAR) == day(visit)


@given(st.dates(date(2023, 1, 1), date(2028, 6, 30)), st.integers(0, 400), st.integers(-400, 400))
def test_a_visit_lies_in_its_window_and_not_before_today(first_day, length, offset):
    window = Window(first_day, first_day + timedelta(days=length))
    today = min(first_day + timedelta(days=offset), window.last_day)
    visit = planned_visit(window, today=today, calendar=CALENDAR)
    assert window.first_day <= visit <= window.last_day
    assert visit >= today
    assert CALENDAR.is_workday(visit) or visit == window.last_day
    assert visit >= window.last_day - timedelta(days=30)

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from base.lib.dates import add_months, daterange
from base.lib.official_days import seed_days
from base.lib.worktime import STANDARD_WINDOWS, DayRule, Due, DueAt, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICIAL, YEARS = seed_days()
RULES = {day: DayRule(kind, name, "official") for day, kind, name in OFFICIAL}
CHINA = WorkCalendar(STANDARD_WINDOWS, RULES, YEARS)

days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
moments = st.datetimes(datetime(2024, 1, 1), datetime(2027, 6, 30), timezones=st.just(SHANGHAI))


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def with_days(*rules: tuple[str, str, str], windows=STANDARD_WINDOWS, tz="Asia/Shanghai") -> WorkCalendar:
    declared = {day(on): DayRule(kind, name, "company") for on, kind, name in rules}
    return WorkCalendar(windows, declared, frozenset({2025, 2026}), tz)


def add_minutes(calendar: WorkCalendar, moment: datetime, minutes: int) -> DueAt:
    return calendar.add_business_time(moment, timedelta(minutes=minutes))


# Days


@pytest.mark.parametrize(
    ("year", "workdays"),
    [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_working_days_of_a_year(year, workdays):
    """docs/practice.md 3.1; 2020 by the notice as changed in that spring."""
    assert sum(CHINA.is_workday(on) for on in daterange(date(year, 1, 1), date(year, 12, 31))) == workdays


# docs/practice.md 3.1, examples 2026
@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ],
)
def test_holidays_of_2026(first, last):
    assert not any(CHINA.is_workday(on) for on in daterange(day(first), day(last)))


def test_weekends_worked_in_2026():
    worked = filter(CHINA.is_workday, daterange(day("2026-01-01"), day("2026-12-31")))
    assert [f"{on:%m-%d}" for on in worked if on.weekday() >= 5] == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]


@pytest.mark.parametrize(("on", "provisional"), [("2026-12-31", False), ("2027-01-01", True), ("2003-12-31", True)])
def test_a_day_of_a_year_without_official_days_is_provisional(on, provisional):
    assert CHINA.is_provisional(day(on)) == provisional


def test_a_datetime_is_not_taken_for_a_day():
    with pytest.raises(TypeError, match="date"):
        CHINA.is_workday(at("2026-10-01 10:00"))


# docs/practice.md 3.4: the last day rolled forward by Civil Code 203
@pytest.mark.parametrize(
    ("accepted", "months", "rolled"),
    [
        ("2025-03-15", 12, "2026-03-16"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 24, "2026-02-28"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2025-08-31", 6, "2026-02-28"),
        ("2023-10-01", 36, "2026-10-08"),
        ("2025-02-14", 12, "2026-02-14"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2024-06-30", 24, "2026-06-30"),
    ],
)
def test_next_workday(accepted, months, rolled):
    assert CHINA.next_workday(add_months(day(accepted), months)) == day(rolled)


# docs/practice.md 3.4, examples reminders
@pytest.mark.parametrize(
    ("end", "offset", "sent"),
    [
        ("2026-12-31", -90, "2026-09-30"),
        ("2026-12-31", -60, "2026-10-30"),
        ("2026-12-31", -30, "2026-12-01"),
        ("2026-12-31", -15, "2026-12-16"),
        ("2026-12-31", -7, "2026-12-24"),
        ("2026-12-31", -1, "2026-12-30"),
        ("2026-12-31", 7, "2027-01-07"),
        ("2026-10-31", -30, "2026-09-30"),
        ("2026-11-08", -30, "2026-10-09"),
    ],
)
def test_previous_workday(end, offset, sent):
    assert CHINA.previous_workday(day(end) + timedelta(days=offset)) == day(sent)


@given(days)
def test_neighbouring_workdays_enclose_the_day(on):
    before, after = CHINA.previous_workday(on), CHINA.next_workday(on)
    assert before <= on <= after
    assert CHINA.is_workday(before)
    assert CHINA.is_workday(after)
    between = daterange(before + timedelta(days=1), after - timedelta(days=1))
    assert not any(CHINA.is_workday(other) for other in between if other != on)
    assert (before == on == after) == CHINA.is_workday(on)


# docs/practice.md 3.1, examples add working days
@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-18", 1, "2026-09-20"),
        ("2026-09-18", 2, "2026-09-21"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-14", 5, "2026-02-28"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-05-08", 1, "2026-05-09"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-01-01", 1, "2026-01-04"),
        ("2026-01-01", 2, "2026-01-05"),
        ("2026-10-01", 0, "2026-10-08"),
        ("2026-10-08", 0, "2026-10-08"),
    ],
)
def test_add_working_days(start, n, due):
    assert CHINA.add_working_days(day(start), n) == Due(day(due), provisional=False)


@pytest.mark.parametrize(
    ("start", "n", "due", "provisional"),
    [
        ("2026-12-30", 1, "2026-12-31", False),
        ("2026-12-31", 1, "2027-01-01", True),
        ("2027-01-01", 0, "2027-01-01", True),
        ("2003-12-31", 1, "2004-01-02", False),  # the start day's own status is not used
    ],
)
def test_a_date_that_used_an_unknown_year_is_provisional(start, n, due, provisional):
    assert CHINA.add_working_days(day(start), n) == Due(day(due), provisional)


def test_a_known_year_after_an_unknown_one_stays_provisional():
    calendar = WorkCalendar(STANDARD_WINDOWS, {}, frozenset({2025, 2027}))
    assert calendar.add_working_days(day("2025-12-31"), 262) == Due(day("2027-01-01"), provisional=True)


@given(days, st.integers(1, 60), st.integers(0, 60))
def test_working_days_add_up(start, n, m):
    first = CHINA.add_working_days(start, n).day
    assert CHINA.add_working_days(start, n + m).day == CHINA.add_working_days(first, m).day
    assert sum(map(CHINA.is_workday, daterange(start + timedelta(days=1), first))) == n


def test_working_days_are_not_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        CHINA.add_working_days(day("2026-01-01"), -1)


@pytest.mark.parametrize(
    "search",
    [
        lambda calendar: calendar.next_workday(day("2026-01-01")),
        lambda calendar: calendar.previous_workday(day("2040-01-01")),
        lambda calendar: calendar.add_working_days(day("2026-01-01"), 1),
        lambda calendar: add_minutes(calendar, at("2026-01-01 10:00"), 1),
    ],
)
def test_a_search_without_working_days_ends(search):
    years_off = daterange(date(2025, 1, 1), date(2041, 1, 1))
    closed = dict.fromkeys(years_off, DayRule("holiday", "closed", "company"))
    calendar = WorkCalendar(STANDARD_WINDOWS, closed, frozenset({2026}))
    with pytest.raises(ValueError, match="within ten years"):
        search(calendar)


@pytest.mark.parametrize(("off", "found"), [(3652, True), (3653, False)])
def test_a_search_looks_at_exactly_ten_years(off, found):
    first = date(2025, 1, 1)
    closed = {first + timedelta(days=n): DayRule("holiday", "closed", "company") for n in range(off)}
    everyday = dict.fromkeys(range(7), STANDARD_WINDOWS[0])
    calendar = WorkCalendar(everyday, closed, frozenset())
    if found:
        assert calendar.next_workday(first) == first + timedelta(days=off)
    else:
        with pytest.raises(ValueError, match="within ten years"):
            calendar.next_workday(first)


def test_a_search_ends_with_the_calendar_itself():
    with pytest.raises(ValueError, match="out of range"):
        CHINA.add_working_days(day("9999-12-01"), 60)


# Close of business and report days


def test_close_of_business():
    assert CHINA.close_of_business(day("2026-10-10")) == at("2026-10-10 18:00")
    with pytest.raises(ValueError, match="not a working day"):
        CHINA.close_of_business(day("2026-10-01"))


@pytest.mark.parametrize(
    ("reported", "n", "due"),
    [
        ("2026-09-30 17:00", 1, "2026-10-08 18:00"),  # docs/rules.md 3
        ("2026-09-18 08:00", 1, "2026-09-20 18:00"),
        ("2026-09-18 23:59", 3, "2026-09-22 18:00"),
        ("2026-10-03 12:00", 1, "2026-10-08 18:00"),
    ],
)
def test_add_working_days_at(reported, n, due):
    assert CHINA.add_working_days_at(at(reported), n) == DueAt(at(due), provisional=False)


def test_the_report_day_is_the_calendars_not_the_senders():
    reported = datetime(2026, 9, 17, 17, 0, tzinfo=UTC)  # 18 September, 01:00 in Shanghai
    assert CHINA.add_working_days_at(reported, 1).at == at("2026-09-20 18:00")


# Business hours


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-09-30 17:30", 60, "2026-10-08 09:30"),  # docs/rules.md 3
        ("2026-09-30 17:30", 30, "2026-09-30 18:00"),
        ("2026-09-30 11:30", 60, "2026-09-30 13:30"),
        ("2026-09-30 08:00", 0, "2026-09-30 09:00"),
        ("2026-09-30 10:00", 0, "2026-09-30 10:00"),
        ("2026-09-30 20:00", 1, "2026-10-08 09:01"),
        ("2026-09-18 17:30", 60, "2026-09-20 09:30"),
        ("2026-09-30 17:59:30", 1, "2026-10-08 09:00:30"),
        ("2026-10-08 09:00", 480 * 2, "2026-10-09 18:00"),
    ],
)
def test_add_business_time(start, minutes, due):
    assert add_minutes(CHINA, at(start), minutes) == DueAt(at(due), provisional=False)


@pytest.mark.parametrize(
    ("minutes", "due", "provisional"), [(480, "2026-12-31 18:00", False), (481, "2027-01-01 09:01", True)]
)
def test_minutes_that_reach_an_unknown_year_are_provisional(minutes, due, provisional):
    assert add_minutes(CHINA, at("2026-12-31 09:00"), minutes) == DueAt(at(due), provisional)


@pytest.mark.parametrize(
    ("start", "end", "minutes", "seconds"),
    [
        ("2026-09-30 17:30", "2026-10-08 09:30", 60, 0),
        ("2026-09-30 00:00", "2026-10-01 00:00", 480, 0),
        ("2026-10-01 09:00", "2026-10-07 18:00", 0, 0),
        ("2026-10-10 11:00", "2026-10-10 14:00", 120, 0),
        ("2026-10-09 10:00:30", "2026-10-09 10:02:00", 1, 30),
        ("2026-10-09 10:02:00", "2026-10-09 10:00:30", -1, -30),
        ("2026-10-09 10:00", "2026-10-09 10:00", 0, 0),
    ],
)
def test_business_time_between(start, end, minutes, seconds):
    assert CHINA.business_time_between(at(start), at(end)) == timedelta(minutes=minutes, seconds=seconds)


@given(moments, moments, moments)
def test_business_time_adds_up(a, b, c):
    between = CHINA.business_time_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=40)), st.timedeltas(timedelta(0), timedelta(days=5)))
def test_business_time_is_monotone_and_never_more_than_the_clock(start, span, more):
    counted = CHINA.business_time_between(start, start + span)
    assert timedelta(0) <= counted <= span
    assert counted <= CHINA.business_time_between(start, start + span + more) <= counted + more


@given(moments, st.integers(0, 5000), st.integers(1, 500))
def test_adding_minutes_is_the_mirror_of_counting_them(start, minutes, more):
    due = add_minutes(CHINA, start, minutes)
    assert CHINA.business_time_between(start, due.at) == timedelta(minutes=minutes)
    assert due.at < add_minutes(CHINA, start, minutes + more).at
    assert add_minutes(CHINA, due.at, more).at == add_minutes(CHINA, start, minutes + more).at


@given(moments, st.integers(1, 5000))
def test_a_deadline_is_the_earliest_moment(start, minutes):
    due = add_minutes(CHINA, start, minutes).at
    assert CHINA.business_time_between(start, due - timedelta(seconds=1)) < timedelta(minutes=minutes)


def test_business_time_is_not_counted_backward():
    with pytest.raises(ValueError, match="forward"):
        add_minutes(CHINA, at("2026-10-09 10:00"), -1)


def test_other_time_zones_are_converted():
    due = add_minutes(CHINA, datetime(2026, 9, 30, 9, 30, tzinfo=UTC), 60).at  # 17:30 in Shanghai
    assert (due, due.utcoffset()) == (at("2026-10-08 09:30"), timedelta(hours=8))


@pytest.mark.parametrize(
    "call",
    [
        lambda: add_minutes(CHINA, datetime(2026, 9, 30, 9, 30), 1),
        lambda: CHINA.business_time_between(datetime(2026, 9, 30), at("2026-10-01 00:00")),
        lambda: CHINA.add_working_days_at(datetime(2026, 9, 30), 1),
        lambda: list(CHINA.segments(at("2026-09-30 00:00"), datetime(2026, 10, 1))),
    ],
)
def test_a_moment_without_its_zone_is_refused(call):
    with pytest.raises(ValueError, match="time zone"):
        call()


# The weekly plan


@pytest.mark.parametrize(
    ("windows", "message"),
    [
        ({}, "at least one"),
        ({0: (), 1: ()}, "at least one"),
        ({0: ((time(9), time(12)), (time(11), time(18)))}, "overlap"),
        ({0: ((time(13), time(18)), (time(9), time(12)))}, "overlap or are out of order"),
        ({0: ((time(18), time(0)), (time(9), time(12)))}, "overlap"),
        ({0: ((time(12), time(9)),)}, "ends before it starts"),
        ({0: ((time(9), time(9)),)}, "ends before it starts"),
        ({7: ((time(9), time(12)),)}, "no such weekday"),
    ],
)
def test_an_impossible_plan_is_refused(windows, message):
    with pytest.raises(ValueError, match=message):
        WorkCalendar(windows, {}, frozenset())


MORNING = ((time(8), time(12)),)
EVENING = ((time(14), time(20)),)


@pytest.mark.parametrize(
    ("windows", "on", "close"),
    [
        ({0: MORNING, 1: EVENING}, "2026-10-10", "12:00"),  # Saturday: Monday's
        ({0: MORNING, 5: EVENING}, "2026-10-10", "12:00"),  # even where Saturday has its own
        ({1: EVENING, 2: MORNING}, "2026-10-11", "20:00"),  # no Monday: the first weekday with hours
        ({1: EVENING, 2: MORNING}, "2026-10-12", "20:00"),  # a Monday without hours, worked
        ({0: MORNING, 1: EVENING}, "2026-10-13", "20:00"),  # a Tuesday, worked as always
    ],
)
def test_a_declared_working_day_has_mondays_windows(windows, on, close):
    calendar = with_days((on, "workday", ""), windows=windows)
    assert calendar.close_of_business(day(on)) == at(f"{on} {close}")


def test_windows_may_touch():
    calendar = with_days(windows={0: ((time(9), time(12)), (time(12), time(18)))})
    assert calendar.business_time_between(at("2026-10-12 00:00"), at("2026-10-13 00:00")) == timedelta(hours=9)


def test_days_and_hours_are_those_of_the_calendars_own_zone():
    """Neither of the machine nor of who asks: 17:30 in Greenwich is 18:30 in Berlin, and the next day in Shanghai."""
    berlin = ZoneInfo("Europe/Berlin")
    calendar = with_days(("2026-11-05", "holiday", ""), tz="Europe/Berlin")
    assert calendar.close_of_business(day("2026-11-03")) == at("2026-11-03 18:00", berlin)
    asked = at("2026-11-04 02:00")  # in Shanghai; seven in the evening of the third in Berlin
    assert calendar.add_working_days_at(asked, 1).at == at("2026-11-04 18:00", berlin)
    assert calendar.business_time_between(asked, at("2026-11-04 10:00", berlin)) == timedelta(hours=1)
    found = list(calendar.segments(asked, at("2026-11-04 09:30", berlin)))
    moments = [
        calendar.close_of_business(day("2026-11-03")),
        calendar.add_working_days_at(asked, 1).at,
        calendar.add_business_time(asked, timedelta(minutes=30)).at,
        *(moment for segment in found for moment in (segment.start, segment.end)),
    ]
    assert {moment.tzinfo for moment in moments} == {berlin}
    assert [f"{segment.end:%m-%d %H:%M}" for segment in found] == ["11-04 09:00", "11-04 09:30"]


def test_a_window_may_end_at_midnight():
    calendar = with_days(windows=dict.fromkeys(range(7), ((time(0), time(0)),)))
    assert calendar.business_time_between(at("2026-10-09 12:00"), at("2026-10-11 12:00")) == timedelta(hours=48)
    assert calendar.close_of_business(day("2026-10-09")) == at("2026-10-10 00:00")
    assert add_minutes(calendar, at("2026-10-09 23:59"), 2).at == at("2026-10-10 00:01")


def test_hours_are_real_hours_where_the_clock_changes():
    berlin = ZoneInfo("Europe/Berlin")
    calendar = with_days(windows=dict.fromkeys(range(7), ((time(0), time(0)),)), tz="Europe/Berlin")
    start, end = at("2026-03-29 00:00", berlin), at("2026-03-30 00:00", berlin)
    assert calendar.business_time_between(start, end) == timedelta(hours=23)
    assert add_minutes(calendar, start, 23 * 60).at == end
    twice = at("2026-10-25 02:30", berlin)
    (hour,) = calendar.segments(twice, twice.replace(fold=1))
    assert (hour.start.fold, hour.end.fold) == (0, 1)


def test_a_day_costs_one_look_up():
    """The plan asks for 100,000 days at a time."""
    asked = []

    class Days(dict):
        def get(self, key, default=None):
            asked.append(key)
            return super().get(key, default)

    calendar = WorkCalendar(STANDARD_WINDOWS, Days(CHINA.days), YEARS)
    assert calendar.previous_workday(day("2026-10-07")) == day("2026-09-30")
    assert asked == [date(2026, 10, n) for n in range(7, 0, -1)] + [date(2026, 9, 30)]


# Explaining a deadline


def explain(calendar, start, end):
    return [
        (f"{s.start:%m-%d %H:%M}", f"{s.end:%m-%d %H:%M}", s.reason, s.name)
        for s in calendar.segments(at(start), at(end))
    ]


def test_segments_explain_a_deadline():
    assert explain(CHINA, "2026-09-30 17:30", "2026-10-08 09:30") == [
        ("09-30 17:30", "09-30 18:00", "working_hours", ""),
        ("09-30 18:00", "10-01 00:00", "outside_hours", ""),
        ("10-01 00:00", "10-08 00:00", "holiday", "国庆节"),
        ("10-08 00:00", "10-08 09:00", "outside_hours", ""),
        ("10-08 09:00", "10-08 09:30", "working_hours", ""),
    ]


def test_segments_name_weekends_and_made_up_days():
    assert explain(CHINA, "2026-09-18 17:00", "2026-09-20 10:00") == [
        ("09-18 17:00", "09-18 18:00", "working_hours", ""),
        ("09-18 18:00", "09-19 00:00", "outside_hours", ""),
        ("09-19 00:00", "09-20 00:00", "day_off", ""),
        ("09-20 00:00", "09-20 09:00", "outside_hours", ""),
        ("09-20 09:00", "09-20 10:00", "make_up_day", "国庆节"),
    ]


def test_segments_join_over_a_night():
    assert explain(CHINA, "2026-10-08 12:30", "2026-10-09 09:00") == [
        ("10-08 12:30", "10-08 13:00", "outside_hours", ""),
        ("10-08 13:00", "10-08 18:00", "working_hours", ""),
        ("10-08 18:00", "10-09 09:00", "outside_hours", ""),
    ]


def test_segments_say_what_is_provisional():
    found = CHINA.segments(at("2026-12-31 20:00"), at("2027-01-01 08:00"))
    assert [(f"{s.end:%d %H}", s.provisional) for s in found] == [("01 00", False), ("01 08", True)]


def test_days_off_of_different_names_are_told_apart():
    calendar = with_days(("2026-11-05", "holiday", "moving"), ("2026-11-06", "holiday", "jubilee"))
    assert explain(calendar, "2026-11-05 00:00", "2026-11-07 00:00") == [
        ("11-05 00:00", "11-06 00:00", "holiday", "moving"),
        ("11-06 00:00", "11-07 00:00", "holiday", "jubilee"),
    ]


def test_no_segments_for_no_time():
    assert explain(CHINA, "2026-10-08 12:30", "2026-10-08 12:30") == []


@given(moments, st.timedeltas(timedelta(seconds=1), timedelta(days=30)))
def test_segments_tile_the_time_and_add_up(start, span):
    end = start + span
    found = list(CHINA.segments(start, end))
    assert (found[0].start, found[-1].end) == (start, end)
    assert all(one.end == other.start and one.start < one.end for one, other in pairwise(found))
    assert all(
        (one.reason, one.name, one.provisional) != (other.reason, other.name, other.provisional)
        for one, other in pairwise(found)
    )
    counted = sum((s.end - s.start for s in found if s.counted), timedelta(0))
    assert counted == CHINA.business_time_between(start, end)

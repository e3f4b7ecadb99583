"""The clock against another one that was written the slow way.

Nothing of the product is used for the expected side but the words: working days come from `chinesecalendar` itself,
and time is counted minute by minute.
"""

from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from hypothesis import given, settings
from hypothesis import strategies as st

from base.lib.official_days import seed_days
from base.lib.worktime import STANDARD_WINDOWS, DayRule, WorkCalendar
from service.enums import Happening as H  # noqa: N817 (stands in every line below)
from service.enums import Leg, LegState, RequestClass, Unit
from service.rules import Event, Target, evaluate_clock, history_of

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
_days, _years = seed_days()
CALENDAR = WorkCalendar(
    STANDARD_WINDOWS, {each.day: DayRule(each.kind, each.name, "official") for each in _days}, _years
)
LEGS = {H.ANSWERED: Leg.RESPONSE, H.ARRIVED: Leg.ARRIVAL}


@cache
def worked(day):
    return chinese_calendar.is_workday(day)


def in_office(moment):
    """Whether the minute that begins now is one of working hours."""
    clock = moment.time()
    return worked(moment.date()) and (time(9) <= clock < time(12) or time(13) <= clock < time(18))


def counts(unit, moment):
    return unit == Unit.CLOCK or in_office(moment)


def minutes(start, end):
    while start < end:
        yield start
        start += MINUTE


def due(unit, amount, reported, pauses=()):
    """Minute after minute until the time is spent, with the minutes of the pauses given back."""
    moment = reported
    if unit == Unit.DAYS:
        while amount:
            closes = moment.time() == time(18) and worked(moment.date()) and moment.date() > reported.date()
            if closes and not any(start <= moment < end for start, end in pauses):
                amount -= 1
            moment += MINUTE
        return moment - MINUTE
    left = amount + sum(counts(unit, minute) for start, end in pauses for minute in minutes(start, end))
    while left:
        left -= counts(unit, moment)
        moment += MINUTE
    return moment


def expected(unit, amount, reported, events, now):
    """The deadline of the resolution (None while it waits) and its state.

    Each time the clock is stopped it is asked whether the time had run out before: then the stop is as if it were not.
    """
    by, pauses, since, resolved = due(unit, amount, reported), [], None, None
    for event in events:
        if event.kind == H.PAUSED:
            since = event.at
        elif event.kind in (H.RESUMED, H.REOPENED) or (event.kind == H.RESOLVED and since):
            begun = since or resolved
            if begun <= by:
                pauses.append((begun, event.at))
                by = due(unit, amount, reported, pauses)
            since, resolved = None, None
        if event.kind == H.RESOLVED:
            resolved = event.at

    if since and since <= by:
        return None, LegState.PENDING
    end = resolved or now
    late = end > by
    return by, LegState.BREACHED if late else LegState.MET if resolved else LegState.PENDING


@st.composite
def histories(draw):
    """A report at any minute of 2024 to 2026, and what a desk may do with it afterwards."""
    most = int((datetime(2026, 11, 1) - datetime(2024, 1, 1)).total_seconds() // 60)
    reported = datetime(2024, 1, 1, tzinfo=ZONE) + draw(st.integers(0, most)) * MINUTE
    moment, state, events = reported, "open", []
    possible = {
        "open": [H.ANSWERED, H.ARRIVED, H.PAUSED, H.RESOLVED, H.RECLASSIFIED],
        "waiting": [H.ANSWERED, H.RESUMED, H.RESOLVED, H.RECLASSIFIED],
        "solved": [H.REOPENED],
    }
    leads_to = {H.PAUSED: "waiting", H.RESUMED: "open", H.RESOLVED: "solved", H.REOPENED: "open"}
    for _step in range(draw(st.integers(0, 7))):
        kind = draw(st.sampled_from(possible[state]))
        moment += draw(st.integers(0, 4000)) * MINUTE
        events.append(Event(moment, kind, RequestClass.SERIOUS if kind == H.RECLASSIFIED else None))
        state = leads_to.get(kind, state)
    return reported, events, moment + draw(st.integers(0, 6000)) * MINUTE


@settings(max_examples=250, deadline=None)
@given(histories(), st.sampled_from([(Unit.CLOCK, 1440), (Unit.BUSINESS, 4000), (Unit.DAYS, 10)]), st.data())
def test_the_resolution_by_minutes(history, unit, data):
    (kind, most), (reported, events, now) = unit, history
    target = Target(kind, data.draw(st.integers(1, most)))
    told = evaluate_clock(
        history_of([Event(reported, H.REPORTED, RequestClass.GENERAL), *events], now),
        {Leg.RESOLUTION: target},
        CALENDAR,
    ).resolution

    assert (told.by, told.state) == expected(*target, reported, events, now)


@settings(max_examples=250, deadline=None)
@given(histories(), st.sampled_from([(Unit.CLOCK, 600), (Unit.BUSINESS, 600), (Unit.DAYS, 3)]), st.data())
def test_answer_and_arrival_by_minutes(history, unit, data):
    """No pause touches them. A solution answers; solved in time before anybody came, nobody has to come."""
    (kind, most), (reported, events, now) = unit, history
    target = Target(kind, data.draw(st.integers(1, most)))
    told = evaluate_clock(
        history_of([Event(reported, H.REPORTED, RequestClass.GENERAL), *events], now),
        {Leg.RESPONSE: target, Leg.ARRIVAL: target},
        CALENDAR,
    )
    by = due(*target, reported)

    def first(*kinds):
        return next((each.at for each in events if each.kind in kinds), None)

    answered, came, solved = first(H.ANSWERED, H.RESOLVED), first(H.ARRIVED), first(H.RESOLVED)
    assert told.response[:2] == (by, state(by, answered, now))
    if solved and solved <= by and not (came and came <= solved):
        assert told.arrival == (None, LegState.NONE, False)
    else:
        assert told.arrival[:2] == (by, state(by, came, now))


def state(by, done, now):
    return LegState.BREACHED if (done or now) > by else LegState.MET if done else LegState.PENDING


@settings(max_examples=3000, deadline=None)
@given(histories(), st.sampled_from([(Unit.CLOCK, 4000), (Unit.BUSINESS, 900), (Unit.DAYS, 5)]), st.data())
def test_what_broke_keeps_its_deadline(history, unit, data):
    """Told of at every moment of its life: once the time has run out, nothing that comes later moves the deadline,
    empties it, or makes the breach undone; and no deadline is printed after a breach."""
    (kind, most), (reported, events, now) = unit, history
    events = [event for event in events if event.kind != H.RECLASSIFIED]
    promise = {Leg.RESOLUTION: Target(kind, data.draw(st.integers(1, most)))}
    broken = None
    for moment in sorted({reported, *(event.at for event in events), now}):
        known = [Event(reported, H.REPORTED, RequestClass.GENERAL), *events]
        told = evaluate_clock(history_of(known, moment), promise, CALENDAR).resolution
        if broken:
            assert told.by == broken
            assert told.state == LegState.BREACHED
        if told.state == LegState.BREACHED:
            broken = told.by
            assert broken
            assert broken < moment


@settings(max_examples=500, deadline=None)
@given(histories(), st.integers(0, 4000), st.data())
def test_uncovered_work_begins_with_its_price(history, wait, data):
    """Until then only the answer is promised; from then on arrival and solution as if it were reported that moment,
    with what it waited before left out of account."""
    reported, events, now = history
    promise = dict.fromkeys(Leg, Target(Unit.CLOCK, data.draw(st.integers(1, 4000))))
    agreed = reported + wait * MINUTE
    first = Event(reported, H.REPORTED, RequestClass.GENERAL)
    unpriced = evaluate_clock(history_of([first, *events], now, covered=False), promise, CALENDAR)
    assert unpriced.arrival == unpriced.resolution == (None, LegState.NONE, False)
    if agreed > now:
        return
    known = history_of([first, *events, Event(agreed, H.PRICE_AGREED)], now, covered=False)
    told = evaluate_clock(known, promise, CALENDAR)
    assert told.response == unpriced.response
    if told.arrival.state != LegState.NONE:
        assert told.arrival.by == due(*promise[Leg.ARRIVAL], agreed)
    clipped = [(max(start, agreed), end) for start, end in known.pauses if end > agreed]
    counted = [each for each in clipped if told.resolution.by is None or each[0] <= told.resolution.by]
    if told.resolution.by and len(counted) == len(clipped):
        assert told.resolution.by == due(*promise[Leg.RESOLUTION], agreed, clipped)

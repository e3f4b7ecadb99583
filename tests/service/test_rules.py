"""The clock's own law, case by case (docs/rules.md 4); thousands of random histories are in `test_clock.py`."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from service.enums import Happening as H  # noqa: N817 (stands in every line below)
from service.enums import Leg, LegState, Phase, Unit
from service.enums import RequestClass as C
from service.explain import stretches
from service.rules import (
    DEFAULT_TABLE,
    Event,
    NoReport,
    Pause,
    Target,
    coverage_phase,
    deadline,
    evaluate_clock,
    history_of,
    warning,
)

ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def told(calendar, request_class, *events, now="2026-12-31 00:00", phase=Phase.MAINTENANCE, promise=None):
    """The legs of a request reported 2026-09-30 17:30, the eve of a holiday of eight days."""
    history = history_of(
        [Event(at("2026-09-30 17:30"), H.REPORTED, request_class), *(Event(at(when), *what) for when, *what in events)],
        at(now),
    )
    return evaluate_clock(history, promise or DEFAULT_TABLE[phase, history.request_class], calendar)


@pytest.mark.parametrize(
    ("phase", "request_class", "respond", "arrive", "resolve"),
    [
        (Phase.TRIAL, C.MINOR, "2026-09-30 18:30", None, "2026-10-08 18:00"),
        (Phase.TRIAL, C.GENERAL, "2026-09-30 18:00", "2026-09-30 18:30", "2026-09-30 23:30"),
        (Phase.TRIAL, C.SERIOUS, "2026-09-30 17:45", "2026-09-30 18:00", "2026-10-01 05:30"),
        (Phase.MAINTENANCE, C.CRITICAL, "2026-09-30 18:00", "2026-09-30 23:30", "2026-10-08 18:00"),
        (Phase.MAINTENANCE, C.SERIOUS, "2026-09-30 18:00", "2026-10-01 01:30", "2026-10-09 18:00"),
        (Phase.MAINTENANCE, C.GENERAL, "2026-09-30 18:00", None, "2026-10-10 18:00"),
        (Phase.MAINTENANCE, C.QUESTION, "2026-10-01 17:30", None, None),
        (Phase.TRIAL, C.COMPLAINT, "2026-10-01 17:30", None, None),
    ],
)
def test_every_default_class_on_the_eve_of_the_national_day(calendar, phase, request_class, respond, arrive, resolve):
    """The 10th of October 2026 is a Saturday that is worked."""
    legs = told(calendar, request_class, now="2026-09-30 17:30", phase=phase)
    assert [leg.by for leg in legs] == [at(text) if text else None for text in (respond, arrive, resolve)]
    assert {leg.state for leg in legs} <= {LegState.PENDING, LegState.NONE}


def test_a_business_hour_over_the_holiday(calendar):
    due = deadline(at("2026-09-30 17:30"), Target(Unit.BUSINESS, 60), (), calendar)
    assert due.at == at("2026-10-08 09:30")


def test_an_event_at_the_deadline_is_in_time_and_a_minute_later_is_not(calendar):
    in_time = told(calendar, C.CRITICAL, ("2026-09-30 18:00", H.ANSWERED), ("2026-09-30 23:31", H.ARRIVED))
    assert (in_time.response.state, in_time.arrival.state) == (LegState.MET, LegState.BREACHED)
    assert told(calendar, C.CRITICAL, now="2026-09-30 18:00").response.state == LegState.PENDING
    assert told(calendar, C.CRITICAL, now="2026-09-30 18:01").response.state == LegState.BREACHED


def test_a_solution_answers_and_spares_the_visit(calendar):
    legs = told(calendar, C.CRITICAL, ("2026-09-30 17:35", H.ANSWERED), now="2026-09-30 17:40")
    assert [leg.state for leg in legs] == [LegState.MET, LegState.PENDING, LegState.PENDING]
    legs = told(calendar, C.CRITICAL, ("2026-09-30 17:35", H.RESOLVED), now="2026-09-30 17:40")
    assert legs.arrival == (None, LegState.NONE, False)
    assert [leg.state for leg in legs] == [LegState.MET, LegState.NONE, LegState.MET]
    again = (("2026-09-30 17:35", H.RESOLVED), ("2026-10-08 09:00", H.REOPENED), ("2026-10-08 10:00", H.ARRIVED))
    assert told(calendar, C.CRITICAL, *again).arrival.state == LegState.NONE
    at_the_end = told(calendar, C.CRITICAL, ("2026-09-30 23:30", H.RESOLVED))
    assert (at_the_end.response.state, at_the_end.arrival.state) == (LegState.BREACHED, LegState.NONE)
    too_late = told(calendar, C.CRITICAL, ("2026-09-30 23:31", H.RESOLVED))
    assert (too_late.arrival.by, too_late.arrival.state) == (at("2026-09-30 23:30"), LegState.BREACHED)
    there = told(calendar, C.CRITICAL, ("2026-09-30 18:30", H.ARRIVED), ("2026-09-30 19:00", H.RESOLVED))
    assert there.arrival.state == LegState.MET


def test_the_first_answer_counts_and_the_last_resolution(calendar):
    legs = told(
        calendar, C.CRITICAL,
        ("2026-09-30 17:40", H.ANSWERED), ("2026-09-30 19:00", H.ANSWERED),
        ("2026-09-30 20:00", H.RESOLVED), ("2026-10-08 10:00", H.REOPENED), ("2026-10-08 18:01", H.RESOLVED),
    )  # fmt: skip
    assert (legs.response.state, legs.resolution.state) == (LegState.MET, LegState.BREACHED)


def test_a_pause_stops_the_resolution_only(calendar):
    legs = told(calendar, C.CRITICAL, ("2026-09-30 17:31", H.PAUSED), now="2026-10-20 12:00")
    assert (legs.resolution.by, legs.resolution.state) == (None, LegState.PENDING)
    assert [legs.response.state, legs.arrival.state] == [LegState.BREACHED, LegState.BREACHED]


def test_a_pause_gives_back_what_it_took_in_the_legs_own_unit(calendar):
    pause = (("2026-09-30 17:30", H.PAUSED), ("2026-10-08 10:00", H.RESUMED))
    promises = {
        "2026-10-08 11:00": Target(Unit.CLOCK, 60),
        "2026-10-08 11:00:00": Target(Unit.BUSINESS, 60),
        "2026-10-08 18:00": Target(Unit.DAYS, 1),
    }
    for by, target in promises.items():
        legs = told(calendar, C.GENERAL, *pause, now="2026-10-08 10:00", promise={Leg.RESOLUTION: target})
        assert legs.resolution.by == at(by), target


def test_a_working_day_whose_close_fell_into_a_pause_is_left_out(calendar):
    pause = (("2026-10-08 18:00", H.PAUSED), ("2026-10-08 18:01", H.RESUMED))
    assert told(calendar, C.CRITICAL, *pause).resolution.by == at("2026-10-09 18:00")
    ends_at_close = (("2026-10-08 09:00", H.PAUSED), ("2026-10-08 18:00", H.RESUMED))
    assert told(calendar, C.CRITICAL, *ends_at_close).resolution.by == at("2026-10-08 18:00")


def test_what_was_broken_before_a_pause_stays_broken(calendar):
    late = told(calendar, C.CRITICAL, ("2026-10-09 09:00", H.PAUSED), now="2026-10-20 12:00")
    assert (late.resolution.by, late.resolution.state) == (at("2026-10-08 18:00"), LegState.BREACHED)
    resumed = told(calendar, C.CRITICAL, ("2026-10-09 09:00", H.PAUSED), ("2026-10-12 09:00", H.RESUMED))
    assert (resumed.resolution.by, resumed.resolution.state) == (at("2026-10-08 18:00"), LegState.BREACHED)


def test_a_pause_that_begins_at_the_deadline_itself_counts(calendar):
    """One that begins a minute later moves nothing, and neither does what comes after it."""
    promise = {Leg.RESOLUTION: Target(Unit.CLOCK, 60)}
    at_it = (("2026-09-30 18:30", H.PAUSED), ("2026-09-30 19:30", H.RESUMED))
    assert told(calendar, C.GENERAL, *at_it, promise=promise).resolution.by == at("2026-09-30 19:30")
    after_it = (("2026-09-30 18:31", H.PAUSED), ("2026-09-30 19:30", H.RESUMED), ("2026-09-30 19:40", H.PAUSED))
    late = told(calendar, C.GENERAL, *after_it, promise=promise).resolution
    assert (late.by, late.state) == (at("2026-09-30 18:30"), LegState.BREACHED)


def test_after_a_change_of_class_pauses_are_judged_anew_in_order(calendar):
    """A pause in time under three days comes too late under one; the one before it still counts."""
    pauses = (
        ("2026-10-08 17:00", H.PAUSED), ("2026-10-08 18:30", H.RESUMED),
        ("2026-10-10 09:00", H.PAUSED), ("2026-10-12 09:00", H.RESUMED),
    )  # fmt: skip
    assert told(calendar, C.GENERAL, *pauses).resolution.by == at("2026-10-13 18:00")
    legs = told(calendar, C.GENERAL, *pauses, ("2026-10-12 10:00", H.RECLASSIFIED, C.CRITICAL))
    assert legs.resolution.by == at("2026-10-09 18:00")


def test_uncovered_work_is_promised_from_the_price_on(calendar):
    reported = Event(at("2026-09-30 17:30"), H.REPORTED, C.CRITICAL)
    events = [reported, Event(at("2026-09-30 17:35"), H.PAUSED), Event(at("2026-10-08 12:00"), H.RESUMED)]
    promise = DEFAULT_TABLE[Phase.MAINTENANCE, C.CRITICAL]
    legs = evaluate_clock(history_of(events, at("2026-10-08 12:00"), covered=False), promise, calendar)
    assert [leg.by for leg in legs] == [at("2026-09-30 18:00"), None, None]
    assert [leg.state for leg in legs] == [LegState.BREACHED, LegState.NONE, LegState.NONE]
    agreed = [*events, Event(at("2026-10-08 11:00"), H.PRICE_AGREED), Event(at("2026-10-09 11:00"), H.PRICE_AGREED)]
    legs = evaluate_clock(history_of(agreed, at("2026-10-09 12:00"), covered=False), promise, calendar)
    assert [leg.by for leg in legs] == [at("2026-09-30 18:00"), at("2026-10-08 17:00"), at("2026-10-09 18:00")]
    # Covered work hears of no price.
    assert evaluate_clock(history_of(agreed, at("2026-10-09 12:00")), promise, calendar).arrival.by == at(
        "2026-09-30 23:30"
    )


@pytest.mark.parametrize(
    ("target", "by"),
    [
        (Target(Unit.CLOCK, 60), "2026-09-30 18:30"),
        (Target(Unit.BUSINESS, 60), "2026-10-08 09:30"),
        (Target(Unit.DAYS, 1), "2026-10-08 18:00"),
    ],
)
@pytest.mark.parametrize(
    ("late", "state", "in_time"),
    [(-1, LegState.MET, True), (0, LegState.MET, True), (1, LegState.BREACHED, False)],
)
def test_what_happens_at_the_deadline_itself_is_in_time(calendar, target, by, late, state, in_time):
    """To the second, in every unit: what ends a leg, a pause that begins, and the moment of looking."""
    moment = at(by) + timedelta(seconds=late)
    promise = {Leg.RESPONSE: target, Leg.ARRIVAL: target, Leg.RESOLUTION: target}
    pending = LegState.PENDING if in_time else LegState.BREACHED

    def legs(*kinds, now=None):
        reported = Event(at("2026-09-30 17:30"), H.REPORTED, C.GENERAL)
        return evaluate_clock(
            history_of([reported, *(Event(moment, kind) for kind in kinds)], now or at("2026-12-31 00:00")),
            promise,
            calendar,
        )

    done = legs(H.ANSWERED, H.ARRIVED, H.RESOLVED)
    assert [leg.state for leg in done] == [state, state, state]
    assert [leg.by for leg in done] == [at(by), at(by), at(by)]
    assert [leg.state for leg in legs(now=moment)] == [pending, pending, pending]
    assert legs(H.PAUSED).resolution[:2] == (None if in_time else at(by), pending)


def test_what_begins_and_ends_at_one_moment_is_no_pause():
    events = [
        Event(at("2026-09-30 17:30"), H.REPORTED, C.CRITICAL),
        Event(at("2026-10-08 18:00"), H.PAUSED),
        Event(at("2026-10-08 18:00"), H.RESUMED),
    ]
    assert history_of(events, at("2026-10-09 09:00")).pauses == ()


@pytest.mark.parametrize(
    ("target", "pauses", "warned"),
    [
        (Target(Unit.CLOCK, 60), (), "2026-09-30 18:15"),
        (Target(Unit.CLOCK, 61), (), "2026-09-30 18:15"),
        (Target(Unit.CLOCK, 1), (), "2026-09-30 17:31"),
        (Target(Unit.CLOCK, 60), (Pause(at("2026-09-30 17:40"), at("2026-09-30 17:50")),), "2026-09-30 18:25"),
        (Target(Unit.BUSINESS, 60), (), "2026-10-08 09:15"),
        (Target(Unit.BUSINESS, 40), (), "2026-09-30 18:00"),
        (Target(Unit.DAYS, 1), (), "2026-10-06 17:52:30"),
    ],
)
def test_a_warning_comes_when_three_quarters_of_the_time_are_gone(calendar, target, pauses, warned):
    """Of working days by the clock: of the 192 hours and a half from the report to the close, 144 and 22 minutes."""
    reported = at("2026-09-30 17:30")
    by = deadline(reported, target, pauses, calendar).at
    assert warning(reported, by, target, pauses, calendar) == at(warned)


def test_from_solved_to_reopened_is_a_pause(calendar):
    legs = told(
        calendar, C.CRITICAL, ("2026-09-30 18:00", H.RESOLVED), ("2026-10-09 09:00", H.REOPENED), now="2026-10-09 10:00"
    )
    assert (legs.resolution.by, legs.resolution.state) == (at("2026-10-09 18:00"), LegState.PENDING)


def test_a_change_of_class_counts_from_the_report_and_keeps_the_pauses(calendar):
    legs = told(
        calendar, C.GENERAL,
        ("2026-09-30 17:40", H.PAUSED), ("2026-10-08 18:30", H.RESUMED), ("2026-10-09 09:00", H.RECLASSIFIED, C.CRITICAL),
        now="2026-10-09 09:00",
    )  # fmt: skip
    assert legs.arrival.by == at("2026-09-30 23:30")
    assert legs.resolution.by == at("2026-10-09 18:00")


def test_a_change_of_class_while_it_waits_forgets_no_pause(calendar):
    legs = told(
        calendar, C.GENERAL,
        ("2026-10-08 17:00", H.PAUSED), ("2026-10-08 17:30", H.RECLASSIFIED, C.CRITICAL), ("2026-10-09 09:00", H.RESUMED),
        now="2026-10-09 09:00",
    )  # fmt: skip
    assert legs.resolution.by == at("2026-10-09 18:00")


def test_nothing_changes_after_the_closing(calendar):
    before = told(calendar, C.CRITICAL, ("2026-09-30 17:35", H.CLOSED), now="2026-09-30 17:35")
    after = told(
        calendar, C.CRITICAL,
        ("2026-09-30 17:35", H.CLOSED), ("2026-10-20 09:00", H.ANSWERED), ("2026-10-20 09:00", H.RECLASSIFIED, C.GENERAL),
    )  # fmt: skip
    assert after == before


def test_what_solves_it_ends_the_waiting(calendar):
    legs = told(calendar, C.CRITICAL, ("2026-09-30 17:40", H.PAUSED), ("2026-10-20 09:00", H.RESOLVED))
    assert (legs.resolution.by, legs.resolution.state) == (at("2026-10-20 18:00"), LegState.MET)


def test_events_that_have_no_place_are_not_heard(calendar):
    plain = told(calendar, C.CRITICAL, now="2026-10-08 12:00")
    odd = (("2026-09-30 18:00", H.RESUMED), ("2026-09-30 18:00", H.REOPENED))
    assert told(calendar, C.CRITICAL, *odd, now="2026-10-08 12:00") == plain


def test_what_is_still_to_come_is_not_known(calendar):
    assert (
        told(calendar, C.CRITICAL, ("2026-09-30 17:50", H.ANSWERED), now="2026-09-30 17:40").response.state == "pending"
    )


@pytest.mark.parametrize(
    "events", [[], [Event(at("2026-09-30 17:30"), H.ANSWERED)], [Event(at("2026-09-30 17:30"), H.REPORTED)]]
)
def test_a_history_begins_with_its_report(events):
    with pytest.raises(NoReport):
        history_of(events, at("2026-12-31 00:00"))


def test_a_deadline_that_reaches_an_unknown_year_is_provisional(calendar):
    reported = at("2026-12-31 10:00")
    assert deadline(reported, Target(Unit.DAYS, 1), (), calendar).provisional
    assert deadline(reported, Target(Unit.CLOCK, 10_000), (), calendar).provisional is False


@pytest.mark.parametrize(("reported", "provisional"), [("2026-12-30 17:00", False), ("2026-12-31 17:00", True)])
def test_each_leg_says_on_what_days_it_rests(calendar, reported, provisional):
    promise = dict.fromkeys(Leg, Target(Unit.DAYS, 1))
    legs = evaluate_clock(history_of([Event(at(reported), H.REPORTED, C.GENERAL)], at(reported)), promise, calendar)
    assert [leg.provisional for leg in legs] == [provisional] * 3


def test_the_table_changes_on_the_day_of_final_acceptance():
    assert coverage_phase(None, date(2026, 1, 1)) == Phase.TRIAL
    assert coverage_phase(date(2026, 1, 2), date(2026, 1, 1)) == Phase.TRIAL
    assert coverage_phase(date(2026, 1, 1), date(2026, 1, 1)) == Phase.MAINTENANCE


# Explained


def explained(calendar, target, *pauses):
    reported = at("2026-09-30 17:30")
    by = deadline(reported, target, pauses, calendar).at
    found = stretches(reported, by, target, pauses, calendar)
    assert found[0].start == reported
    assert found[-1].end == by
    assert all(a.end == b.start for a, b in pairwise(found))
    return [(each.why, each.name, each.counted) for each in found]


def test_an_explanation_names_the_holidays(calendar):
    days = explained(calendar, Target(Unit.DAYS, 3))
    assert days[0] == ("report_day", "", False)
    assert ("holiday", "国庆节", False) in days
    assert days[-1][0] == "make_up_day"
    hours = explained(calendar, Target(Unit.BUSINESS, 60))
    assert hours[0] == ("working_hours", "", True)
    assert ("holiday", "国庆节", False) in hours


def test_an_explanation_shows_the_pauses(calendar):
    pause = Pause(at("2026-09-30 17:40"), at("2026-09-30 18:40"))
    assert explained(calendar, Target(Unit.CLOCK, 60), pause) == [
        ("clock", "", True), ("paused", "", False), ("clock", "", True),
    ]  # fmt: skip
    counted = sum((each.end - each.start for each in _business(calendar, pause) if each.counted), timedelta())
    assert counted == timedelta(minutes=60)


def _business(calendar, pause):
    target, reported = Target(Unit.BUSINESS, 60), at("2026-09-30 17:30")
    by = deadline(reported, target, [pause], calendar).at
    return stretches(reported, by, target, [pause], calendar)

"""The law of the service desk: the clock, what a broken promise costs, and whether a promise was kept.

The clock (docs/rules.md 4) tells by when something was promised from what happened.

Deadlines are never moved: each is computed anew from the history, so that no pause is counted twice and none is
forgotten when something else changes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from typing import NamedTuple, TypeAlias

from moneyed import Money

from base.lib.money import floor_to_minor, half_up
from base.lib.worktime import DueAt, WorkCalendar
from service.enums import Happening, Leg, LegState, Phase, RequestClass, Unit

_MINUTE = timedelta(minutes=1)


class Target(NamedTuple):
    """So many minutes or working days, by the unit."""

    unit: Unit
    amount: int


#: What a class promises: a leg that is missing is not promised.
Promise: TypeAlias = Mapping[Leg, Target]
#: The promises of a policy's version.
Table: TypeAlias = Mapping[tuple[Phase, RequestClass], Promise]


def _promise(response: int, arrival: int | None = None, resolution: Target | None = None) -> Promise:
    legs = {Leg.RESPONSE: Target(Unit.CLOCK, response)}
    if arrival:
        legs[Leg.ARRIVAL] = Target(Unit.CLOCK, arrival)
    if resolution:
        legs[Leg.RESOLUTION] = resolution
    return legs


def _hours(hours: int) -> Target:
    return Target(Unit.CLOCK, hours * 60)


def _days(days: int) -> Target:
    return Target(Unit.DAYS, days)


_ANSWERED_WITHIN_A_DAY = _promise(24 * 60)
#: The original commitments; minutes and hours are 7×24.
DEFAULT_TABLE: Table = {
    (Phase.TRIAL, RequestClass.MINOR): _promise(60, None, _days(1)),
    (Phase.TRIAL, RequestClass.GENERAL): _promise(30, 60, _hours(6)),
    (Phase.TRIAL, RequestClass.SERIOUS): _promise(15, 30, _hours(12)),
    (Phase.MAINTENANCE, RequestClass.CRITICAL): _promise(30, 6 * 60, _days(1)),
    (Phase.MAINTENANCE, RequestClass.SERIOUS): _promise(30, 8 * 60, _days(2)),
    (Phase.MAINTENANCE, RequestClass.GENERAL): _promise(30, None, _days(3)),
    **{
        (phase, other): _ANSWERED_WITHIN_A_DAY
        for phase in Phase
        for other in (RequestClass.QUESTION, RequestClass.COMPLAINT)
    },
}


class Event(NamedTuple):
    """Something that happened; `request_class` with a report and a class change."""

    at: datetime
    kind: Happening
    request_class: RequestClass | None = None


class Pause(NamedTuple):
    """The resolution clock stood from `start`, included, to `end`, not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class History:
    """What of a request's events bears on its deadlines. Made by `history_of`."""

    reported: datetime
    request_class: RequestClass
    #: The moment of which everything is told; that of the closing, once it is closed.
    now: datetime
    #: By an answer, or by a solution where none came before it.
    answered: datetime | None = None
    arrived: datetime | None = None
    resolved: datetime | None = None
    first_resolved: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    #: The clock stands since then, waiting for the customer.
    waiting_since: datetime | None = None
    #: Whether what was agreed pays for the work; else only the answer is promised until a price is `agreed`.
    covered: bool = True
    agreed: datetime | None = None

    def since(self, leg: Leg) -> datetime | None:
        """From when a leg counts; None while nothing but an answer is promised."""
        return self.reported if leg == Leg.RESPONSE or self.covered else self.agreed

    @property
    def standstills(self) -> tuple[Pause, ...]:
        """The pauses, with one that lasts still as far as it has come."""
        waits = self.waiting_since
        return (*self.pauses, Pause(waits, self.now)) if waits is not None and waits < self.now else self.pauses


class NoReport(ValueError):
    """A history must begin with its report."""


def history_of(events: Iterable[Event], now: datetime, *, covered: bool = True) -> History:
    """The history as far as it is known at `now`, in order of time; nothing after the closing counts.

    `covered`: whether what was agreed pays for the work. Raises `NoReport` when it does not begin with a report that names a class.
    """
    known = sorted(
        (event for event in events if event.at <= now),
        key=lambda event: (event.at, event.kind != Happening.REPORTED),
    )
    if not known or known[0].kind != Happening.REPORTED or known[0].request_class is None:
        raise NoReport("a history begins with its report")
    replay = _Replay(known[0].at, known[0].request_class)
    for event in known[1:]:
        if event.kind == Happening.CLOSED:
            now = event.at
            break
        replay.take(event)
    return History(
        reported=replay.reported,
        request_class=replay.request_class,
        now=now,
        answered=replay.answered,
        arrived=replay.arrived,
        resolved=replay.resolved,
        first_resolved=replay.first_resolved,
        pauses=tuple(replay.pauses),
        waiting_since=None if replay.resolved else replay.stopped,
        covered=covered,
        agreed=replay.agreed,
    )


@dataclass
class _Replay:
    """The state of a history while it is walked through."""

    reported: datetime
    request_class: RequestClass
    answered: datetime | None = None
    arrived: datetime | None = None
    resolved: datetime | None = None
    first_resolved: datetime | None = None
    agreed: datetime | None = None
    stopped: datetime | None = None
    pauses: list[Pause] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event.kind:
            case Happening.ANSWERED:
                self.answered = self.answered or event.at
            case Happening.ARRIVED:
                self.arrived = self.arrived or event.at
            case Happening.RECLASSIFIED:
                self.request_class = event.request_class or self.request_class
            case Happening.PAUSED:
                self.stopped = self.stopped or event.at
            case Happening.RESUMED if self.resolved is None:
                self._run(event.at)
            case Happening.RESOLVED:
                # Who solves it no longer waits for the customer; from here on the clock stands until it is reopened.
                if self.resolved is None:
                    self._run(event.at)
                self.resolved = self.stopped = event.at
                self.first_resolved = self.first_resolved or event.at
                self.answered = self.answered or event.at
            case Happening.PRICE_AGREED:
                self.agreed = self.agreed or event.at
            case Happening.REOPENED if self.resolved is not None:
                self._run(event.at)
                self.resolved = None
            case _:
                pass

    def _run(self, at: datetime) -> None:
        if self.stopped is not None and self.stopped < at:
            self.pauses.append(Pause(self.stopped, at))
        self.stopped = None


class LegResult(NamedTuple):
    """One leg: by when (None while nothing is promised or the clock stands), how it stands, and on what days it rests.

    `provisional` as in `base.lib.worktime.Due`.
    """

    by: datetime | None
    state: LegState
    provisional: bool = False


class ClockResult(NamedTuple):
    """The three legs of a request at a moment."""

    response: LegResult
    arrival: LegResult
    resolution: LegResult


_NOTHING_PROMISED = LegResult(None, LegState.NONE)


def evaluate_clock(history: History, promise: Promise, calendar: WorkCalendar) -> ClockResult:
    """By when each leg was promised, and whether it was kept. An event at the deadline itself is in time."""
    return ClockResult(
        _response(history, promise, calendar),
        _arrival(history, promise, calendar),
        _resolution(history, promise, calendar),
    )


def _response(history: History, promise: Promise, calendar: WorkCalendar) -> LegResult:
    if Leg.RESPONSE not in promise:
        return _NOTHING_PROMISED
    return _judged(history.answered, history.now, deadline(history.reported, promise[Leg.RESPONSE], (), calendar))


def _arrival(history: History, promise: Promise, calendar: WorkCalendar) -> LegResult:
    """Solved in time without anybody there, nobody has to come; opening it again does not change that."""
    since = history.since(Leg.ARRIVAL)
    if Leg.ARRIVAL not in promise or since is None:
        return _NOTHING_PROMISED
    due = deadline(since, promise[Leg.ARRIVAL], (), calendar)
    solved, came = history.first_resolved, history.arrived
    if solved is not None and solved <= due.at and (came is None or came > solved):
        return _NOTHING_PROMISED
    return _judged(came, history.now, due)


def _resolution(history: History, promise: Promise, calendar: WorkCalendar) -> LegResult:
    since = history.since(Leg.RESOLUTION)
    if Leg.RESOLUTION not in promise or since is None:
        return _NOTHING_PROMISED
    target = promise[Leg.RESOLUTION]
    due = deadline(since, target, counted_pauses(history, Leg.RESOLUTION, target, calendar), calendar)
    if history.waiting_since is not None and history.waiting_since <= due.at:
        return LegResult(None, LegState.PENDING)
    return _judged(history.resolved, history.now, due)


def _judged(done: datetime | None, now: datetime, due: DueAt) -> LegResult:
    if done is not None:
        state = LegState.MET if done <= due.at else LegState.BREACHED
    else:
        state = LegState.PENDING if now <= due.at else LegState.BREACHED
    return LegResult(due.at, state, due.provisional)


def counted_pauses(history: History, leg: Leg, target: Target, calendar: WorkCalendar) -> tuple[Pause, ...]:
    """The pauses that a leg is given back: in order, each judged against the deadline as those before it left it.

    Only the resolution has any. One that begins exactly at the deadline counts; once the time has run out, none does.
    """
    since = history.since(leg)
    if leg != Leg.RESOLUTION or since is None:
        return ()
    found: list[Pause] = []
    for pause in history.pauses:
        if pause.start > deadline(since, target, found, calendar).at:
            break
        if pause.end > since:
            found.append(Pause(max(pause.start, since), pause.end))
    return tuple(found)


def deadline(reported: datetime, target: Target, pauses: Sequence[Pause], calendar: WorkCalendar) -> DueAt:
    """When the target is due, the pauses given back in its own unit; a clock target rests on no calendar."""
    match target.unit:
        case Unit.CLOCK:
            paused = sum((pause.end - pause.start for pause in pauses), timedelta())
            return DueAt(reported + target.amount * _MINUTE + paused, provisional=False)
        case Unit.BUSINESS:
            paused = sum((calendar.business_time_between(*pause) for pause in pauses), timedelta())
            return calendar.add_business_time(reported, target.amount * _MINUTE + paused)
        case Unit.DAYS:
            return _working_days(reported, target.amount, pauses, calendar)


def _working_days(reported: datetime, days: int, pauses: Sequence[Pause], calendar: WorkCalendar) -> DueAt:
    """Close of business of the last of `days` working days after the report whose own close lies in no pause."""
    for n in count(1):
        due = calendar.add_working_days_at(reported, n)
        if not any(pause.start <= due.at < pause.end for pause in pauses):
            days -= 1
        if days <= 0:
            return due
    raise AssertionError("count() never ends")


def warning(
    reported: datetime, by: datetime, target: Target, pauses: Sequence[Pause], calendar: WorkCalendar
) -> datetime:
    """When three quarters of a leg's time are gone: in its own unit, of working days by the clock."""
    if target.unit == Unit.DAYS:
        return reported + (by - reported) * 3 / 4
    return deadline(reported, Target(target.unit, max(target.amount * 3 // 4, 1)), pauses, calendar).at


def coverage_phase(accepted_on: date | None, reported_on: date) -> Phase:
    """The trial run lasts until the day before final acceptance; coverage starts on that day (docs/rules.md 1)."""
    return Phase.MAINTENANCE if accepted_on and reported_on >= accepted_on else Phase.TRIAL


# --- what a broken promise costs (docs/practice.md 4.1) ---------------------------------------------------------------


class LateFee(NamedTuple):
    """A contract's clause: `rate` of a base for each begun unit of being late after the grace, never above the cap.

    `grace` counts units; `cap_rate` is a share of the same base, 0 for none.
    """

    unit: timedelta
    rate: Decimal
    grace: int = 0
    cap_rate: Decimal = Decimal(0)


def units_late(due: datetime, done: datetime, fee: LateFee, standstills: Iterable[Pause] = ()) -> int:
    """Units begun between the deadline and the deed, the grace taken off; never negative.

    What of it passed in `standstills`, waiting for the customer, is left out.
    """
    waited = sum((max(min(each.end, done) - max(each.start, due), timedelta()) for each in standstills), timedelta())
    begun = -((due - done + waited) // fee.unit)
    return max(begun - fee.grace, 0)


def late_fee(base: Money, units: int, fee: LateFee) -> Money:
    """base × rate × units, half up to the minor unit, at most base × cap rate (floored, as every cap is)."""
    asked = half_up(base.amount * fee.rate * units, base.currency)
    if not fee.cap_rate:
        return asked
    return min(asked, floor_to_minor(base.amount * fee.cap_rate, base.currency))


# --- whether a promise was kept ---------------------------------------------------------------------------------------


class Standing(StrEnum):
    """How a promise stands on a day."""

    OPEN = "open"  # there is still time
    KEPT = "kept"
    BROKEN = "broken"
    STANDING = "standing"  # it has no end: in force as long as nothing says otherwise
    BEFORE = "before"  # due before our records begin: nothing here can say


class Count(NamedTuple):
    """What the records say of a promise: how much was to be given by now, how much was, and how often it was broken.

    `wanted` None: no amount was promised. `over`: nothing more can be added, whatever the day.
    """

    wanted: Decimal | None
    given: Decimal
    broken: int = 0
    over: bool = False


def standing(found: Count, due_on: date | None, on: date, since: date | None = None) -> Standing:
    """A promise with an amount is kept once it was given, broken once its day has passed without; one without is broken
    by any breach, and stands otherwise. What was due before our records begin (`since`) is not broken by their silence.
    """
    if found.broken:
        return Standing.BROKEN
    if found.wanted is None:
        return Standing.KEPT if found.over else Standing.STANDING
    if found.given >= found.wanted:
        return Standing.KEPT
    if due_on is not None and since is not None and due_on < since:
        return Standing.BEFORE
    return Standing.BROKEN if found.over or (due_on is not None and on > due_on) else Standing.OPEN

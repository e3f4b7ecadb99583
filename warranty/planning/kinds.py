"""Who plans and who carries out each kind of row; upper floors plug theirs in from `AppConfig.ready`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from base.accounts.models import User
from base.company.models import Company
from base.lib.worktime import WorkCalendar
from warranty.enums import ActionState
from warranty.models import PlannedAction
from warranty.planning.rows import Row, TermFacts


@dataclass(frozen=True)
class RunContext:
    """What a handler may know of the run: its day, never the clock's."""

    on: date
    at: datetime
    by: User | None
    calendar: WorkCalendar = field(repr=False)
    ours: Company = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of a row. A row that waits stays planned, with the reason shown.

    The reason is a code of `base.chatter.labels`, alone or `with_value`: whoever reads it does so in their language.
    """

    state: ActionState
    reason: str = ""


DONE = Outcome(ActionState.DONE)


def skipped(reason: str) -> Outcome:
    return Outcome(ActionState.SKIPPED, reason)


def waiting(reason: str) -> Outcome:
    return Outcome(ActionState.PLANNED, reason)


#: Takes the due rows of one kind together, does them in bulk inside the caller's transaction, and says what became
#: of each (by primary key). Raising undoes the batch; it is then taken row by row.
Handler = Callable[[Sequence[PlannedAction], RunContext], Mapping[int, Outcome]]

#: Kinds that still mean something after their term is over; the others are then skipped.
_after_term: set[str] = set()
_planners: list[Callable[[TermFacts], Iterator[Row]]] = []
_handlers: dict[str, Handler] = {}


def plug_rows(planner: Callable[[TermFacts], Iterator[Row]]) -> None:
    """Add rows to every term's plan."""
    _planners.append(planner)


def plug_handler(kind: str, handler: Handler, *, after_term: bool = False) -> None:
    """Say who carries out a kind; kinds run in the order they were plugged in.

    Without `after_term` a row whose term is over when the run comes is skipped unasked.
    """
    _handlers[kind] = handler
    if after_term:
        _after_term.add(kind)


def too_late(row: PlannedAction, on: date) -> bool:
    """Whether the row's term is over and its kind means nothing any more."""
    return row.term is not None and row.kind not in _after_term and row.term.last_day < on


def rows_of(facts: TermFacts) -> list[Row]:
    """The whole plan of a term."""
    return [row for planner in _planners for row in planner(facts)]


def handler_of(kind: str) -> Handler | None:
    return _handlers.get(kind)


def handled_kinds() -> list[str]:
    return list(_handlers)

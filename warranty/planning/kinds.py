"""A kind of planned action is one declaration; every app registers its own from `AppConfig.ready`.

The run, "what leaves next", the forecast, the time line and the plan's pages ask the declaration and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise

from base.accounts.models import User
from base.chatter import labels
from base.company.models import Company
from base.lib.worktime import WorkCalendar
from contracts.models import Contract
from warranty.enums import PlanReason
from warranty.models import PlannedAction
from warranty.planning.decisions import ByHand, Decision, Leaves, Skipped, Waits
from warranty.planning.fields import name_kind
from warranty.planning.rows import Row, TermFacts

Facts = TypeVar("Facts")
Record = TypeVar("Record")


@dataclass(frozen=True)
class RunContext:
    """What carrying out may know of the run: its day, never the clock's."""

    on: date
    at: datetime
    by: User | None
    calendar: WorkCalendar = field(repr=False)
    company: Company = field(repr=False)


@dataclass(frozen=True)
class Outlook:
    """What rows are judged by: the day each would be carried out on (by primary key), and the company's settings."""

    days: Mapping[int, date]
    company: Company = field(repr=False)


class Known(NamedTuple, Generic[Facts, Record]):
    """What the decision about a row follows from, and the record it is about, for carrying out and for screens."""

    facts: Facts
    record: Record


@dataclass(frozen=True)
class Case(Generic[Facts, Record]):
    """A row with what becomes of it and why. One that is on hold or too late was asked nothing: `known` is None."""

    row: PlannedAction
    decision: Decision
    known: Known[Facts, Record] | None

    @property
    def facts(self) -> Facts:
        """ValueError for a row that was asked nothing."""
        return self._known().facts

    @property
    def record(self) -> Record:
        """ValueError for a row that was asked nothing."""
        return self._known().record

    def _known(self) -> Known[Facts, Record]:
        if self.known is None:
            raise ValueError(f"nothing was asked about {self.row}")
        return self.known


@dataclass(frozen=True)
class Act:
    """One row of the plan, stored or projected, with what its words depend on."""

    kind: str
    step: str
    contract: Contract
    #: Another agreed term follows the one this row belongs to.
    followed: bool = False


Planner: TypeAlias = Callable[[TermFacts], Iterator[Row]]


@dataclass(frozen=True)
class PlanKind(Generic[Facts, Record]):
    """All there is to know of a kind.

    `rows` is pure; several kinds of one ladder name the same function. `decide` is pure, and `gather` reads what it
    follows from for many rows in a fixed number of queries. `carry_out` does the rows that leave, are done by hand or
    wait with a to-do, in bulk inside the caller's transaction; raising undoes the batch, which is then taken row by row.
    """

    name: str
    label: str | Promise = ""
    #: A Tabler icon.
    icon: str = ""
    #: What the row does, as a sentence in the reader's language.
    sentence: Callable[[Act], str] | None = None
    rows: Planner | None = None
    gather: Callable[[Sequence[PlannedAction], Outlook], Mapping[int, Known[Facts, Record]]] | None = None
    decide: Callable[[Facts], Decision] | None = None
    carry_out: Callable[[Sequence[Case[Facts, Record]], RunContext], None] | None = None
    #: Why its rows wait, are skipped or are done by hand.
    reasons: type[TextChoices] = PlanReason
    #: Its rows are written by an operation, and are about no term.
    by_operation: bool = False
    #: Held by people: no run takes its rows.
    by_people: bool = False
    #: Stands on "what leaves next".
    writes_to_customer: bool = False
    #: A person may hold it back. What comes whether one likes it or not cannot be held.
    holdable: bool = False
    #: The forecast shows the price of the term that would follow.
    priced: bool = False
    #: The first step of a renewal: a mark of its own on the time line, and the one whose amount the forecast adds up.
    begins_renewal: bool = False
    #: Still means something after its term is over; without it a row that comes too late is skipped unasked.
    after_term: bool = False
    #: It serves the renewal: it waits once the contract is to end on a coming day.
    renews: bool = False
    #: It is the end of the contract itself.
    ends_contract: bool = False
    #: It tells of one day: done, it is to happen again where that day moves to one that is still to come.
    again: bool = False
    #: It is told at once where a person moves its day into the past, and not skipped as history.
    told_late: bool = False
    #: A step on the way, or an alarm that rings only if something was left undone: small on the time line.
    minor: bool = False

    def missing(self) -> list[str]:
        """What the declaration lacks or says too much of, in words."""
        wanted: dict[str, object] = {"label": self.label, "icon": self.icon, "sentence": self.sentence}
        if not self.by_operation:
            wanted["rows"] = self.rows
        run = {"gather": self.gather, "decide": self.decide, "carry_out": self.carry_out}
        faults = [
            f"has no {name}" for name, value in {**wanted, **({} if self.by_people else run)}.items() if not value
        ]
        faults += [f"is carried out by people, but has {name}" for name in run if self.by_people and run[name]]
        return faults + (["has no name of 1 to 20 letters"] if not 0 < len(self.name) <= 20 else [])


class DeclarationError(ValueError):
    """A kind of planned action is not declared as it must be."""


_kinds: dict[str, PlanKind[Any, Any]] = {}


def register(*kinds: PlanKind[Any, Any]) -> None:
    """Declare kinds. The order is the order of a run. DeclarationError names what a declaration lacks."""
    for kind in kinds:
        faults = kind.missing() + (["is declared twice"] if kind.name in _kinds else [])
        if faults:
            raise DeclarationError(f"the kind of planned action {kind.name!r} {', '.join(faults)}")
        _kinds[kind.name] = kind
        name_kind(kind.name, kind.label)
        labels.say(values={reason.value: reason.label for reason in kind.reasons})


def kind_of(name: str) -> PlanKind[Any, Any] | None:
    """The declaration; None for a kind that nobody declares."""
    return _kinds.get(name)


def kinds() -> list[PlanKind[Any, Any]]:
    """All declarations, in the order of a run."""
    return list(_kinds.values())


def names_of(wanted: Callable[[PlanKind[Any, Any]], bool]) -> list[str]:
    """The kinds of which something is true, in the order of a run."""
    return [kind.name for kind in _kinds.values() if wanted(kind)]


def rows_of(facts: TermFacts) -> list[Row]:
    """The whole plan of a term."""
    planners = dict.fromkeys(kind.rows for kind in _kinds.values() if kind.rows)
    return [row for planner in planners for row in planner(facts)]


def cases_of(
    kind: PlanKind[Any, Any], rows: Sequence[PlannedAction], outlook: Outlook, *, though_held: bool = False
) -> list[Case[Any, Any]]:
    """What becomes of rows of a kind, each on its day. `though_held` answers as if no row were on hold."""
    settled = {row.pk: early for row in rows if (early := _unasked(kind, row, outlook.days[row.pk], though_held))}
    asked = [row for row in rows if row.pk not in settled]
    known = kind.gather(asked, outlook) if kind.gather and asked else {}
    return [_case(kind, row, settled.get(row.pk), known.get(row.pk)) for row in rows]


def _case(
    kind: PlanKind[Any, Any], row: PlannedAction, early: Decision | None, known: Known[Any, Any] | None
) -> Case[Any, Any]:
    if early is not None:
        return Case(row, early, None)
    if kind.decide is None or known is None:
        raise DeclarationError(f"the kind of planned action {kind.name!r} gathered nothing about {row}")
    return Case(row, kind.decide(known.facts), known)


def _unasked(kind: PlanKind[Any, Any], row: PlannedAction, on: date, though_held: bool) -> Decision | None:
    """What holds for rows of every kind: a contract that ends, a term that is over, a person who holds the row back."""
    ending = row.contract.ending_on
    if ending is not None and not kind.ends_contract and (kind.renews or on > ending):
        return Waits(PlanReason.ENDING, str(ending))
    if row.term is not None and not kind.after_term and row.term.last_day < on:
        return Skipped(PlanReason.TERM_OVER)
    return Waits(PlanReason.ON_HOLD, row.problem) if row.on_hold and not though_held else None


def carry_out(
    kind: PlanKind[Any, Any], rows: Sequence[PlannedAction], run: RunContext, *, though_held: bool = False
) -> list[Case[Any, Any]]:
    """Decide about each row and carry out, in bulk, those it falls to on the day of the run; what became of each."""
    cases = cases_of(kind, rows, Outlook({row.pk: run.on for row in rows}, run.company), though_held=though_held)
    own = [case for case in cases if _has_effect(case.decision)]
    if own and kind.carry_out:
        kind.carry_out(own, run)
    return cases


def _has_effect(decision: Decision) -> bool:
    return isinstance(decision, Leaves | ByHand) or (isinstance(decision, Waits) and bool(decision.todo))

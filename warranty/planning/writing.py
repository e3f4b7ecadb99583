"""Writing the plan: each term's rows as they should stand, in place, for many terms at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Prefetch

from base.company.queries import calendar, company
from base.lib.worktime import WorkCalendar
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from contracts.queries import in_force
from warranty.enums import ActionKind, ActionState
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.planning.kinds import kind_of, rows_of
from warranty.planning.moving import move_action, move_actions
from warranty.planning.rows import Row, TermFacts
from warranty.rules import term_subject
from warranty.states import PLAN

CHUNK = 500
#: A visit and what announces it keep to the day a person gave it.
_VISITS = frozenset({ActionKind.INSPECTION, ActionKind.INSPECTION_NOTICE})


@dataclass
class _Writes:
    """What a chunk of contracts changes, gathered first and written in bulk."""

    new: list[tuple[PlannedAction, Row]] = field(default_factory=list)
    moved: list[PlannedAction] = field(default_factory=list)
    inspections: list[Inspection] = field(default_factory=list)

    def changed(self) -> set[int]:
        """The rows that were there and change, by primary key."""
        return {action.pk for action in self.moved} | {inspection.action_id for inspection in self.inspections}


class Written(NamedTuple):
    """How many rows planning wrote, and how many that were there it changed."""

    new: int
    changed: int


def plan_contracts(contract_ids: Iterable[int], *, on: date, moved: bool = False) -> Written:
    """Bring the plan of every term of these contracts to what the rules say on the day `on`.

    What was done stays, but for kinds that tell of a day which is to come again; a row whose rule day did not change
    keeps its due day, however late it was written. With `moved` a person moved the days: what their terms had to tell
    on a day that has come to lie in the past is told at once, and not skipped as history (docs/rules.md 5.3).
    """
    ids, settings = sorted(contract_ids), plan_settings()
    new, changed = 0, 0
    for start in range(0, len(ids), CHUNK):
        with transaction.atomic():
            writes = _plan_chunk(ids[start : start + CHUNK], on, settings, moved)
        new, changed = new + len(writes.new), changed + len(writes.changed())
    return Written(new, changed)


class PlanSettings(NamedTuple):
    """What every plan of the company follows from; asked for once a batch."""

    calendar: WorkCalendar
    review_days: int


def plan_settings() -> PlanSettings:
    return PlanSettings(calendar(), company().review_days)


def facts_of(contract: Contract, terms: list[MaintenanceTerm], on: date, settings: PlanSettings) -> list[TermFacts]:
    """The facts each term's plan follows from; `terms` are all of the contract's, in order."""
    no_renewal = bool(contract.no_renewal_reason) or contract.status != ContractStatus.ACTIVE
    return [
        TermFacts(
            period=term.period,
            inspections_per_year=in_force(contract, term.first_day).inspections_per_year,
            followed=term is not terms[-1],
            no_renewal=no_renewal,
            budget_funded=contract.customer.budget_funded,
            review_days=settings.review_days,
            planned_on=on,
            calendar=settings.calendar,
        )
        for term in terms
    ]


def _plan_chunk(ids: list[int], on: date, settings: PlanSettings, moved: bool) -> _Writes:
    contracts = (
        Contract.objects.filter(pk__in=ids)
        .select_related("customer")
        .prefetch_related(
            Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
            Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
        )
    )
    stored: dict[str, dict[tuple[str, str], PlannedAction]] = defaultdict(dict)
    #: Rows about no term are written by whoever makes them; only the end of the contract touches them here.
    others: dict[int, list[PlannedAction]] = defaultdict(list)
    for action in PlannedAction.objects.filter(contract__in=ids).select_related("inspection"):
        stored[action.subject][action.kind, action.step] = action
        if action.term_id is None:
            others[action.contract_id].append(action)
    writes = _Writes()
    for contract in contracts:
        terms = list(contract.terms.all())
        for term, facts in zip(terms, facts_of(contract, terms, on, settings), strict=True):
            there = stored[term_subject(term.pk)]
            facts = replace(facts, done_on=_done_days(there), moved=moved)
            wanted = [] if contract.status == ContractStatus.TERMINATED else rows_of(facts)
            _compare(contract, term, wanted, there, facts, writes)
        if contract.status == ContractStatus.TERMINATED:
            # The row that ends a contract is the run's, or was called off by whoever ended it sooner.
            _cancel((row for row in others[contract.pk] if row.kind != ActionKind.TERMINATION), writes)
    _write(writes)
    return writes


def _done_days(actions: Mapping[tuple[str, str], PlannedAction]) -> dict[tuple[str, str], date]:
    return {key: row.done_on for key, row in actions.items() if row.state == ActionState.DONE and row.done_on}


def _compare(
    contract: Contract,
    term: MaintenanceTerm,
    wanted: Collection[Row],
    stored: dict[tuple[str, str], PlannedAction],
    facts: TermFacts,
    writes: _Writes,
) -> None:
    by_hand = {
        step: action.due_on
        for (kind, step), action in stored.items()
        if kind == ActionKind.INSPECTION and action.inspection.rescheduled
    }
    for row in wanted:
        action = stored.get((row.kind, row.step))
        if action is None:
            action = PlannedAction(
                contract=contract,
                subject=term_subject(term.pk),
                term=term,
                kind=row.kind,
                step=row.step,
                due_on=row.due_on,
                computed_on=row.computed_on,
                state=row.state,
                problem=row.problem,
                provisional=_provisional(row, row.due_on, facts),
            )
            writes.new.append((action, row))
        elif action.state == ActionState.DONE:
            _open_again(action, row, facts, writes)
        else:
            visit = by_hand.get(row.step.partition("/")[0]) if row.kind in _VISITS else None
            _adjust(action, row, facts, writes, by_hand=visit)
    kept = {(row.kind, row.step) for row in wanted}
    _cancel([action for key, action in stored.items() if key not in kept], writes)


def _cancel(actions: Iterable[PlannedAction], writes: _Writes) -> None:
    for action in actions:
        if action.state in PLAN.move("cancelled").sources:
            move_action(action, "cancelled")
            writes.moved.append(action)


def _open_again(action: PlannedAction, row: Row, facts: TermFacts, writes: _Writes) -> None:
    """A mark that something was told never outlives its day: where that is to come again, it is told again."""
    kind = kind_of(row.kind)
    if kind is None or not kind.again or not action.computed_on < row.computed_on >= facts.planned_on:
        return
    move_action(action, "reopened")
    action.computed_on, action.due_on, action.done_on = row.computed_on, row.due_on, None
    action.problem, action.attempts, action.provisional = "", 0, _provisional(row, row.due_on, facts)
    writes.moved.append(action)


def _told_late(action: PlannedAction, row: Row, facts: TermFacts) -> bool:
    """Whether the row was still to come, and a person moved its day into the past."""
    kind = kind_of(row.kind)
    was_open = action.state in (ActionState.PLANNED, ActionState.FAILED)
    return facts.moved and was_open and row.state == ActionState.SKIPPED and kind is not None and kind.told_late


def _adjust(action: PlannedAction, row: Row, facts: TermFacts, writes: _Writes, *, by_hand: date | None) -> None:
    """Bring a stored row to what it should be. `by_hand` is the day a person gave the visit that it is or announces."""
    keeps = row.window is not None and by_hand is not None and row.window.first_day <= by_hand <= row.window.last_day
    inspection: Inspection | None = getattr(action, "inspection", None)
    if (
        inspection
        and row.window
        and (*row.window, keeps)
        != (
            inspection.window_first,
            inspection.window_last,
            inspection.rescheduled,
        )
    ):
        inspection.window_first, inspection.window_last = row.window
        inspection.rescheduled = keeps
        writes.inspections.append(inspection)
    revived = action.state == ActionState.CANCELLED
    if action.computed_on == row.computed_on and not revived:
        provisional = _provisional(row, action.due_on, facts)
        if provisional != action.provisional:
            action.provisional = provisional
            writes.moved.append(action)
        return
    if _told_late(action, row, facts):
        row = replace(row, state=ActionState.PLANNED, due_on=facts.planned_on)
    action.computed_on = row.computed_on
    if revived or not keeps:
        move_action(action, "planned" if row.state == ActionState.PLANNED else "planned_too_late")
        # What a person said who holds it back stays with it.
        still_held = action.on_hold and row.state == ActionState.PLANNED
        action.problem, action.attempts = action.problem if still_held else row.problem, 0
    if not keeps:
        action.due_on = row.due_on
    action.provisional = _provisional(row, action.due_on, facts)
    writes.moved.append(action)


def _provisional(row: Row, day: date, facts: TermFacts) -> bool:
    return row.by_calendar and facts.calendar.is_provisional(day)


def _write(writes: _Writes) -> None:
    actions = PlannedAction.objects.bulk_create([action for action, _ in writes.new], batch_size=CHUNK)
    engineers = dict(
        Contract.objects.filter(pk__in={action.contract_id for action in actions}, engineer__isnull=False).values_list(
            "pk", "engineer"
        )
    )
    Inspection.objects.bulk_create(
        [
            Inspection(
                action=action,
                window_first=row.window.first_day,
                window_last=row.window.last_day,
                engineer_id=engineers.get(action.contract_id),
            )
            for action, row in writes.new
            if row.kind == ActionKind.INSPECTION and row.window
        ],
        batch_size=CHUNK,
    )
    PlannedAction.objects.bulk_update(
        writes.moved,
        ["due_on", "computed_on", "state", "problem", "attempts", "provisional", "done_on"],
        batch_size=CHUNK,
    )
    Inspection.objects.bulk_update(writes.inspections, ["window_first", "window_last", "rescheduled"], batch_size=CHUNK)


def replan_calendar(*, on: date) -> list[tuple[PlannedAction, date]]:
    """The calendar changed: move the planned rows it touches, never to before `on`. Returns what moved, from where."""
    waiting = PlannedAction.objects.filter(state=ActionState.PLANNED, due_on__gte=on)
    before = dict(waiting.values_list("pk", "due_on"))
    plan_contracts(waiting.values_list("contract", flat=True).distinct(), on=on)
    after = PlannedAction.objects.filter(pk__in=before).select_related("contract")
    return [(row, before[row.pk]) for row in after if row.due_on != before[row.pk]]


def postpone(kind: str, *, due_on: Mapping[str, date], provisional: bool = False, reopen: bool = False) -> None:
    """Set the due day of the open rows of a kind by subject: what a day depends on became known.

    With `reopen` a row that was settled already is to happen again: a quote sent anew expires anew.
    """
    subjects: dict[date, list[str]] = defaultdict(list)
    for subject, day in due_on.items():
        subjects[day].append(subject)
    for day, group in subjects.items():
        rows = PlannedAction.objects.filter(kind=kind, subject__in=group)
        if reopen:
            values = {"problem": "", "attempts": 0, "done_on": None}
            move_actions(rows, "reopened", due_on=day, provisional=provisional, **values)
        else:
            rows.filter(state__in=[ActionState.PLANNED, ActionState.FAILED]).update(due_on=day, provisional=provisional)

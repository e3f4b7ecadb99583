"""The daily run: takes the rows that are due, and only those, each exactly once (docs/rules.md 5.5).

A batch of rows is locked, carried out and marked in one transaction: a run that is killed anywhere leaves each row
either untouched or done, and the next run goes on from there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet

from base.accounts.access import require
from base.accounts.models import User
from base.audit.retention import keep_to_retention
from base.company.queries import calendar, company
from warranty.enums import ActionState, PlanReason
from warranty.models import DailyRun, PlannedAction
from warranty.planning.decisions import ByHand, Decision, Leaves, Skipped, Waits, stored_reason
from warranty.planning.kinds import Case, PlanKind, RunContext, carry_out, kinds
from warranty.planning.moving import move_actions
from warranty.queries import due_rows
from warranty.states import PLAN

log = structlog.get_logger(__name__)

CHUNK = 500
#: Any number, the same in every process: the advisory lock that runs take turns by on PostgreSQL.
_RUN_LOCK = 20_250_115
#: What a run did may make further rows due the same day; more rounds than this would be a circle.
MAX_ROUNDS = 10


def _unheard(rows: int) -> None:
    """Nobody waits for each batch."""


@dataclass
class Result:
    """What a run did, per kind, and what failed. `heard` is told how many rows were taken, batch by batch."""

    on: date
    heard: Callable[[int], None] = _unheard
    taken: int = 0
    actions: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)

    def count(self, kind: str, what: str, n: int = 1) -> None:
        self.actions.setdefault(kind, {"done": 0, "skipped": 0, "failed": 0})[what] += n

    def fail(self, row: PlannedAction, problem: str) -> None:
        self.count(row.kind, "failed")
        self.failures.append({"contract": row.contract.number, "kind": row.kind, "problem": problem})


def run_day(
    *,
    on: date,
    by: User | None,
    at: datetime,
    only: str = "",
    rows: Iterable[int] | None = None,
    dry_run: bool = False,
    heard: Callable[[int], None] = _unheard,
) -> Result:
    """Carry out everything due on or before `on`. `only` limits it to a kind, `rows` to these rows ("run again").

    A dry run does it all and undoes it. Running a day twice changes nothing. What `heard` raises ends it between two
    batches: the next run goes on from there.
    """
    require(by, "runs.start")
    result = Result(on, heard)
    context = RunContext(on, at, by, calendar(), company())
    with _alone():
        _recorded(result, context, only, rows, dry_run)
    if rows is None and not only and not dry_run:
        keep_to_retention(on=on, at=at, us=context.company)
    return result


@contextmanager
def _alone() -> Iterator[None]:
    """Let another run wait for this one: each would see only half of what the other does.

    A killed run's lock goes with its connection. On SQLite writers take turns, and see all that was written before.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_RUN_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_RUN_LOCK])


def _recorded(result: Result, context: RunContext, only: str, rows: Iterable[int] | None, dry_run: bool) -> None:
    if dry_run:
        with transaction.atomic():
            _run(result, context, None, only, rows)
            transaction.set_rollback(True)
        return
    run = DailyRun.objects.create(on=context.on, started_at=context.at, by=context.by, whole=rows is None and not only)
    try:
        _run(result, context, run, only, rows)
    finally:
        run.actions, run.failures = result.actions, result.failures
        run.save(update_fields=["actions", "failures"])
    run.finished_at = context.at
    run.save(update_fields=["finished_at"])


def _run(result: Result, context: RunContext, run: DailyRun | None, only: str, rows: Iterable[int] | None) -> None:
    due = due_rows(context.on)
    if rows is not None:
        # Asked for by a person: also what failed too often for the run to try by itself.
        due = PlannedAction.objects.filter(pk__in=list(rows), state__in=[ActionState.PLANNED, ActionState.FAILED])
    if only:
        due = due.filter(kind=only)
    # Rows this run has looked at and left open: they wait or failed, and are not tried twice.
    left: set[int] = set()
    for _round in range(MAX_ROUNDS):
        names = set(due.order_by().values_list("kind", flat=True).distinct())
        known = [kind for kind in kinds() if kind.name in names and not kind.by_people]
        touched = [_run_kind(kind, due.filter(kind=kind.name), result, context, run, left) for kind in known]
        others = sorted(names - {kind.name for kind in kinds()})
        touched += [_alarm(due.filter(kind=name), result, left) for name in others]
        if not any(touched):
            return


def _run_kind(
    kind: PlanKind[Any, Any],
    due: QuerySet[PlannedAction],
    result: Result,
    context: RunContext,
    run: DailyRun | None,
    left: set[int],
) -> int:
    """Take the due rows of a kind, batch by batch. Returns how many were taken."""
    taken, after = 0, (date.min, 0)
    while True:
        batch: list[PlannedAction] = []
        fresh: list[PlannedAction] = []
        try:
            with transaction.atomic():
                batch = _lock(due, after)
                fresh = [row for row in batch if row.pk not in left]
                if fresh:
                    _mark(carry_out(kind, fresh, context), context, run, result, left)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("batch failed, taking its rows one by one", kind=kind.name, rows=len(fresh))
            for row in fresh:
                _one(row, kind, result, context, run, left)
        if not batch:
            return taken
        taken += len(fresh)
        result.taken += len(fresh)
        result.heard(result.taken)
        after = (batch[-1].due_on, batch[-1].pk)


def _alarm(due: QuerySet[PlannedAction], result: Result, left: set[int]) -> int:
    """Rows nobody carries out stay as they are and are listed by every run."""
    rows = [row for row in due.select_related("contract") if row.pk not in left]
    for row in rows:
        left.add(row.pk)
        result.fail(row, PlanReason.UNDECLARED.value)
    return len(rows)


def _lock(due: QuerySet[PlannedAction], after: tuple[date, int]) -> list[PlannedAction]:
    """The next rows in order of day, locked; on PostgreSQL those another run holds are left to it."""
    day, pk = after
    rows = due.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk)).order_by("due_on", "pk")
    rows = rows.select_related("contract__customer", "contract__manager", "contract__contact", "term")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows[:CHUNK])


def _mark(
    cases: Sequence[Case[Any, Any]], context: RunContext, run: DailyRun | None, result: Result, left: set[int]
) -> None:
    """Write what became of the rows. A row on hold keeps what the person said, and is left as it is."""
    groups: dict[Decision, list[PlannedAction]] = {}
    for case in cases:
        if not (case.row.on_hold and isinstance(case.decision, Waits)):
            groups.setdefault(_as_written(case.decision), []).append(case.row)
    for decision, members in groups.items():
        ids = [row.pk for row in members]
        # The conditional update is the claim: a row another run settled meanwhile would not be counted here.
        won = _write(PlannedAction.objects.filter(pk__in=ids), decision, context, run)
        if won != len(ids):
            raise OperationalError("rows were settled by somebody else in the middle of a batch")
    # Counted only once everything is written: a batch that fails leaves no trace in the result.
    left.update(case.row.pk for case in cases if isinstance(case.decision, Waits))
    for decision, members in groups.items():
        if not isinstance(decision, Waits):
            result.count(members[0].kind, "skipped" if isinstance(decision, Skipped) else "done", len(members))


def _as_written(decision: Decision) -> Decision:
    """Rows that are done are written alike, whoever does the rest by hand."""
    return Leaves() if isinstance(decision, ByHand) else decision


def _write(rows: QuerySet[PlannedAction], decision: Decision, context: RunContext, run: DailyRun | None) -> int:
    """Move rows to what was decided. Returns how many were still open."""
    problem = stored_reason(decision)[:300]
    if isinstance(decision, Waits):
        postponed = {"due_on": decision.until, "provisional": False} if decision.until else {}
        return move_actions(rows, "waits", problem=problem, **postponed)
    name = "skipped" if isinstance(decision, Skipped) else "done"
    return move_actions(rows, name, problem=problem, done_on=context.on, run=run)


def _one(
    row: PlannedAction,
    kind: PlanKind[Any, Any],
    result: Result,
    context: RunContext,
    run: DailyRun | None,
    left: set[int],
) -> None:
    """One row by itself; if it fails, it alone is marked and nothing of its effect stays."""
    this = PlannedAction.objects.filter(pk=row.pk, state__in=PLAN.move("failed").sources)
    try:
        with transaction.atomic():
            if still_open := _lock(this, (date.min, 0)):
                _mark(carry_out(kind, still_open, context), context, run, result, left)
    except (OperationalError, InterfaceError):
        raise
    except Exception as problem:
        reason = str(problem)[:300] or type(problem).__name__
        log.warning("planned action failed", contract=row.contract.number, kind=row.kind, problem=reason)
        move_actions(this, "failed", attempts=F("attempts") + 1, problem=reason, run=run)
        left.add(row.pk)
        result.fail(row, reason)

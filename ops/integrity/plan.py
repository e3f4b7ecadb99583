"""The plan of each running term is what the rules would write today (docs/rules.md 5)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q

from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from ops.integrity.finding import Fault, named
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.kinds import rows_of
from warranty.planning.rows import Row
from warranty.planning.writing import PlanSettings, facts_of, plan_settings

_CHUNK = 500
_OPEN = (ActionState.PLANNED, ActionState.FAILED)


class _Stored(NamedTuple):
    """What of a plan row is compared; records would take several times as long to read."""

    pk: int
    term: int
    kind: str
    step: str
    due_on: date
    computed_on: date
    state: str
    window_first: date | None
    window_last: date | None


_FIELDS = ("pk", "term", "kind", "step", "due_on", "computed_on", "state")
_WINDOW = ("inspection__window_first", "inspection__window_last")


def rows(on: date) -> Iterator[Fault]:
    """Running terms have every row the rules give them; open rows are such rows, on the day the rules compute.

    Terms that are over and have nothing open are history. Days of rows that wait since before `on` are not
    compared: a calendar that changed since then has moved only what was still to come.
    """
    running = MaintenanceTerm.objects.filter(contract=OuterRef("pk"), last_day__gte=on)
    waiting = PlannedAction.objects.filter(contract=OuterRef("pk"), state__in=_OPEN)
    contracts = Contract.objects.filter(Q(Exists(running)) | Q(Exists(waiting))).select_related("customer")
    contracts = contracts.order_by("pk").prefetch_related(
        Prefetch("terms", MaintenanceTerm.objects.order_by("first_day")),
        Prefetch("amendments", Amendment.objects.order_by("effective_on", "id")),
    )
    settings = plan_settings()
    found = contracts.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(found, _CHUNK)):
        stored = _stored([contract.pk for contract in chunk], on)
        for contract in chunk:
            yield from _of(contract, stored, on, settings)


def _stored(contract_ids: Sequence[int], on: date) -> dict[int, list[_Stored]]:
    """The rows of running terms and all open ones, by term."""
    told = PlannedAction.objects.filter(Q(term__last_day__gte=on) | Q(state__in=_OPEN), contract__in=contract_ids)
    by_term: dict[int, list[_Stored]] = defaultdict(list)
    for values in told.order_by("due_on", "pk").values_list(*_FIELDS, *_WINDOW):
        row = _Stored(*values)
        by_term[row.term].append(row)
    return by_term


def _of(contract: Contract, stored: dict[int, list[_Stored]], on: date, settings: PlanSettings) -> Iterator[Fault]:
    terms = list(contract.terms.all())
    for term, facts in zip(terms, facts_of(contract, terms, on, settings), strict=True):
        actions = stored.get(term.pk, [])
        if term.last_day < on and not actions:
            continue
        wanted = [] if contract.status == ContractStatus.TERMINATED else rows_of(facts)
        if term.last_day >= on:
            there = {(action.kind, action.step) for action in actions}
            for row in wanted:
                if (row.kind, row.step) not in there:
                    record = named(term, f"{contract.number}, {term}")
                    yield Fault(record, f"its plan has no {_title(row.kind, row.step)} on {row.computed_on}")
        yield from _open_rows(contract, actions, wanted, on)


def _open_rows(contract: Contract, actions: Sequence[_Stored], wanted: Sequence[Row], on: date) -> Iterator[Fault]:
    by_key = {(row.kind, row.step): row for row in wanted}
    for action in actions:
        if action.state not in _OPEN:
            continue
        title = f"{contract.number}, {_title(action.kind, action.step)}, {action.due_on}"
        record = f"{PlannedAction.__name__} {action.pk} ({title})"
        row = by_key.get((action.kind, action.step))
        if row is None:
            yield Fault(record, "it is still to happen, but the rules have no such row")
            continue
        if action.window_first and row.window and (action.window_first, action.window_last) != tuple(row.window):
            first, last = row.window
            yield Fault(record, f"its window must be {first} … {last}")
        waits_since_before = action.state != ActionState.PLANNED or action.due_on < on
        if not waits_since_before and action.computed_on != row.computed_on:
            yield Fault(record, f"the rules compute {row.computed_on}, not {action.computed_on}")


def skipped(on: date) -> Iterator[Fault]:
    """Every row that was skipped says why."""
    rows = PlannedAction.objects.filter(state=ActionState.SKIPPED, problem="").select_related("contract")
    for row in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        yield Fault(
            named(row, f"{row.contract.number}, {_title(row.kind, row.step)}"), "it is skipped without a reason"
        )


def _title(kind: str, step: str) -> str:
    return f"{kind} {step}".strip()

"""The plan of each running term is what the rules would write today (DESIGN 2.5)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, Q

from config.integrity.finding import Fault, named
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from warranty.enums import ActionState
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.plan.kinds import rows_of
from warranty.plan.planning import House, facts_of, house
from warranty.plan.rows import Row

_CHUNK = 500
_OPEN = (ActionState.PLANNED, ActionState.FAILED)


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
        Prefetch("plan", PlannedAction.objects.select_related("inspection").order_by("due_on", "pk")),
    )
    ours = house()
    for contract in contracts.iterator(chunk_size=_CHUNK):
        yield from _of(contract, on, ours)


def _of(contract: Contract, on: date, ours: House) -> Iterator[Fault]:
    stored: dict[int, list[PlannedAction]] = defaultdict(list)
    for action in contract.plan.all():
        stored[action.term_id].append(action)
    terms = list(contract.terms.all())
    for term, facts in zip(terms, facts_of(contract, terms, on, ours), strict=True):
        actions = stored[term.pk]
        if term.last_day < on and not any(action.state in _OPEN for action in actions):
            continue
        wanted = [] if contract.status == ContractStatus.TERMINATED else rows_of(facts)
        if term.last_day >= on:
            there = {(action.kind, action.step) for action in actions}
            for row in wanted:
                if (row.kind, row.step) not in there:
                    record = named(term, f"{contract.number}, {term}")
                    yield Fault(record, f"its plan has no {_title(row.kind, row.step)} on {row.computed_on}")
        yield from _open_rows(contract, actions, wanted, on)


def _open_rows(
    contract: Contract, actions: Sequence[PlannedAction], wanted: Sequence[Row], on: date
) -> Iterator[Fault]:
    by_key = {(row.kind, row.step): row for row in wanted}
    for action in actions:
        if action.state not in _OPEN:
            continue
        record = named(action, f"{contract.number}, {_title(action.kind, action.step)}, {action.due_on}")
        row = by_key.get((action.kind, action.step))
        if row is None:
            yield Fault(record, "it is still to happen, but the rules have no such row")
            continue
        inspection = getattr(action, "inspection", None)
        if inspection and row.window and (inspection.window_first, inspection.window_last) != tuple(row.window):
            first, last = row.window
            yield Fault(record, f"its window must be {first} … {last}")
        waits_since_before = action.state != ActionState.PLANNED or action.due_on < on
        if not waits_since_before and action.computed_on != row.computed_on:
            yield Fault(record, f"the rules compute {row.computed_on}, not {action.computed_on}")


def _title(kind: str, step: str) -> str:
    return f"{kind} {step}".strip()

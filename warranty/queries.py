"""Questions about coverage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Least

from contracts.enums import Coverage
from contracts.models import Contract, Customer
from warranty.enums import ActionState, TermKind
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.kinds import names_of


class Stretch(NamedTuple):
    """Of a term what coverage follows from."""

    first_day: date
    last_day: date
    kind: str


def coverage_on(contract: Contract, terms: Sequence[MaintenanceTerm | Stretch], day: date) -> Coverage:
    """How the contract is covered on a day; `terms` are all of its terms, in order (docs/rules.md 7.1)."""
    if contract.final_acceptance_on is None or day < contract.final_acceptance_on:
        started = contract.go_live_on or contract.preliminary_acceptance_on
        return Coverage.TRIAL if started and started <= day else Coverage.NONE
    if contract.ending_on is not None and contract.ending_on < day:
        return Coverage.LAPSED
    for term in terms:
        if term.first_day <= day <= term.last_day:
            return Coverage(TermKind(term.kind).value)
    return Coverage.GAP if any(term.first_day > day for term in terms) else Coverage.LAPSED


def ends_between(first: date, last: date) -> Q:
    """Contracts whose coverage ends between two days, because its terms do, or because they are terminated as of one.

    Found from the terms' own index, not contract by contract.
    """
    ends = MaintenanceTerm.objects.filter(last_day__range=(first, last)).values("contract")
    later = MaintenanceTerm.objects.filter(contract=OuterRef("pk"), last_day__gt=last)
    return (Q(pk__in=ends) & ~Q(Exists(later))) | Q(ending_on__range=(first, last))


def coverage_end() -> Case:
    """The last day of coverage of a contract as things stand, to annotate contracts with."""
    terms = MaintenanceTerm.objects.filter(contract=OuterRef("pk")).order_by("-last_day")
    last = Subquery(terms.values("last_day")[:1])
    return Case(When(ending_on=None, then=last), default=Least(last, F("ending_on")))


def covered(contracts: QuerySet[Contract], kinds: Iterable[str], day: date) -> QuerySet[Contract]:
    """The contracts that are covered on a day in one of these ways: `coverage_on` for many at once."""
    terms = MaintenanceTerm.objects.filter(contract=OuterRef("pk"))
    here = terms.filter(first_day__lte=day, last_day__gte=day)
    accepted, ended = Q(final_acceptance_on__lte=day), Q(ending_on__lt=day)
    without_live = Q(go_live_on=None, preliminary_acceptance_on__lte=day)
    started = Q(go_live_on__lte=day) | without_live
    ways: dict[Coverage, Q] = {
        Coverage.NONE: ~accepted & ~started,
        Coverage.TRIAL: ~accepted & started,
        Coverage.GAP: accepted & ~ended & ~Q(Exists(here)) & Q(Exists(terms.filter(first_day__gt=day))),
        # Neither covered nor to be covered again: no term ends today or later.
        Coverage.LAPSED: accepted & (ended | ~Q(Exists(terms.filter(last_day__gte=day)))),
    }
    wanted = Q(pk__in=[])
    for kind in map(Coverage, kinds):
        wanted |= ways[kind] if kind in ways else accepted & ~ended & Q(Exists(here.filter(kind=kind.value)))
    return contracts.filter(wanted)


#: After so many failures a row is taken again only by hand.
MAX_ATTEMPTS = 5


#: Of inspections: those whose report is in, those of them held before their window ended, and all that were promised.
HELD = Q(reported_at__isnull=False)
HELD_IN_WINDOW = HELD & Q(visited_on__lte=F("window_last"))
PROMISED = ~Q(action__state=ActionState.CANCELLED) & (HELD | ~Q(action__state=ActionState.SKIPPED))


def due_rows(on: date) -> QuerySet[PlannedAction]:
    """Rows the daily run would take on a day; inspections are held by people."""
    retry = Q(state=ActionState.FAILED, attempts__lt=MAX_ATTEMPTS)
    open_rows = Q(state__in=[ActionState.PLANNED, ActionState.FAILED])
    rows = PlannedAction.objects.filter(open_rows, Q(state=ActionState.PLANNED) | retry, due_on__lte=on)
    for kind in names_of(lambda kind: kind.by_people):
        rows = rows.exclude(kind=kind)
    return rows


def overtaken(rows: Sequence[PlannedAction], days: Mapping[int, date]) -> set[int]:
    """Which of these steps of ladders (a term's reminders, a visit's notices) have a later one that is due too.

    `days` says by primary key on which day. Asked of the table and not of the batch: the rest of a ladder may be in another batch, or in none.
    """
    due = due_rows(max(days.values(), default=date.min)).filter(
        kind__in={row.kind for row in rows}, subject__in={row.subject for row in rows}
    )
    ladders: dict[tuple[str, str, str], list[tuple[int, date]]] = defaultdict(list)
    for kind, subject, step, due_on in due.values_list("kind", "subject", "step", "due_on"):
        ladder, _slash, before = step.rpartition("/")
        ladders[subject, kind, ladder].append((int(before), due_on))
    found = set()
    for row in rows:
        ladder, _slash, before = row.step.rpartition("/")
        steps = ladders[row.subject, row.kind, ladder]
        if any(nearer < int(before) and due_on <= days[row.pk] for nearer, due_on in steps):
            found.add(row.pk)
    return found


def planned_of(customer: Customer) -> QuerySet[Contract]:
    """The contracts of a customer that have a plan."""
    return customer.contracts.filter(terms__isnull=False).order_by("pk").distinct()

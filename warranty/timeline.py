"""What coverage adds to a contract's time line: terms and gaps, visits, and what the plan will do."""

from collections.abc import Iterator
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _

from base.chatter.labels import value_text
from base.ui.cells import distance
from base.ui.look import Look
from contracts.enums import ContractStatus, Coverage
from contracts.models import Contract
from contracts.timeline import Bar, Coming, Mark, Piece, Standing
from warranty.enums import ActionState
from warranty.labels import COVERAGE_COLOURS, icon_of, say
from warranty.models import Inspection, MaintenanceTerm, PlannedAction
from warranty.planning.kinds import Act, kind_of
from warranty.queries import coverage_on
from warranty.rules import DAY
from warranty.termination import last_covered, not_to_come


def pieces(contract: Contract, look: Look) -> Iterator[Piece]:
    """All that this person may see of it."""
    terms = list(contract.terms.order_by("first_day"))
    yield _standing(contract, terms, look)
    yield from _trial(contract, look)
    yield from _terms(terms, look)
    yield from _gaps(contract, terms, look)
    if look.may("inspections.view"):
        yield from _visits(contract, look)
    if look.may("plan.view"):
        yield from _plan(contract, terms)


def _standing(contract: Contract, terms: list[MaintenanceTerm], look: Look) -> Standing:
    coverage = coverage_on(contract, terms, look.today)
    detail = ""
    for term in terms:
        if term.first_day <= look.today <= term.last_day:
            last = last_covered(contract, term.last_day)
            ends = distance(last, look.today)
            detail = _("%(first)s … %(last)s, ends %(ends)s") % {"first": term.first_day, "last": last, "ends": ends}
    if coverage == Coverage.LAPSED and terms:
        detail = _("since %(day)s") % {"day": terms[-1].last_day + DAY}
    return Standing(str(coverage.label), COVERAGE_COLOURS[coverage], detail)


def _trial(contract: Contract, look: Look) -> Iterator[Bar]:
    started = contract.go_live_on or contract.preliminary_acceptance_on
    until = contract.final_acceptance_on or (look.today if contract.status == ContractStatus.ACTIVE else None)
    if started and until and started < until:
        yield Bar(started, until - DAY, _("trial run"), "trial")


def _terms(terms: list[MaintenanceTerm], look: Look) -> Iterator[Bar]:
    for term in terms:
        href = reverse("terms:sheet", args=[term.pk]) if look.may("terms.view") else ""
        yield Bar(term.first_day, term.last_day, str(term.get_kind_display()), term.kind, href)


def _gaps(contract: Contract, terms: list[MaintenanceTerm], look: Look) -> Iterator[Bar]:
    """Days without cover between terms, and since the last one of a contract that goes on."""
    for before, after in pairwise(terms):
        if before.last_day + DAY < after.first_day:
            yield Bar(before.last_day + DAY, after.first_day - DAY, _("not covered"), "gap")
    if terms and terms[-1].last_day < look.today and contract.status == ContractStatus.ACTIVE:
        yield Bar(terms[-1].last_day + DAY, look.today, _("not covered"), "gap")


def _visits(contract: Contract, look: Look) -> Iterator[Mark]:
    found = Inspection.objects.filter(action__contract=contract).select_related("action")
    for visit in found:
        href = reverse("inspections:sheet", args=[visit.pk])
        if visit.visited_on:
            yield Mark(visit.visited_on, _("inspection reported"), "visit-done", row=1, href=href)
        elif visit.action.state == ActionState.PLANNED:
            missed = visit.window_last < look.today
            label, kind = (
                (_("inspection missed"), "visit-missed") if missed else (_("inspection planned"), "visit-planned")
            )
            yield Mark(visit.action.due_on, label, kind, row=1, href=href)


def _plan(contract: Contract, terms: list[MaintenanceTerm]) -> Iterator[Piece]:
    last = terms[-1].pk if terms else None
    rows = contract.plan.filter(state__in=[ActionState.PLANNED, ActionState.FAILED]).select_related("inspection")
    rows = rows.exclude(not_to_come())
    for row in rows.order_by("due_on", "pk"):
        inspection = getattr(row, "inspection", None)
        href = reverse("inspections:sheet", args=[inspection.pk]) if inspection else ""
        words = say(Act(row.kind, row.step, contract, followed=row.term_id not in {last, None}))
        kind = kind_of(row.kind)
        minor = kind is not None and kind.minor
        yield Coming(row.due_on, words, icon_of(row.kind), href, _state(row), value_text(row.problem), minor=minor)
        if kind is not None and kind.begins_renewal:
            yield Mark(row.due_on, words, "renewal", row=2)


def _state(row: PlannedAction) -> str:
    if row.state == ActionState.FAILED:
        return "failed"
    return "hold" if row.on_hold else "provisional" if row.provisional else ""

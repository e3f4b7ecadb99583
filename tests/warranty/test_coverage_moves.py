"""Whom coverage that moves tells, and what moves with it."""

import pytest

from base.chatter.operations import record
from contracts.operations import reactivate_contract, terminate_contract
from contracts.signals import milestones_moved
from tests.chain import AT, ON, accepted, cny, day, paid_term, signed
from warranty.enums import InspectionResult, TermKind
from warranty.inspections import report_inspection
from warranty.models import Inspection
from warranty.operations import (
    Moved,
    _is_free,
    correct_acceptance,
    corrected_periods,
    following_period,
    move_terms,
    record_acceptance,
    set_last_day,
    term_from,
)
from warranty.rules import Period, first_period, with_last_day
from warranty.signals import coverage_moved

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard():
    """Which of the two signals were sent, in order."""
    names = []

    def milestones(sender, **_more):
        names.append("milestones")

    def coverage(sender, **_more):
        names.append("coverage")

    milestones_moved.connect(milestones)
    coverage_moved.connect(coverage)
    yield names
    milestones_moved.disconnect(milestones)
    coverage_moved.disconnect(coverage)


def test_whom_coverage_that_moves_tells(heard, manager):
    contract = signed()
    record_acceptance(contract=contract, accepted_on=day("2026-01-15"), by=manager, at=AT, on=ON)
    assert heard == ["milestones"]
    heard.clear()
    correct_acceptance(contract=contract, accepted_on=day("2026-01-20"), reason="x", by=manager, at=AT, on=ON)
    assert heard == ["milestones", "coverage"]
    heard.clear()
    set_last_day(term=contract.terms.get(), last_day=day("2027-02-01"), reason="x", by=manager, at=AT, on=ON)
    paid_term(contract, "1.00")
    assert heard == ["coverage", "coverage"]


def test_where_nothing_is_covered_yet_a_correction_moves_the_day_alone(manager):
    contract = accepted(free_months=0)
    assert corrected_periods(contract, day("2026-01-20"), []) == []
    correct_acceptance(contract=contract, accepted_on=day("2026-01-20"), reason="x", by=manager, at=AT, on=ON)
    assert (contract.final_acceptance_on, contract.terms.count()) == (day("2026-01-20"), 0)


def test_a_correction_may_reach_an_end_that_was_written_by_hand(manager):
    contract = accepted()
    set_last_day(term=contract.terms.get(), last_day=day("2026-06-30"), reason="as signed", by=manager, at=AT, on=ON)
    correct_acceptance(contract=contract, accepted_on=day("2026-06-30"), reason="x", by=manager, at=AT, on=ON)
    term = contract.terms.get()
    assert (term.first_day, term.last_day) == (day("2026-06-30"), day("2026-06-30"))


def test_a_reported_visit_belongs_to_the_window_that_a_new_end_gives_its_day(manager, engineer):
    """Two visits a year: of twelve months the first window ends on 15 July, of fifteen on 15 June."""
    contract = accepted(day("2026-01-15"))
    visit = Inspection.objects.get(action__contract=contract, action__step="1")
    report_inspection(
        inspection=visit, visited_on=day("2026-06-20"), result=InspectionResult.NORMAL, findings="", by=engineer,
        at=AT, on=ON,
    )  # fmt: skip
    set_last_day(term=contract.terms.get(), last_day=day("2027-04-15"), reason="as signed", by=manager, at=AT, on=ON)
    visit = Inspection.objects.select_related("action").get(pk=visit.pk)
    assert (visit.action.step, visit.window_first) == ("2", day("2026-06-16"))


def test_why_an_end_was_set_by_hand_is_what_was_said_or_where_it_came_from():
    contract = accepted()
    plain = first_period(day("2026-01-15"), 12)
    by_hand = with_last_day(plain, day("2027-01-31"))
    given = {"contract": contract, "kind": TermKind.GOODWILL, "origin": "ledger"}
    assert term_from(by_hand, **given).hand_set_reason == "ledger"
    assert term_from(by_hand, **given, reason="as signed").hand_set_reason == "as signed"
    assert term_from(plain, **given, reason="as signed").hand_set_reason == ""


@pytest.mark.parametrize(("price", "base"), [("240000.00", cny("1200000.00"))])
def test_only_a_paid_term_carries_what_its_price_is_judged_by(price, base):
    contract = accepted()
    period = first_period(day("2026-01-15"), 12)
    paid = term_from(period, contract=contract, kind=TermKind.PAID, origin="quote", price=cny(price))
    free = term_from(period, contract=contract, kind=TermKind.FREE, origin="acceptance")
    assert (paid.cap_base, paid.cap_rate, paid.price) == (base, contract.cap_rate, cny(price))
    assert free.price == cny("0")
    assert free.cap_base != base


@pytest.mark.parametrize(
    ("first_day", "last_day", "free"),
    [("2026-01-01", "2026-01-09", True), ("2026-01-01", "2026-01-10", False), ("2026-01-20", "2026-01-30", False),
     ("2026-01-21", "2026-01-30", True)],
)  # fmt: skip
def test_a_place_is_free_up_to_the_day_before_and_from_the_day_after(first_day, last_day, free):
    period = Period(day(first_day), day(last_day), 1, day(first_day))
    held = {1: (day("2026-01-01"), day("2026-12-31")), 2: (day("2026-01-10"), day("2026-01-20"))}
    assert _is_free(period, 1, held) is free


def test_a_further_term_is_counted_from_the_anchor_and_the_first_from_acceptance():
    contract = accepted(day("2026-01-15"))
    follows = following_period(contract, 12, day("2027-01-16"))
    assert (follows.anchor, follows.last_day) == (day("2026-01-15"), day("2028-01-15"))
    assert following_period(contract, 12, day("2027-01-17")).anchor == day("2027-01-17")
    bare = accepted(day("2026-01-15"), free_months=0)
    assert following_period(bare, 12).first_day == day("2026-01-15")
    assert following_period(bare, 12, day("2026-03-01")).first_day == day("2026-03-01")


def test_what_else_changes_with_a_term_that_moves_changes_at_once():
    contract = accepted()
    term = contract.terms.get()
    after = with_last_day(term.period, day("2027-01-31"))
    move_terms([Moved(term, term.period, after)], by=None, at=AT, also={term.pk: {"hand_set_reason": "as signed"}})
    term.refresh_from_db()
    assert (term.last_day, term.hand_set_reason) == (day("2027-01-31"), "as signed")


def test_only_the_term_that_was_cut_gets_its_end_again_whatever_happened_to_it_since(director):
    contract = accepted(day("2025-01-15"), planned_on=ON)
    paid_term(contract, "1.00")
    first, second = contract.terms.order_by("first_day")
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    record(second, "note", by=director, at=AT)
    reactivate_contract(contract=contract, on=ON, reason="not over", by=director, at=AT)
    assert [term.last_day for term in contract.terms.order_by("first_day")] == [first.last_day, second.last_day]

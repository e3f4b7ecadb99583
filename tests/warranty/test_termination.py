"""A contract terminated, and its termination taken back (docs/rules.md 5, 7.1)."""

from datetime import timedelta

import pytest

from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.operations import reactivate_contract, terminate_contract
from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, at, day, paid_term, renewed
from tests.warranty.lines import hold_visit, plan, terms
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection
from warranty.operations import (
    Moved,
    move_terms,
    set_last_day,
)
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db

KINDS = ["inspection", "inspection_notice", "inspection_missed", "coverage_end", "renewal_quote", "renewal_send"]


def everything(contract: Contract) -> list[dict]:
    """All terms as they are, without their keys and versions."""
    rows = contract.terms.order_by("first_day").values()
    return [{k: v for k, v in each.items() if k not in ("id", "version")} for each in rows]


def test_a_termination_ends_the_current_term_and_removes_later_ones(director):
    contract = accepted(day("2026-01-15"))
    paid_term(contract, "100000.00")
    terminate_contract(contract=contract, on=ON, reason="customer closed", by=director, at=AT)
    assert terms(contract) == ["free 2026-01-15…2026-11-22*"]
    assert not contract.plan.filter(state__in=["planned", "failed"]).exists()
    assert run_day(on=ON + timedelta(days=400), by=None, at=AT).actions == {}


def test_a_termination_keeps_inspections_that_were_held(director, engineer):
    contract = accepted(day("2026-01-15"))
    hold_visit(contract, "1", "2026-06-10", engineer)
    terminate_contract(contract=contract, on=ON, reason="customer closed", by=director, at=AT)
    states = {each.step: each.state for each in contract.plan.filter(kind="inspection")}
    assert states == {"1": "done", "2": "cancelled"}


def test_a_visit_held_after_the_end_stands_in_the_way(director, engineer):
    contract = accepted(day("2025-01-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    inspection = Inspection.objects.get(action__contract=contract, action__step="2", action__term__kind="paid")
    report_inspection(
        inspection=inspection, visited_on=ON, result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        terminate_contract(contract=contract, on=day("2025-12-31"), reason="late", by=director, at=AT)
    assert no.value.code == "reported"
    assert Inspection.objects.filter(pk=inspection.pk).exists()


def test_a_termination_keeps_queued_mails_at_home(director):
    contract = accepted(day("2025-11-21"))
    run_day(on=ON, by=None, at=AT)
    run_day(on=day("2026-11-23"), by=None, at=AT)
    mails = OutgoingMail.objects.filter(status="queued")
    assert set(mails.values_list("kind", flat=True)) >= {"coverage_lapsed"}
    later = day("2026-11-23")
    terminate_contract(contract=contract, on=later, reason="over", by=director, at=at(later))
    assert not OutgoingMail.objects.filter(status="queued").exists()


def test_taken_back_everything_is_as_it_was(director, manager):
    contract = accepted(day("2026-01-15"))
    free = contract.terms.get()
    set_last_day(term=free, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    paid_term(contract, "100000.00", first_day=day("2027-03-01"))
    paid_term(contract, "120000.00", months=18)
    before, rows = everything(contract), plan(contract, *KINDS)
    terminate_contract(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
    reactivate_contract(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    assert everything(contract) == before
    assert plan(contract, *KINDS) == rows
    assert contract.status == ContractStatus.ACTIVE
    assert contract.terminated_on is None


def test_twice_terminated_and_taken_back_nothing_is_doubled(director):
    contract = accepted(day("2026-01-15"))
    paid_term(contract, "100000.00")
    before = everything(contract)
    for _time in range(2):
        terminate_contract(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
        reactivate_contract(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    assert everything(contract) == before


def test_an_accepted_renewal_is_its_quotes_again(director):
    quote = renewed()
    contract = quote.contract
    terminate_contract(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
    assert RenewalQuote.objects.get(pk=quote.pk).term is None
    reactivate_contract(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    quote.refresh_from_db()
    assert quote.term == contract.terms.order_by("-first_day")[0]
    assert quote.term.origin == "quote"


def test_terms_that_are_moved_never_overlap_on_the_way(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    ordered = list(contract.terms.order_by("first_day"))
    crossed = [ordered[1].period, ordered[0].period]
    with pytest.raises(Refused, match="overlap"):
        move_terms([Moved(t, t.period, after) for t, after in zip(ordered, crossed, strict=True)], by=None, at=AT)

"""What was called back because a contract ended, or was not to be renewed, is offered again when that is taken back."""

import pytest

from base.mail.models import OutgoingMail
from contracts.operations import reactivate_contract, set_renewal_wish, terminate_contract
from renewals.decisions import call_back_quote
from tests.chain import ON, accepted, at, day, row
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db
LATER = day("2026-11-24")


@pytest.fixture
def drafted_by_itself():
    """Coverage ends 2027-01-15: the run of today drafts the renewal."""
    contract = accepted(day("2026-01-15"), planned_on=ON)
    run_day(on=ON, by=None, at=at(ON))
    assert contract.quotes.get().status == "draft"
    return contract


def run_on(*days):
    for each in days:
        run_day(on=each, by=None, at=at(each))


def statuses(contract):
    return list(contract.quotes.order_by("pk").values_list("status", flat=True))


def test_a_termination_taken_back_leaves_a_renewal_that_leaves(drafted_by_itself, director):
    contract = drafted_by_itself
    terminate_contract(contract=contract, on=ON, reason="insolvent", by=director, at=at(ON))
    run_on(day("2026-11-23"))
    reactivate_contract(contract=contract, on=LATER, reason="saved", by=director, at=at(LATER))
    assert statuses(contract) == ["cancelled"]

    run_on(LATER)
    assert statuses(contract) == ["cancelled", "draft"]
    assert row(contract, "renewal_send").due_on == day("2026-11-27")
    run_on(day("2026-11-27"))
    assert statuses(contract) == ["cancelled", "sent"]
    assert OutgoingMail.objects.filter(kind="renewal_quote").count() == 1


def test_a_wish_taken_back_is_offered_again(drafted_by_itself, manager):
    contract = drafted_by_itself
    set_renewal_wish(contract=contract, no_renewal_reason="switched off", by=manager, at=at(ON), on=ON)
    run_on(day("2026-11-23"))
    set_renewal_wish(contract=contract, by=manager, at=at(LATER), on=LATER)
    run_on(LATER, LATER)
    assert statuses(contract) == ["cancelled", "draft"]


def test_what_a_person_cancelled_stays_cancelled(drafted_by_itself, manager, director):
    contract = drafted_by_itself
    call_back_quote(quote=contract.quotes.get(), reason="they buy anew", by=manager, at=at(ON))
    terminate_contract(contract=contract, on=ON, reason="insolvent", by=director, at=at(ON))
    reactivate_contract(contract=contract, on=LATER, reason="saved", by=director, at=at(LATER))
    run_on(LATER)
    assert statuses(contract) == ["cancelled"]

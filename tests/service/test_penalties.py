"""What a broken promise costs (docs/practice.md 4.1), and what becomes of it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused
from billing import invoices
from billing.models import CreditNote
from service import operations
from service.models import Penalty, PenaltyRule
from service.promises import penalties
from tests.chain import AT, ON, accepted, cny, invoiced, verbs
from tests.factories import UserFactory

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
USUAL = Decimal("0.0005")


# Proposed


@pytest.fixture
def late(taken, desk):
    """Reported ten minutes ago, answered and solved days too late, and closed; it was never visited."""
    request = taken(accepted(amount="1200000.00"))
    at = AT + 3 * DAY
    operations.answer_request(request=request, text="We look at it.", by=desk, at=at)
    operations.resolve_request(request=request, solution="Restarted", by=desk, at=at)
    return request, at


def test_a_closed_request_proposes_what_its_broken_legs_cost(late, desk):
    request, at = late
    assert not Penalty.objects.exists()
    operations.close_request(request=request, by=desk, at=at + DAY)
    by_leg = {each.leg: each for each in Penalty.objects.all()}
    # Answered three days late less 20 minutes, never on site until the closing, solved two days after Monday's close.
    assert {leg: each.units for leg, each in by_leg.items()} == {"response": 3, "arrival": 4, "resolution": 2}
    answer = by_leg["response"]
    assert (answer.base, answer.rate, answer.amount, answer.status) == (
        cny("1200000.00"),
        USUAL,
        cny("1800.00"),
        "proposed",
    )
    assert (answer.due_at, answer.done_at) == (request.respond_by, at)
    manager = request.contract.manager
    assert [todo.assignee for todo in Todo.objects.filter(kind="penalty_to_decide")] == [manager] * 3


def test_what_was_kept_or_merged_costs_nothing(taken, desk):
    contract = accepted()
    first, second = taken(contract), taken(contract)
    operations.answer_request(request=first, text="x", by=desk, at=AT)
    operations.record_arrival(request=first, arrived_at=AT, by=desk, at=AT)
    operations.resolve_request(request=first, solution="x", by=desk, at=AT)
    operations.merge_requests(request=second, into=first, by=desk, at=AT + 9 * DAY)
    operations.close_request(request=first, by=desk, at=AT + 9 * DAY)
    assert not Penalty.objects.exists()


def test_the_contracts_own_clause_goes_before_the_one_for_all(late, desk):
    request, at = late
    PenaltyRule.objects.create(
        contract=request.contract, unit="hour", rate=Decimal("0.001"), base="year", grace=24, cap_rate=Decimal("0.02")
    )
    operations.close_request(request=request, by=desk, at=at)
    answer = Penalty.objects.get(leg="response")
    # A year of maintenance costs at most 20 % of the contract; 72 hours less 24 of grace.
    assert (answer.base, answer.units, answer.unit) == (cny("240000.00"), 48, "hour")
    assert answer.amount == cny("4800.00"), "0.1 % × 48 is 4.8 %, the cap of 2 % is less"


def test_without_a_clause_nothing_is_proposed(late, desk):
    request, at = late
    PenaltyRule.objects.all().delete()
    operations.close_request(request=request, by=desk, at=at)
    assert not Penalty.objects.exists()


def test_there_is_one_clause_for_all_others(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        PenaltyRule.objects.create(unit="hour", rate=USUAL)


# Decided


@pytest.fixture
def penalty(late, desk):
    request, at = late
    operations.close_request(request=request, by=desk, at=at)
    return Penalty.objects.get(leg="response")


def test_it_is_waived_with_a_reason_or_granted(penalty, desk):
    manager = penalty.contract.manager
    with pytest.raises(NotAllowed):
        penalties.grant_penalty(penalty=penalty, by=desk, at=AT)
    with pytest.raises(Refused) as no:
        penalties.waive_penalty(penalty=penalty, reason=" ", by=manager, at=AT)
    assert no.value.field == "reason"
    penalties.waive_penalty(penalty=penalty, reason="They asked us to wait", by=manager, at=AT)
    assert (penalty.status, penalty.reason) == ("waived", "They asked us to wait")
    assert not Todo.objects.filter(kind="penalty_to_decide", target_id=penalty.pk, done_at=None).exists()
    penalties.grant_penalty(penalty=penalty, by=manager, at=AT)
    assert verbs(penalty) == ["proposed", "waived", "granted"]


def test_the_next_invoice_sets_it_off(penalty, finance):
    contract = penalty.contract
    penalties.grant_penalty(penalty=penalty, by=contract.manager, at=AT)
    invoice = invoiced(contract)
    invoices.request_invoice(invoice=invoice, by=contract.manager, at=AT, on=ON)
    invoices.issue_invoice(
        invoice=invoice, tax_invoice_number="26312000000123456789", tax_invoice_on=ON, by=finance, at=AT, on=ON
    )
    note = CreditNote.objects.get()
    penalty.refresh_from_db()
    assert (note.gross, invoice.credited) == (penalty.amount, penalty.amount)
    assert penalty.request.number in note.reason
    assert (penalty.status, penalty.credited_by) == ("credited", note.number)
    assert invoices.set_off_penalties(invoice=invoice, by=finance, at=AT, on=ON) == 0
    with pytest.raises(Refused):
        penalties.waive_penalty(penalty=penalty, reason="x", by=contract.manager, at=AT)


def test_what_does_not_fit_waits_for_another_invoice(penalty, finance):
    contract = penalty.contract
    invoice = invoiced(contract)
    invoices.request_invoice(invoice=invoice, by=contract.manager, at=AT, on=ON)
    invoices.issue_invoice(
        invoice=invoice, tax_invoice_number="26312000000123456789", tax_invoice_on=ON, by=finance, at=AT, on=ON
    )
    invoices.record_payment(
        invoice=invoice, amount=invoice.gross - cny("1.00"), paid_on=ON, reference="x", by=finance, at=AT, on=ON
    )
    penalties.grant_penalty(penalty=penalty, by=contract.manager, at=AT)
    assert invoices.set_off_penalties(invoice=invoice, by=finance, at=AT, on=ON) == 0
    assert Penalty.objects.get(pk=penalty.pk).status == "granted"


def test_only_who_sees_prices_decides(penalty):
    for role in ("engineer", "finance", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            penalties.grant_penalty(penalty=penalty, by=UserFactory(role=role), at=AT)

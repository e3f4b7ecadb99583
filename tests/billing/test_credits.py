"""What was invoiced beyond the end of a contract is proposed once as a credit (docs/rules.md 5.7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused, Stale
from billing.crediting import credit_invoice
from billing.credits import grant_credit, propose_credits, waive_credit
from billing.models import CreditNote, CreditProposal, Invoice
from billing.rules.payment import unserved
from contracts.models import Contract
from contracts.operations import reactivate_contract, terminate_contract
from ops.integrity import findings
from tests.chain import accepted, at, cny, day, invoiced, issued, verbs
from tests.factories import UserFactory
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db

#: Covered 2026-01-15 … 2027-01-15 for free, then paid 2027-01-16 … 2028-01-15, 365 days, at 240,000.00.
QUARTER = day("2027-04-15")


@pytest.fixture
def invoice() -> Invoice:
    return issued(accepted())


def end(invoice: Invoice, on=QUARTER, by=None) -> Contract:
    contract = Contract.objects.get(pk=invoice.contract_id)
    terminate_contract(contract=contract, on=on, reason="moves", by=by, at=at(on))
    return Contract.objects.get(pk=contract.pk)


def granted(proposal: CreditProposal, by) -> CreditNote:
    return grant_credit(
        proposal=proposal, tax_invoice_number="", credited_on=QUARTER, by=by, at=at(QUARTER), on=QUARTER
    )


@pytest.mark.parametrize(
    ("price", "ends_on", "left", "amount"),
    [
        ("240000.00", "2028-01-15", 0, "0.00"),
        ("240000.00", "2028-01-14", 1, "657.53"),
        ("240000.00", "2027-04-15", 275, "180821.91"),
        ("240000.00", "2027-01-16", 364, "239342.46"),
        ("240000.00", "2027-01-15", 365, "240000.00"),
        ("240000.00", "2026-12-01", 365, "240000.00"),
        ("0.01", "2028-01-14", 1, "0.00"),
    ],
)
def test_days_left_of_the_term_floored(price, ends_on, left, amount):
    assert unserved(cny(price), day("2027-01-16"), day("2028-01-15"), day(ends_on)) == (left, 365, cny(amount))


@given(st.integers(1, 10**9), st.dates(day("2027-01-01"), day("2028-12-31")))
def test_never_more_than_was_paid_and_never_less_than_nothing(cents, ends_on):
    price = Money(cents, "CNY") / 100
    share = unserved(price, day("2027-01-16"), day("2028-01-15"), ends_on)
    assert Money(0, "CNY") <= share.amount <= price
    assert 0 <= share.days_left <= share.days == 365


def test_an_end_within_a_paid_year_is_proposed_once(invoice, director):
    end(invoice, by=director)
    [proposal] = CreditProposal.objects.all()
    assert (proposal.invoice, proposal.days_left, proposal.days) == (invoice, 275, 365)
    assert (proposal.amount, proposal.price, proposal.ends_on) == (cny("180821.91"), cny("240000.00"), QUARTER)
    todo = Todo.objects.get(kind="credit_to_decide")
    assert (todo.role, todo.params) == ("finance", {"contract": invoice.contract.number, "invoice": invoice.number})
    assert list(findings(on=QUARTER, only=["credits"])) == []


def test_an_end_on_a_coming_day_is_proposed_on_that_day_and_once(invoice, manager):
    contract = Contract.objects.get()
    terminate_contract(contract=contract, on=QUARTER, reason="moves", by=manager, at=at(day("2027-02-01")))
    assert not CreditProposal.objects.exists()
    for on in (QUARTER, QUARTER, day("2027-04-16")):
        run_day(on=on, by=None, at=at(on))
    [proposal] = CreditProposal.objects.all()
    assert (proposal.amount, proposal.on) == (cny("180821.91"), QUARTER)


def test_what_was_not_issued_is_void_and_proposes_nothing(director):
    invoice = invoiced(accepted())
    end(invoice, by=director)
    assert Invoice.objects.get().status == "void"
    assert not CreditProposal.objects.exists()


def test_at_most_what_is_not_credited_yet(invoice, director):
    finance = UserFactory(role="finance")
    credit_invoice(
        invoice=invoice, amount=cny("100000.00"), ground="allowance", reason="x", tax_invoice_number="", credited_on=QUARTER, by=finance,
        at=at(QUARTER), on=QUARTER,
    )  # fmt: skip
    end(invoice, by=director)
    assert CreditProposal.objects.get().amount == cny("140000.00")


def test_granted_it_is_a_credit_note(invoice, director):
    finance = UserFactory(role="finance")
    end(invoice, by=director)
    proposal = CreditProposal.objects.get()
    note = granted(proposal, finance)
    proposal.refresh_from_db()
    assert (note.gross, note.invoice) == (cny("180821.91"), invoice)
    assert (proposal.status, proposal.credit_note) == ("granted", note)
    assert "365" in note.reason
    assert verbs(proposal) == ["credit_proposed", "credit_granted"]
    assert not Todo.objects.filter(kind="credit_to_decide", done_at=None).exists()
    with pytest.raises(Refused):
        granted(proposal, finance)
    assert CreditNote.objects.count() == 1
    assert list(findings(on=QUARTER, only=["credits", "invoices", "invoice states"])) == []


def test_of_two_who_grant_it_the_second_is_told(invoice, director):
    finance = UserFactory(role="finance")
    end(invoice, by=director)
    mine, other = CreditProposal.objects.get(), CreditProposal.objects.get()
    granted(mine, finance)
    with pytest.raises(Stale):
        granted(other, finance)
    assert CreditNote.objects.count() == 1


def test_what_was_credited_meanwhile_is_not_credited_twice(invoice, director):
    finance = UserFactory(role="finance")
    end(invoice, by=director)
    invoice = Invoice.objects.get()
    credit_invoice(
        invoice=invoice, amount=cny("200000.00"), ground="allowance", reason="x", tax_invoice_number="", credited_on=QUARTER, by=finance,
        at=at(QUARTER), on=QUARTER,
    )  # fmt: skip
    assert granted(CreditProposal.objects.get(), finance).gross == cny("40000.00")
    assert Invoice.objects.get().status == "credited"
    assert CreditProposal.objects.get().amount == cny("40000.00")


def test_where_nothing_is_left_to_credit_it_can_only_be_waived(invoice, director):
    finance = UserFactory(role="finance")
    end(invoice, by=director)
    credit_invoice(
        invoice=Invoice.objects.get(), amount=cny("240000.00"), ground="allowance", reason="x", tax_invoice_number="",
        credited_on=QUARTER, by=finance, at=at(QUARTER), on=QUARTER,
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        granted(CreditProposal.objects.get(), finance)
    assert no.value.code == "credited"
    waive_credit(proposal=CreditProposal.objects.get(), reason="credited by hand", by=finance, at=at(QUARTER))


def test_waived_with_a_reason_and_granted_after_all(invoice, director, manager):
    finance = UserFactory(role="finance")
    end(invoice, by=director)
    proposal = CreditProposal.objects.get()
    with pytest.raises(Refused) as no:
        waive_credit(proposal=proposal, reason=" ", by=finance, at=at(QUARTER))
    assert no.value.field == "reason"
    with pytest.raises(NotAllowed):
        waive_credit(proposal=proposal, reason="agreed", by=manager, at=at(QUARTER))
    waive_credit(proposal=proposal, reason="agreed", by=director, at=at(QUARTER))
    proposal.refresh_from_db()
    assert (proposal.status, proposal.reason) == ("waived", "agreed")
    assert granted(proposal, finance).gross == cny("180821.91")


def test_taken_back_it_falls_away_and_the_next_end_proposes_anew(invoice, director):
    contract = end(invoice, by=director)
    reactivate_contract(contract=contract, on=QUARTER, reason="stays", by=director, at=at(QUARTER))
    assert CreditProposal.objects.get().status == "dropped"
    assert not Todo.objects.filter(kind="credit_to_decide", done_at=None).exists()
    end(invoice, day("2027-07-15"), by=director)
    statuses = list(CreditProposal.objects.order_by("pk").values_list("status", "days_left"))
    assert statuses == [("dropped", 275), ("proposed", 184)]
    assert list(findings(on=QUARTER, only=["credits"])) == []


def test_an_end_after_all_that_was_invoiced_proposes_nothing(invoice):
    assert propose_credits(contract=invoice.contract, ends_on=day("2028-01-15"), by=None, at=at(QUARTER)) == []

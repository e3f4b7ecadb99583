"""Contracts written as a ledger: it reads back the same, and importing it again changes nothing."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from moneyed import Money

from base.chatter.models import Event
from contracts.ledger import read_ledger
from contracts.ledger.export import write_ledger
from contracts.models import Contract, Customer
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, cny, paid_term, renewed, signed
from tests.factories import ContactFactory, CustomerFactory, UserFactory
from warranty.enums import TermKind
from warranty.ledger.compare import compare
from warranty.ledger.export import exported
from warranty.ledger.load import load
from warranty.models import MaintenanceTerm
from warranty.operations import add_term, correct_acceptance, set_last_day

pytestmark = pytest.mark.django_db


def ledger():
    target = io.BytesIO()
    write_ledger(target, exported(Contract.objects.all()))
    return read_ledger(target.getvalue(), on=ON, name="ledger.xlsx")


def stored():
    """Every contract as a ledger tells it, with its terms."""
    found = {}
    for contract in Contract.objects.select_related("customer", "contact", "manager"):
        contact = contract.contact
        found[contract.number] = (
            contract.project, contract.amount, contract.customer.name, contract.customer.credit_code, contract.signed_on,
            contract.go_live_on, contract.preliminary_acceptance_on, contract.final_acceptance_on, contract.same_day,
            contract.free_months, contract.renewal_rate, contract.inspections_per_year, contract.manager,
            contract.manager_name, contract.project_manager, contract.note,
            (contact.name, contact.phone, contact.email) if contact else None,
            [(t.kind, t.first_day, t.last_day, t.price, bool(t.hand_set_reason)) for t in contract.terms.order_by("first_day")],
        )  # fmt: skip
    return found


def empty():
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def many(db):
    """Contracts in all the states a ledger has a word for."""
    manager = UserFactory(role="manager", display_name="陈静")
    customer = CustomerFactory(name="海棠（集团）有限公司", credit_code="91000000000000019G")
    contact = ContactFactory(customer=customer, name="王磊", phone="010-8888 0001", email="wang@example.com")
    same = {"customer": customer, "contact": contact, "manager": manager}
    accepted(date(2026, 1, 15), number="FREE", note="First line\nSecond line", **same)
    accepted(date(2026, 1, 15), number="SAME-DAY", same_day=True, **same)
    accepted(date(2024, 2, 29), number="LEAP", renewal_rate=Decimal("0.0825"), **same)
    accepted(date(2026, 1, 15), number="NO-FREE", free_months=0, inspections_per_year=0, **same)
    paid = accepted(date(2024, 2, 29), number="PAID", free_months=24, **same)
    paid_term(paid, "150000.00")
    same_paid = accepted(date(2024, 3, 31), number="SAME-PAID", same_day=True, **same)
    paid_term(same_paid, "99999.99"), paid_term(same_paid, "99999.99")
    by_hand = accepted(date(2026, 1, 15), number="BY-HAND", **same)
    set_last_day(term=by_hand.terms.get(), last_day=date(2027, 1, 14), reason="written", by=None, at=AT, on=ON)
    signed(number="000123", project_manager="马芳", go_live_on=date(2026, 5, 1), **same)
    signed(number="=1+1", manager=None, manager_name="老王", contact=None)
    signed(number="USD", amount=Money("500000.50", "USD"), contact=None, manager=None)
    signed(number="JPY", amount=Money("50000000", "JPY"), contact=None, manager=None)


def test_a_ledger_says_of_itself_that_nothing_is_new(many):
    found = compare(ledger())

    assert (found.new, found.changed, found.conflicts, found.rejected) == ([], [], [], [])
    assert [(each.value, each.problem) for each in found.warnings] == [("老王", "nobody of this name")]
    assert len(found.unchanged) == Contract.objects.count() == 11


def test_every_column_is_known():
    assert ledger().row_count == 0
    signed()
    [table] = ledger().tables
    assert table.unmapped == ()


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_gets_the_same_contracts_and_a_second_import_changes_nothing(many):
    before, file = stored(), ledger()
    empty()
    UserFactory(role="manager", display_name="陈静")

    loaded = load(file, by=None, at=AT, on=ON)

    assert (len(loaded.new), loaded.rejected) == (11, [])
    after = stored()
    named = {number: [*values[:12], str(values[12] or ""), *values[13:]] for number, values in before.items()}
    assert {number: [*values[:12], str(values[12] or ""), *values[13:]] for number, values in after.items()} == named
    assert Customer.objects.get(credit_code="91000000000000019G").name == "海棠（集团）有限公司"

    events, rows = Event.objects.count(), list(Contract.objects.order_by("pk").values())
    again = load(ledger(), by=None, at=AT, on=ON)
    assert len(again.unchanged) == 11
    assert (Event.objects.count(), list(Contract.objects.order_by("pk").values())) == (events, rows)


def test_what_a_ledger_cannot_say_is_no_difference():
    """A goodwill term, prices that rose, a renewal accepted here, coverage taken up again: none is a change."""
    goodwill = accepted(date(2026, 1, 15), number="GOODWILL")
    add_term(contract=goodwill, kind=TermKind.GOODWILL, months=3, by=None, at=AT, on=ON, origin="person")
    rising = accepted(date(2024, 1, 15), number="RISING")
    paid_term(rising, "100000.00"), paid_term(rising, "110000.00")
    resumed = accepted(date(2024, 1, 15), number="RESUMED")
    paid_term(resumed, "100000.00", first_day=date(2026, 6, 1))
    renewed(accepted(date(2026, 1, 15), number="RENEWED"))
    terms = list(MaintenanceTerm.objects.order_by("pk").values())

    found = load(ledger(), by=None, at=AT, on=ON)

    assert (len(found.unchanged), found.changed, found.conflicts) == (4, [], [])
    assert list(MaintenanceTerm.objects.order_by("pk").values()) == terms


def test_what_was_corrected_here_after_an_import_is_no_difference_when_it_comes_back():
    accepted(date(2026, 1, 15), number="A")
    load(ledger(), by=None, at=AT, on=ON)
    contract = Contract.objects.get()
    correct_acceptance(contract=contract, accepted_on=date(2026, 2, 1), reason="typo", by=UserFactory(), at=AT, on=ON)
    events = Event.objects.count()

    found = load(ledger(), by=None, at=AT, on=ON)

    assert (len(found.unchanged), Event.objects.count()) == (1, events)
    contract.refresh_from_db()
    assert contract.ledger_values["final_acceptance_on"] == "2026-02-01"


def test_a_corrected_acceptance_in_the_file_still_moves_the_terms():
    accepted(date(2026, 1, 15), number="A")
    file = ledger()
    [table] = file.tables
    place = next(index for index, name in table.mapping.items() if name == "final_acceptance_on")
    end = next(index for index, name in table.mapping.items() if name == "covered_until")
    cells = list(table.rows[0].cells)
    cells[place], cells[end] = date(2026, 1, 20), date(2027, 1, 20)
    object.__setattr__(table.rows[0], "cells", tuple(cells))

    load(file, by=None, at=AT, on=ON)

    term = MaintenanceTerm.objects.get()
    assert (term.first_day, term.last_day) == (date(2026, 1, 20), date(2027, 1, 20))


def test_drafts_and_terminated_contracts_stay_at_home():
    signed(number="DRAFT", status="draft")
    gone = accepted(date(2026, 1, 15), number="GONE")
    terminate_contract(contract=gone, on=ON, reason="x", by=UserFactory(), at=AT)
    accepted(date(2026, 1, 15), number="HERE", amount=cny("1.00"))

    assert [row.number for row in exported(Contract.objects.all())] == ["HERE"]

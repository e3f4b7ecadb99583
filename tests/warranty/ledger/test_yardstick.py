"""A ledger that lowers amount, rate or what a year was paid for waits for a director (docs/rules.md 2.3)."""

from decimal import Decimal

import pytest

from base.changes.models import PendingChange
from base.changes.operations import grant_change, refuse_change
from contracts.models import Contract
from tests.chain import AT, cny
from tests.factories import UserFactory
from tests.warranty.ledger.books import HEADER, book, counts, imported, row, terms
from warranty.ledger import yardstick
from warranty.models import MaintenanceTerm

pytestmark = pytest.mark.django_db


def load(path, **cells):
    return imported(book(path, [HEADER, row("A-1", 维保到期日="2027-03-15", **cells)]))


def test_lower_terms_wait_and_the_rest_comes_in(path, director):
    load(path, 年维保费=150000, 巡检次数=2)
    was = Contract.objects.get().amount
    assert counts(load(path, 年维保费=120000, 合同金额=900000, 巡检次数=3)) == (0, 1, 0, 0, 0)
    contract = Contract.objects.get()
    assert (contract.amount, contract.inspections_per_year) == (was, 3)
    assert {term.price for term in MaintenanceTerm.objects.filter(kind="paid")} == {cny("150000.00")}
    change = PendingChange.objects.get()
    assert change.changes == {
        "amount": [f"{was.amount} CNY", "900000.00 CNY"], "annual_fee": ["150000.00 CNY", "120000.00 CNY"]
    }  # fmt: skip
    assert counts(load(path, 年维保费=120000, 合同金额=900000, 巡检次数=3)) == (0, 0, 1, 0, 0)
    assert PendingChange.objects.count() == 1
    grant_change(change=change, by=director, at=AT)
    assert Contract.objects.get().amount == cny("900000.00")
    paid = MaintenanceTerm.objects.filter(kind="paid")
    assert {(term.price, term.cap_base) for term in paid} == {(cny("120000.00"), cny("900000.00"))}


def test_a_refusal_leaves_what_was_there(path, director):
    load(path, 年维保费=150000)
    load(path, 年维保费=120000)
    refuse_change(change=PendingChange.objects.get(), reason="No", by=director, at=AT)
    assert {term.price for term in MaintenanceTerm.objects.filter(kind="paid")} == {cny("150000.00")}


def test_without_a_director_the_ledger_counts_at_once_and_is_marked(path):
    load(path, 年维保费=150000)
    load(path, 年维保费=120000, 合同金额=900000)
    assert terms("A-1")[-1].endswith("120000.00")
    assert Contract.objects.get().amount == cny("900000.00")
    refuse_change(change=PendingChange.objects.get(), reason="No", by=UserFactory(role="director"), at=AT)
    assert terms("A-1")[-1].endswith("150000.00")


def test_more_is_taken_at_once(path, director):
    load(path, 年维保费=150000)
    load(path, 年维保费=160000, 续保比例=Decimal("0.20"))
    assert terms("A-1")[-1].endswith("160000.00")
    assert not PendingChange.objects.exists()


def test_what_counts_as_a_lower_fee():
    assert yardstick.fee_paid([]) is None
    assert yardstick.lower_fee([], []) is None

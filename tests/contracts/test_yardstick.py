"""Whoever lowers what prices are measured by is not who agrees to it (docs/rules.md 2.3)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from base.changes.models import PendingChange
from base.changes.operations import grant_change, refuse_change
from base.lib.errors import NotAllowed, Refused
from contracts.enums import ContractStatus
from contracts.models import Amendment, Contract
from contracts.operations import amend_contract, save_contract
from contracts.queries import in_force
from contracts.yardstick import lowered
from tests.chain import AT, ON, cny, drafted, signed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def saved(contract, by, **values):
    save_contract(contract=contract, values=values, by=by, at=AT)
    return Contract.objects.get(pk=contract.pk)


def test_a_lower_rate_waits_for_a_director_and_the_rest_is_stored(manager, director):
    contract = saved(signed(), manager, renewal_rate=Decimal("0.08"), project="B")
    assert (contract.renewal_rate, contract.project) == (None, "B")
    change = PendingChange.objects.get()
    assert (change.status, change.changes) == ("waiting", {"renewal_rate": [None, "0.08"]})
    with pytest.raises(NotAllowed):
        grant_change(change=change, by=manager, at=AT)
    grant_change(change=change, by=director, at=AT)
    assert Contract.objects.get().renewal_rate == Decimal("0.08")


@pytest.mark.parametrize(
    ("values", "lower"),
    [
        ({"renewal_rate": Decimal("0.12")}, set()),
        ({"renewal_rate": None}, set()),
        ({"renewal_rate": Decimal("0.09")}, {"renewal_rate"}),
        ({"amount": cny("1200000.01")}, set()),
        ({"amount": cny("1199999.99")}, {"amount"}),
        ({"cap_rate": Decimal("0.15")}, {"cap_rate"}),
        ({"cap_rate": Decimal("0.15"), "renewal_rate": Decimal("0.09"), "amount": cny("1.00")},
         {"cap_rate", "renewal_rate", "amount"}),
        ({"project": "B"}, set()),
    ],
)  # fmt: skip
def test_what_lowers(values, lower):
    assert lowered(signed(renewal_rate=Decimal("0.10")), values).keys() == lower


def test_a_contract_that_was_never_in_force_is_nobody_s_yardstick(manager, director):
    contract = saved(signed(status=ContractStatus.DRAFT), manager, renewal_rate=Decimal("0.01"), amount=cny("5.00"))
    assert (contract.renewal_rate, contract.amount) == (Decimal("0.01"), cny("5.00"))


def test_a_director_who_lowers_them_is_the_author_too(director):
    contract = signed(renewal_rate=Decimal("0.20"))
    other = UserFactory(role="director")
    saved(contract, director, renewal_rate=Decimal("0.05"))
    change = PendingChange.objects.get()
    with pytest.raises(NotAllowed):
        grant_change(change=change, by=director, at=AT)
    refuse_change(change=change, reason="No", by=other, at=AT)
    assert Contract.objects.get().renewal_rate == Decimal("0.20")


def test_without_any_director_it_is_marked_and_can_be_undone(manager):
    contract = saved(signed(renewal_rate=Decimal("0.20")), manager, renewal_rate=Decimal("0.05"), amount=cny("9.00"))
    assert (contract.renewal_rate, contract.amount) == (Decimal("0.05"), cny("9.00"))
    change = PendingChange.objects.get(status="unconfirmed")
    refuse_change(change=change, reason="No", by=UserFactory(role="director"), at=AT)
    contract = Contract.objects.get()
    assert (contract.renewal_rate, contract.amount) == (Decimal("0.20"), cny("1200000.00"))


def amended(contract, by, **values):
    values = {"number": "BC-1", "signed_on": ON, "effective_on": ON, **values}
    return amend_contract(contract=contract, values=values, by=by, at=AT, on=ON)


@pytest.mark.parametrize("values", [{"amount": cny("500000.00")}, {"renewal_rate": Decimal("0.05")}])
def test_a_lower_amendment_waits_whole(manager, director, values):
    change = amended(signed(), manager, inspections_per_year=4, note="less", **values)
    assert isinstance(change, PendingChange)
    assert not Amendment.objects.exists()
    grant_change(change=change, by=director, at=AT)
    amendment = Amendment.objects.get()
    assert (amendment.inspections_per_year, amendment.number, amendment.note) == (4, "BC-1", "less")
    assert {name: getattr(amendment, name) for name in values} == values


def test_two_amendments_wait_side_by_side(manager, director):
    contract = signed()
    amended(contract, manager, amount=cny("900000.00"))
    amended(contract, manager, amount=cny("800000.00"))
    assert [change.status for change in PendingChange.objects.all()] == ["waiting", "waiting"]


@pytest.mark.parametrize(
    "values", [{"amount": cny("1300000.00")}, {"renewal_rate": Decimal("0.20")}, {"inspections_per_year": 1}]
)
def test_one_that_lowers_nothing_is_in_force_at_once(manager, director, values):
    assert isinstance(amended(signed(), manager, **values), Amendment)


def test_an_amendment_nobody_confirmed_is_undone_by_one_that_says_so(manager):
    contract = signed()
    assert isinstance(amended(contract, manager, amount=cny("500000.00"), renewal_rate=Decimal("0.05")), Amendment)
    refuse_change(change=PendingChange.objects.get(), reason="No", by=UserFactory(role="director"), at=AT)
    agreed = in_force(contract, ON + timedelta(days=1))
    assert (agreed.amount, agreed.renewal_rate) == (cny("1200000.00"), Decimal("0.20"))


def test_a_grant_that_no_longer_fits_is_refused(manager, director):
    contract = saved(signed(), manager, cap_rate=Decimal("0.10"))
    rate = PendingChange.objects.get()
    Contract.objects.update(renewal_rate=Decimal("0.15"))
    with pytest.raises(Refused):
        grant_change(change=rate, by=director, at=AT)
    assert Contract.objects.get(pk=contract.pk).cap_rate == Decimal("0.20")


def test_a_draft_of_a_quote_follows_once_the_director_agreed(manager, director):
    quote = drafted()
    saved(quote.contract, quote.contract.manager, renewal_rate=Decimal("0.08"))
    quote.refresh_from_db()
    assert quote.rule_price == cny("240000.00")
    grant_change(change=PendingChange.objects.get(), by=director, at=AT)
    quote.refresh_from_db()
    assert (quote.rule_price, quote.yardstick) == (cny("96000.00"), cny("96000.00"))

"""What takes a second person, as those who decide see it."""

from decimal import Decimal

import pytest

from base.changes.models import PendingChange
from contracts.models import Contract
from contracts.operations import amend_contract, save_contract
from tests.chain import AT, ON, cny, signed
from tests.factories import UserFactory
from tests.html import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(db):
    """A lower amount of a contract, asked for by its account manager while there is a director."""
    UserFactory(role="director")
    contract = signed(number="HT-7")
    save_contract(contract=contract, values={"amount": cny("900000.00")}, by=contract.manager, at=AT)
    return PendingChange.objects.get()


def test_the_directors_list_shows_old_and_new_and_leads_to_the_decision(enter, asked):
    director = enter("director")
    shown = squeezed(director.get("/changes/?quick=open"))
    for text in ("Lower contract terms", "HT-7", "1,200,000.00", "900,000.00", "waits for a decision"):
        assert text in shown
    sheet = squeezed(director.get(f"/contracts/{asked.target_id}/"))
    assert "waits for a second person" in sheet
    assert f"/changes/{asked.pk}/" in sheet
    assert "Decide" in sheet
    director.post(f"/changes/{asked.pk}/move/grant/", {"asked": "1", "version": asked.version})
    assert Contract.objects.get().amount == cny("900000.00")
    assert "waits for a second person" not in squeezed(director.get(f"/contracts/{asked.target_id}/"))


def test_a_share_reads_in_per_cent(enter):
    director = enter("director")
    contract = signed(renewal_rate=Decimal("0.15"))
    save_contract(contract=contract, values={"renewal_rate": Decimal("0.08")}, by=contract.manager, at=AT)
    shown = squeezed(director.get(f"/contracts/{contract.pk}/"))
    assert "15 %" in shown
    assert "8 %" in shown
    assert "0.08" not in shown


def test_a_refusal_needs_a_reason(enter, asked):
    director = enter("director")
    path = f"/changes/{asked.pk}/move/refuse/"
    assert director.post(path, {"asked": "1", "reason": "", "version": asked.version}).status_code == 422
    assert director.post(path, {"asked": "1", "reason": "Too low", "version": asked.version}).status_code == 302
    assert "Too low" in squeezed(director.get(f"/changes/{asked.pk}/"))


def test_who_asked_sees_it_and_withdraws_it_and_no_more(enter, asked):
    manager = enter(asked.asked_by)
    shown = squeezed(manager.get(f"/changes/{asked.pk}/"))
    assert "Withdraw" in shown
    assert "Agree" not in shown
    assert manager.post(f"/changes/{asked.pk}/move/grant/", {"asked": "1"}).status_code in (403, 409)
    manager.post(f"/changes/{asked.pk}/move/withdraw/", {"version": asked.version})
    asked.refresh_from_db()
    assert asked.status == "withdrawn"


@pytest.mark.parametrize("role", ["administrator", "service_manager", "engineer"])
def test_who_sees_no_prices_sees_nothing_of_it(enter, asked, role):
    browser = enter(role)
    assert browser.get(f"/changes/{asked.pk}/").status_code in (403, 404)
    assert "900,000" not in browser.get(f"/contracts/{asked.target_id}/").content.decode()
    assert "900,000" not in browser.get("/todos/").content.decode()


def test_an_amendment_that_waits_is_told_and_not_listed(enter):
    director = enter("director")
    contract = signed()
    manager = enter(contract.manager)
    data = {
        "asked": "1", "confirmed": "1", "number": "BC-1", "signed_on": str(ON), "effective_on": str(ON),
        "amount_0": "800000", "amount_1": "CNY", "note": "less", "version": contract.version,
    }  # fmt: skip
    shown = squeezed(manager.post(f"/contracts/{contract.pk}/move/amend/", data, follow=True))
    assert "It waits for a second person" in shown
    assert not contract.amendments.exists()
    [change] = PendingChange.objects.all()
    director.post(f"/changes/{change.pk}/move/grant/", {"asked": "1", "version": change.version})
    assert contract.amendments.get().number == "BC-1"


def test_as_many_queries_for_three_as_for_one(enter, django_assert_max_num_queries):
    director = enter("director")
    contract = signed()
    for number in range(3):
        values = {"number": f"BC-{number}", "signed_on": ON, "effective_on": ON, "amount": cny("500000.00")}
        amend_contract(contract=contract, values=values, by=contract.manager, at=AT, on=ON)
    with django_assert_max_num_queries(30):
        assert director.get("/changes/").status_code == 200

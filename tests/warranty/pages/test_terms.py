"""Maintenance terms through the screens."""

from datetime import date

import pytest

from tests.chain import ON, accepted, paid_term
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_last_day_of_the_last_term_is_set_by_hand(enter):
    contract = accepted(date(2026, 1, 15), planned_on=ON)
    term = contract.terms.get()
    director, address = enter("director"), f"/terms/{term.pk}/move/last_day/"

    assert director.get(address).context["form"].initial["last_day"] == date(2027, 1, 15)
    refused = director.post(address, {"asked": 1, "version": 0, "last_day": "2026-01-14", "reason": "Written so"})
    assert list(refused.context["form"].errors) == ["last_day"]

    director.post(address, {"asked": 1, "version": 0, "last_day": "2027-01-31", "reason": "Written so"})
    term.refresh_from_db()
    assert (term.last_day, term.hand_set_reason) == (date(2027, 1, 31), "Written so")
    assert contract.plan.get(kind="coverage_end").due_on == date(2027, 2, 1)


def test_an_earlier_term_says_why_its_end_is_settled(enter):
    contract = accepted(date(2025, 1, 15))
    paid_term(contract, "100000.00")
    first = contract.terms.order_by("first_day")[0]
    director = enter("director")

    assert "A later term follows" in director.get(f"/terms/{first.pk}/").content.decode()
    answer = director.post(f"/terms/{first.pk}/move/last_day/", {"asked": 1, "last_day": "2026-01-31", "reason": "x"})
    first.refresh_from_db()
    assert (answer.status_code, first.last_day) == (409, date(2026, 1, 15))


def test_terms_of_foreign_contracts_are_not_there(enter):
    own, foreign = UserFactory(role="manager"), accepted()
    mine = accepted(manager=own)
    manager = enter(own)

    assert [each.contract for each in manager.get("/terms/").context["listing"].records] == [mine]
    assert manager.get(f"/terms/{foreign.terms.get().pk}/").status_code == 404


def test_terms_running_today_are_one_click_away(enter):
    accepted(date(2026, 1, 15))
    accepted(date(2024, 1, 15))

    listed = enter("finance").get("/terms/?quick=now").context["listing"].records

    assert [each.first_day for each in listed] == [date(2026, 1, 15)]


def test_an_engineer_has_no_list_of_terms(enter):
    assert enter("engineer").get("/terms/").status_code == 403

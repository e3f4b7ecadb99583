"""Contracts that were typed twice before a number was one however it is typed: made one, or kept apart for a reason."""

import pytest
from django.test import Client

from base.chatter.models import Todo
from base.chatter.operations import make_todo, write_todos
from base.lib.errors import Refused
from contracts.models import Contract
from contracts.operations import merge_contracts, terminate_contract
from service.operations import take_request
from tests.chain import AT, ON, accepted, day, drafted, invoiced, issued, sent, verbs
from tests.factories import ContractFactory, UserFactory

pytestmark = pytest.mark.django_db


def twins(keep, drop):
    """As an upgrade leaves them: one number, of which the later one's key has a suffix."""
    Contract.objects.filter(pk=drop.pk).update(
        number="ＨＴ－１", number_key="ht-1 2", customer=keep.customer, project_manager=""
    )
    Contract.objects.filter(pk=keep.pk).update(number="HT-1", number_key="ht-1")
    keep.refresh_from_db()
    drop.refresh_from_db()
    return keep, drop


@pytest.fixture
def manager(db):
    return UserFactory(role="manager")


def test_what_hangs_on_the_one_is_the_others_and_it_ends(manager):
    keep, drop = twins(accepted(day("2026-01-15")), drafted().contract)
    write_todos([make_todo(drop, kind="", text="call them", due_on=ON, at=AT, assignee=manager)])
    request = take_request(
        contract=drop, values={"title": "x", "request_class": "general"}, reported_at=AT,
        by=UserFactory(role="service_manager"), at=AT,
    )  # fmt: skip

    merge_contracts(keep=keep, drop=drop, by=manager, at=AT)

    keep.refresh_from_db()
    drop.refresh_from_db()
    request.refresh_from_db()
    assert request.contract_id == keep.pk
    assert (keep.number, keep.number_key, keep.status) == ("HT-1", "ht-1", "active")
    assert (drop.number, drop.number_key, drop.status, drop.terminated_on) == (
        "ＨＴ－１-M1",
        "ht-1-m1",
        "terminated",
        ON,
    )
    assert not drop.plan.filter(state="planned").exists()
    assert drop.quotes.get().status == "cancelled"
    assert [todo.target for todo in Todo.objects.filter(text="call them")] == [keep]
    assert not Contract.objects.twins().exists()
    assert verbs(drop)[-2:] == ["terminated", "merged_away"]
    assert Contract.objects.of_number("ht-1").get() == keep


def test_the_one_with_the_suffix_may_stay(manager):
    drop, keep = twins(ContractFactory(), accepted(day("2026-01-15")))
    merge_contracts(keep=keep, drop=drop, by=manager, at=AT)
    assert Contract.objects.get(pk=keep.pk).number_key == "ht-1"
    assert Contract.objects.of_number("HT-1").get() == keep


@pytest.mark.parametrize("why", ["not_twins", "customers", "wrong_state", "coverage", "accepted", "invoiced"])
def test_what_would_lose_something_is_refused_and_changes_nothing(manager, why):
    plain = accepted(day("2026-01-15"))
    match why:
        case "not_twins":
            keep, drop = plain, ContractFactory()
        case "customers":
            keep, drop = twins(plain, ContractFactory())
            Contract.objects.filter(pk=drop.pk).update(customer=ContractFactory().customer)
        case "wrong_state":
            keep, drop = twins(plain, ContractFactory())
            terminate_contract(contract=keep, on=ON, reason="x", by=UserFactory(role="director"), at=AT)
        case "coverage":
            drop, keep = twins(plain, ContractFactory())
        case "accepted" | "invoiced":
            invoice = issued() if why == "invoiced" else invoiced()
            keep, drop = twins(plain, invoice.contract)
            if why == "invoiced":
                drop.quotes.update(status="expired")
    keep, drop = Contract.objects.get(pk=keep.pk), Contract.objects.get(pk=drop.pk)
    before = list(Contract.objects.order_by("pk").values())
    with pytest.raises(Refused) as refused:
        merge_contracts(keep=keep, drop=drop, by=manager, at=AT)
    assert refused.value.code == why
    assert list(Contract.objects.order_by("pk").values()) == before


def test_it_is_offered_on_the_twin_alone_and_done_from_there():
    keep, drop = twins(accepted(day("2026-01-15")), sent().contract)
    director = Client()
    director.force_login(UserFactory(role="director"))
    assert "/move/merge/" not in director.get(f"/contracts/{keep.pk}/").content.decode()
    assert "/move/merge/" in director.get(f"/contracts/{drop.pk}/").content.decode()
    asked = {"asked": 1, "confirmed": 1, "other": keep.pk, "keep": "other"}
    assert director.post(f"/contracts/{drop.pk}/move/merge/", asked).status_code in (200, 204, 302)
    drop.refresh_from_db()
    assert drop.status == "terminated"

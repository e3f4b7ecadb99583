"""What an address says is taken only if it makes sense; a form that is sent twice counts once (docs/rules.md 17)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.test import Client

from base.ui import inputs, once
from base.ui.models import SentForm
from contracts.models import Contract, Customer
from tests.factories import ContractFactory, CustomerFactory, UserFactory
from tests.html import squeezed


@pytest.mark.parametrize("text", ["0001-01-01", "1949-12-31", "2151-01-01", "10000-01-01", "2026-02-30", "x", "", None])
def test_a_day_is_one_somebody_can_mean(text):
    assert inputs.day(text) is None


def test_a_day_may_have_a_time_behind_it():
    assert str(inputs.day("2026-02-28")) == str(inputs.day("2026-02-28T23:00:00+08:00")) == "2026-02-28"


@pytest.mark.parametrize("text", ["2026-13-45T00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00", "x", "", None])
def test_a_moment_is_one_too(text):
    assert inputs.moment(text) is None


def test_a_moment_without_a_zone_is_ours():
    assert inputs.moment("2026-02-28T08:00") == inputs.moment("2026-02-28T00:00Z")


@pytest.mark.parametrize("text", ["1e5", "NaN", "Infinity", "１２", "9" * 15, "1.23456", "", None, "--1", "1_000"])
def test_a_number_is_written_plainly(text):
    assert inputs.number(text) is None


def test_numbers():
    assert [inputs.number(text) for text in ("12", "-12.50", "+0.0001")] == [
        Decimal(12),
        Decimal("-12.5"),
        Decimal("0.0001"),
    ]


def test_an_address_has_an_end():
    data = QueryDict(mutable=True)
    data.setlist("q", [f"{n}\0" for n in range(50)] + ["x" * 999])
    kept = inputs.bounded(data)
    assert (len(kept.getlist("q")), kept.getlist("q")[0]) == (20, "0")
    assert len(inputs.bounded(QueryDict("a=" + "x" * 999))["a"]) == 200


def test_what_is_storable_already_is_the_same_object():
    data = QueryDict("a=1")
    assert inputs.storable_data(data) is data
    assert inputs.storable_data(QueryDict("a%00=1%00"))["a"] == "1"


# --- sent twice -----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(db):
    client = Client()
    client.force_login(UserFactory(username="chen", role="manager"))
    return client


def customer(client, token="a" * 64, **changed):
    data = {"name": "Twice Ltd", "language": "en", "csrfmiddlewaretoken": token, **changed}
    return client.post("/customers/new/", data)


def test_a_form_sent_twice_makes_one_record_and_leads_to_it(client):
    first, second = customer(client), customer(client)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Customer.objects.filter(name="Twice Ltd").count() == 1
    assert "This form was sent already" in squeezed(client.get(second["Location"]))


def test_another_form_another_content_or_another_person_is_another_record(client):
    contract = ContractFactory(manager=None)
    path = f"/contracts/{contract.pk}/message/"
    other = Client()
    other.force_login(UserFactory(role="director"))
    director = Client()
    director.force_login(UserFactory(role="director"))
    from base.chatter.models import Message

    for who, text, token in ((other, "one", "a" * 64), (other, "one", "a" * 64), (other, "two", "a" * 64),
                             (other, "one", "b" * 64), (director, "one", "a" * 64)):  # fmt: skip
        who.post(path, {"text": text, "csrfmiddlewaretoken": token})
    assert Message.objects.count() == 4


def test_what_was_refused_may_be_sent_again(client):
    assert customer(client, name="").status_code == 422
    assert not SentForm.objects.exists()
    assert customer(client).status_code == 302


def test_without_a_page_of_ours_nothing_is_remembered(client):
    client.post("/customers/new/", {"name": "Once Ltd", "language": "en"})
    assert not SentForm.objects.exists()


def test_a_sending_that_was_lost_with_its_process_may_be_repeated(client, monkeypatch):
    customer(client)
    Customer.objects.all().delete()
    SentForm.objects.update(done=False, led_to="", at=datetime.now(UTC) - timedelta(minutes=4))
    assert customer(client).status_code == 302
    assert Customer.objects.count() == 1


def test_who_comes_second_waits_for_the_first_and_then_goes_back(client, monkeypatch):
    customer(client)
    SentForm.objects.update(done=False, led_to="", at=datetime.now(UTC))
    monkeypatch.setattr(once, "_PATIENCE", 0.0)
    assert customer(client)["Location"] == "/"
    assert Customer.objects.count() == 1


def test_forms_of_last_week_are_forgotten(client):
    customer(client)
    SentForm.objects.update(at=datetime.now(UTC) - timedelta(days=3))
    customer(client, name="Later Ltd")
    assert SentForm.objects.count() == 1


def test_an_amendment_that_is_confirmed_twice_is_one(client):
    manager = UserFactory(role="manager")
    client.force_login(manager)
    contract = ContractFactory(manager=manager, customer=CustomerFactory())
    data = {
        "asked": "1", "number": "BC-1", "signed_on": "2026-01-02", "effective_on": "2026-01-02", "amount_0": "1300000",
        "amount_1": "CNY", "note": "more", "version": contract.version, "csrfmiddlewaretoken": "a" * 64,
    }  # fmt: skip
    path = f"/contracts/{contract.pk}/move/amend/"
    assert client.post(path, data).status_code == client.post(path, data).status_code == 200, "it only asks so far"
    for _time in range(2):
        assert client.post(path, data | {"confirmed": "1"}).status_code == 302
    assert Contract.objects.get().amendments.count() == 1

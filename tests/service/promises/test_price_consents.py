"""Uncovered work: only an answer is promised until the customer agrees to what it costs (docs/rules.md 4)."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from service import operations, prices
from service.models import PriceConsent, PriceLine, ServiceRequest
from service.promises import consents
from service.promises.price_consents import ask_price, open_question
from tests.chain import AT, accepted, cny, day
from tests.factories import ContactFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def outside(taken):
    return taken(accepted(day("2024-01-15")), request_class="critical")


def fresh(request):
    return ServiceRequest.objects.get(pk=request.pk)


def price(request, by, **more):
    values = {"text": "Two days", "amount": cny("3200.00"), "agreed_at": None, "agreed_by": "", **more}
    return prices.save_price(line=PriceLine(request=request), values=values, by=by, at=AT)


def test_nothing_is_promised_that_was_not_bought(outside):
    assert (outside.response, outside.arrival, outside.resolution) == ("pending", "none", "none")
    assert (outside.arrive_by, outside.resolve_by) == (None, None)
    mail = OutgoingMail.objects.get(kind="request_taken_uncovered")
    assert "2026年11月22日 10:20" in mail.text, "by when it is answered"
    assert "2026-11-23" not in mail.text, "and no time of a solution"
    assert {alarm.leg for alarm in outside.alarms.all()} == {"response"}


def test_the_customer_agrees_behind_a_link_and_the_other_legs_begin(outside, desk):
    price(outside, desk)
    price(outside, desk, text="A disk", amount=cny("800.00"))
    consent = ask_price(request=fresh(outside), by=desk, at=AT)
    mail = OutgoingMail.objects.get(kind="price_asked")
    assert "{link}" in mail.text
    assert "4,000.00" in mail.text
    found = consents.consent_behind(consents.token_of(consent))
    assert found == consent
    consents.agree_to_consent(consent=found, name="沈卫东", by=None, at=AT + HOUR)
    request = fresh(outside)
    assert (request.arrive_by, request.arrival) == (AT + 7 * HOUR, "pending")
    assert {(line.agreed_by, line.agreed_at) for line in request.prices.all()} == {("沈卫东", AT + HOUR)}
    assert {alarm.leg for alarm in request.alarms.filter(rung_at=None)} == {"arrival", "resolution"}
    assert Todo.objects.get(kind="consent_agreed").target == request
    price(fresh(outside), desk, text="Another disk", amount=cny("5.00"))
    assert fresh(outside).arrive_by == AT + 7 * HOUR, "a later price moves nothing"


def test_a_price_noted_by_hand_says_who_and_when(outside, desk):
    price(outside, desk, agreed_at=AT - 5 * timedelta(minutes=1), agreed_by="Mr Li")
    request = fresh(outside)
    assert request.happenings.get(kind="price_agreed").at == AT - 5 * timedelta(minutes=1)
    assert request.arrival == "pending"
    with pytest.raises(Refused) as no:
        price(request, desk, agreed_at=AT + HOUR, agreed_by="Mr Li")
    assert no.value.field == "agreed_at"


def test_a_price_of_covered_work_changes_no_clock(taken, desk):
    request = taken()
    before = request.arrive_by
    price(request, desk, agreed_at=AT, agreed_by="Mr Li")
    assert fresh(request).arrive_by == before
    assert not request.happenings.filter(kind="price_agreed").exists()


def test_an_offer_that_changes_is_asked_anew(outside, desk):
    line = price(outside, desk)
    first = ask_price(request=fresh(outside), by=desk, at=AT)
    prices.save_price(
        line=PriceLine.objects.get(pk=line.pk), values={**_values(line), "amount": cny("3.00")}, by=desk, at=AT
    )
    assert PriceConsent.objects.get(pk=first.pk).status == "withdrawn"
    second = ask_price(request=fresh(outside), by=desk, at=AT)
    third = ask_price(request=fresh(outside), by=desk, at=AT)
    assert PriceConsent.objects.get(pk=second.pk).status == "withdrawn"
    assert open_question(outside) == third
    operations.close_request(request=fresh(outside), reason="Not wanted", by=desk, at=AT)
    assert open_question(outside) is None


def _values(line):
    return {"text": line.text, "amount": line.amount, "agreed_at": None, "agreed_by": ""}


def test_what_is_not_asked(outside, desk, engineer):
    with pytest.raises(Refused) as no:
        ask_price(request=outside, by=desk, at=AT)
    assert no.value.code == "nothing"
    price(outside, desk)
    with pytest.raises(Refused) as no:
        ask_price(request=outside, contact=ContactFactory(), by=desk, at=AT)
    assert no.value.field == "contact"
    with pytest.raises(NotAllowed):
        ask_price(request=outside, by=engineer, at=AT)
    operations.close_request(request=fresh(outside), reason="x", by=desk, at=AT)
    with pytest.raises(Refused) as no:
        ask_price(request=fresh(outside), by=desk, at=AT)
    assert no.value.code == "closed"


def test_no_means_that_nothing_begins(outside, desk):
    price(outside, desk)
    consent = ask_price(request=fresh(outside), by=desk, at=AT)
    consents.refuse_consent(consent=consent, name="沈卫东", reason="Too dear", by=None, at=AT)
    assert fresh(outside).arrival == "none"

"""What a customer meets behind the link of a quote."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from base.chatter.models import Event, Todo
from base.documents.registry import document_for
from base.ui.guests import MAX_MISSES
from billing.models import Invoice
from contracts import operations
from contracts.models import Contact, Customer
from renewals import decisions, quotes, sending
from renewals.models import RenewalQuote
from renewals.queries import link_token


@pytest.fixture(autouse=True)
def _nobody_guessed(db):
    cache.clear()


@pytest.fixture
def token(sent):
    return link_token(sent)


def address(token, name="quote"):
    return reverse(f"customer_{name}", args=[token])


def state_of(quote):
    return RenewalQuote.objects.get(pk=quote.pk).status


def test_the_offer_is_shown_without_a_log_in(client, sent, token):
    response = client.get(address(token), {"lang": "en"})
    html = response.content.decode()
    assert response.status_code == 200
    for text in ("CNY 240,000.00", "Dispatching platform", "CNY 1,200,000.00 × 20 %", "HT-"):
        assert text in html
    assert "<script" not in html


def test_it_speaks_the_customers_language_unless_asked_otherwise(client, sent, token):
    Customer.objects.update(language="zh-hans")
    assert 'lang="zh-CN"' in client.get(address(token)).content.decode()
    assert 'lang="en"' in client.get(address(token), {"lang": "en"}).content.decode()
    Contact.objects.update(language="en")
    assert "Accept for CNY 240,000.00" in client.get(address(token), {"lang": "xx"}).content.decode()


def test_nothing_is_kept_indexed_or_told_elsewhere(client, token):
    for response in (client.get(address(token)), client.get(address("wrong"))):
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["Cache-Control"] == "no-store, private"
        assert "noindex" in response["X-Robots-Tag"]


def test_mail_scanners_may_look_as_often_as_they_like(client, sent, token):
    events = Event.objects.count()
    for name in ("quote", "accept", "decline", "paper"):
        client.get(address(token, name))
        client.head(address(token, name))
    assert state_of(sent) == "sent"
    sent.link.refresh_from_db()
    assert sent.link.used_at is None
    assert Event.objects.count() == events
    assert client.get(address(token, "accept")).status_code == 405


def test_accepted_by_name_and_tick(client, sent, token, people):
    response = client.post(address(token, "accept"), {"name": "王女士", "agree": "on", "lang": "en"}, follow=True)
    assert "Accepted. Thank you!" in response.content.decode()
    sent.refresh_from_db()
    assert (sent.status, sent.decided_by_name) == ("accepted", "王女士")
    assert sent.link.used_at is not None
    assert Invoice.objects.get().gross == sent.price
    assert Todo.objects.filter(kind="invoice_to_request", assignee=people["manager"]).exists()


@pytest.mark.parametrize("data", [{"name": "Wang"}, {"agree": "on"}, {"name": " ", "agree": "on"}])
def test_without_name_or_tick_it_stays_open_and_nothing_is_lost(client, sent, token, data):
    response = client.post(address(token, "accept"), {**data, "lang": "en"})
    assert response.status_code == 422
    assert state_of(sent) == "sent"
    if "name" in data and data["name"].strip():
        assert f'value="{data["name"]}"' in response.content.decode()


def test_declined_with_a_reason_the_manager_is_told(client, sent, token, people):
    assert client.post(address(token, "decline"), {"reason": ""}).status_code == 422
    client.post(address(token, "decline"), {"reason": "no budget", "name": "Li"})
    sent.refresh_from_db()
    assert (sent.status, sent.reason) == ("declined", "no budget")
    assert Todo.objects.filter(kind="quote_declined", assignee=people["manager"]).exists()


def test_decided_once(client, sent, token):
    client.post(address(token, "accept"), {"name": "Wang", "agree": "on"})
    html = client.post(address(token, "decline"), {"reason": "no", "lang": "en"}).content.decode()
    assert "Accepted. Thank you!" in html
    assert "Wang accepted this quote." in html
    assert "Your answer was not recorded" in html
    assert state_of(sent) == "accepted"
    assert Invoice.objects.count() == 1


def test_what_became_of_it_is_said_and_whom_to_call(client, sent, token, people, now, day):
    def page():
        response = client.get(address(token), {"lang": "en"})
        html = response.content.decode()
        assert people["manager"].display_name in html
        assert "400-555-0100" in html
        assert "customer_accept" not in html
        return response.status_code, html

    RenewalQuote.objects.filter(pk=sent.pk).update(valid_until=day - timedelta(days=1))
    status, html = page()
    assert status == 410
    assert "This quote has expired" in html
    RenewalQuote.objects.filter(pk=sent.pk).update(valid_until=day)
    newer = quotes.revise_quote(quote=RenewalQuote.objects.get(pk=sent.pk), by=people["manager"], at=now, on=day)
    sending.send_quote(quote=newer, by=people["manager"], at=now, on=day)
    assert page() == (410, page()[1])
    assert "This quote was replaced" in page()[1]
    decisions.call_back_quote(quote=newer, reason="mistake", by=people["manager"], at=now)
    token = link_token(newer)
    assert "This quote was withdrawn" in client.get(address(token), {"lang": "en"}).content.decode()


def test_where_no_newer_quote_has_left_the_page_does_not_speak_of_one(client, sent, token):
    RenewalQuote.objects.filter(pk=sent.pk).update(status="superseded")
    html = client.get(address(token), {"lang": "en"}).content.decode()
    assert "This quote no longer stands" in html
    assert "newer mail" not in html


def test_an_expired_quote_cannot_be_accepted(client, sent, token, day):
    RenewalQuote.objects.filter(pk=sent.pk).update(valid_until=day - timedelta(days=1))
    response = client.post(address(token, "accept"), {"name": "Wang", "agree": "on"})
    assert response.status_code == 410
    assert state_of(sent) == "sent"


def test_what_an_operation_refuses_is_said(client, sent, token, people, now, day):
    values = {"effective_on": day, "signed_on": day, "amount": sent.contract.amount, "note": "same"}
    operations.amend_contract(contract=sent.contract, values=values, by=people["manager"], at=now, on=day)
    sent.contract.amendments.update(amount=1000)
    html = client.post(address(token, "accept"), {"name": "Wang", "agree": "on", "lang": "en"}).content.decode()
    assert "is above the renewal cap" in html
    assert state_of(sent) == "sent"


def test_an_acceptance_taken_back_opens_the_link_again(client, sent, token, people, now, day):
    decisions.accept_quote(quote=sent, by=people["manager"], at=now, on=day)
    decisions.withdraw_acceptance(quote=sent, reason="mistake", by=people["manager"], at=now, on=day)
    assert "Accept this quote" in client.get(address(token), {"lang": "en"}).content.decode()


@pytest.mark.parametrize("wrong", ["x", "a" * 32, "%00"])
def test_a_changed_link_leads_nowhere_politely(client, token, wrong):
    for url in (address(token[:-1] + ("A" if token[-1] != "A" else "B")), f"/q/{wrong}/"):
        response = client.get(url, {"lang": "en"})
        assert response.status_code == 404
        html = response.content.decode()
        assert "This link leads nowhere" in html
        assert "400-555-0100" in html


def test_guessing_is_slowed_down_and_a_right_link_works_whatever_others_typed(client, sent, token):
    for _n in range(MAX_MISSES):
        assert client.get("/q/guess/").status_code == 404
    assert client.get("/q/guess/").status_code == 429
    assert client.get(address(token)).status_code == 200
    assert Client(REMOTE_ADDR="10.1.1.1").get(address(token)).status_code == 200


def test_only_this_page_can_decide(sent, token):
    browser = Client(enforce_csrf_checks=True)
    data = {"name": "Wang", "agree": "on"}
    assert browser.post(address(token, "accept"), data).status_code == 403
    browser.get(address(token))
    data["csrfmiddlewaretoken"] = browser.cookies["csrftoken"].value
    assert browser.post(address(token, "accept"), data, HTTP_ORIGIN="https://evil.example.com").status_code == 403
    assert state_of(sent) == "sent"
    # What a browser sends from a page with the policy `no-referrer`.
    assert browser.post(address(token, "accept"), data, HTTP_ORIGIN="null").status_code == 302
    assert state_of(sent) == "accepted"


def test_the_pdf_is_the_one_that_left_the_house(client, sent, token, now):
    assert client.get(address(token, "paper")).content.startswith(b"%PDF")
    document = document_for("renewals.renewal_quote", sent.pk, at=now)
    with document.file.open() as stored:
        assert b"".join(client.get(address(token, "paper")).streaming_content) == stored.read()
    RenewalQuote.objects.filter(pk=sent.pk).update(status="cancelled")
    assert client.get(address(token, "paper")).status_code == 410


def test_there_is_a_logo_only_when_one_was_given(client, db):
    assert client.get(reverse("customer_logo")).status_code == 404

"""How a quote leaves the house, and what becomes of the one it replaces (docs/rules.md 5, 7)."""

import pytest

from base.chatter.models import Todo
from base.chatter.operations import make_todo, write_todos
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from base.mail.tokens import hashed
from renewals.models import QuoteLink, RenewalQuote
from renewals.queries import link_token, link_url
from renewals.quotes import hold_quote, revise_quote
from renewals.sending import send_quote, send_quotes
from tests.chain import AT, ON, accepted, day, drafted, row, sent, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_quote_leaves_with_link_mail_and_its_last_valid_day(manager):
    quote = drafted()
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert (quote.status, quote.sent_at, quote.valid_until) == ("sent", AT, day("2027-01-15"))
    assert verbs(quote) == ["drafted", "sent"]
    mail = OutgoingMail.objects.get()
    assert (mail.cause, mail.status) == (f"renewal_quote:{quote.pk}:", "queued")
    assert mail.papers == [["renewals.renewal_quote", quote.pk]]
    assert link_url(quote) in words_of(mail)
    assert link_token(quote) not in mail.text
    manager_ = quote.contract.manager
    assert (mail.reply_to, mail.cc) == (manager_.email, manager_.email)
    assert row(quote.contract, "quote_expiry").due_on == day("2027-01-16")


def test_only_the_links_hash_is_stored():
    quote = sent()
    token = link_token(quote)
    link = QuoteLink.objects.get()
    assert (link.token_hash, link.expires_on, link.used_at, link.revoked) == (
        hashed(token),
        quote.valid_until,
        None,
        False,
    )
    assert token not in str(QuoteLink.objects.values_list())
    assert link_token(sent()) != token


def test_late_in_the_term_a_quote_is_valid_for_thirty_days():
    assert sent(on=day("2027-01-10")).valid_until == day("2027-02-09")


def test_handed_over_as_paper_no_mail_is_written(manager):
    quote = drafted(accepted(contact=None))
    with pytest.raises(Refused) as no:
        send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert no.value.code == "no_reader"
    send_quote(quote=quote, by=manager, at=AT, on=ON, by_mail=False)
    assert quote.status == "sent"
    assert not OutgoingMail.objects.exists()
    assert quote.link


def test_a_customer_who_wants_no_mail_gets_none(manager):
    quote = drafted()
    quote.contract.customer.no_mail = True
    quote.contract.customer.save()
    with pytest.raises(Refused) as no:
        send_quote(quote=RenewalQuote.objects.get(pk=quote.pk), by=manager, at=AT, on=ON)
    assert no.value.code == "no_reader"


@pytest.mark.parametrize("role", ["finance", "engineer", "service_manager", "auditor"])
def test_only_some_may_send(role):
    with pytest.raises(NotAllowed):
        send_quote(quote=drafted(), by=UserFactory(role=role), at=AT, on=ON)


def test_a_quote_is_sent_once(manager):
    quote = drafted()
    mine, theirs = (RenewalQuote.objects.get(pk=quote.pk) for _n in range(2))
    send_quote(quote=mine, by=manager, at=AT, on=ON)
    with pytest.raises(Refused):
        send_quote(quote=mine, by=manager, at=AT, on=ON)
    with pytest.raises(Stale):
        send_quote(quote=theirs, by=manager, at=AT, on=ON)
    assert OutgoingMail.objects.count() == 1


def test_what_was_seen_is_what_is_sent(manager):
    quote = drafted()
    seen = quote.version
    hold_quote(quote=quote, reason="wait", by=manager, at=AT)
    with pytest.raises(Stale):
        send_quote(quote=quote, by=manager, at=AT, on=ON, seen=seen)


def test_sent_by_hand_a_hold_is_lifted(manager):
    quote = drafted()
    hold_quote(quote=quote, reason="wait", by=manager, at=AT)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert (quote.status, quote.on_hold, quote.hold_reason) == ("sent", False, "")


def test_a_newer_quote_replaces_the_open_one_and_keeps_its_mail_at_home(manager):
    old = sent()
    fresh = revise_quote(quote=old, by=manager, at=AT, on=ON)
    send_quote(quote=fresh, by=manager, at=AT, on=ON)
    old.refresh_from_db()
    assert (old.status, old.link.revoked) == ("superseded", True)
    assert verbs(old) == ["drafted", "sent", "superseded"]
    assert dict(OutgoingMail.objects.values_list("target_id", "status")) == {old.pk: "cancelled", fresh.pk: "queued"}


def test_the_todos_about_a_draft_are_settled_when_it_leaves(manager):
    quote = drafted()
    write_todos([make_todo(quote, kind="quote_to_review", due_on=ON, at=AT, assignee=manager, cause="a")])
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert Todo.objects.get(cause="a").done_at == AT


def test_many_leave_as_one_would():
    contracts = [accepted(), accepted(day("2025-12-01"), planned_on=ON), accepted(same_day=True)]
    quotes = [
        RenewalQuote.objects.select_related("contract__customer", "follows_term").get(pk=drafted(c).pk)
        for c in contracts
    ]
    send_quotes(quotes, by=None, at=AT, on=ON)
    kept = ["status", "sent_at", "valid_until", "version"]
    many = [[getattr(RenewalQuote.objects.get(pk=quote.pk), name) for name in kept] for quote in quotes]
    one_by_one = [sent(accepted(c.final_acceptance_on, planned_on=ON, same_day=c.same_day)) for c in contracts]
    assert many == [[getattr(quote, name) for name in kept] for quote in one_by_one]
    assert OutgoingMail.objects.count() == 6
    assert QuoteLink.objects.count() == 6

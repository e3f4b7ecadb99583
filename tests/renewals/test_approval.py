"""A price far from the rule needs a director's approval, bound to content and never the author's.

See docs/rules.md 2.3.
"""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from base.changes.models import PendingChange
from base.changes.operations import grant_change
from base.chatter.models import Todo
from base.company.models import Company
from base.company.operations import edit_company
from base.lib.errors import NotAllowed, Refused, Stale
from renewals.models import RenewalQuote
from renewals.queries import content_hash, waiting_for_approval
from renewals.quotes import approve_quote, ask_by_another_limit, edit_quote, needs_approval, refuse_price, revise_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, drafted, paid_term, verbs
from tests.factories import UserFactory
from tests.renewals.test_quotes import line, price

pytestmark = pytest.mark.django_db


def test_a_price_far_from_the_rule_needs_a_directors_approval(manager, director):
    quote = drafted()
    price(quote, "216000.00", manager)
    assert not needs_approval(quote)
    price(quote, "215999.99", manager)
    assert needs_approval(quote)
    with pytest.raises(Refused) as no:
        send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert no.value.code == "approval"
    approve_quote(quote=quote, by=director, at=AT)
    assert not needs_approval(quote)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert verbs(quote) == ["drafted", "priced", "priced", "approved", "sent"]


def test_how_far_is_a_setting(manager):
    Company.objects.update(approval_deviation=Decimal("0.05"))
    quote = drafted()
    price(quote, "227999.99", manager)
    assert needs_approval(quote)
    price(quote, "228000.00", manager)
    assert not needs_approval(quote)


def asked():
    return list(Todo.objects.filter(kind="quote_to_approve", done_at=None).values_list("target_id", flat=True))


def test_another_limit_asks_about_what_departs_now_and_no_longer_about_what_does_not(manager, director):
    near, far = drafted(), drafted()
    price(near, "220000.00", manager)
    price(far, "100000.00", manager)
    assert asked() == [far.pk]
    limit(director, "0.05")
    assert sorted(asked()) == sorted([near.pk, far.pk])
    limit(director, "0.9")
    assert asked() == []
    limit(director, "0.05")
    assert sorted(asked()) == sorted([near.pk, far.pk])
    approve_quote(quote=near, by=director, at=AT)
    limit(director, "0.04")
    assert asked() == [far.pk]


def limit(director, share):
    edit_company(values={"approval_deviation": Decimal(share)}, by=UserFactory(role="administrator"), at=AT)
    grant_change(change=PendingChange.objects.latest("pk"), by=director, at=AT)


def test_many_drafts_are_asked_about_in_as_many_queries_as_one(manager):
    Company.objects.update(approval_deviation=Decimal("0.5"))
    counts = []
    for _number in range(3):
        price(drafted(), "180000.00", manager)
        Todo.objects.all().delete()
        Company.objects.update(approval_deviation=Decimal("0.05"))
        with CaptureQueriesContext(connection) as queries:
            ask_by_another_limit(by=None, at=AT)
        Company.objects.update(approval_deviation=Decimal("0.5"))
        counts.append(len(queries))
    assert len(asked()) == 3
    assert counts[1] == counts[2]


def test_a_price_that_is_set_again_is_asked_about_again(manager):
    quote = drafted()
    for amount, waiting in (("100000.00", [quote.pk]), ("240000.00", []), ("100000.00", [quote.pk])):
        price(quote, amount, manager)
        assert asked() == waiting


@pytest.mark.parametrize(
    "other",
    [
        [line("100000.01")],
        [line("100000.00", "Other words")],
        [line("60000.00"), line("40000.00")],
        [line("100000.00", tax_rate=Decimal("0.13"))],
        [line("100000.00", tax_code="3040203000000000000")],
    ],
)
def test_an_approval_falls_with_the_content(other, manager, director):
    quote = drafted()
    edit_quote(quote=quote, lines=[line("100000.00")], by=manager, at=AT)
    approve_quote(quote=quote, by=director, at=AT)
    edit_quote(quote=quote, lines=[line("100000.00")], by=manager, at=AT)
    assert not needs_approval(quote)
    edit_quote(quote=quote, lines=other, by=manager, at=AT)
    assert needs_approval(RenewalQuote.objects.get(pk=quote.pk))


def test_another_period_is_other_content(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    before = content_hash(quote)
    approve_quote(quote=quote, by=director, at=AT)
    price(quote, "100000.00", manager, months=13)
    assert content_hash(quote) != before
    assert needs_approval(quote)


def test_whoever_set_the_price_does_not_approve_it(director):
    quote = drafted()
    price(quote, "100000.00", director)
    with pytest.raises(NotAllowed):
        approve_quote(quote=quote, by=director, at=AT)
    approve_quote(quote=quote, by=UserFactory(role="director"), at=AT)


def test_a_colleagues_words_do_not_make_them_the_author_of_the_price(manager, director):
    quote = drafted()
    price(quote, "100000.00", director)
    edit_quote(quote=quote, lines=[line("100000.00", "Other words")], by=manager, at=AT)
    with pytest.raises(NotAllowed):
        approve_quote(quote=quote, by=director, at=AT)


def test_only_a_director_approves(manager):
    quote = drafted()
    price(quote, "100000.00", UserFactory(role="manager"))
    with pytest.raises(NotAllowed):
        approve_quote(quote=quote, by=manager, at=AT)


def test_what_was_seen_is_what_is_approved(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    looked_at = RenewalQuote.objects.get(pk=quote.pk)
    price(quote, "90000.00", manager)
    with pytest.raises(Stale):
        approve_quote(quote=looked_at, by=director, at=AT)
    with pytest.raises(Stale):
        approve_quote(quote=RenewalQuote.objects.get(pk=quote.pk), by=director, at=AT, seen=looked_at.version)


def to_approve():
    return list(Todo.objects.filter(kind="quote_to_approve", done_at=None))


def test_the_directors_have_their_to_do_when_the_price_is_set(manager, director):
    quote = drafted()
    assert to_approve() == []
    price(quote, "100000.00", manager)
    [todo] = to_approve()
    assert (todo.role, todo.target) == ("director", quote)
    price(quote, "90000.00", manager)
    [other] = to_approve()
    assert other != todo
    price(quote, "240000.00", manager)
    assert to_approve() == []
    price(quote, "100000.00", manager)
    approve_quote(quote=quote, by=director, at=AT)
    assert to_approve() == []


def test_a_refusal_goes_back_with_its_reason_and_the_quote_stays(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    for by, reason, error in ((manager, "x", NotAllowed), (director, " ", Refused)):
        with pytest.raises(error):
            refuse_price(quote=quote, reason=reason, by=by, at=AT)
    refuse_price(quote=quote, reason="Too low", by=director, at=AT)
    assert (needs_approval(quote), to_approve()) == (True, [])
    assert not waiting_for_approval(RenewalQuote.objects.all()).exists()
    todo = Todo.objects.get(kind="price_refused")
    assert todo.assignee == manager
    assert "Too low" in str(todo)
    with pytest.raises(Refused):
        send_quote(quote=quote, by=manager, at=AT, on=ON)
    price(quote, "110000.00", manager)
    assert (len(to_approve()), waiting_for_approval(RenewalQuote.objects.all()).count()) == (1, 1)


def test_whoever_set_the_price_does_not_refuse_it_either(director):
    quote = drafted()
    price(quote, "100000.00", director)
    with pytest.raises(NotAllowed):
        refuse_price(quote=quote, reason="x", by=director, at=AT)
    with pytest.raises(Refused):
        refuse_price(quote=drafted(), reason="x", by=director, at=AT)


def test_a_price_is_held_against_the_agreed_rate_though_less_was_paid_last(manager):
    contract = accepted(renewal_rate=Decimal("0.20"))
    paid_term(contract, "100000.00")
    quote = drafted(contract)
    assert (quote.price.amount, quote.yardstick.amount) == (100000, 240000)
    assert not needs_approval(quote)
    price(quote, "99999.99", manager)
    assert needs_approval(quote)
    price(quote, "216000.00", manager)
    assert not needs_approval(quote)
    price(quote, "100000.00", manager)
    assert not needs_approval(quote)
    assert not waiting_for_approval(RenewalQuote.objects.all()).exists()


def test_other_months_have_their_own_yardstick(manager):
    quote = drafted(accepted(renewal_rate=Decimal("0.10")))
    price(quote, "60000.00", manager, months=6)
    assert (quote.yardstick.amount, needs_approval(quote)) == (60000, False)


def test_a_new_version_at_a_price_that_departs_asks_again(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    approve_quote(quote=quote, by=director, at=AT)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    again = revise_quote(quote=quote, by=manager, at=AT, on=ON)
    assert not needs_approval(again)
    price(again, "90000.00", manager)
    assert [todo.target for todo in to_approve()] == [again]


def test_an_approval_holds_whatever_language_is_read(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    with translation.override("en"):
        approve_quote(quote=quote, by=director, at=AT)
    with translation.override("zh-hans"):
        assert not needs_approval(RenewalQuote.objects.get(pk=quote.pk))

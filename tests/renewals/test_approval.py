"""A price far from the rule needs a director's approval, bound to content and never the author's.

See docs/rules.md 2.3.
"""

from decimal import Decimal

import pytest

from base.company.models import Company
from base.lib.errors import NotAllowed, Refused, Stale
from renewals.models import RenewalQuote
from renewals.queries import content_hash
from renewals.quotes import approve_quote, edit_quote, needs_approval
from renewals.sending import send_quote
from tests.chain import AT, ON, drafted, verbs
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

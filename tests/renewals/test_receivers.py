"""Open quotes stay in step with their contract's coverage (docs/rules.md 1, 5)."""

import pytest

from tests.chain import AT, ON, accepted, day, drafted, paid_term, row, sent
from warranty.enums import TermKind
from warranty.operations import set_last_day
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


def test_a_draft_follows_an_end_that_was_written_by_hand(manager):
    quote = drafted(accepted())
    term = quote.contract.terms.get()
    for last, first_day, last_day in (
        ("2027-03-31", "2027-04-01", "2028-03-31"),
        ("2026-12-31", "2027-01-01", "2027-12-31"),
        ("2027-01-15", "2027-01-16", "2028-01-15"),
    ):
        set_last_day(term=term, last_day=day(last), reason="as signed", by=manager, at=AT, on=ON)
        quote.refresh_from_db()
        assert (quote.status, quote.first_day, quote.last_day) == ("draft", day(first_day), day(last_day))


def test_a_sent_quote_is_superseded_when_the_end_moves(manager):
    quote = sent(accepted())
    set_last_day(
        term=quote.contract.terms.get(), last_day=day("2027-03-31"), reason="as signed", by=manager, at=AT, on=ON
    )
    quote.refresh_from_db()
    assert (quote.status, quote.link.revoked) == ("superseded", True)


def test_coverage_agreed_meanwhile_moves_the_draft_behind_it():
    quote = drafted(accepted())
    goodwill = paid_term(quote.contract, "0.00", kind=TermKind.GOODWILL, months=3)
    quote.refresh_from_db()
    assert (quote.follows_term, quote.first_day, quote.last_day) == (goodwill, day("2027-04-16"), day("2028-04-15"))
    # The day the new term would have been quoted the draft is there already, and goes its way after the review.
    run_day(on=day("2027-01-15"), by=None, at=AT)
    assert row(quote.contract, "renewal_quote").state == "skipped"
    run_day(on=row(quote.contract, "renewal_send").due_on, by=None, at=AT)
    quote.refresh_from_db()
    assert quote.status == "sent"


def test_coverage_agreed_meanwhile_takes_back_a_sent_quote():
    quote = sent(accepted())
    paid_term(quote.contract, "0.00", kind=TermKind.GOODWILL, months=3)
    quote.refresh_from_db()
    assert quote.status == "superseded"


def test_a_resumed_stretch_that_coverage_reaches_follows_it(manager):
    quote = drafted(accepted(day("2025-01-15"), planned_on=ON), first_day=day("2026-12-01"))
    term = quote.contract.terms.get()
    set_last_day(term=term, last_day=day("2026-10-31"), reason="as signed", by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert quote.first_day == day("2026-12-01"), "there is still a gap before it"
    set_last_day(term=term, last_day=day("2026-12-31"), reason="as signed", by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert (quote.first_day, quote.last_day) == (day("2027-01-01"), day("2027-12-31"))

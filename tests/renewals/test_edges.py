"""What is just allowed of quotes and decisions, who comes second, and what their operations leave in the log."""

from datetime import timedelta
from decimal import Decimal

import pytest
from moneyed import Money

from base.chatter.models import Todo
from base.chatter.operations import events_of, make_todo, write_todos
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from billing.invoices import void_invoice
from billing.lines import LineInput
from contracts.models import Contract
from renewals.decisions import accept_quote, call_back_quote, decline_quote, expire_quotes, withdraw_acceptance
from renewals.invoicing import invoices_of
from renewals.models import QuoteLink, RenewalQuote
from renewals.queries import link_token
from renewals.quotes import approve_quote, check_cap, draft_quote, edit_quote, hold_quote, revise_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, cny, day, drafted, invoiced, quote_behind_invoice, renewed, row, sent, verbs
from warranty.models import MaintenanceTerm

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def line(gross: str, **more) -> LineInput:
    return LineInput("Software maintenance", Decimal("0.06"), "3040201030000000000", cny(gross))._replace(**more)


def goodwill(contract: Contract, first_day, last_day) -> MaintenanceTerm:
    """A term written behind the product's back."""
    return MaintenanceTerm.objects.create(
        contract=contract, kind="goodwill", first_day=first_day, last_day=last_day, months=1, anchor=first_day
    )


# Drafted and priced


def test_a_contract_has_one_draft(manager):
    quote = drafted()
    with pytest.raises(Refused) as no:
        draft_quote(contract=quote.contract, by=manager, at=AT, on=ON)
    assert no.value.code == "duplicate"
    call_back_quote(quote=quote, reason="wrong", by=manager, at=AT)
    assert draft_quote(contract=quote.contract, by=manager, at=AT, on=ON).number == "BJ-2026-0002"


def test_a_draft_is_of_an_active_contract(manager):
    contract = accepted()
    Contract.objects.filter(pk=contract.pk).update(status="terminated")
    with pytest.raises(Refused) as no:
        draft_quote(contract=Contract.objects.get(), by=manager, at=AT, on=ON)
    assert no.value.code == "wrong_state"


def test_a_line_may_cost_nothing_and_bear_no_tax(manager):
    quote = drafted()
    lines = [line("1.00", tax_rate=Decimal(0)), line("0.00", text="Travel", tax_rate=Decimal("0.9999"))]
    edit_quote(quote=quote, lines=lines, by=manager, at=AT)
    assert list(quote.lines.values_list("position", "text")) == [(1, "Software maintenance"), (2, "Travel")]


@pytest.mark.parametrize(
    "wrong",
    [[], [line("-0.01")], [line("1.00", tax_rate=Decimal(1))], [line("1.00")._replace(gross=Money("1.00", "USD"))],
     [line("1.001")]],
)  # fmt: skip
def test_what_is_wrong_with_lines_is_said_at_the_lines(wrong, manager):
    with pytest.raises(Refused) as no:
        edit_quote(quote=drafted(), lines=wrong, by=manager, at=AT)
    assert no.value.field == "lines"


def test_the_cap_itself_is_not_above_it():
    check_cap(cny("200000.00"), cny("1000000.00"), Decimal("0.20"), 12)
    with pytest.raises(Refused) as no:
        check_cap(cny("200000.01"), cny("1000000.00"), Decimal("0.20"), 12)
    assert (no.value.field, no.value.code) == ("lines", "above_cap")
    assert "20 %" in str(no.value)


def test_who_writes_the_same_price_does_not_become_its_author(manager, director):
    quote = drafted()
    edit_quote(quote=quote, lines=[line("240000.00", text="Other words")], by=director, at=AT)
    assert quote.priced_by is None
    edit_quote(quote=quote, lines=[line("120000.00")], by=manager, at=AT, months=6)
    assert (quote.priced_by, quote.months, quote.last_day) == (manager, 6, day("2027-07-15"))
    assert quote.rule_price == cny("120000.00")


def test_only_a_draft_is_priced_held_and_approved(manager, director):
    quote = sent()
    calls = [
        lambda: edit_quote(quote=quote, lines=[line("1.00")], by=manager, at=AT),
        lambda: hold_quote(quote=quote, reason="x", by=manager, at=AT),
        lambda: approve_quote(quote=quote, by=director, at=AT),
    ]
    for call in calls:
        with pytest.raises(Refused) as no:
            call()
        assert no.value.code == "wrong_state"


def test_an_approval_stands_in_the_log_with_its_director(manager, director):
    quote = drafted()
    edit_quote(quote=quote, lines=[line("100000.00")], by=manager, at=AT)
    with pytest.raises(Refused) as no:
        send_quote(quote=quote, by=manager, at=AT, on=ON)
    assert no.value.code == "approval"
    approve_quote(quote=quote, by=director, at=AT)
    assert (quote.approved_by, verbs(quote)[-1]) == (director, "approved")


def test_whoever_priced_it_does_not_approve_it(director):
    quote = drafted()
    edit_quote(quote=quote, lines=[line("100000.00")], by=director, at=AT)
    with pytest.raises(NotAllowed):
        approve_quote(quote=quote, by=director, at=AT)


def test_an_old_look_at_a_quote_changes_nothing(manager, director):
    draft, offer = drafted(), sent()
    old = {"by": manager, "at": AT, "seen": 99}
    calls = {
        draft: [
            lambda mine: edit_quote(quote=mine, lines=[line("1.00")], **old),
            lambda mine: hold_quote(quote=mine, reason="x", **old),
            lambda mine: approve_quote(quote=mine, **old | {"by": director}),
            lambda mine: call_back_quote(quote=mine, reason="x", **old),
            lambda mine: send_quote(quote=mine, on=ON, **old),
        ],
        offer: [
            lambda mine: decline_quote(quote=mine, reason="x", **old),
            lambda mine: accept_quote(quote=mine, on=ON, **old),
        ],
    }
    for quote, each in calls.items():
        for call in each:
            with pytest.raises(Stale):
                call(RenewalQuote.objects.get(pk=quote.pk))
    assert list(RenewalQuote.objects.order_by("pk").values_list("status", flat=True)) == ["draft", "sent"]
    taken = renewed()
    with pytest.raises(Stale):
        withdraw_acceptance(quote=taken, reason="x", on=ON, **old)


# New versions


def test_versions_are_counted_on_and_say_what_they_came_from(manager):
    quote = sent()
    for number in (2, 3):
        fresh = revise_quote(quote=quote, by=manager, at=AT, on=ON)
        assert fresh.revision == number
        assert events_of(fresh).get(verb="drafted").note == str(quote)
        send_quote(quote=fresh, by=manager, at=AT, on=ON)
        quote = RenewalQuote.objects.get(pk=fresh.pk)


@pytest.mark.parametrize("status", ["sent", "expired", "declined"])
def test_what_the_customer_had_gets_a_new_version(status, manager):
    quote = sent()
    RenewalQuote.objects.filter(pk=quote.pk).update(status=status)
    fresh = revise_quote(quote=RenewalQuote.objects.get(), by=manager, at=AT, on=ON)
    assert (fresh.status, [each.gross for each in fresh.lines.all()]) == ("draft", [cny("240000.00")])


def test_a_new_version_needs_an_active_contract_and_no_other_draft(manager):
    quote = sent()
    revise_quote(quote=quote, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        revise_quote(quote=quote, by=manager, at=AT, on=ON)
    assert no.value.code == "duplicate"
    Contract.objects.update(status="terminated")
    with pytest.raises(Refused) as no:
        revise_quote(quote=RenewalQuote.objects.get(pk=quote.pk), by=manager, at=AT, on=ON)
    assert no.value.code == "wrong_state"


# Accepted


def test_a_quote_without_a_last_valid_day_is_accepted_whenever():
    quote = sent()
    RenewalQuote.objects.filter(pk=quote.pk).update(valid_until=None)
    accept_quote(quote=quote, by=None, at=AT, on=day("2030-01-01"))
    assert RenewalQuote.objects.get().status == "accepted"


def test_nothing_is_accepted_on_a_contract_that_is_not_active():
    quote = sent()
    Contract.objects.update(status="terminated")  # behind the product's back, which would call the quote back
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert no.value.code == "wrong_state"


def test_coverage_beside_the_quoted_days_stands_in_nobodys_way():
    quote = sent()
    goodwill(quote.contract, quote.last_day + DAY, quote.last_day + 30 * DAY)
    accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert quote.contract.terms.count() == 3


@pytest.mark.parametrize("edge", ["first_day", "last_day"])
def test_one_day_covered_already_is_in_the_way(edge):
    contract = accepted(day("2025-01-15"), planned_on=ON)
    quote = sent(contract, first_day=day("2026-12-01"))
    goodwill(contract, getattr(quote, edge), getattr(quote, edge))
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert no.value.code == "overlap"


def test_an_acceptance_settles_what_waited_for_it_and_says_so(manager):
    quote = sent()
    kinds = ("coverage_lapsed", "no_quote_sent", "budget_notice", "note")
    write_todos([make_todo(quote.contract, kind=kind, due_on=ON, at=AT, cause=kind) for kind in kinds])
    write_todos([make_todo(quote, kind="note", due_on=ON, at=AT, cause="quote")])
    accept_quote(quote=quote, by=manager, at=AT, on=ON, name="n" * 120, note="order 17")
    quote = RenewalQuote.objects.get()
    done = dict(Todo.objects.exclude(kind="invoice_to_request").values_list("cause", "done_at"))
    assert done == dict.fromkeys([*kinds, "quote"], AT) | {"note": None}
    renewal = events_of(quote.contract).get(verb="renewed")
    assert (renewal.changes["coverage"], renewal.note) == ([None, str(quote.term)], str(quote))
    assert (quote.decided_by_name, quote.link.used_at) == ("n" * 100, AT)
    assert events_of(quote).get(verb="quote_accepted").note == "order 17"


# Declined, withdrawn, called back, expired


def test_what_a_declined_quote_keeps(manager):
    quote = sent()
    write_todos([make_todo(quote, kind="note", due_on=ON, at=AT, cause="quote")])
    decline_quote(quote=quote, reason=f" {'r' * 210} ", by=manager, at=AT, name="n" * 120)
    quote = RenewalQuote.objects.get()
    assert (quote.reason, quote.decided_by_name, quote.decided_at, quote.link.used_at) == ("r" * 200, "n" * 100, AT, AT)
    assert Todo.objects.get(cause="quote").done_at == AT
    todo = Todo.objects.get(kind="quote_declined")
    assert (todo.target, todo.role) == (quote, "manager")
    assert todo.params == {"quote": str(quote), "contract": quote.contract.number}


def test_an_acceptance_whose_invoice_is_void_already_is_withdrawn(manager):
    invoice = invoiced()
    quote = quote_behind_invoice(invoice)
    void_invoice(invoice=invoice, reason="wrong", by=manager, at=AT)
    withdraw_acceptance(quote=quote, reason="a mistake", by=manager, at=AT, on=ON)
    assert RenewalQuote.objects.get().status == "sent"
    assert events_of(quote.contract).get(verb="renewal_withdrawn").note == "a mistake"
    assert events_of(quote).get(verb="acceptance_withdrawn").note == "a mistake"


def test_a_withdrawn_acceptance_voids_its_invoice_with_the_reason_and_expires_again(manager):
    quote = renewed()
    invoice = invoices_of(quote).get()
    withdraw_acceptance(quote=quote, reason="a mistake", by=manager, at=AT, on=ON)
    assert events_of(invoice).get(verb="void").note == "a mistake"
    expiry = row(quote.contract, "quote_expiry")
    assert (expiry.state, expiry.due_on) == ("planned", quote.valid_until + DAY)
    quote = RenewalQuote.objects.get()
    assert (quote.decided_by_name, quote.link.used_at) == ("", None)


def test_a_quote_that_is_called_back_keeps_two_hundred_characters_of_the_reason(manager):
    quote = sent()
    write_todos([make_todo(quote, kind="note", due_on=ON, at=AT, cause="quote")])
    call_back_quote(quote=quote, reason="r" * 210, by=manager, at=AT)
    assert RenewalQuote.objects.get().reason == "r" * 200
    assert Todo.objects.get(cause="quote").done_at == AT


def test_an_expired_quote_is_decided_and_its_link_closed():
    quote, other = sent(), sent()
    expire_quotes([quote], by=None, at=AT)
    quote.refresh_from_db()
    assert (quote.status, quote.decided_at, quote.link.revoked, verbs(quote)[-1]) == ("expired", AT, True, "expired")
    other.refresh_from_db()
    assert (other.status, other.link.revoked) == ("sent", False)
    assert dict(OutgoingMail.objects.values_list("target_id", "status")) == {quote.pk: "cancelled", other.pk: "queued"}
    assert link_token(quote) != link_token(other)


# Only the one it is about


def test_a_decision_uses_its_own_link_only(manager):
    kept = sent()
    for decide in (
        lambda quote: accept_quote(quote=quote, by=manager, at=AT, on=ON),
        lambda quote: decline_quote(quote=quote, reason="x", by=manager, at=AT),
    ):
        quote = sent()
        decide(quote)
        assert QuoteLink.objects.get(quote=quote).used_at == AT
        assert QuoteLink.objects.get(quote=kept).used_at is None
    taken, other = renewed(), renewed()
    withdraw_acceptance(quote=taken, reason="x", by=manager, at=AT, on=ON)
    assert QuoteLink.objects.get(quote=taken).used_at is None
    assert QuoteLink.objects.get(quote=other).used_at is not None


def test_an_acceptance_whose_term_is_gone_is_withdrawn_too(manager):
    quote = renewed()
    MaintenanceTerm.objects.filter(pk=quote.term_id).delete()
    RenewalQuote.objects.filter(pk=quote.pk).update(valid_until=None)
    withdraw_acceptance(quote=quote, reason="x", by=manager, at=AT, on=ON)
    assert RenewalQuote.objects.get().status == "sent"

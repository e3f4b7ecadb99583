"""A renewal whose quote was taken away happens again; what a person called back is asked about (docs/rules.md 5.6)."""

from datetime import date

import pytest

from base.chatter.models import Todo
from base.mail.models import OutgoingMail
from contracts.customers import merge_customers
from contracts.models import Contract
from contracts.operations import (
    amend_contract,
    call_off_termination,
    hand_over_contracts,
    reactivate_contract,
    set_renewal_wish,
    terminate_contract,
)
from ops.integrity import findings
from renewals.decisions import accept_quote, call_back_quote, decline_quote, withdraw_acceptance
from renewals.models import RenewalQuote
from renewals.quotes import draft_quote, revise_quote
from renewals.sending import send_quote
from tests.chain import accepted, at, cny, day, paid_term, row
from tests.factories import CustomerFactory, UserFactory
from warranty.enums import TermKind
from warranty.models import PlannedAction
from warranty.operations import correct_acceptance, set_last_day
from warranty.planning.holding import hold_action, release_action
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db

#: A contract accepted 2026-01-15 ends 2027-01-15: drafted 2026-10-17, mailed 2026-10-21.
DRAFTED, MAILED, NOW = day("2026-10-17"), day("2026-10-21"), day("2026-10-26")


def run(*days: date) -> None:
    for each in days:
        run_day(on=each, by=None, at=at(each))


def lost(on: date) -> list[str]:
    checks = ["renewals", "plan", "skipped rows", "quotes", "quote states", "contract states", "credits"]
    return [f"{each.record}: {each.problem}" for each in findings(on=on, only=checks)]


def statuses(contract: Contract) -> list[str]:
    return list(contract.quotes.order_by("pk").values_list("status", flat=True))


def todos(kind: str) -> list[dict]:
    return list(Todo.objects.filter(kind=kind, done_at=None).order_by("pk").values_list("params", flat=True))


def coming(contract: Contract, kind: str) -> tuple[str, date]:
    found = row(contract, kind)
    return found.state, found.due_on


def words() -> list[str]:
    return list(OutgoingMail.objects.filter(kind="quote_replaced", status="queued").values_list("to_email", flat=True))


@pytest.fixture
def left() -> Contract:
    """The quote was drafted and mailed by itself; its mail has left the house."""
    contract = accepted()
    run(DRAFTED, MAILED)
    OutgoingMail.objects.update(status="sent", sent_at=at(MAILED))
    assert statuses(contract) == ["sent"]
    return contract


def corrected(contract: Contract, by) -> None:
    correct_acceptance(contract=contract, accepted_on=day("2026-01-20"), reason="x", by=by, at=at(NOW), on=NOW)


def extended(contract: Contract, by) -> None:
    term = contract.terms.get()
    set_last_day(term=term, last_day=day("2027-02-10"), reason="as signed", by=by, at=at(NOW), on=NOW)


def amended(contract: Contract, by) -> None:
    values = {"signed_on": NOW, "effective_on": NOW, "amount": cny("600000.00")}
    amend_contract(contract=contract, values=values, by=by, at=at(NOW), on=NOW)


GROUND = [corrected, extended, amended]


@pytest.mark.parametrize("moved", GROUND)
def test_a_quote_whose_ground_moved_is_drafted_and_sent_again(left, manager, moved):
    moved(left, manager)
    assert statuses(left) == ["superseded"]
    state, due = coming(left, "renewal_quote")
    assert (state, due) == ("planned", max(NOW, due))
    [told] = todos("renewal_again")
    assert (told["contract"], told["quote"]) == (left.number, "BJ-2026-0001")
    assert lost(NOW) == []

    run(due)
    assert statuses(left) == ["superseded", "draft"]
    assert len(todos("quote_to_review")) == 1, "also of the second draft of the row"
    assert todos("renewal_again") == []
    run(row(left, "renewal_send").due_on)
    assert statuses(left) == ["superseded", "sent"]
    assert lost(due) == []


@pytest.mark.parametrize("moved", GROUND)
def test_whoever_held_the_link_hears_that_a_new_quote_follows(left, manager, moved):
    moved(left, manager)
    run(NOW)
    assert words() == [left.contact.email]
    run(NOW)
    assert len(words()) == 1


def test_nobody_hears_of_a_quote_that_never_left(manager):
    contract = accepted()
    run(DRAFTED, MAILED)
    corrected(contract, manager)
    run(NOW)
    assert words() == []
    assert OutgoingMail.objects.get(kind="renewal_quote").status == "cancelled"


def test_nobody_hears_of_a_new_quote_that_is_far(left, manager):
    term = left.terms.get()
    set_last_day(term=term, last_day=day("2027-12-15"), reason="as signed", by=manager, at=at(NOW), on=NOW)
    assert coming(left, "renewal_quote") == ("planned", day("2027-09-16"))
    assert not PlannedAction.objects.filter(kind="quote_replaced").exists()
    assert lost(NOW) == []


def test_the_word_is_held_back_like_any_other_row(left, manager):
    corrected(left, manager)
    word = PlannedAction.objects.get(kind="quote_replaced")
    hold_action(action=word, reason="I call them", by=manager, at=at(NOW))
    run(NOW)
    assert words() == []
    release_action(action=word, by=manager, at=at(NOW))
    run(NOW)
    assert len(words()) == 1


def test_the_word_stays_here_once_the_new_quote_has_left(left, manager):
    corrected(left, manager)
    word = PlannedAction.objects.get(kind="quote_replaced")
    hold_action(action=word, reason="I call them", by=manager, at=at(NOW))
    run(NOW, row(left, "renewal_send").due_on)
    release_action(action=word, by=manager, at=at(NOW))
    run(day("2026-11-02"))
    word.refresh_from_db()
    assert (word.state, word.problem) == ("skipped", "quote_left")


def test_sent_reminders_never_open_again(left, manager):
    run(day("2026-11-16"))
    assert row(left, "renewal_reminder", "60").state == "done"
    term = left.terms.get()
    set_last_day(
        term=term, last_day=day("2027-03-15"), reason="x", by=manager, at=at(day("2026-11-17")), on=day("2026-11-17")
    )
    assert row(left, "renewal_reminder", "60").state == "done"
    assert row(left, "renewal_reminder", "30").state == "planned"


@pytest.mark.parametrize("status", ["declined", "accepted"])
def test_what_the_customer_answered_is_not_offered_again(left, manager, status):
    quote = left.quotes.get()
    if status == "declined":
        decline_quote(quote=quote, reason="too dear", by=manager, at=at(NOW))
    else:
        accept_quote(quote=quote, by=manager, at=at(NOW), on=NOW)
    amended(left, manager)
    run(NOW, day("2026-10-27"))
    assert statuses(left) == [status]
    assert todos("renewal_again") == []
    assert lost(NOW) == []


def test_what_was_declined_before_does_not_hide_what_was_lost_since(left, manager):
    decline_quote(quote=left.quotes.get(), reason="too dear", by=manager, at=at(NOW))
    fresh = revise_quote(quote=left.quotes.get(), by=manager, at=at(NOW), on=NOW)
    send_quote(quote=fresh, by=manager, at=at(NOW), on=NOW)
    extended(left, manager)
    assert statuses(left) == ["declined", "superseded"]
    assert coming(left, "renewal_quote")[0] == "planned"


# What a person called back


def test_what_a_person_called_back_is_asked_about_and_not_drafted_again(left, manager):
    call_back_quote(quote=left.quotes.get(), reason="they buy anew", by=manager, at=at(NOW))
    [asked] = todos("renewal_to_decide")
    assert asked == {"contract": left.number, "quote": "BJ-2026-0001"}
    held = row(left, "renewal_quote")
    assert (held.state, held.on_hold, held.problem) == ("planned", True, "called_back: BJ-2026-0001")
    run(NOW, day("2026-11-16"), day("2026-12-16"))
    assert statuses(left) == ["cancelled"]
    assert words() == []
    assert lost(NOW) == []


@pytest.mark.parametrize("moved", GROUND)
def test_moving_its_ground_does_not_answer_for_the_person(left, manager, moved):
    call_back_quote(quote=left.quotes.get(), reason="they buy anew", by=manager, at=at(NOW))
    moved(left, manager)
    run(NOW, day("2026-11-30"))
    assert statuses(left) == ["cancelled"]
    assert row(left, "renewal_quote").problem == "called_back: BJ-2026-0001"
    assert len(todos("renewal_to_decide")) == 1


def test_a_new_quote_answers(left, manager):
    call_back_quote(quote=left.quotes.get(), reason="wrong", by=manager, at=at(NOW))
    draft_quote(contract=left, by=manager, at=at(NOW), on=NOW)
    assert todos("renewal_to_decide") == []
    assert (row(left, "renewal_quote").state, row(left, "renewal_quote").problem) == ("skipped", "open_quote")
    assert coming(left, "renewal_send") == ("planned", day("2026-10-29"))
    run(day("2026-10-29"))
    assert statuses(left) == ["cancelled", "sent"]


def test_a_snooze_answers_and_the_quote_comes_when_it_is_over(left, manager):
    call_back_quote(quote=left.quotes.get(), reason="not now", by=manager, at=at(NOW))
    later = day("2026-11-23")
    set_renewal_wish(contract=left, snoozed_until=later, snooze_reason="budget", by=manager, at=at(NOW), on=NOW)
    assert todos("renewal_to_decide") == []
    assert lost(NOW) == []
    run(NOW)
    assert row(left, "renewal_quote").problem == "snoozed: 2026-11-23"
    run(later)
    assert statuses(left) == ["cancelled", "draft"]


def test_never_answers(left, manager):
    call_back_quote(quote=left.quotes.get(), reason="x", by=manager, at=at(NOW))
    set_renewal_wish(contract=left, no_renewal_reason="switched off", by=manager, at=at(NOW), on=NOW)
    assert todos("renewal_to_decide") == []
    assert row(left, "renewal_quote").state == "cancelled"
    run(day("2026-11-30"))
    assert statuses(left) == ["cancelled"]
    assert lost(NOW) == []
    left.refresh_from_db()
    set_renewal_wish(contract=left, by=manager, at=at(NOW), on=NOW)
    run(NOW)
    assert statuses(left) == ["cancelled", "draft"]


def test_to_let_the_row_go_answers(left, manager):
    call_back_quote(quote=left.quotes.get(), reason="x", by=manager, at=at(NOW))
    release_action(action=row(left, "renewal_quote"), by=manager, at=at(NOW))
    run(NOW)
    assert statuses(left) == ["cancelled", "draft"]


def test_a_draft_put_away_before_its_day_comes_on_its_day(manager):
    contract = accepted()
    early = day("2026-06-01")
    quote = draft_quote(contract=contract, by=manager, at=at(early), on=early)
    assert row(contract, "renewal_quote").problem == "open_quote"
    call_back_quote(quote=quote, reason="too early", by=manager, at=at(early))
    assert coming(contract, "renewal_quote") == ("planned", DRAFTED)
    run(DRAFTED)
    assert statuses(contract) == ["cancelled", "draft"]


def test_an_acceptance_taken_back_asks(left, manager):
    quote = left.quotes.get()
    accept_quote(quote=quote, by=manager, at=at(NOW), on=NOW)
    taken = RenewalQuote.objects.get(pk=quote.pk)
    withdraw_acceptance(quote=taken, reason="a mistake", by=manager, at=at(NOW), on=NOW)
    assert statuses(left) == ["sent"]
    assert todos("acceptance_taken_back") == [{"contract": left.number, "quote": "BJ-2026-0001"}]
    assert lost(NOW) == []
    decline_quote(quote=RenewalQuote.objects.get(pk=quote.pk), reason="no", by=manager, at=at(NOW))
    assert todos("acceptance_taken_back") == []


def test_a_draft_that_rested_on_a_withdrawn_term_goes_with_it(left, manager):
    quote = left.quotes.get()
    accept_quote(quote=quote, by=manager, at=at(NOW), on=NOW)
    draft_quote(contract=left, by=manager, at=at(NOW), on=NOW)
    taken = RenewalQuote.objects.get(pk=quote.pk)
    withdraw_acceptance(quote=taken, reason="a mistake", by=manager, at=at(NOW), on=NOW)
    assert statuses(left) == ["sent", "cancelled"]
    assert lost(NOW) == []


# What gives the ground back


def test_a_termination_taken_back_offers_what_had_left_again(left, director):
    terminate_contract(contract=left, on=NOW, reason="insolvent", by=director, at=at(NOW))
    assert lost(NOW) == []
    reactivate_contract(contract=left, on=NOW, reason="saved", by=director, at=at(NOW))
    assert len(todos("renewal_again")) == 1
    run(NOW)
    assert statuses(left) == ["cancelled", "draft"]
    assert words() == [left.contact.email]


def test_removed_terms_come_back_with_what_was_done_in_them(director, manager):
    contract = accepted()
    paid_term(contract, "100000.00", on=NOW)
    second = contract.terms.order_by("-first_day")[0]
    second.plan.filter(kind="budget_notice").delete()
    early = draft_quote(contract=contract, by=manager, at=at(NOW), on=NOW)
    send_quote(quote=early, by=manager, at=at(NOW), on=NOW)
    decline_quote(quote=RenewalQuote.objects.get(), reason="no", by=manager, at=at(NOW))
    terminate_contract(contract=contract, on=NOW, reason="insolvent", by=director, at=at(NOW))
    assert RenewalQuote.objects.get().follows_term is None
    reactivate_contract(contract=contract, on=NOW, reason="saved", by=director, at=at(NOW))
    back = contract.terms.order_by("-first_day")[0]
    assert RenewalQuote.objects.get().follows_term == back
    assert row(contract, "renewal_quote").problem == "open_quote"
    assert row(contract, "renewal_send").problem == "quote_left"
    assert lost(NOW) == []


def test_handing_over_takes_the_questions_along(left, manager, director):
    call_back_quote(quote=left.quotes.get(), reason="x", by=manager, at=at(NOW))
    to = UserFactory(role="manager")
    hand_over_contracts(contracts=[left], to=to, by=director, at=at(NOW))
    assert Todo.objects.get(kind="renewal_to_decide").assignee == to


def test_a_merge_leaves_what_is_open_open(left, manager):
    merge_customers(keep=CustomerFactory(), drop=left.customer, by=manager, at=at(NOW))
    assert statuses(left) == ["sent"]
    assert lost(NOW) == []


def test_goodwill_moves_the_renewal_to_its_own_end(left):
    paid_term(left, "0.00", kind=TermKind.GOODWILL, months=3, on=NOW)
    assert statuses(left) == ["superseded"]
    assert lost(NOW) == []


def test_a_snoozed_renewal_waits_also_where_it_opens_again(left, manager):
    until = day("2026-11-30")
    set_renewal_wish(contract=left, snoozed_until=until, snooze_reason="b", by=manager, at=at(NOW), on=NOW)
    corrected(Contract.objects.get(pk=left.pk), manager)
    run(day("2026-11-09"))
    assert statuses(left) == ["superseded"]
    run(until)
    assert statuses(left) == ["superseded", "draft"]


# After a send by hand


def test_after_a_send_by_hand_none_leaves_by_itself(manager):
    contract = accepted()
    early = day("2026-09-01")
    quote = draft_quote(contract=contract, by=manager, at=at(early), on=early)
    assert row(contract, "renewal_send").state == "planned"
    send_quote(quote=quote, by=manager, at=at(early), on=early)
    rows = {kind: row(contract, kind) for kind in ("renewal_quote", "renewal_send")}
    assert {kind: (each.state, each.problem) for kind, each in rows.items()} == {
        "renewal_quote": ("skipped", "open_quote"),
        "renewal_send": ("skipped", "quote_left"),
    }
    run(DRAFTED, MAILED)
    assert statuses(contract) == ["sent"]


def test_a_term_whose_quote_expired_is_offered_anew_when_its_season_is_to_come(left, manager):
    run(day("2027-01-16"))
    assert statuses(left) == ["expired"]
    on = day("2027-01-20")
    term = left.terms.get()
    set_last_day(term=term, last_day=day("2027-12-15"), reason="agreed", by=manager, at=at(on), on=on)
    assert coming(left, "renewal_quote") == ("planned", day("2027-09-16"))
    assert coming(left, "coverage_end") == ("planned", day("2027-12-16")), "the lapse is told again"


def test_a_termination_called_off_restores_what_waited(left, manager):
    terminate_contract(contract=left, on=day("2026-12-31"), reason="moves", by=manager, at=at(NOW))
    assert statuses(left) == ["cancelled"]
    run(NOW, day("2026-11-16"))
    assert statuses(left) == ["cancelled"]
    left.refresh_from_db()
    later = day("2026-11-17")
    call_off_termination(contract=left, reason="stays", by=manager, at=at(later), on=later)
    assert len(todos("renewal_again")) == 1
    run(later)
    assert statuses(left) == ["cancelled", "draft"]
    assert words() == [left.contact.email]
    assert lost(later) == []

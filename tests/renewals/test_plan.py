"""What the run does with the rows billing owns: draft, mail, remind, expire, the budget season (docs/rules.md 5)."""

from decimal import Decimal

import pytest

from base.chatter.models import Todo
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from billing.lines import LineInput
from contracts.enums import RenewalMode
from contracts.models import Contract
from contracts.operations import set_renewal_wish
from renewals.decisions import accept_quote
from renewals.models import RenewalQuote
from renewals.queries import link_url
from renewals.quotes import approve_quote, draft_quote, edit_quote, hold_quote, revise_quote
from renewals.sending import send_quote
from tests.chain import accepted, at, cny, day, paid_term, row, verbs
from warranty.models import PlannedAction
from warranty.planning.run import run_day
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db

# A contract accepted 2026-01-15 ends 2027-01-15: drafted 2026-10-17 (a Saturday), mailed 2026-10-21,
# reminded 2026-11-16, 2026-12-16 and 2027-01-08, expired 2027-01-16.
DRAFTED, MAILED, ENDED = "2026-10-17", "2026-10-21", "2027-01-16"


def run(on: str):
    return run_day(on=day(on), by=None, at=at(day(on)))


def quote_of(contract: Contract) -> RenewalQuote:
    return RenewalQuote.objects.get(contract=contract)


def mailed(kind: str) -> int:
    return OutgoingMail.objects.filter(kind=kind).count()


def todos(kind: str) -> list[tuple]:
    return list(Todo.objects.filter(kind=kind).order_by("pk").values_list("assignee__username", "role", "due_on"))


# Draft


def test_a_draft_is_made_with_a_todo_to_look_at_it():
    contract = accepted()
    assert "renewal_quote" not in run("2026-10-16").actions
    run(DRAFTED)
    quote = quote_of(contract)
    assert (quote.status, quote.on, quote.number) == ("draft", day(DRAFTED), "BJ-2026-0001")
    assert todos("quote_to_review") == [(contract.manager.username, "manager", day(DRAFTED))]
    assert row(contract, "renewal_send").due_on == day(MAILED)


def test_where_a_quote_is_open_none_is_drafted(manager):
    contract = accepted()
    draft_quote(contract=contract, by=manager, at=at(day("2026-09-01")), on=day("2026-09-01"))
    assert row(contract, "renewal_quote").problem == "open_quote"
    assert "renewal_quote" not in run(DRAFTED).actions
    assert RenewalQuote.objects.count() == 1
    # The mail goes all the same, on its day.
    run(MAILED)
    assert quote_of(contract).status == "sent"


def test_a_late_draft_counts_its_review_window_from_the_day_it_was_made():
    """Found on Sunday 2026-12-20: the first two reminders are past, the mail waits until Wednesday."""
    contract = accepted(planned_on=day("2026-12-20"))
    run("2026-12-20")
    assert row(contract, "renewal_send").due_on == day("2026-12-23")
    states = {step: row(contract, "renewal_reminder", step).state for step in ("60", "30", "7")}
    assert states == {"60": "skipped", "30": "skipped", "7": "planned"}
    assert not todos("no_quote_sent")


def test_a_draft_made_days_late_by_downtime_still_waits_for_its_review():
    contract = accepted()
    run("2026-11-05")
    assert quote_of(contract).status == "draft"
    assert row(contract, "renewal_send").due_on == day("2026-11-10")


def test_a_snoozed_renewal_waits_and_then_goes_its_way(manager):
    contract = accepted()
    set_renewal_wish(
        contract=contract, snoozed_until=day("2026-12-01"), snooze_reason="tender", by=manager, at=at(day("2026-09-01")),
        on=day("2026-09-01"),
    )  # fmt: skip
    run("2026-11-20")
    waiting = row(contract, "renewal_quote")
    assert (waiting.state, waiting.problem) == ("planned", "snoozed: 2026-12-01")
    assert row(contract, "renewal_send").state == "planned"
    assert not RenewalQuote.objects.exists()
    run("2026-12-01")
    assert quote_of(contract).status == "draft"
    run("2026-12-04")
    assert quote_of(contract).status == "sent"


# Mail


def test_after_the_review_window_the_draft_goes_out():
    contract = accepted()
    run(DRAFTED)
    run("2026-10-20")
    assert quote_of(contract).status == "draft"
    run(MAILED)
    quote = quote_of(contract)
    assert (quote.status, quote.valid_until) == ("sent", day("2027-01-15"))
    assert mailed("renewal_quote") == 1
    assert verbs(quote) == ["drafted", "sent"]
    assert not Todo.objects.filter(kind="quote_to_review", done_at=None).exists()


def test_by_hand_the_manager_is_reminded_instead():
    contract = accepted(renewal_mode=RenewalMode.MANUAL)
    run(DRAFTED)
    run(MAILED)
    assert quote_of(contract).status == "draft"
    assert todos("quote_to_send") == [(contract.manager.username, "manager", day(MAILED))]
    assert row(contract, "renewal_send").state == "done"
    assert not OutgoingMail.objects.exists()


def test_a_held_draft_waits_until_it_is_let_go(manager):
    contract = accepted()
    run(DRAFTED)
    hold_quote(quote=quote_of(contract), reason="price to be asked", by=manager, at=at(day(DRAFTED)))
    assert "renewal_send" not in run(MAILED).actions
    waiting = row(contract, "renewal_send")
    assert (waiting.state, waiting.problem, waiting.attempts) == ("planned", "on_hold: price to be asked", 0)
    hold_quote(quote=quote_of(contract), reason="", by=manager, at=at(day("2026-10-28")))
    run("2026-10-28")
    assert quote_of(contract).status == "sent"


def test_a_price_without_approval_waits_for_it(manager, director):
    contract = accepted()
    run(DRAFTED)
    line = LineInput("Maintenance", Decimal("0.06"), "", cny("100000.00"))
    edit_quote(quote=quote_of(contract), lines=[line], by=manager, at=at(day(DRAFTED)))
    for on in (MAILED, "2026-10-22"):
        run(on)
    assert quote_of(contract).status == "draft"
    assert row(contract, "renewal_send").problem == "waits_for_approval"
    assert todos("quote_to_approve") == [(None, "director", day(DRAFTED))]
    approve_quote(quote=quote_of(contract), by=director, at=at(day("2026-10-23")))
    run("2026-10-23")
    assert quote_of(contract).status == "sent"


def test_without_a_reader_the_manager_hands_it_over():
    contract = accepted(contact=None)
    run(DRAFTED)
    run(MAILED)
    assert quote_of(contract).status == "draft"
    assert todos("quote_by_hand") == [(contract.manager.username, "manager", day(MAILED))]


def test_what_was_sent_by_hand_is_not_sent_again(manager):
    contract = accepted()
    run(DRAFTED)
    send_quote(quote=quote_of(contract), by=manager, at=at(day("2026-10-19")), on=day("2026-10-19"))
    assert (row(contract, "renewal_send").state, row(contract, "renewal_send").problem) == ("skipped", "quote_left")
    assert "renewal_send" not in run(MAILED).actions
    assert mailed("renewal_quote") == 1


def test_a_send_missed_by_downtime_goes_out_after_the_term_too():
    contract = accepted()
    run(DRAFTED)
    run("2027-02-01")
    quote = quote_of(contract)
    assert (quote.status, quote.valid_until) == ("sent", day("2027-03-03"))
    # And it expires when its thirty days are over.
    run("2027-03-04")
    assert quote_of(contract).status == "expired"


# Reminders


def test_the_customer_is_reminded_while_the_quote_is_open():
    contract = accepted()
    for on in (DRAFTED, MAILED, "2026-11-16", "2026-12-16"):
        run(on)
    assert mailed("renewal_reminder") == 2
    accept_quote(quote=quote_of(contract), by=None, at=at(day("2027-01-05")), on=day("2027-01-05"))
    run("2027-01-08")
    assert mailed("renewal_reminder") == 2


def test_the_manager_is_told_while_none_was_sent(manager):
    contract = accepted()
    run(DRAFTED)
    hold_quote(quote=quote_of(contract), reason="wait", by=manager, at=at(day(DRAFTED)))
    run("2026-11-16")
    assert todos("no_quote_sent") == [(contract.manager.username, "manager", day("2026-11-16"))]
    assert not OutgoingMail.objects.filter(kind="renewal_reminder").exists()


def test_by_hand_the_manager_reminds(manager):
    contract = accepted(renewal_mode=RenewalMode.MANUAL)
    run(DRAFTED)
    send_quote(quote=quote_of(contract), by=manager, at=at(day(DRAFTED)), on=day(DRAFTED))
    run("2026-11-16")
    assert todos("remind_customer") == [(contract.manager.username, "manager", day("2026-11-16"))]
    assert mailed("renewal_reminder") == 0


def test_of_reminders_missed_only_the_latest_leaves():
    contract = accepted()
    run(DRAFTED)
    run(MAILED)
    assert run("2027-01-09").actions["renewal_reminder"] == {"done": 1, "skipped": 2, "failed": 0}
    assert OutgoingMail.objects.get(kind="renewal_reminder").cause.endswith(":7")
    assert row(contract, "renewal_reminder", "60").problem == "later_reminder"


def test_mails_of_one_version_share_one_link():
    contract = accepted()
    for on in (DRAFTED, MAILED, "2026-11-16"):
        run(on)
    link = link_url(quote_of(contract))
    texts = [words_of(mail) for mail in OutgoingMail.objects.filter(kind__startswith="renewal")]
    assert len(texts) == 2
    assert all(link in text for text in texts)


# Expiry


def test_the_day_after_its_last_valid_day_a_quote_expires():
    contract = accepted()
    for on in (DRAFTED, MAILED, "2027-01-15"):
        run(on)
    assert quote_of(contract).status == "sent"
    run(ENDED)
    quote = quote_of(contract)
    assert (quote.status, quote.link.revoked) == ("expired", True)
    assert verbs(quote)[-1] == "expired"
    assert not OutgoingMail.objects.filter(kind__startswith="renewal", status="queued").exists()


def test_an_accepted_quote_does_not_expire():
    contract = accepted()
    run(DRAFTED)
    run(MAILED)
    accept_quote(quote=quote_of(contract), by=None, at=at(day("2027-01-15")), on=day("2027-01-15"))
    run(ENDED)
    assert quote_of(contract).status == "accepted"


def test_a_new_version_after_the_first_expired_expires_too(manager):
    contract = accepted()
    for on in (DRAFTED, MAILED, ENDED):
        run(on)
    fresh = revise_quote(quote=quote_of(contract), by=manager, at=at(day("2027-01-20")), on=day("2027-01-20"))
    send_quote(quote=fresh, by=manager, at=at(day("2027-01-20")), on=day("2027-01-20"))
    run("2027-02-19")
    fresh.refresh_from_db()
    assert (fresh.status, fresh.valid_until) == ("sent", day("2027-02-19"))
    run("2027-02-20")
    fresh.refresh_from_db()
    assert fresh.status == "expired"


def test_a_late_quote_is_not_expired_by_the_row_of_the_plan(manager):
    """Sent in the last days of the term it is valid for thirty days, and the row waits for that day."""
    contract = accepted()
    run(DRAFTED)
    hold_quote(quote=quote_of(contract), reason="wait", by=manager, at=at(day(DRAFTED)))
    run("2027-01-10")
    send_quote(quote=quote_of(contract), by=manager, at=at(day("2027-01-10")), on=day("2027-01-10"))
    run(ENDED)
    assert quote_of(contract).status == "sent"
    assert row(contract, "quote_expiry").due_on == day("2027-02-10")


# Budget season


@pytest.mark.parametrize(("mode", "mails"), [(RenewalMode.AUTO, 1), (RenewalMode.MANUAL, 0)])
def test_budget_funded_customers_are_told_the_proposed_amount(mode, mails):
    contract = accepted(renewal_mode=mode, renewal_rate=Decimal("0.15"))
    contract.customer.budget_funded = True
    contract.customer.save()
    plan_contracts([contract.pk], on=day("2026-02-01"))
    run("2026-06-30")
    assert todos("budget_notice") == []
    run("2026-07-01")
    assert todos("budget_notice") == [(contract.manager.username, "manager", day("2026-07-01"))]
    assert mailed("budget_notice") == mails
    if mails:
        assert "180,000.00" in OutgoingMail.objects.get(kind="budget_notice").text


def test_the_last_paid_years_price_is_proposed():
    contract = accepted(day("2025-01-15"), planned_on=day("2026-02-01"))
    contract.customer.budget_funded = True
    contract.customer.save()
    paid_term(contract, "99000.00", on=day("2026-02-01"))
    run("2026-07-01")
    assert "99,000.00" in OutgoingMail.objects.get(kind="budget_notice").text
    assert PlannedAction.objects.get(kind="budget_notice", state="done").term.kind == "paid"

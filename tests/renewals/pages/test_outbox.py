"""What leaves next: to look at, hold, edit; looking writes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.accounts.models import Role
from base.chatter.models import Event, Todo
from base.mail.models import OutgoingMail
from contracts.models import Contact, Contract
from renewals import quotes
from renewals.models import RenewalQuote
from renewals.queries import link_token
from tests.factories import UserFactory
from warranty.models import PlannedAction
from warranty.planning.run import run_day


def page(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200, response
    return response.content.decode()


@pytest.fixture
def sending(draft, day):
    """The row that sends the draft, in three days."""
    row = PlannedAction.objects.get(term=draft.follows_term, kind="renewal_send")
    PlannedAction.objects.filter(pk=row.pk).update(due_on=day + timedelta(days=3), state="planned")
    PlannedAction.objects.filter(term=draft.follows_term).exclude(pk=row.pk).update(due_on=day + timedelta(days=30))
    return row


def test_a_waiting_mail_is_shown(as_, sent):
    html = page(as_("manager"), reverse("leaving"))
    mail = OutgoingMail.objects.get()
    assert mail.to_email in html
    assert f"/mails/{mail.pk}/move/hold/" in html


def test_a_draft_is_shown_with_its_price_and_ways_to_stop_it(as_, draft, sending):
    html = page(as_("manager"), reverse("leaving"))
    assert str(draft) in html
    assert "CNY 240,000.00" in html
    assert f"/quotes/{draft.pk}/edit/" in html
    assert f"/plan/{sending.pk}/move/hold/" in html


def test_what_lies_further_ahead_is_not_shown(as_, draft, sending, day):
    PlannedAction.objects.filter(pk=sending.pk).update(due_on=day + timedelta(days=15))
    assert str(draft) not in page(as_("manager"), reverse("leaving"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda: PlannedAction.objects.update(on_hold=True, problem="wait for Li"), "On hold: wait for Li"),
        (lambda: RenewalQuote.objects.update(on_hold=True, hold_reason="talks"), "On hold: talks"),
        (lambda: Contact.objects.update(email=""), "No usable address"),
        (lambda: Contract.objects.update(renewal_mode="manual"), "By hand: the account manager is reminded."),
        (lambda: RenewalQuote.objects.update(price=100000), "Waits for a director&#x27;s approval."),
        (lambda: RenewalQuote.objects.update(status="cancelled"), "There is no draft to send."),
    ],
)
def test_why_nothing_leaves_by_itself(as_, draft, sending, change, reason):
    change()
    assert reason in page(as_("manager"), reverse("leaving"))


def test_what_is_held_is_let_go_and_not_held_again(as_, draft, sending):
    """A second hold, on the row, would stay when the quote is let go."""
    client = as_("manager")
    hold, quote, row = (
        f"/plan/{sending.pk}/move/hold/", f"/quotes/{draft.pk}/move/release/", f"/plan/{sending.pk}/move/release/"
    )  # fmt: skip

    def offered():
        html = page(client, reverse("leaving"))
        return [address for address in (hold, quote, row) if address in html]

    assert offered() == [hold]
    client.post(f"/quotes/{draft.pk}/move/hold/", {"asked": 1, "reason": "talks"})
    assert offered() == [quote]
    client.post(quote)
    assert offered() == [hold]
    client.post(hold, {"asked": 1, "reason": "wait for Li"})
    assert offered() == [row]


def test_the_rows_are_worded_as_in_the_plan(as_, draft, sending, day):
    PlannedAction.objects.filter(term=draft.follows_term, kind="renewal_reminder", step="60").update(
        due_on=day, state="planned"
    )
    html = page(as_("manager"), reverse("leaving"))
    assert "The renewal quote is sent by mail, unless it is held" in html
    assert "The customer is reminded of the renewal, 60 days before the end" in html
    assert "The renewal quote is sent by mail" in rehearsed(as_("manager"), sending)


def rehearsed(client, row):
    response = client.post(reverse("leaving_preview", args=[row.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_the_mail_is_rehearsed_and_nothing_stays(as_, draft, sending):
    before = (Event.objects.count(), Todo.objects.count())
    client = as_("manager")
    assert client.get(reverse("leaving_preview", args=[sending.pk])).status_code == 405
    html = rehearsed(client, sending)
    assert str(draft) in html
    assert draft.contract.contact.email in html
    assert link_token(draft) not in html
    assert not OutgoingMail.objects.exists()
    assert (Event.objects.count(), Todo.objects.count()) == before
    draft.refresh_from_db()
    sending.refresh_from_db()
    assert (draft.status, sending.state) == ("draft", "planned")


def test_the_rehearsal_says_why_nothing_would_be_written(as_, draft, sending):
    RenewalQuote.objects.update(price=100000)
    html = rehearsed(as_("manager"), sending)
    assert "No mail would be written." in html
    assert "Waits for a director&#x27;s approval." in html


def test_each_sees_their_own(as_, draft, sending):
    Contract.objects.update(manager=UserFactory(role=Role.MANAGER))
    client = as_("manager")
    assert str(draft) not in page(client, reverse("leaving"))
    assert client.post(reverse("leaving_preview", args=[sending.pk])).status_code == 404


def test_the_administrator_sees_no_prices(as_, draft, sending):
    html = page(as_("administrator"), reverse("leaving"))
    assert str(draft.contract) in html
    assert "240,000" not in html


def test_who_may_not_look(as_):
    assert as_("engineer").get(reverse("leaving")).status_code == 403


def test_as_many_queries_for_four_as_for_two(as_, make_contract, people, now, day):
    client = as_("manager")

    def one_more():
        contract = make_contract()
        quotes.draft_quote(contract=contract, by=people["manager"], at=now, on=day)
        PlannedAction.objects.filter(contract=contract, kind="renewal_send").update(due_on=day, state="planned")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            page(client, reverse("leaving"))
        return len(seen)

    one_more()
    one_more()
    queries()
    before = queries()
    one_more()
    one_more()
    assert queries() == before


def snooze(until):
    Contract.objects.update(snoozed_until=until, snooze_reason="tender")


def test_a_snoozed_renewal_says_so_and_the_run_agrees(as_, draft, sending, now, day):
    """The page and the run ask the same decision."""
    snooze(day + timedelta(days=60))
    html = page(as_("manager"), reverse("leaving"))
    assert "Snoozed until" in html
    assert 'class="stays"' in html
    assert "No mail would be written." in rehearsed(as_("manager"), sending)
    run_day(on=sending.due_on + timedelta(days=3), by=None, at=now)
    sending.refresh_from_db()
    assert sending.state == "planned"
    assert sending.problem.startswith("snoozed: ")
    assert not OutgoingMail.objects.exists()


def test_a_snooze_that_is_over_on_its_day_holds_nothing(as_, draft, sending, day):
    snooze(day + timedelta(days=3))
    html = page(as_("manager"), reverse("leaving"))
    assert str(draft) in html
    assert "Snoozed until" not in html
    assert 'class="stays"' not in html


def test_a_reminder_of_a_snoozed_renewal_says_that_it_is_skipped(as_, draft, sending, day):
    PlannedAction.objects.filter(pk=sending.pk).update(state="done")
    PlannedAction.objects.filter(term=draft.follows_term, kind="renewal_reminder", step="60").update(
        due_on=day, state="planned"
    )
    snooze(day + timedelta(days=60))
    assert "Snoozed until" in page(as_("manager"), reverse("leaving"))

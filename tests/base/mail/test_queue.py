from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from base.chatter.models import Event, Todo
from base.company.models import Company
from base.company.queries import company
from base.mail import queue as mails
from base.mail.models import DeadAddress, OutgoingMail
from base.mail.queries import due
from base.mail.queue import Reader, write_mails
from config.celery import app
from tests.base.mail.conftest import AT, VALUES, draft, outcome, queue, verbs
from tests.mails import write_mail

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_mail_is_written_filled_in_and_due_at_once(ours):
    mail = write_mail(
        cause="greeting:1",
        kind="greeting",
        target=company(),
        reader=Reader(" 王女士\n", " Wang@Customer.example ", "zh-hans"),
        variables=VALUES,
        cc="Chen@example.com",
        reply_to="Chen@example.com",
        papers=[("test.paper", 3)],
        at=AT,
    )
    assert (mail.to_name, mail.to_email, mail.cc, mail.reply_to) == (
        "王女士",
        "wang@customer.example",
        "chen@example.com",
        "chen@example.com",
    )
    assert mail.subject == "致明珠港务的问候"
    assert mail.text == "明珠港务：\n\n您好！\n请见：https://weibao.example/q/abc"
    assert (mail.status, mail.papers, mail.target) == ("queued", [["test.paper", 3]], company())
    assert list(due(AT)) == [mail]
    assert verbs(mail) == ["queued"]


def test_a_cause_is_told_to_a_reader_once(ours):
    first = queue()
    again = write_mails([draft(email="WANG@customer.example"), draft(email="li@customer.example")], at=AT + DAY)
    assert again.known == [first]
    assert [mail.to_email for mail in again.new] == ["li@customer.example"]
    assert (
        write_mail(
            cause="greeting:1",
            kind="greeting",
            target=company(),
            reader=Reader("", "wang@customer.example", "en"),
            variables=VALUES,
            at=AT,
        )
        == first
    )


def test_many_mails_take_few_queries(ours, django_assert_max_num_queries):
    drafts = [draft(cause=f"greeting:{number}") for number in range(100)]
    with django_assert_max_num_queries(14):
        assert len(write_mails(drafts, at=AT).new) == 100


@pytest.mark.parametrize(
    "email", ["bounced@customer.example", "BOUNCED@customer.example", "no address", "", "王@customer.example"]
)
def test_an_address_nobody_can_be_reached_at_gets_a_todo_instead(ours, manager, email):
    DeadAddress.objects.create(email="bounced@customer.example", at=AT)
    lost = draft(email=email, reply_to="chen@example.com")
    assert write_mails([lost], at=AT) == ([], [], [lost])
    assert write_mails([lost], at=AT).dead == [lost]
    todo = Todo.objects.get()
    assert (todo.kind, todo.assignee, todo.target) == ("mail_address_dead", manager, company())
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("cause", ["quote:1#2", "x" * 111])
def test_a_cause_must_leave_room_for_resends(ours, cause):
    with pytest.raises(ValueError, match="not a cause"):
        write_mails([draft(cause=cause)], at=AT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hold", [False, True])
def test_a_written_mail_wakes_the_worker_under_the_hold_too_which_is_not_about_our_own(
    ours, post, tmp_path, monkeypatch, hold
):
    folders = {f"data_folder_{way}": str(tmp_path) for way in ("in", "out")}
    monkeypatch.setitem(app.conf, "broker_url", "filesystem://")
    monkeypatch.setitem(app.conf, "broker_transport_options", folders)
    Company.objects.update(mail_on_hold=hold)
    queue()
    written = [path.read_text() for path in tmp_path.glob("*.msg")]
    assert [("base.mail.tasks.send_due_mail" in message) for message in written] == [True]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_cannot_be_reached_undoes_nothing(ours, post, monkeypatch, caplog):
    monkeypatch.setitem(app.conf, "broker_url", "amqp://127.0.0.1:1//")
    queue()
    assert OutgoingMail.objects.count() == 1
    assert "broker_unreachable" in caplog.text


def test_what_waits_is_cancelled_with_what_it_was_about(ours):
    waiting, left = queue(), queue(cause="greeting:2")
    outcome(left, "sent")
    assert mails.cancel_queued_mails(mails=OutgoingMail.objects.filter(kind="greeting"), by=None, at=AT) == 1
    waiting.refresh_from_db()
    left.refresh_from_db()
    assert (waiting.status, left.status) == ("cancelled", "sent")
    assert mails.cancel_queued_mails(mails=OutgoingMail.objects.all(), by=None, at=AT) == 0


def test_a_bounce_stops_all_mail_to_the_address(ours, manager):
    waiting, other = queue(reply_to="chen@example.com"), queue(email="li@customer.example")
    dead = mails.record_bounce(email=" Wang@customer.example", by=manager, at=AT, reason="mailbox full")
    assert mails.record_bounce(email="wang@customer.example", by=manager, at=AT) == dead
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == ("cancelled", "queued")
    assert Todo.objects.get().assignee == manager
    assert Event.objects.filter(verb="address_bounced").count() == 1
    mails.forget_bounce(dead=dead, by=manager, at=AT)
    assert write_mails([draft(cause="greeting:2")], at=AT).new


def test_a_new_installation_is_on_hold(db):
    assert company().mail_on_hold
    assert django_settings.EMAIL_URL == ""

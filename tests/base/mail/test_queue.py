from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from base.accounts.models import Role, User
from base.chatter.models import Event, Todo
from base.company.models import Company
from base.company.queries import company
from base.documents.registry import store_document
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail import queue as mails
from base.mail.models import DeadAddress, OutgoingMail
from base.mail.queries import due, unresolved
from base.mail.queue import MailDraft, Reader, write_mails
from config.celery import app
from tests.base.mail.conftest import AT
from tests.mails import write_mail

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
VALUES = {"customer": "明珠港务", "link": "https://weibao.example/q/abc"}


def draft(email="wang@customer.example", cause="greeting:1", **more):
    return MailDraft(cause, "greeting", company(), Reader("王女士", email, "zh-hans"), VALUES, **more)


def queue(**more):
    written = write_mails([draft(**more)], at=AT)
    return written.new[0]


def outcome(mail, status, **values):
    OutgoingMail.objects.filter(pk=mail.pk).update(status=status, **values)
    mail.refresh_from_db()


def verbs(mail):
    events = Event.objects.filter(target_type__model="outgoingmail", target_id=mail.pk).order_by("id")
    return [event.verb for event in events]


@pytest.fixture
def administrator(db):
    return User.objects.create(username="admin", email="admin@example.com", role=Role.ADMINISTRATOR)


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
@pytest.mark.parametrize(("hold", "messages"), [(False, 1), (True, 0)])
def test_a_written_mail_wakes_the_worker_unless_none_may_leave(ours, post, tmp_path, monkeypatch, hold, messages):
    folders = {f"data_folder_{way}": str(tmp_path) for way in ("in", "out")}
    monkeypatch.setitem(app.conf, "broker_url", "filesystem://")
    monkeypatch.setitem(app.conf, "broker_transport_options", folders)
    Company.objects.update(mail_on_hold=hold)
    queue()
    written = [path.read_text() for path in tmp_path.glob("*.msg")]
    assert [("base.mail.tasks.send_due_mail" in message) for message in written] == [True] * messages


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_cannot_be_reached_undoes_nothing(ours, post, monkeypatch, caplog):
    monkeypatch.setitem(app.conf, "broker_url", "amqp://127.0.0.1:1//")
    queue()
    assert OutgoingMail.objects.count() == 1
    assert "broker_unreachable" in caplog.text


def test_hold_and_release(ours, manager):
    mail = queue()
    mails.hold_mail(mail=mail, by=manager, at=AT)
    assert not due(AT).exists()
    mails.release_mail(mail=mail, by=manager, at=AT)
    assert due(AT).exists()
    assert verbs(mail) == ["queued", "held", "released"]


def test_a_queued_mail_may_be_worded_anew(ours, manager):
    mail = queue()
    mails.edit_mail(mail=mail, subject=" 新的\n主题 ", text="一\r\n二", by=manager, at=AT, seen=0)
    mail.refresh_from_db()
    assert (mail.subject, mail.text) == ("新的 主题", "一\n二")
    with pytest.raises(Stale):
        mails.edit_mail(mail=mail, subject="x", text="y", by=manager, at=AT, seen=0)
    with pytest.raises(Refused):
        mails.edit_mail(mail=mail, subject=" ", text="y", by=manager, at=AT)


@pytest.mark.parametrize("status", ["sending", "sent", "refused", "uncertain", "cancelled"])
def test_a_mail_that_left_is_not_touched(ours, manager, status):
    mail = queue()
    outcome(mail, status)
    for act in (mails.hold_mail, mails.release_mail, mails.cancel_mail):
        with pytest.raises(Refused):
            act(mail=mail, by=manager, at=AT)
    with pytest.raises(Refused):
        mails.edit_mail(mail=mail, subject="x", text="y", by=manager, at=AT)


def test_only_those_who_may_touch_mails(ours):
    engineer = User(username="eng", role=Role.ENGINEER)
    mail = queue()
    for act in (mails.hold_mail, mails.release_mail, mails.cancel_mail):
        with pytest.raises(NotAllowed):
            act(mail=mail, by=engineer, at=AT)
    with pytest.raises(NotAllowed):
        mails.release_all_mail(by=engineer, at=AT)


def test_what_waits_is_cancelled_with_what_it_was_about(ours):
    waiting, left = queue(), queue(cause="greeting:2")
    outcome(left, "sent")
    assert mails.cancel_queued_mails(mails=OutgoingMail.objects.filter(kind="greeting"), by=None, at=AT) == 1
    waiting.refresh_from_db()
    left.refresh_from_db()
    assert (waiting.status, left.status) == ("cancelled", "sent")
    assert mails.cancel_queued_mails(mails=OutgoingMail.objects.all(), by=None, at=AT) == 0


def test_a_resend_is_its_own_row_with_the_same_papers(ours, manager):
    mail = queue()
    document = store_document(key="paper:1", name="a.pdf", data=b"%PDF", target=company(), at=AT)
    mail.documents.add(document)
    outcome(mail, "uncertain", papers=[["test.paper", 1]])
    Todo.objects.create(target=company(), due_on=AT, made_at=AT, cause=f"mail_uncertain:{mail.pk}")

    again = mails.resend_mail(mail=mail, by=manager, at=AT + DAY)
    assert (again.cause, again.resend_of, again.status, again.text) == ("greeting:1#2", mail, "queued", mail.text)
    assert list(again.documents.all()) == [document]
    assert again.papers == []
    assert Todo.objects.get().done_by == manager
    assert not unresolved().exists()
    outcome(again, "refused")
    third = mails.resend_mail(mail=again, email="li@customer.example", by=manager, at=AT + DAY)
    assert (third.cause, third.to_email) == ("greeting:1#3", "li@customer.example")


def test_no_resend_of_what_may_still_leave_nor_to_a_dead_address(ours, manager):
    mail = queue()
    with pytest.raises(Refused):
        mails.resend_mail(mail=mail, by=manager, at=AT)
    outcome(mail, "refused")
    DeadAddress.objects.create(email=mail.to_email, at=AT)
    with pytest.raises(Refused) as refused:
        mails.resend_mail(mail=mail, by=manager, at=AT)
    assert refused.value.code == "dead"


@pytest.mark.parametrize(("find_out", "status"), [(mails.confirm_mail, "sent"), (mails.give_up_mail, "refused")])
def test_somebody_finds_out_about_an_uncertain_mail(ours, manager, find_out, status):
    mail = queue()
    outcome(mail, "uncertain", sending_since=AT)
    assert list(unresolved()) == [mail]
    find_out(mail=mail, by=manager, at=AT + DAY)
    mail.refresh_from_db()
    assert mail.status == status
    assert mail.sent_at == (AT if status == "sent" else None)
    assert not unresolved().exists()
    with pytest.raises(Refused):
        find_out(mail=mail, by=manager, at=AT + DAY)


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


def test_a_lifted_hold_lets_nothing_old_go_without_a_tick(ours, administrator, post):
    Company.objects.update(mail_on_hold=True)
    old, ticked, young = (queue(cause=f"greeting:{number}") for number in range(3))
    OutgoingMail.objects.filter(pk__in=[old.pk, ticked.pk]).update(queued_at=AT - DAY - timedelta(seconds=1))
    OutgoingMail.objects.filter(pk=young.pk).update(queued_at=AT - DAY)
    OutgoingMail.objects.filter(pk=ticked.pk).update(on_hold=True)

    assert mails.release_all_mail(by=administrator, at=AT, also=[ticked.pk]) == 1
    assert not company().mail_on_hold
    assert set(due(AT)) == {ticked, young}
    assert verbs(old) == ["queued", "held"]
    mails.hold_all_mail(by=administrator, at=AT)
    assert company().mail_on_hold


def test_the_hold_stays_until_there_is_a_server_and_a_sender(ours, administrator, post, settings):
    Company.objects.update(mail_on_hold=True)
    server, settings.EMAIL_URL = settings.EMAIL_URL, ""
    with pytest.raises(Refused) as refused:
        mails.release_all_mail(by=administrator, at=AT)
    assert refused.value.code == "no_server"
    settings.EMAIL_URL = server
    Company.objects.update(sender_email="")
    with pytest.raises(Refused) as refused:
        mails.release_all_mail(by=administrator, at=AT)
    assert refused.value.code == "no_sender"


def test_a_new_installation_is_on_hold(db):
    assert company().mail_on_hold
    assert django_settings.EMAIL_URL == ""

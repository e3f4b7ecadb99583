from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.db import transaction

from base.chatter.models import Event, Todo
from base.company.models import Company
from base.company.queries import company
from base.documents import registry
from base.documents.models import Document
from base.documents.registry import store_document
from base.mail import delivery
from base.mail.handling import hold_mail
from base.mail.models import OutgoingMail
from base.mail.queue import Reader
from tests.base.mail.conftest import AT
from tests.mails import write_mail

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 5


def queue(email="wang@customer.example", *, language="zh-hans", cause="greeting:1", **more):
    mail = write_mail(
        cause=cause,
        kind="greeting",
        target=company(),
        reader=Reader("王女士", email, language),
        variables={"customer": "明珠港务", "link": "https://weibao.example/q/abc"},
        at=AT,
        **more,
    )
    assert mail is not None
    return mail


def sweep(at=AT):
    return delivery.send_due(lambda: at)


def test_a_mail_arrives_as_it_was_written(ours, post, manager):
    mail = queue(cc="chen@example.com", reply_to="chen@example.com")
    assert sweep() == {"sent": 1, "uncertain": 0}

    (envelope,), (got,) = post.envelopes, post.mails
    assert envelope.mail_from == "service@example.com"
    assert envelope.rcpt_tos == ["wang@customer.example", "chen@example.com"]
    assert got["From"] == "维保科技，客户服务 <service@example.com>"
    assert got["To"] == "王女士 <wang@customer.example>"
    assert (got["Cc"], got["Reply-To"]) == ("chen@example.com", "chen@example.com")
    assert got["Subject"] == "致明珠港务的问候"
    assert got["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(got["Date"]) == AT
    assert got["Date"].endswith("+0800")
    text, html = got.get_body(("plain",)).get_content(), got.get_body(("html",)).get_content()
    assert text.split() == ["明珠港务：", "您好！", "请见：https://weibao.example/q/abc"]
    assert '<a href="https://weibao.example/q/abc">' in html

    mail.refresh_from_db()
    assert (mail.status, mail.sent_at, mail.attempts) == ("sent", AT, 1)
    assert got["Message-ID"] == mail.message_id
    events = Event.objects.filter(target_type__model="outgoingmail").order_by("id").values_list("verb", flat=True)
    assert list(events) == ["queued", "begin", "delivered"]


def test_a_mail_in_english(ours, post):
    queue(language="en")
    sweep()
    assert post.mails[0]["Subject"] == "Greetings to 明珠港务"
    assert post.mails[0]["Content-Language"] == "en"


def test_a_second_sweep_sends_nothing(ours, post):
    queue()
    sweep()
    assert sweep(AT + timedelta(days=1)) == {"uncertain": 0}
    assert len(post.mails) == 1


def test_many_mails_share_one_connection(ours, post):
    for number in range(5):
        queue(cause=f"greeting:{number}")
    assert sweep()["sent"] == 5
    assert len(post.connections) == 1


def test_the_paper_is_rendered_before_and_arrives_byte_for_byte(ours, post, monkeypatch):
    monkeypatch.setattr(registry, "_papers", {})
    rendered = []

    def render(record_id):
        assert OutgoingMail.objects.get().status == "queued"
        assert not transaction.get_connection().savepoint_ids[1:]
        rendered.append(record_id)
        return f"test.paper:{record_id}", "续保报价单 BJ-2026-0001（明珠港务）.pdf", PDF, company()

    registry.register_paper("test.paper", render)
    queue(papers=[("test.paper", 7)])
    sweep()
    (attached,) = post.mails[0].iter_attachments()
    assert attached.get_content() == PDF
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "续保报价单 BJ-2026-0001（明珠港务）.pdf"
    assert b'name="BJ-2026-0001.pdf"' in post.envelopes[0].content
    assert rendered == [7]
    assert [document.key for document in OutgoingMail.objects.get().documents.all()] == ["test.paper:7"]


def test_a_paper_that_cannot_be_made_is_tried_again_and_keeps_no_other_mail_back(ours, post, monkeypatch):
    monkeypatch.setattr(registry, "_papers", {})

    def render(record_id):
        raise LookupError("no such quote")

    registry.register_paper("test.paper", render)
    broken = queue(papers=[("test.paper", 7)])
    queue(cause="greeting:2")
    assert sweep() == {"later": 1, "sent": 1, "uncertain": 0}
    broken.refresh_from_db()
    assert (broken.status, broken.attempts, broken.error) == ("queued", 1, "LookupError: no such quote")
    assert broken.next_attempt_at == AT + timedelta(minutes=1)


def test_nothing_leaves_while_all_mail_is_on_hold(ours, post):
    queue()
    Company.objects.update(mail_on_hold=True)
    assert sweep() == {"uncertain": 0}
    assert post.mails == []


def test_a_mail_on_hold_stays(ours, post):
    hold_mail(mail=queue(), by=None, at=AT)
    queue(cause="greeting:2")
    assert sweep()["sent"] == 1
    assert len(post.mails) == 1


def test_an_installation_that_lost_its_server_goes_on_hold(ours, settings):
    settings.EMAIL_URL = ""
    mail = queue()
    sweep()
    mail.refresh_from_db()
    assert mail.status == "queued"
    assert company().mail_on_hold
    assert Event.objects.filter(verb="mail_held").count() == 1


def test_a_mail_changed_since_the_sweep_began_is_left_to_the_next(ours, post):
    mail = queue()
    stale = OutgoingMail.objects.get()
    hold_mail(mail=mail, by=None, at=AT)
    connection = delivery.Connection(delivery.mail_server())
    assert delivery._deliver(stale, connection, lambda: AT) is delivery._SKIPPED
    connection.close()
    assert post.mails == []


def test_a_worker_that_cannot_send_leaves_alone_what_another_has_taken(ours, bad_server):
    bad_server(connect="554 go away")
    queue()
    stale = OutgoingMail.objects.get()
    OutgoingMail.objects.update(status="sending", sending_since=AT, version=1)
    connection = delivery.Connection(delivery.mail_server())
    assert delivery._deliver(stale, connection, lambda: AT) is delivery._SKIPPED
    assert OutgoingMail.objects.get().status == "sending"


@pytest.mark.parametrize(("result", "status"), [("sent", "sent"), ("later", "uncertain"), ("refused", "uncertain")])
def test_of_a_worker_that_was_given_up_only_success_counts(ours, result, status):
    queue()
    OutgoingMail.objects.update(status="sending", sending_since=AT)
    slow = OutgoingMail.objects.get()
    assert delivery.give_up_stuck(AT + timedelta(minutes=10)) == 1
    delivery._settle(slow, delivery.Outcome(result, "250 taken"), AT + timedelta(minutes=11))
    assert OutgoingMail.objects.get().status == status
    assert Todo.objects.filter(done_at=None).exists() == (status == "uncertain")


@pytest.mark.django_db(transaction=True)
def test_no_sweep_runs_inside_a_transaction_that_could_undo_it(ours, post):
    queue()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        sweep()
    assert post.mails == []


@pytest.mark.parametrize(
    ("phase", "fault"),
    [
        ("mail", "451 slow down"),
        ("rcpt", "452 full"),
        ("data", "451 not now"),
        ("dot", "452 no room"),
        ("rcpt", "421 closing"),
    ],
)
def test_a_temporary_refusal_is_tried_again_later(ours, bad_server, phase, fault):
    bad_server(**{phase: fault})
    mail = queue()
    assert sweep() == {"later": 1, "uncertain": 0}
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.error) == ("queued", 1, fault)
    assert mail.next_attempt_at == AT + timedelta(minutes=1)
    assert sweep() == {"uncertain": 0}, "not before it is due"


@pytest.mark.parametrize("phase", ["connect", "mail", "rcpt", "data"])
@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_line_that_breaks_before_the_data_is_safe_to_try_again(ours, bad_server, phase, fault):
    bad_server(timeout=0.1, **{phase: fault})
    mail, other = queue(), queue(cause="greeting:2")
    assert sweep() == {"later": 1, "uncertain": 0}
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("queued", 1)
    other.refresh_from_db()
    assert other.attempts == 0, "the others wait for a server that works"


def test_a_refused_connection_is_tried_again(ours, bad_server):
    bad_server(connect="554 go away")
    mail = queue()
    sweep()
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("queued", "554 go away")


@pytest.mark.parametrize(("answer", "status"), [("235 come in", "sent"), ("535 wrong password", "queued")])
def test_a_wrong_password_is_no_refusal_of_the_mail(ours, bad_server, settings, answer, status):
    server = bad_server(ehlo="250-hello\r\n250 AUTH PLAIN", auth=answer)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "service", "open"
    mail = queue()
    sweep()
    mail.refresh_from_db()
    assert mail.status == status
    assert mail.error == ("" if status == "sent" else answer)
    assert any(line.startswith("AUTH PLAIN") for line in server.heard)


@pytest.mark.parametrize(
    ("phase", "fault"), [("mail", "550 who are you"), ("rcpt", "550 unknown"), ("data", "554 no"), ("dot", "550 spam")]
)
def test_a_permanent_refusal_is_told_to_the_manager(ours, bad_server, manager, phase, fault):
    bad_server(**{phase: fault})
    mail = queue(reply_to="chen@example.com")
    assert sweep() == {"refused": 1, "uncertain": 0}
    mail.refresh_from_db()
    assert (mail.status, mail.error, mail.next_attempt_at) == ("refused", fault, None)
    todo = Todo.objects.get()
    assert (todo.kind, todo.assignee, todo.params["to"]) == ("mail_refused", manager, "wang@customer.example")
    assert todo.due_on.isoformat() == "2026-11-24"


def test_after_eight_tries_the_mail_is_refused(ours, bad_server):
    bad_server(rcpt="451 not now")
    mail = queue()
    waits, at = [], AT
    for _ in range(8):
        sweep(at)
        mail.refresh_from_db()
        if mail.next_attempt_at:
            waits.append((mail.next_attempt_at - at) // timedelta(minutes=1))
            at = mail.next_attempt_at
    assert waits == [1, 5, 15, 60, 240, 240, 240]
    assert (mail.status, mail.attempts) == ("refused", 8)
    assert Todo.objects.get().role == "director"


@pytest.mark.parametrize(
    ("phase", "fault"),
    [("body", "drop"), ("dot", "drop"), ("dot", "hang"), ("dot", "999 what"), ("body", "hang")],
)
def test_a_break_after_the_data_began_is_uncertain_and_never_repeated(ours, bad_server, manager, phase, fault):
    server = bad_server(timeout=0.1, **{phase: fault})
    mail, other = queue(reply_to="chen@example.com"), queue(cause="greeting:2")
    assert sweep() == {"uncertain": 1}
    mail.refresh_from_db()
    assert (mail.status, mail.next_attempt_at) == ("uncertain", None)
    assert Todo.objects.get().kind == "mail_uncertain"
    other.refresh_from_db()
    assert other.status == "queued", "an ill server is not fed"

    server.faults.clear()
    assert sweep(AT + timedelta(days=1))["sent"] == 1
    mail.refresh_from_db()
    assert mail.status == "uncertain"


def test_a_line_that_breaks_in_the_middle_of_a_large_message_is_uncertain(ours, bad_server):
    store_document(key="large", name="large.pdf", data=bytes(4_000_000), target=company(), at=AT)
    bad_server(timeout=2, body="drop")
    mail = queue()
    mail.documents.add(Document.objects.get())
    assert sweep() == {"uncertain": 1}


def test_a_closed_connection_is_opened_again_for_the_next_mail(ours, bad_server):
    server = bad_server(rset="drop")
    for number in range(3):
        queue(cause=f"greeting:{number}")
    assert sweep() == {"sent": 3, "uncertain": 0}
    assert sum(line.startswith("ehlo") for line in server.heard) == 3


def test_a_refused_copy_does_not_keep_the_reader_from_getting_the_mail(ours, post):
    mail = queue(cc="550.chen@example.com")
    assert sweep()["sent"] == 1
    mail.refresh_from_db()
    assert (mail.status, mail.error) == ("sent", "copy refused: 550.chen@example.com")
    assert post.envelopes[0].rcpt_tos == ["wang@customer.example"]


def test_one_refused_mail_leaves_the_connection_to_the_others(ours, post):
    queue("550.nobody@customer.example")
    queue(cause="greeting:2")
    assert sweep() == {"refused": 1, "sent": 1, "uncertain": 0}


def test_leading_dots_and_long_lines_survive(ours, post):
    mail = queue()
    text = ".a dot\n..two\n.\n" + "很长的一行" * 300
    OutgoingMail.objects.filter(pk=mail.pk).update(text=text)
    sweep()
    assert post.mails[0].get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == text
    assert max(map(len, post.envelopes[0].content.split(b"\r\n"))) < 998


def test_what_a_dead_worker_left_in_sending_is_uncertain_after_ten_minutes(ours, post):
    mail = queue()
    OutgoingMail.objects.update(status="sending", sending_since=AT)
    assert sweep(AT + timedelta(minutes=9)) == {"uncertain": 0}
    assert sweep(AT + timedelta(minutes=10)) == {"uncertain": 1}
    mail.refresh_from_db()
    assert mail.status == "uncertain"
    assert sweep(AT + timedelta(days=3)) == {"uncertain": 0}
    assert post.mails == []

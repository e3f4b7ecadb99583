"""A waiting mail goes to whom it concerns when it leaves: as the mail server gets it (docs/rules.md 7.4)."""

import io
import re
from datetime import timedelta

import pytest
from moneyed import Money
from pypdf import PdfReader

from base.accounts import operations as people
from base.chatter.models import Event, Todo
from base.company.models import Company
from base.mail import handling, texts
from base.mail.delivery import send_due
from base.mail.models import OutgoingMail
from base.mail.occasions import occasion_of
from base.mail.queue import record_bounce
from billing.lines import LineInput
from contracts.customers import save_customer_part
from renewals.decisions import accept_quote, quote_behind
from renewals.models import QuoteLink, RenewalQuote
from renewals.queries import link_token, link_url
from renewals.quotes import approve_quote, edit_quote, needs_approval
from renewals.sending import send_quote
from tests.base.mail.conftest import OnAnyPort, Post, use_server
from tests.chain import AT, ON, accepted, at, day, drafted, row, sent, verbs
from tests.factories import ContactFactory, UserFactory
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db

LATER = ON + timedelta(days=21)


@pytest.fixture(scope="module")
def server():
    controller = OnAnyPort(Post(), hostname="127.0.0.1", port=0)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def post(db, settings, server, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    server.handler.envelopes.clear()
    use_server(settings, server.port)
    Company.objects.update(name="维保科技有限公司", sender_email="service@example.com", mail_on_hold=False)
    return server.handler


@pytest.fixture
def quote(db):
    contact = ContactFactory(name="王女士", email="wang@customer.example")
    return sent(accepted(contact=contact, customer=contact.customer))


def deliver(on=ON):
    return send_due(lambda: at(on) + timedelta(hours=1))


def words(mail):
    return mail.get_body(("plain",)).get_content()


def waiting(quote):
    return OutgoingMail.objects.get(target_id=quote.pk, kind="renewal_quote", resend_of=None)


def reread(contract, name, email, **more):
    """The contract gets another reader."""
    contract.contact = ContactFactory(customer=contract.customer, name=name, email=email, **more)
    contract.save(update_fields=["contact"])


def test_the_link_is_made_at_sending_and_answers(post, quote):
    assert "{link}" in waiting(quote).text
    assert link_token(quote) not in str(OutgoingMail.objects.values())
    deliver()
    [mail] = post.mails
    [token] = re.findall(r"/q/([\w-]+)/", words(mail))
    accept_quote(quote=quote_behind(token), by=None, at=AT, on=ON, name="王女士")
    for model in (OutgoingMail, Event, Todo):
        assert token not in str(list(model.objects.values()))


def test_a_corrected_address_is_where_it_goes(post, quote):
    save_customer_part(
        part=quote.contract.contact, values={"email": "right@customer.example"}, by=quote.contract.manager, at=AT
    )
    deliver()
    assert post.envelopes[0].rcpt_tos[0] == "right@customer.example"
    stored = waiting(quote)
    assert (stored.status, stored.to_email) == ("sent", "right@customer.example")
    assert verbs(stored) == ["queued", "addressed", "begin", "delivered"]


def test_another_contact_is_greeted_and_named_on_the_paper(post, quote):
    reread(quote.contract, "李先生", "li@customer.example")
    deliver()
    [mail] = post.mails
    assert post.envelopes[0].rcpt_tos[0] == "li@customer.example"
    assert words(mail).startswith("尊敬的李先生：")
    assert "王女士" not in words(mail)
    [paper] = [part.get_content() for part in mail.iter_attachments()]
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(paper)).pages)
    assert "李先生" in text
    assert "王女士" not in text


def test_a_reader_of_another_language_is_written_to_in_it(post, quote):
    reread(quote.contract, "Ms Li", "li@customer.example", language="en")
    deliver()
    [mail] = post.mails
    assert "Dear Ms Li" in words(mail)
    assert mail["Content-Language"] == "en"
    assert link_url(quote) in words(mail)


def test_another_manager_has_the_copy_and_the_answer(post, quote):
    contract = quote.contract
    contract.manager = UserFactory(role="manager", email="new@example.com")
    contract.save(update_fields=["manager"])
    deliver()
    assert post.envelopes[0].rcpt_tos == [waiting(quote).to_email, "new@example.com"]
    assert post.mails[0]["Reply-To"] == "new@example.com"


def test_nobody_left_to_write_to_calls_it_off_with_a_todo(post, quote):
    contact = quote.contract.contact
    contact.email = ""
    contact.save()
    deliver()
    assert post.mails == []
    assert waiting(quote).status == "cancelled"
    assert Todo.objects.filter(kind="mail_address_dead", assignee=quote.contract.manager).exists()


def test_an_address_that_bounced_meanwhile_gets_nothing(post, quote):
    reread(quote.contract, "李先生", "li@customer.example")
    record_bounce(email="li@customer.example", by=quote.contract.manager, at=AT)
    deliver()
    assert (post.mails, waiting(quote).status) == ([], "cancelled")


# --- worded by hand ---------------------------------------------------------------------------------------------------


def word(quote, text="{reader}：\n\n我亲自写的话。\n{link}"):
    mail = waiting(quote)
    handling.edit_mail(mail=mail, subject="亲笔", text=text, by=quote.contract.manager, at=AT)
    return mail


def test_what_was_worded_by_hand_leaves_as_it_is(post, quote):
    word(quote)
    deliver()
    [mail] = post.mails
    assert words(mail).replace("\r\n", "\n").strip() == f"王女士：\n\n我亲自写的话。\n{link_url(quote)}"
    assert mail["Subject"] == "亲笔"


def test_for_another_reader_it_waits_for_a_look_and_leaves_greeting_them(post, quote):
    mail = word(quote)
    reread(quote.contract, "李先生", "li@customer.example")
    assert deliver()["sent"] == 0
    mail.refresh_from_db()
    assert (mail.status, mail.on_hold, mail.to_look_at, mail.to_email) == ("queued", True, True, "li@customer.example")
    todo = Todo.objects.get(kind="mail_to_look_at")
    assert (todo.assignee, todo.target) == (quote.contract.manager, mail)
    deliver()
    assert post.mails == []

    handling.look_at_mail(mail=mail, by=quote.contract.manager, at=AT, seen=mail.version)
    deliver()
    [left] = post.mails
    assert words(left).startswith("李先生：")
    assert "我亲自写的话" in words(left)
    todo.refresh_from_db()
    assert todo.done_by == quote.contract.manager


def test_for_another_paper_it_waits_for_a_look_too(post, quote):
    mail = word(quote)
    customer = quote.contract.customer
    customer.name = "明珠港务集团有限公司"
    customer.save()
    deliver()
    mail.refresh_from_db()
    assert (post.mails, mail.to_look_at) == ([], True)


def test_a_mail_sent_again_stays_with_whom_it_was_sent_to(post, quote):
    deliver()
    mail = waiting(quote)
    li = ContactFactory(customer=quote.contract.customer, name="李先生", email="li@customer.example")
    handling.resend_mail(mail=mail, by=quote.contract.manager, at=AT, email="li@customer.example")
    deliver()
    assert [envelope.rcpt_tos[0] for envelope in post.envelopes] == ["wang@customer.example", "li@customer.example"]
    assert words(post.mails[1]).startswith("尊敬的李先生：")
    handling.resend_mail(mail=mail, by=quote.contract.manager, at=AT, email="li@customer.example")
    li.delete()
    deliver()
    assert len(post.mails) == 2


# --- what counts from the first leaving -------------------------------------------------------------------------------


def test_a_quote_is_valid_from_the_day_its_mail_leaves(post):
    quote = sent(on=day("2027-01-10"))
    assert quote.valid_until == day("2027-02-09")
    deliver(day("2027-02-01"))
    quote = RenewalQuote.objects.get(pk=quote.pk)
    assert quote.valid_until == day("2027-03-03")
    assert QuoteLink.objects.get(quote=quote).expires_on == quote.valid_until
    assert row(quote.contract, "quote_expiry").due_on == day("2027-03-04")
    assert "3月3日" in words(post.mails[0]) or "2027-03-03" in words(post.mails[0])
    assert "validity_counted" in verbs(quote)


def test_a_quote_whose_mail_waits_does_not_expire(post, director):
    quote = sent(on=day("2027-01-10"))
    Company.objects.update(mail_on_hold=True)
    run_day(on=day("2027-02-20"), by=director, at=at(day("2027-02-20")), only="quote_expiry")
    assert RenewalQuote.objects.get(pk=quote.pk).status == "sent"
    assert waiting(quote).status == "queued"
    Company.objects.update(mail_on_hold=False)
    deliver(day("2027-02-21"))
    assert len(post.mails) == 1


def test_a_later_try_and_a_reminder_count_nothing_anew(post, quote):
    deliver()
    until = RenewalQuote.objects.get(pk=quote.pk).valid_until
    handling.resend_mail(mail=waiting(quote), by=quote.contract.manager, at=AT)
    deliver(LATER)
    assert RenewalQuote.objects.get(pk=quote.pk).valid_until == until


def test_waiting_asks_no_second_approval_but_another_content_does(post, director):
    quote = drafted()
    line = quote.lines.get()
    cheap = LineInput(text=line.text, tax_rate=line.tax_rate, tax_code=line.tax_code, gross=Money("10000.00", "CNY"))
    edit_quote(quote=quote, lines=[cheap], by=quote.contract.manager, at=AT)
    assert needs_approval(quote)
    approve_quote(quote=quote, by=director, at=AT)
    send_quote(quote=quote, by=quote.contract.manager, at=AT, on=ON)
    deliver(LATER)
    quote = RenewalQuote.objects.get(pk=quote.pk)
    assert (len(post.mails), needs_approval(quote)) == (1, False)


# --- a closed log-in --------------------------------------------------------------------------------------------------


def test_the_todos_of_a_closed_log_in_go_to_the_deputy_or_the_role(quote, director):
    admin = UserFactory(role="administrator")
    manager, deputy = quote.contract.manager, UserFactory(role="manager")
    todo = Todo.objects.create(target=quote, assignee=manager, due_on=ON, made_at=AT, kind="note", text="call")
    people.set_deputy(user=manager, deputy=deputy, by=manager, at=AT)
    people.deactivate_user(user=manager, by=admin, at=AT)
    todo.refresh_from_db()
    assert todo.assignee == deputy
    people.deactivate_user(user=deputy, by=admin, at=AT)
    todo.refresh_from_db()
    assert (todo.assignee, todo.role) == (None, "manager")


def test_every_kind_of_mail_to_a_customer_says_whom_it_concerns_when_it_leaves():
    ours = {"change_unconfirmed", "rights_changed", "todo_now", "todo_morning"}
    assert {kind.name for kind in texts.kinds() if occasion_of(OutgoingMail(kind=kind.name)) is None} == ours

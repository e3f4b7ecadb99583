"""What people do with outgoing mail, through the browser."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from base.accounts.models import Role
from base.company.models import Company
from base.company.queries import company
from base.documents import registry
from base.documents.models import Document
from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from base.mail import texts
from base.mail.models import DeadAddress, MailText, OutgoingMail
from base.mail.pages import release as release_page
from base.mail.queue import write_mails
from contracts.notifications import customer_mail
from renewals.queries import link_token
from tests.chain import accepted, sent
from tests.factories import ContactFactory, ContractFactory, UserFactory


@pytest.fixture
def log_in(db):
    def log_in(role):
        client = Client()
        client.force_login(UserFactory(role=role))
        return client

    return log_in


@pytest.fixture
def reader(log_in):
    return log_in(Role.DIRECTOR)


@pytest.fixture
def admin(log_in):
    return log_in(Role.ADMINISTRATOR)


@pytest.fixture
def write(db):
    """Queue a mail about a contract to its reader, `days` ago."""

    def write(contract=None, days=0, papers=()):
        number = OutgoingMail.objects.count()
        contract = contract or ContractFactory()
        contact = ContactFactory(
            customer=contract.customer, name="Ms Wang", email=f"wang{number}@example.com", language="en"
        )
        contract.contact = contact
        contract.save(update_fields=["contact"])
        draft = customer_mail(
            contract,
            cause=f"test:{number}",
            kind="coverage_lapsed",
            target=contract,
            variables={"last": "2026-11-21", "next": ""},
            our_company=company(),
            papers=papers,
        )
        return write_mails([draft], at=timezone.now() - timedelta(days=days)).new[0]

    return write


@pytest.fixture
def mail(write):
    return write()


@pytest.fixture
def with_link(db):
    """A mail that waits, by which its reader can answer."""
    quote = sent(accepted(contact=ContactFactory(name="Ms Wang", language="en")))
    return OutgoingMail.objects.get(target_id=quote.pk, kind="renewal_quote")


@pytest.fixture
def server(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:2525"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 2525
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    Company.objects.update(sender_email="service@example.com")


def page(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200, response
    return response.content.decode()


def move(client, mail, which, /, **data):
    mail.refresh_from_db()
    return client.post(f"/mails/{mail.pk}/move/{which}/", {"asked": "1", "version": mail.version, **data})


# --- list and sheet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "shown_in"),
    [
        ({}, {"waiting"}),
        ({"on_hold": True}, {"held"}),
        ({"status": "uncertain"}, {"uncertain"}),
        ({"status": "refused", "error": "550 no"}, {"refused"}),
        ({"status": "sent"}, {"sent"}),
        ({"status": "cancelled"}, set()),
    ],
)
def test_quick_filters(admin, mail, fields, shown_in):
    OutgoingMail.objects.update(**fields)
    quick = ("waiting", "held", "uncertain", "refused", "sent")
    assert {name for name in quick if mail.to_email in page(admin, "/mails/", quick=name)} == shown_in


def test_the_list_says_why_no_mail_leaves(admin, mail, server):
    assert "All mail is on hold." in page(admin, "/mails/")
    Company.objects.update(sender_email="")
    assert "no sender" in page(admin, "/mails/")


def test_no_screen_shows_the_secret_of_a_link_and_no_row_keeps_it(reader, with_link):
    secret = link_token(with_link.target)
    addresses = [
        f"/mails/{with_link.pk}/",
        f"/mails/{with_link.pk}/?tab=page",
        reverse("mail_page", args=[with_link.pk]),
        f"/mails/{with_link.pk}/edit/",
    ]
    for address in addresses:
        html = page(reader, address)
        assert secret not in html, address
    assert f"…{secret[-4:]}" in page(reader, f"/mails/{with_link.pk}/")
    assert "{link}" in with_link.text
    assert secret not in str(OutgoingMail.objects.values_list())


def test_as_many_queries_for_four_mails_as_for_two(admin, write):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            page(admin, "/mails/")
        return len(seen)

    write()
    write()
    queries()
    before = queries()
    write()
    write()
    assert queries() == before


def test_a_manager_sees_the_mails_of_their_own_contracts(db, write):
    manager = UserFactory(role=Role.MANAGER)
    client = Client()
    client.force_login(manager)
    own, foreign = write(ContractFactory(manager=manager)), write()
    html = page(client, "/mails/")
    assert own.to_email in html
    assert foreign.to_email not in html
    assert client.get(f"/mails/{foreign.pk}/").status_code == 404
    assert client.get(reverse("mail_page", args=[foreign.pk])).status_code == 404
    assert move(client, foreign, "hold").status_code == 404


def test_who_may_not_look(log_in, mail):
    client = log_in(Role.ENGINEER)
    assert client.get("/mails/").status_code == 403
    assert client.get(reverse("mail_page", args=[mail.pk])).status_code == 403


def test_who_sees_to_it_that_mail_leaves_need_not_read_it(admin, mail):
    """A mail tells prices, which an administrator may not see."""
    sheet = page(admin, f"/mails/{mail.pk}/")
    assert mail.to_email in sheet
    assert mail.subject not in sheet + page(admin, "/mails/")
    assert "mail-text" not in sheet
    assert "/edit/" not in sheet
    for address in (reverse("mail_page", args=[mail.pk]), f"/mails/{mail.pk}/edit/"):
        assert admin.get(address).status_code == 403


def test_the_frame_runs_nothing(reader, mail):
    response = reader.get(reverse("mail_page", args=[mail.pk]))
    assert "sandbox" in response["Content-Security-Policy"]
    assert "script-src" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


# --- moves -------------------------------------------------------------------------------------------------------


def test_held_released_and_never_sent(admin, mail):
    move(admin, mail, "hold")
    mail.refresh_from_db()
    assert mail.on_hold
    move(admin, mail, "release")
    mail.refresh_from_db()
    assert not mail.on_hold
    move(admin, mail, "cancel")
    mail.refresh_from_db()
    assert mail.status == "cancelled"


def test_many_at_once(admin, write):
    mails = [write(), write()]
    admin.post("/mails/bulk/hold/", {"id": [each.pk for each in mails]})
    assert OutgoingMail.objects.filter(on_hold=True).count() == 2


def test_worded_anew_greeting_and_link_stay_to_be_put_in(reader, log_in, with_link):
    shown = page(reader, f"/mails/{with_link.pk}/edit/")
    assert "{link}" in shown
    text = with_link.text.replace("Dear", "Good morning")
    reader.post(f"/mails/{with_link.pk}/edit/", {"version": "0", "subject": "Another subject", "wording": text})
    with_link.refresh_from_db()
    assert (with_link.subject, with_link.edited) == ("Another subject", True)
    assert "Good morning Ms Wang" in page(reader, f"/mails/{with_link.pk}/")
    secret = link_token(with_link.target)
    for client, address in ((reader, f"/mails/{with_link.pk}/"), (log_in(Role.AUDITOR), reverse("events:list"))):
        assert secret not in page(client, address)


def test_nothing_typed_is_refused_at_the_field(reader, mail):
    response = reader.post(f"/mails/{mail.pk}/edit/", {"version": "0", "subject": "", "wording": "x"})
    assert response.status_code == 422
    assert "x</textarea>" in response.content.decode()


def test_a_late_save_is_refused_and_shows_what_is_there_now(reader, with_link):
    OutgoingMail.objects.update(text="Changed {link}", version=1)
    response = reader.post(f"/mails/{with_link.pk}/edit/", {"version": "0", "subject": "Mine", "wording": "mine"})
    html = response.content.decode()
    assert response.status_code == 422
    assert f"/q/…{link_token(with_link.target)[-4:]}/" in html
    assert link_token(with_link.target) not in html


def test_sent_again_as_a_mail_of_its_own(reader, mail):
    OutgoingMail.objects.update(status="refused")
    response = move(reader, mail, "resend", email="other@example.com")
    again = OutgoingMail.objects.get(resend_of=mail)
    assert again.to_email == "other@example.com"
    assert response["Location"] == f"/mails/{again.pk}/"


def test_a_mail_with_a_link_is_sent_again_to_the_customer_s_own_people_only(reader, with_link):
    OutgoingMail.objects.update(status="sent")
    refused = move(reader, with_link, "resend", email="stranger@evil.example")
    assert refused.status_code == 422
    assert not OutgoingMail.objects.filter(resend_of=with_link).exists()
    contract = with_link.target.contract
    ContactFactory(customer=contract.customer, name="Mr Li", email="Li@customer.example")
    move(reader, with_link, "resend", email="li@customer.example")
    again = OutgoingMail.objects.get(resend_of=with_link)
    assert (again.to_name, again.variables["reader"]) == ("Mr Li", "Mr Li")


def test_who_may_not_read_a_mail_sends_it_nowhere(admin, with_link, mail):
    """Else an administrator would mail prices, and the customer's link, to himself."""
    OutgoingMail.objects.update(status="sent")
    assert move(admin, with_link, "resend", email="admin@evil.example").status_code == 404
    assert move(admin, mail, "resend", email="admin@evil.example").status_code == 403
    assert with_link.to_email not in page(admin, "/mails/")


@pytest.mark.parametrize(("which", "status"), [("confirm", "sent"), ("give_up", "refused")])
def test_what_became_of_an_uncertain_mail(admin, mail, which, status):
    OutgoingMail.objects.update(status="uncertain", sending_since=timezone.now())
    move(admin, mail, which)
    mail.refresh_from_db()
    assert mail.status == status


def test_a_bounced_address_gets_nothing_more_until_it_works_again(admin, mail, write):
    OutgoingMail.objects.update(status="sent")
    waiting = write()
    OutgoingMail.objects.filter(pk=waiting.pk).update(to_email=mail.to_email)
    move(admin, mail, "bounced", reason="550 no such user")
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"
    dead = DeadAddress.objects.get()
    assert "550 no such user" in page(admin, "/mails/bounced/")
    admin.post(f"/mails/bounced/{dead.pk}/move/works/", {"asked": "1"})
    assert not DeadAddress.objects.exists()
    admin.post("/mails/bounced/new/", {"email": "Dead@Example.com", "reason": "letter came back"})
    assert DeadAddress.objects.get().email == "dead@example.com"


@pytest.mark.parametrize("which", ["hold", "cancel", "resend", "bounced"])
def test_lookers_make_no_moves(log_in, mail, which):
    assert move(log_in(Role.AUDITOR), mail, which, email="x@example.com").status_code == 403
    assert move(log_in(Role.FINANCE), mail, which, email="x@example.com").status_code == 403


# --- papers ------------------------------------------------------------------------------------------------------


def test_papers_before_and_after_the_mail_left(reader, write, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    contract = ContractFactory()
    monkeypatch.setitem(
        registry._papers, "test", registry._Paper(lambda pk: (f"t:{pk}", "t.pdf", b"%PDF-1", contract), None, None)
    )
    mail = write(contract, papers=[("test", contract.pk)])
    assert reader.get(reverse("mail_paper", args=[mail.pk, 0])).content == b"%PDF-1"
    assert not Document.objects.exists()
    assert reader.get(reverse("mail_paper", args=[mail.pk, 1])).status_code == 404
    document = registry.document_for("test", contract.pk, at=timezone.now())
    assert reader.get(reverse("mail_document", args=[mail.pk, document.pk])).status_code == 404
    mail.documents.add(document)
    address = reverse("mail_document", args=[mail.pk, document.pk])
    assert address in page(reader, f"/mails/{mail.pk}/", tab="papers")
    assert b"".join(reader.get(address).streaming_content) == b"%PDF-1"


# --- hold and release --------------------------------------------------------------------------------------------


def fields(html, name):
    return re.findall(rf'name="{name}" value="([^"]*)"', html)


def test_page_count_list_and_act_are_about_the_same_rows(admin, write, with_link, server):
    """Also what the administrator may not read is listed, counted and released: it told of 1 and sent 20."""
    fresh, old = write(), write(days=2)
    OutgoingMail.objects.filter(pk=with_link.pk).update(queued_at=timezone.now())
    html = page(admin, reverse("mail_release"))
    assert "3 mails wait" in html
    for mail in (fresh, old, with_link):
        assert mail.to_email in html
        assert str(mail.target.customer if mail != with_link else mail.target.contract.customer) in html
    assert with_link.subject not in html
    assert set(re.findall(r'value="(\d+)"\s+checked', html)) == {str(with_link.pk), str(fresh.pk)}

    admin.post(reverse("mail_release"), {"row": fields(html, "row"), "tick": [fresh.pk]})
    assert not Company.objects.get().mail_on_hold
    assert set(OutgoingMail.objects.filter(on_hold=True)) == {old, with_link}
    assert "Mail leaves by itself" in page(admin, reverse("mail_release"))
    admin.post(reverse("mail_hold"))
    assert Company.objects.get().mail_on_hold


def test_who_may_read_a_mail_s_record_opens_it_from_there(admin, write, server):
    mail = write()
    assert f'href="/mails/{mail.pk}/"' not in page(admin, reverse("mail_release"))


def test_what_changed_since_the_page_was_looked_at_is_kept_back_and_said(admin, write, server):
    same, moved = write(), write()
    html = page(admin, reverse("mail_release"))
    contact = moved.target.contact
    contact.email = "corrected@example.com"
    contact.save()
    told = admin.post(
        reverse("mail_release"), {"row": fields(html, "row"), "tick": [same.pk, moved.pk]}, follow=True
    ).content.decode()
    assert "1 mail leaves" in told
    assert "1 ticked mail stays" in told
    assert set(OutgoingMail.objects.filter(on_hold=True)) == {moved}
    assert "corrected@example.com" in told


def test_the_other_pages_go_along_when_asked_in_the_versions_seen(admin, write, server, monkeypatch):
    monkeypatch.setattr(release_page, "SHOWN", 2)
    mails = [write() for _number in range(5)]
    html = page(admin, reverse("mail_release"))
    assert "and 3 mails of the last 24 hours on the other pages" in html
    late = write()
    OutgoingMail.objects.filter(pk=mails[4].pk).update(version=7)
    form = {"row": fields(html, "row"), "others": fields(html, "others"), "with_others": "1", "tick": [mails[0].pk]}
    admin.post(reverse("mail_release"), form)
    assert set(OutgoingMail.objects.filter(on_hold=False)) == {mails[0], mails[2], mails[3]}
    assert set(OutgoingMail.objects.filter(on_hold=True)) == {mails[1], mails[4], late}


def test_very_many_are_let_go_by_a_job_with_the_same_rows(admin, write, server, monkeypatch):
    monkeypatch.setattr(release_page, "AT_ONCE", 2)
    mails = [write() for _number in range(3)]
    html = page(admin, reverse("mail_release"))
    answer = admin.post(reverse("mail_release"), {"row": fields(html, "row"), "tick": [mails[0].pk]})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert Company.objects.get().mail_on_hold
    work_off_jobs(timezone.now)
    assert not Company.objects.get().mail_on_hold
    assert set(OutgoingMail.objects.filter(on_hold=True)) == set(mails[1:])


def test_one_kind_at_a_time(admin, write, with_link, server):
    mail = write()
    html = page(admin, reverse("mail_release"), kind="coverage_lapsed")
    assert "1 mail waits" in html
    assert mail.to_email in html
    assert with_link.to_email not in html


@pytest.mark.parametrize("token", ["1", "1:2", "x:1:abc", f"{'9' * 30}:1:abc"])
def test_a_form_that_the_page_would_not_send_is_refused(admin, mail, server, token):
    assert admin.post(reverse("mail_release"), {"row": [token], "tick": ["1"]}).status_code in (409, 422)
    assert Company.objects.get().mail_on_hold


def test_nothing_is_released_without_a_server(admin, mail, settings):
    settings.EMAIL_URL = ""
    html = page(admin, reverse("mail_release"))
    assert "No mail server is set" in html
    admin.post(reverse("mail_release"), {"row": fields(html, "row"), "tick": [mail.pk]})
    assert Company.objects.get().mail_on_hold


def test_what_waits_for_a_look_leaves_by_one_click(reader, admin, mail, server):
    OutgoingMail.objects.update(to_look_at=True, on_hold=True, edited=True)
    assert f'name="tick" value="{mail.pk}"' not in re.sub(r"\s+", " ", page(admin, reverse("mail_release")))
    assert "Send it like this" in page(reader, f"/mails/{mail.pk}/")
    assert move(admin, mail, "send_as_worded").status_code == 403
    move(reader, mail, "send_as_worded")
    mail.refresh_from_db()
    assert (mail.on_hold, mail.to_look_at) == (False, False)


@pytest.mark.parametrize("name", ["mail_release", "mail_texts"])
def test_only_the_administrator_releases_and_words(log_in, name):
    for role in set(Role.values) - {Role.ADMINISTRATOR}:
        assert log_in(role).get(reverse(name)).status_code == 403


# --- texts -------------------------------------------------------------------------------------------------------


def wording(**changed):
    kind = texts.kind_named("renewal_quote")
    data = {f"{each}-{part}": getattr(kind, part)[each] for each in texts.LANGUAGES for part in ("subject", "body")}
    return data | changed


def test_one_language_is_worded_anew_and_reset(admin, db):
    address = reverse("mail_text", args=["renewal_quote"])
    assert "{link}" in page(admin, address)
    admin.post(address, wording(**{"en-subject": "Your renewal {quote}"}))
    row = MailText.objects.get()
    assert (row.language, row.subject) == ("en", "Your renewal {quote}")
    assert "Worded anew" in page(admin, reverse("mail_texts"))
    admin.post(reverse("mail_text_reset", args=["renewal_quote", "en"]))
    assert not MailText.objects.exists()


def test_a_wrong_placeholder_is_said_at_the_field_and_neither_language_is_stored(admin, db):
    address = reverse("mail_text", args=["renewal_quote"])
    response = admin.post(address, wording(**{"zh-hans-subject": "新 {quote}", "en-body": "Dear {raeder}"}))
    html = response.content.decode()
    assert response.status_code == 422
    assert "“{raeder}” is not one of the placeholders" in html
    assert "Dear {raeder}</textarea>" in html
    assert not MailText.objects.exists()


def test_a_late_save_of_a_text_is_refused(admin, db):
    address = reverse("mail_text", args=["renewal_quote"])
    MailText.objects.create(kind="renewal_quote", language="en", subject="{quote}", body="theirs", version=3)
    data = wording(**{"en-subject": "{quote}", "en-body": "mine", "en-version": "2"})
    assert admin.post(address, data).status_code == 422
    assert admin.post(address, {**data, "en-version": ""}).status_code == 422
    assert MailText.objects.get().body == "theirs"


def test_the_preview_fills_what_is_typed_with_samples(admin, db):
    address = reverse("mail_text_preview", args=["renewal_quote", "en"])
    assert "BJ-2026-0001" in page(admin, address)
    html = admin.post(address, {"en-subject": "S {quote}", "en-body": "Dear {reader}, hello"}).content.decode()
    assert "S BJ-2026-0001" in html
    html = admin.post(address, {"en-subject": "S", "en-body": "{nobody}"}).content.decode()
    assert "is not one of the placeholders" in html
    assert not MailText.objects.exists()


@pytest.mark.parametrize("kind", [kind.name for kind in texts.kinds()])
def test_the_samples_speak_the_mails_language(admin, db, kind):
    """As the real mail would write them: names, days and sums."""
    english = page(admin, reverse("mail_text_preview", args=[kind, "en"]))
    assert re.search("Ms Wang|Zhou Qiang|Chen Jing|Sun Gang|Li Wei", english)
    assert not re.search("[\u4e00-\u9fff¥]", english)
    assert re.search("王芳女士|周强|陈静|孙刚|李伟", page(admin, reverse("mail_text_preview", args=[kind, "zh-hans"])))
    _before, found, placeholders = page(admin, reverse("mail_text", args=[kind])).partition("{customer}")
    assert "Pearl Port Ltd" in placeholders or not found


def test_the_samples_write_days_and_sums_as_mails_do(admin, db):
    english, chinese = (
        page(admin, reverse("mail_text_preview", args=["renewal_quote", each])) for each in ("en", "zh-hans")
    )
    assert "15 March 2027" in english
    assert "CNY 240,000.00" in english
    assert "2027年3月15日" in chinese
    assert "¥240,000.00" in chinese


@pytest.mark.parametrize("address", ["/mails/texts/nothing/", "/mails/texts/renewal_quote/fr/preview/"])
def test_there_are_no_other_texts(admin, address):
    assert admin.get(address).status_code == 404

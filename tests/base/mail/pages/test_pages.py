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
from base.documents import registry
from base.documents.models import Document
from base.mail import texts
from base.mail.models import DeadAddress, MailText, OutgoingMail
from base.mail.queue import Reader
from tests.factories import ContractFactory, UserFactory
from tests.mails import write_mail

SECRET = "5rel-UBH5-MggqtsB2lBmIhMObC9E5eE"
LINK = f"https://weibao.example.com/q/{SECRET}/"


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
    """Queue a mail about a contract, `days` ago."""

    def write(contract=None, days=0, papers=()):
        number = OutgoingMail.objects.count()
        return write_mail(
            cause=f"test:{number}",
            kind="renewal_quote",
            target=contract or ContractFactory(),
            reader=Reader("Ms Wang", f"wang{number}@example.com", "en"),
            variables={**texts.kind_named("renewal_quote").sample("en"), "link": LINK},
            papers=papers,
            at=timezone.now() - timedelta(days=days),
        )

    return write


@pytest.fixture
def mail(write):
    return write()


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


def test_no_screen_shows_the_secret_of_a_link(reader, mail):
    addresses = [
        f"/mails/{mail.pk}/",
        f"/mails/{mail.pk}/?tab=page",
        reverse("mail_page", args=[mail.pk]),
        f"/mails/{mail.pk}/edit/",
    ]
    for address in addresses:
        html = page(reader, address)
        assert SECRET not in html, address
    assert "…E5eE" in page(reader, f"/mails/{mail.pk}/")


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


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.ENGINEER])
def test_who_may_not_look(log_in, mail, role):
    client = log_in(role)
    assert client.get("/mails/").status_code == 403
    assert client.get(reverse("mail_page", args=[mail.pk])).status_code == 403


def test_who_sees_to_it_that_mail_leaves_need_not_read_it(admin, mail):
    """A mail tells prices, which an administrator may not see."""
    sheet = page(admin, f"/mails/{mail.pk}/")
    assert mail.subject in sheet
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


def test_worded_anew_the_link_stays_whole_and_off_the_screens(reader, log_in, mail):
    shown = page(reader, f"/mails/{mail.pk}/edit/")
    assert "…E5eE" in shown
    text = mail.text.replace(SECRET, "…E5eE").replace("Dear", "Good morning")
    reader.post(f"/mails/{mail.pk}/edit/", {"version": "0", "subject": "Another subject", "wording": text})
    mail.refresh_from_db()
    assert mail.subject == "Another subject"
    assert "Good morning" in mail.text
    assert LINK in mail.text
    assert SECRET not in page(reader, f"/mails/{mail.pk}/")
    assert SECRET not in page(log_in(Role.AUDITOR), reverse("events:list"))


def test_nothing_typed_is_refused_at_the_field(reader, mail):
    response = reader.post(f"/mails/{mail.pk}/edit/", {"version": "0", "subject": "", "wording": "x"})
    assert response.status_code == 422
    assert "x</textarea>" in response.content.decode()


def test_a_late_save_is_refused_without_showing_the_secret(reader, mail):
    OutgoingMail.objects.update(text=f"Changed {LINK}", version=1)
    response = reader.post(f"/mails/{mail.pk}/edit/", {"version": "0", "subject": "Mine", "wording": "mine"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "Changed https://weibao.example.com/q/…E5eE/" in html
    assert SECRET not in html


def test_sent_again_as_a_mail_of_its_own(admin, mail):
    OutgoingMail.objects.update(status="refused")
    response = move(admin, mail, "resend", email="other@example.com")
    again = OutgoingMail.objects.get(resend_of=mail)
    assert again.to_email == "other@example.com"
    assert response["Location"] == f"/mails/{again.pk}/"


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
        registry._papers, "test", registry._Paper(lambda pk: (f"t:{pk}", "t.pdf", b"%PDF-1", contract), None)
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


def test_old_mails_leave_only_when_ticked(admin, write, server):
    fresh, ticked, left = write(), write(days=2), write(days=3)
    html = page(admin, reverse("mail_release"))
    assert "1 mail of the last 24 hours leaves." in html
    assert f'value="{ticked.pk}"' in html
    assert f'value="{fresh.pk}"' not in html
    admin.post(reverse("mail_release"), {"also": [ticked.pk]})
    assert not Company.objects.get().mail_on_hold
    assert set(OutgoingMail.objects.filter(on_hold=True)) == {left}
    assert "Mail leaves by itself" in page(admin, reverse("mail_release"))
    admin.post(reverse("mail_hold"))
    assert Company.objects.get().mail_on_hold


def test_nothing_is_released_without_a_server(admin, mail, settings):
    settings.EMAIL_URL = ""
    assert "No mail server is set" in page(admin, reverse("mail_release"))
    admin.post(reverse("mail_release"))
    assert Company.objects.get().mail_on_hold


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
    assert "Ms Wang" in english or "Zhou Qiang" in english
    assert not re.search("[\u4e00-\u9fff¥]", english)
    assert re.search("王女士|周强", page(admin, reverse("mail_text_preview", args=[kind, "zh-hans"])))
    placeholders = page(admin, reverse("mail_text", args=[kind])).partition("{customer}")[2]
    assert "Pearl Port Ltd" in placeholders


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

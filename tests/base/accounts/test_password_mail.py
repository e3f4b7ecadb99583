"""A forgotten password: by mail where mail can leave, without a trace for strangers, and never an error page."""

from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from base.accounts.models import User
from base.company.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen():
    user = User.objects.create(username="chen", display_name="陈静", email="chen@example.com", role="manager")
    user.set_password("long enough 7")
    user.save()
    return user


@pytest.fixture
def server(settings):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = None
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    Company.objects.update(name="维保科技", sender_email="service@example.com")


def ask(email):
    return Client().post("/accounts/password/reset/", {"email": email})


def test_a_mail_comes_from_the_companys_own_address(chen, server):
    assert ask("chen@example.com")["Location"] == "/accounts/password/reset/done/"
    (sent,) = mail.outbox
    assert sent.to == ["chen@example.com"]
    assert "service@example.com" in sent.from_email
    assert "/accounts/password/reset/key/" in sent.body


def test_the_link_sets_a_password_once(chen, server):
    ask("chen@example.com")
    link = urlsplit(next(word for word in mail.outbox[0].body.split() if "/key/" in word)).path
    client = Client()
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": "another good one 7", "password2": "another good one 7"})

    chen.refresh_from_db()
    assert chen.check_password("another good one 7")
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_the_mail_leads_to_our_public_address_whatever_it_was_asked_through(chen, server, settings):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://weibao.example.com", ["evil.example"]
    Client().post("/accounts/password/reset/", {"email": "chen@example.com"}, headers={"host": "evil.example:99"})
    (sent,) = mail.outbox
    assert "https://weibao.example.com/accounts/password/reset/key/" in sent.body
    assert "evil" not in sent.subject + sent.body
    assert sent.subject.startswith("[维保科技]")


def test_strangers_get_the_same_answer_and_no_mail(chen, server):
    assert ask("stranger@example.com")["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_without_a_mail_server_the_answer_is_the_same(chen):
    assert ask("chen@example.com")["Location"] == "/accounts/password/reset/done/"
    assert mail.outbox == []


def test_a_server_that_does_not_answer_is_no_error_page(chen, server, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert ask("chen@example.com")["Location"] == "/accounts/password/reset/done/"

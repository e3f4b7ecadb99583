"""Wrong passwords: five for a name, ten from an address, then nobody gets in there for a while."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from base.accounts import lockout
from base.accounts.models import User, WrongPassword

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RIGHT = "long enough 7"


@pytest.fixture
def chen():
    user = User(username="chen", display_name="陈静", email="chen@example.com", role="manager")
    user.set_password(RIGHT)
    user.save()
    return user


def attempt(name="chen", address="198.51.100.7", at=AT):
    return lockout.count_attempt(name=name, address=address, at=at) is not None


def log_in(client, password, login="chen"):
    answer = client.post(reverse("account_login"), {"login": login, "password": password})
    return "_auth_user_id" in client.session, answer.content.decode()


def test_five_for_a_name_whatever_the_address_then_none_until_the_first_is_five_minutes_old(chen):
    for number in range(5):
        assert attempt(address=f"198.51.100.{number}", at=AT + number * SECOND)
    assert lockout.is_locked(chen, AT + 5 * SECOND)
    assert not attempt(at=AT + 5 * SECOND)
    assert not attempt(at=AT + 5 * MINUTE - SECOND)
    assert lockout.is_locked(chen, AT + 5 * MINUTE - SECOND)
    assert not lockout.is_locked(chen, AT + 5 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE)
    assert not attempt(at=AT + 5 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE + SECOND)


def test_a_refused_attempt_does_not_count():
    for _try in range(5):
        assert attempt()
    for _try in range(20):
        assert not attempt(at=AT + 4 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE)


def test_ten_from_an_address_whatever_the_name_within_a_minute():
    for number in range(10):
        assert attempt(name=f"person{number}")
    assert not attempt(name="somebody else", at=AT + MINUTE - SECOND)
    assert attempt(name="somebody else", address="198.51.100.8", at=AT + MINUTE - SECOND)
    assert attempt(name="somebody else", at=AT + MINUTE)


def test_the_network_of_an_ipv6_address_counts_as_one():
    for number in range(10):
        assert attempt(name=f"person{number}", address=f"2001:db8:1:2::{number + 1:x}")
    assert not attempt(name="somebody else", address="2001:db8:1:2:ffff::1")
    assert attempt(name="somebody else", address="2001:db8:1:3::1")


def test_an_address_that_is_none_is_counted_as_it_is():
    assert attempt(address="unix:")
    assert WrongPassword.objects.get().address == "unix:"


def test_name_and_mail_address_are_counted_apart_however_they_are_typed(chen):
    for typed in ("chen", "Chen", " CHEN ", "chen", "chen"):
        assert attempt(typed)
    assert not attempt("CHEN")
    assert attempt("chen@example.com")
    lockout.release(chen)
    assert not WrongPassword.objects.exists()
    assert attempt("chen")


def test_a_name_longer_than_any_is_cut():
    assert attempt("x" * 1000)
    assert len(WrongPassword.objects.get().name) == 254


def test_what_is_too_old_to_count_is_thrown_away():
    assert attempt("chen")
    assert attempt("li", at=AT + 5 * MINUTE)
    assert [row.name for row in WrongPassword.objects.all()] == ["li"]


def test_the_right_password_leaves_nothing_behind_and_forgives_nothing(chen):
    client = Client()
    assert not log_in(client, "wrong")[0]
    assert log_in(client, RIGHT)[0]
    assert WrongPassword.objects.count() == 1


def test_too_many_are_told_and_even_the_right_one_is_refused(chen):
    client = Client()
    for _try in range(5):
        assert not log_in(client, "wrong")[0]
    let_in, page = log_in(client, RIGHT)
    assert not let_in
    assert "Too many failed login attempts" in page
    let_in, page = log_in(Client(HTTP_ACCEPT_LANGUAGE="zh-hans"), RIGHT)
    assert not let_in
    assert "登录失败次数过多" in page


def test_a_new_password_by_a_link_lets_in_again(chen):
    for _try in range(5):
        assert attempt(at=timezone.now())
    from base.accounts.operations import make_password_link

    client = Client()
    link = make_password_link(user=chen, by=None, at=AT)
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": "another good one 7", "password2": "another good one 7"})
    assert log_in(Client(), "another good one 7")[0]

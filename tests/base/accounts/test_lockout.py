"""Wrong passwords: five for a name at an address, then nobody gets in there for a while; known devices do."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from base.accounts import devices, lockout
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


def test_five_for_a_name_at_an_address_then_none_until_the_first_is_five_minutes_old(chen):
    for number in range(5):
        assert attempt(at=AT + number * SECOND)
    assert lockout.is_locked(chen, AT + 5 * SECOND)
    assert not attempt(at=AT + 5 * SECOND)
    assert attempt(address="198.51.100.8", at=AT + 5 * SECOND), "elsewhere the person still gets in"
    assert attempt("li", at=AT + 5 * SECOND), "and so do others behind the same address"
    assert not attempt(at=AT + 5 * MINUTE - SECOND)
    assert lockout.is_locked(chen, AT + 5 * MINUTE - SECOND)
    assert not lockout.is_locked(chen, AT + 5 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE)
    assert not attempt(at=AT + 5 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE + SECOND)


def test_many_machines_that_guess_at_one_person_are_stopped_for_an_hour(chen):
    for number in range(100):
        assert attempt(address=f"198.51.{number}.1")
    assert not attempt(address="203.0.113.1", at=AT + 60 * MINUTE - SECOND)
    assert lockout.is_locked(chen, AT + 60 * MINUTE - SECOND)
    assert attempt("li", address="203.0.113.1")
    assert attempt(address="203.0.113.1", at=AT + 60 * MINUTE)


def test_a_known_device_is_kept_out_by_its_own_mistakes_only(chen):
    for number in range(100):
        attempt(address=f"198.51.{number}.1")
    assert not attempt(address="203.0.113.1")
    for _try in range(5):
        assert lockout.count_attempt(name="chen", address="203.0.113.1", at=AT, device="a1") is not None
    assert lockout.count_attempt(name="chen", address="203.0.113.1", at=AT, device="a1") is None
    assert lockout.count_attempt(name="chen", address="203.0.113.1", at=AT, device="b2") is not None


def test_a_refused_attempt_does_not_count():
    for _try in range(5):
        assert attempt()
    for _try in range(20):
        assert not attempt(at=AT + 4 * MINUTE)
    assert attempt(at=AT + 5 * MINUTE)


def test_a_hundred_from_an_address_whatever_the_name_within_five_minutes():
    for number in range(100):
        assert attempt(name=f"person{number}")
    assert not attempt(name="somebody else", at=AT + 5 * MINUTE - SECOND)
    assert attempt(name="somebody else", address="198.51.100.8", at=AT + 5 * MINUTE - SECOND)
    assert attempt(name="somebody else", at=AT + 5 * MINUTE)


def test_the_network_of_an_ipv6_address_counts_as_one():
    for number in range(5):
        assert attempt(address=f"2001:db8:1:2::{number + 1:x}")
    assert not attempt(address="2001:db8:1:2:ffff::1")
    assert attempt(address="2001:db8:1:3::1")


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
    assert attempt("li", at=AT + 60 * MINUTE)
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


def test_a_device_that_logged_in_before_gets_in_whatever_others_typed(chen):
    client = Client()
    assert log_in(client, RIGHT)[0]
    client.post(reverse("account_logout"))
    for _try in range(5):
        assert not log_in(Client(), "wrong")[0]
    assert not log_in(Client(), RIGHT)[0], "a strange device at the same address waits"
    assert log_in(client, RIGHT)[0]


def test_a_device_is_known_for_whoever_used_it_and_a_forged_cookie_for_nobody(chen):
    client = Client()
    log_in(client, RIGHT)
    cookie = client.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    li = User.objects.create(username="li", display_name="Li", email="li@example.com", role="manager")
    request = RequestFactory().get("/")
    request.COOKIES["device"] = cookie.value
    assert devices.known_as(request, chen)
    assert devices.known_as(request, li) == devices.known_as(request, None) == ""
    assert devices.is_any(request)
    for value in ("", "x", cookie.value[:-1] + "!", signing.dumps({str(chen.pk): "a"})):
        request.COOKIES["device"] = value
        assert not devices.is_any(request)


def test_a_device_remembers_the_last_eight_people(chen):
    client = RequestFactory()
    request = client.get("/")
    for number in range(10):
        response = HttpResponse()
        devices.remember(request, response, User(pk=number + 1))
        request.COOKIES["device"] = response.cookies["device"].value
    assert [bool(devices.known_as(request, User(pk=number + 1))) for number in range(10)] == [False] * 2 + [True] * 8


@pytest.mark.parametrize("name", ["x" * 100_000, "%" * 60_000])
def test_a_name_that_is_none_is_a_wrong_one(chen, name):
    answer = Client().post(reverse("account_login"), {"login": name, "password": RIGHT})
    assert answer.status_code == 200


@pytest.fixture
def inside(chen):
    client = Client()
    log_in(client, RIGHT)
    return client


def logged_in(client):
    return client.get("/profile/").status_code == 200


def at_rest(client, hours):
    """As if nothing had been done for so long."""
    session = client.session
    session["seen_at"] -= int(hours * 3600)
    session.save()


def test_twelve_idle_hours_end_a_session_and_any_step_renews_it(inside):
    at_rest(inside, 11.9)
    assert logged_in(inside)
    at_rest(inside, 11.9)
    assert logged_in(inside)
    at_rest(inside, 12.1)
    assert not logged_in(inside)


def test_what_a_page_fetches_by_itself_renews_nothing(inside):
    at_rest(inside, 11)
    before = inside.session["seen_at"]
    assert inside.get("/profile/", headers={"X-Unattended": "1"}).status_code == 200
    assert inside.session["seen_at"] == before
    inside.get("/profile/")
    assert inside.session["seen_at"] > before


def test_looking_writes_at_most_every_ten_minutes(inside):
    at_rest(inside, 0.1)
    before = inside.session["seen_at"]
    inside.get("/profile/")
    assert inside.session["seen_at"] == before
    at_rest(inside, 0.2)
    inside.get("/profile/")
    assert inside.session["seen_at"] > before


def test_how_long_is_a_setting(inside, settings):
    settings.SESSION_IDLE_HOURS = 1
    at_rest(inside, 1.1)
    assert not logged_in(inside)

"""What can be tried from outside: passwords, links of quotes, addresses of files."""

import string

import pytest
from django.core.cache import cache
from django.test import Client

from base.accounts.models import Role
from renewals.models import QuoteLink, RenewalQuote
from renewals.queries import link_token
from tests.access.answers import contents

pytestmark = pytest.mark.django_db

WRONG, RIGHT = "not-the-password", "correct-horse-battery"


@pytest.fixture(autouse=True)
def _nobody_tried(world):
    cache.clear()


@pytest.fixture
def person(world):
    user = world.people[Role.MANAGER]
    user.set_password(RIGHT)
    user.save()
    return user


def log_in(login, password, **headers):
    client = Client()
    client.post("/accounts/login/", {"login": login, "password": password}, **headers)
    return "_auth_user_id" in client.session


def test_the_log_in_lets_in_by_name_and_by_address(person):
    assert log_in(person.username, RIGHT)
    assert log_in(person.email, RIGHT)
    assert not log_in(person.username, WRONG)


def test_after_five_wrong_passwords_even_the_right_one_is_refused(person):
    for _try in range(5):
        assert not log_in(person.username, WRONG)

    assert not log_in(person.username, RIGHT)


def test_the_refusal_is_said_in_words(person, world):
    for _try in range(5):
        log_in(person.username, WRONG)
    response = Client().post("/accounts/login/", {"login": person.username, "password": RIGHT})

    assert response.status_code in (200, 429)
    assert "Too many" in response.content.decode()


def test_one_address_cannot_try_many_names(world, person):
    for number in range(100):
        assert not log_in(f"somebody-{number}", WRONG)

    assert not log_in(person.username, RIGHT)


def test_a_stranger_learns_nothing_about_who_has_a_log_in(person):
    known = Client().post("/accounts/login/", {"login": person.username, "password": WRONG}).content.decode()
    unknown = Client().post("/accounts/login/", {"login": "nobody-at-all", "password": WRONG}).content.decode()

    def said(page, login):
        return page.replace(login, "").split("csrfmiddlewaretoken")[0].split("</head>")[1]

    assert said(known, person.username) == said(unknown, "nobody-at-all")
    assert (
        Client().post("/accounts/password/reset/", {"email": person.email}).status_code
        == Client().post("/accounts/password/reset/", {"email": "nobody@example.com"}).status_code
    )


def test_after_the_log_in_one_is_not_sent_to_another_site(person):
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        response = Client().post("/accounts/login/", {"login": person.username, "password": RIGHT, "next": target})
        assert response.status_code == 302
        assert "evil" not in response["Location"]
        assert "javascript" not in response["Location"]
        client = Client()
        for path in ("/language/", "/theme/"):
            moved = client.post(path, {"language": "en", "theme": "dark", "next": target})
            assert moved["Location"] == "/"


@pytest.fixture
def token(world):
    return link_token(world.ours.of(RenewalQuote).filter(status="sent").first())


def test_an_altered_link_is_refused_in_a_friendly_way(world, token):
    before, place = contents(), len(token) // 2
    other = string.ascii_letters[(string.ascii_letters.index(token[place]) + 1) % 52] if token[place].isalpha() else "a"
    altered = (
        token[:place] + other + token[place + 1 :], token[:-1], token + "a", token[::-1], token.swapcase(), "1", "-", "%20",
    )  # fmt: skip
    for wrong in altered:
        for way, method in (("", "get"), ("accept/", "post"), ("decline/", "post"), ("quote.pdf", "get")):
            response = getattr(Client(), method)(f"/q/{wrong}/{way}", {"name": "Eve", "agree": "on", "reason": "x"})
            assert response.status_code in (404, 429), (wrong, way)
            assert world.ours.mark not in response.content.decode()
    assert contents() == before


def test_the_number_or_hash_of_a_quote_is_no_link(world):
    link = QuoteLink.objects.first()
    for guess in (str(link.quote_id), link.quote.number, link.token_hash, link.token_hash[:32]):
        assert Client().get(f"/q/{guess}/").status_code == 404


def test_guessing_links_is_slowed_down_and_a_right_link_always_works(world, token):
    for number in range(25):
        status = Client().get(f"/q/{'x' * 20}{number:02d}/").status_code
    assert status == 429
    assert Client().get(f"/q/{token}/").status_code == 200
    assert Client(REMOTE_ADDR="10.9.8.7").get(f"/q/{token}/").status_code == 200


def test_a_link_shows_one_quote_and_opens_nothing_else(world, token):
    client = Client()
    page = client.get(f"/q/{token}/")

    assert page.status_code == 200
    assert "sessionid" not in client.cookies
    assert client.get("/contracts/").status_code == 302
    assert world.theirs.mark not in page.content.decode()


def test_links_are_written_nowhere_a_colleague_looks(world, enter):
    """Only in the mail itself: neither the sheet, nor the chatter, nor the list shows one."""
    client = enter(world.people[Role.DIRECTOR])
    for quote in world.ours.of(RenewalQuote).filter(status="sent"):
        secret = link_token(quote)
        for path in (f"/quotes/{quote.pk}/", f"/quotes/{quote.pk}/thread/", "/quotes/", f"/contracts/{quote.contract_id}/",
                     f"/quotes/{quote.pk}/mail/", f"/quotes/{quote.pk}/tab/mails/"):  # fmt: skip
            assert secret not in client.get(path).content.decode(), path

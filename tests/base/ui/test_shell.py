from datetime import date

import pytest
from django.conf import settings as project
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils import timezone

from base.accounts.models import Role
from base.chatter.models import Todo
from base.ui.page import searched_pages
from contracts.models import Contract
from tests.factories import ContractFactory, UserFactory
from tests.html import squeezed

pytestmark = pytest.mark.django_db


def todo(contract, text, due="2026-11-20", **given):
    kind = ContentType.objects.get_for_model(Contract)
    return Todo.objects.create(
        target_type=kind,
        target_id=contract.pk,
        text=text,
        due_on=date.fromisoformat(due),
        made_at=timezone.now(),
        **given,
    )


def hits(response):
    return {each["page"].slug: [str(record) for record, _href in each["hits"]] for each in response.context["found"]}


def test_finds_records_of_every_kind_by_two_characters_or_initials(director):
    ContractFactory(number="HT-1", customer__name="明珠港务", customer__initials="mzgw", project="Signals")

    assert hits(director.get("/search/?q=mz")) == {"contracts": ["HT-1"], "customers": ["明珠港务"]}
    assert hits(director.get("/search/?q=明珠")) == {"contracts": ["HT-1"], "customers": ["明珠港务"]}
    assert hits(director.get("/search/?q=HT")) == {"contracts": ["HT-1"]}
    assert hits(director.get("/search/?q=sign mzgw")) == {"contracts": ["HT-1"]}
    assert hits(director.get("/search/?q=m")) == {}


def test_finds_only_what_one_may_see(enter):
    ContractFactory(number="HT-1", manager=UserFactory(role="manager"), customer__name="Harbour")

    assert hits(enter("manager").get("/search/?q=HT")) == {}
    assert hits(enter("manager").get("/search/?q=Harbour")) == {}


def test_only_kinds_with_a_name_of_their_own_are_asked_and_in_the_order_of_the_menu(director):
    ContractFactory(number="HT-1", customer__name="HT Harbour")

    assert list(hits(director.get("/search/?q=HT"))) == ["contracts", "customers"]
    assert "terms" not in {page.slug for page in searched_pages()}
    assert {"contracts", "customers", "quotes", "invoices"} <= {page.slug for page in searched_pages()}


def test_many_hits_lead_to_the_whole_list(director):
    for place in range(7):
        ContractFactory(number=f"HT-{place}", customer__name=f"Name {place}")

    response = director.get("/search/?q=HT", headers={"HX-Request": "true"})

    assert response.content.count(b'href="/contracts/') == 6
    assert b'href="/contracts/?q=HT"' in response.content
    assert b"<html" not in response.content


def test_to_dos_are_mine_my_deputees_and_my_roles(enter):
    boss, other = UserFactory(role="manager"), UserFactory(role="manager")
    me = enter(UserFactory(role="manager"))
    boss.deputy = me.user
    boss.save()
    contract = ContractFactory(manager=me.user)
    todo(contract, "mine", assignee=me.user)
    todo(contract, "for the boss", assignee=boss)
    todo(contract, "for the role", role=Role.MANAGER)
    todo(contract, "another's", assignee=other)
    todo(contract, "another role's", role=Role.FINANCE)
    todo(contract, "done", assignee=me.user, done_at=timezone.now())

    response = me.get("/todos/")

    assert {each["todo"].text for each in response.context["entries"]} == {"mine", "for the boss", "for the role"}
    assert f"for {boss}" in response.content.decode()
    assert '<span class="count" aria-hidden="true">3</span>' in squeezed(response)


def test_an_overdue_to_do_says_so_in_words_and_links_its_record(enter):
    me = enter("manager")
    contract = ContractFactory(number="HT-1", manager=me.user)
    todo(contract, "late", due="2020-01-01", assignee=me.user)

    page = squeezed(me.get("/todos/"))

    assert "days overdue" in page
    assert f'<a href="/contracts/{contract.pk}/">HT-1</a>' in page


def test_a_to_do_is_ticked_once_and_only_by_who_should_see_to_it(enter):
    me = enter("manager")
    mine = todo(ContractFactory(), "mine", assignee=me.user)
    theirs = todo(ContractFactory(), "theirs", assignee=UserFactory())

    assert me.post(f"/todos/{mine.pk}/done/")["Location"] == "/"
    assert me.post(f"/todos/{mine.pk}/done/", headers={"HX-Request": "true"}).status_code == 409
    assert me.post(f"/todos/{theirs.pk}/done/", headers={"HX-Request": "true"}).status_code == 409
    theirs.refresh_from_db()
    assert theirs.done_at is None


def test_language_and_theme_are_kept_on_the_user(director):
    director.post("/language/", {"language": "zh-hans", "next": "/contracts/"})
    director.post("/theme/", {"theme": "dark"})

    page = squeezed(director.get("/todos/"))

    assert '<html lang="zh-hans"' in page
    assert 'data-bs-theme="dark"' in page
    assert "暂无待办" in page


def test_without_a_log_in_they_are_kept_in_a_cookie():
    client = Client()
    assert "Log in" in client.get("/accounts/login/").content.decode()

    client.post("/language/", {"language": "zh-hans"})
    client.post("/theme/", {"theme": "dark"})

    page = squeezed(client.get("/accounts/login/"))
    assert '<html lang="zh-hans"' in page
    assert 'data-bs-theme="dark"' in page


def test_the_browsers_language_is_the_second_choice(enter):
    assert b'lang="zh-hans"' in Client().get("/accounts/login/", headers={"Accept-Language": "zh-CN,zh"}).content
    assert b'lang="en"' in Client().get("/accounts/login/", headers={"Accept-Language": "de"}).content
    user = UserFactory(language="en")
    assert b'lang="en"' in enter(user).get("/todos/", headers={"Accept-Language": "zh-CN"}).content


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(director, target):
    assert director.post("/theme/", {"theme": "", "next": target})["Location"] == "/"


def test_an_unknown_language_or_theme_changes_nothing(director):
    director.post("/language/", {"language": "xx"})
    director.post("/theme/", {"theme": "pink"})

    director.user.refresh_from_db()
    assert (director.user.language, director.user.theme) == ("en", "")


def test_the_menu_shows_what_one_may_open_and_where_one_is(director, enter):
    page = director.get("/contracts/")

    groups = page.context["shell_menu"]
    assert any(entry.current for group in groups for entry in group.entries)
    labels = {str(entry.label) for group in groups for entry in group.entries}
    engineers = {
        str(entry.label)
        for group in enter("engineer").get("/contracts/").context["shell_menu"]
        for entry in group.entries
    }
    assert engineers < labels


def test_one_logs_in_with_name_or_mail_and_out_again():
    user = UserFactory()
    user.set_password("correct horse battery")
    user.save()

    for login in (user.username, user.email):
        client = Client()
        sent = client.post("/accounts/login/?next=/todos/", {"login": login, "password": "correct horse battery"})
        assert sent["Location"] == "/todos/"
        assert client.get("/todos/").status_code == 200
        client.post("/accounts/logout/")
        assert client.get("/todos/")["Location"] == "/accounts/login/?next=/todos/"


def test_a_wrong_password_is_told_and_guessing_is_stopped():
    user = UserFactory()
    client = Client()

    answers = [client.post("/accounts/login/", {"login": user.username, "password": f"guess {n}"}) for n in range(7)]

    assert answers[0].status_code == 200
    assert "not correct" in answers[0].content.decode()
    assert answers[0].content != answers[6].content
    assert "Too many failed login attempts" in answers[6].content.decode()


def test_nobody_signs_up():
    assert Client().get("/accounts/signup/")["Location"] == "/accounts/login/"


def test_a_password_is_changed(enter):
    user = UserFactory()
    user.set_password("old but good 77")
    user.save()
    client = enter(user)

    client.post(
        "/accounts/password/change/",
        {"oldpassword": "old but good 77", "password1": "another good one 7", "password2": "another good one 7"},
    )

    user.refresh_from_db()
    assert user.check_password("another good one 7")


def test_errors_are_friendly_pages(director, enter, settings):
    settings.DEBUG = False

    assert "nothing here for you" in director.get("/nowhere/").content.decode()
    assert "You may not do this" in enter("engineer").get("/probe/new/").content.decode()
    client = Client(enforce_csrf_checks=True)
    forged = client.post("/accounts/login/", {"login": "x", "password": "y"})
    assert (forged.status_code, "send it again" in forged.content.decode()) == (403, True)


def test_a_broken_page_says_so_without_asking_the_database(director, monkeypatch):
    director.raise_request_exception = False
    monkeypatch.setattr("base.ui.views.shell.open_for", lambda user: 1 / 0)

    response = director.get("/todos/")

    assert response.status_code == 500
    assert "Something broke" in response.content.decode()


def test_no_page_carries_what_the_policy_forbids(director):
    contract = ContractFactory()
    for path in (
        "/probe/",
        "/probe/board/",
        "/probe/month/",
        f"/probe/{contract.pk}/",
        f"/probe/{contract.pk}/edit/",
        "/todos/",
    ):
        response = director.get(path)
        page = response.content.decode()
        assert "style=" not in page, path
        assert "onclick" not in page, path
        assert "<script>" not in page, path
        assert "unsafe" not in response["Content-Security-Policy"]


def test_the_cache_table_is_there_after_migrating():
    assert project.CACHES["default"]["LOCATION"] == "cache"
    from django.core.cache import cache

    cache.set("seen", 1)
    assert cache.get("seen") == 1

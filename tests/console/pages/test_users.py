"""What an administrator does with people, and what everybody says about themselves."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from base.accounts.models import Role, User
from base.changes.models import PendingChange
from base.chatter.operations import make_todo, write_todos
from tests.chain import AT, ON, accepted, verbs
from tests.factories import UserFactory
from tests.html import squeezed
from tests.screens import HTMX

pytestmark = pytest.mark.django_db

GOOD = "long enough 7"


def typed(**changed):
    values = {
        "display_name": "张新",
        "email": "zhang@example.com",
        "phone": "",
        "username": "zhang",
        "role": "engineer",
        "deputy": "",
        "language": "zh-hans",
        "theme": "dark",
        "password": "",
    }
    return values | changed


def test_a_person_made_with_a_password_can_log_in(enter):
    deputy = UserFactory(role="engineer")

    answer = enter("administrator").post("/users/new/", typed(password=GOOD, deputy=deputy.pk))

    user = User.objects.get(username="zhang")
    assert answer.url == f"/users/{user.pk}/"
    assert (user.display_name, user.role, user.deputy, user.theme) == ("张新", "engineer", deputy, "dark")
    assert Client().login(username="zhang", password=GOOD)


def test_a_person_made_without_one_chooses_it_by_a_link(enter):
    administrator = enter("administrator")
    administrator.post("/users/new/", typed())
    user = User.objects.get(username="zhang")
    sheet = f"/users/{user.pk}/"
    assert "Nobody can log in here yet" in administrator.get(sheet).content.decode()

    shown = administrator.post(f"{sheet}link/", headers=HTMX).content.decode()

    link = re.search(r"/accounts/password/reset/key/[^<\s]+", shown)
    assert link, shown
    visitor = Client()
    form = visitor.get(visitor.get(link[0])["Location"])
    assert form.status_code == 200
    visitor.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD})
    assert Client().login(username="zhang", password=GOOD)
    assert "password_link_made" in verbs(user)


@pytest.mark.parametrize(
    ("field", "value"), [("username", "taken"), ("email", "taken@example.com"), ("password", "1234"), ("role", "king")]
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_typed_is_lost(enter, field, value):
    UserFactory(username="taken", email="taken@example.com")

    answer = enter("administrator").post("/users/new/", typed(**{"phone": "0571-5550", field: value}))

    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert b"0571-5550" in answer.content
    assert not User.objects.filter(display_name="张新").exists()


def test_an_edit_on_an_older_version_is_told_beside_what_was_typed(enter):
    user, administrator = UserFactory(role="engineer"), enter("administrator")
    values = typed(username=user.username, email=user.email, version=user.version)
    administrator.post(f"/users/{user.pk}/edit/", values | {"phone": "1"})

    answer = administrator.post(f"/users/{user.pk}/edit/", values | {"phone": "2"})

    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.content.decode()
    user.refresh_from_db()
    assert (user.phone, user.display_name) == ("1", "张新")


def test_closing_a_log_in_shows_what_is_left_behind_first(enter):
    administrator = enter("administrator")
    contract = accepted()
    manager = contract.manager
    write_todos([make_todo(contract, kind="note", due_on=ON, at=AT, assignee=manager, text="call")])
    move = f"/users/{manager.pk}/move/deactivate/"

    shown = administrator.get(move).content.decode()

    assert "1 contract as account manager" in shown
    assert "1 open to-do" in shown
    assert f"/contracts/?manager={manager.pk}" in shown
    assert User.objects.get(pk=manager.pk).is_active

    administrator.post(move, {"asked": "1", "confirmed": "1"})
    assert not User.objects.get(pk=manager.pk).is_active
    assert "1 contract as account manager" in administrator.get(f"/users/{manager.pk}/").content.decode()

    administrator.post(f"/users/{manager.pk}/move/reactivate/")
    assert User.objects.get(pk=manager.pk).is_active


def test_nobody_changes_their_own_role(enter):
    administrator = enter("administrator")
    own = administrator.user

    values = typed(username=own.username, email=own.email, role="director", version=own.version)
    assert administrator.post(f"/users/{own.pk}/edit/", values).status_code == 403
    own.refresh_from_db()
    assert own.role == "administrator"


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("a7", "密码太短：至少需要 8 个字符。"),
        ("password", "该密码容易被猜中：不能只是姓名、日期、重复字符或常用词。用四个互不相关的词是好办法。"),
        ("zhang.wei", "该密码容易被猜中：不能只是姓名、日期、重复字符或常用词。用四个互不相关的词是好办法。"),
    ],
)
def test_what_is_wrong_with_a_password_is_said_in_chinese(enter, password, told):
    administrator = enter(UserFactory(role="administrator", language="zh-hans"))
    answer = administrator.post("/users/new/", typed(username="zhang.wei", password=password))
    assert answer.context["form"].errors["password"] == [told]


def test_a_password_is_set_by_an_administrator(enter):
    user = UserFactory(role="engineer")
    move = f"/users/{user.pk}/move/password/"
    administrator = enter("administrator")

    assert "password" in administrator.post(move, {"asked": "1", "password": "1234"}).context["form"].errors
    administrator.post(move, {"asked": "1", "password": GOOD})

    assert Client().login(username=user.username, password=GOOD)
    assert verbs(user) == ["password_set"]


def test_who_typed_a_wrong_password_too_often_is_unlocked(enter):
    user = UserFactory()
    user.set_password(GOOD)
    user.save()
    administrator = enter("administrator")
    sheet = f"/users/{user.pk}/"
    assert "Too many wrong passwords" not in administrator.get(sheet).content.decode()
    visitor = Client()
    for _try in range(6):
        visitor.post("/accounts/login/", {"login": user.email, "password": "wrong"})

    assert "Too many wrong passwords" in administrator.get(sheet).content.decode()
    administrator.post(f"{sheet}move/unlock/")

    visitor.post("/accounts/login/", {"login": user.username, "password": GOOD})
    assert "_auth_user_id" in visitor.session


def test_what_waits_stands_on_the_sheet_and_is_decided_by_somebody_else(enter):
    administrator, director, person = enter("administrator"), enter("director"), UserFactory(role="engineer")
    values = typed(username=person.username, email=person.email, role="finance", version=person.version)

    saved = administrator.post(f"/users/{person.pk}/edit/", values, follow=True).content.decode()

    assert "It waits for a second person" in saved
    assert "Log-in and rights: waits for a second person" in saved
    person.refresh_from_db()
    assert (person.role, person.display_name) == ("engineer", "张新")
    [change] = PendingChange.objects.all()
    shown = squeezed(director.get(f"/changes/{change.pk}/"))
    assert "Engineer" in shown
    assert "Finance" in shown
    assert administrator.post(f"/changes/{change.pk}/move/grant/", {"asked": "1"}).status_code in (403, 409)
    director.post(f"/changes/{change.pk}/move/grant/", {"asked": "1", "version": change.version})
    person.refresh_from_db()
    assert person.role == "finance"


def test_a_link_for_a_director_waits_and_says_so(enter):
    administrator, director = enter("administrator"), UserFactory()
    UserFactory(role="administrator")
    shown = administrator.post(f"/users/{director.pk}/link/", headers=HTMX).content.decode()
    assert "a second person must agree first" in shown
    assert "/accounts/password/reset/key/" not in shown


@pytest.mark.parametrize("role", [role for role in Role if role not in ("administrator", "director", "auditor")])
def test_others_do_not_see_the_people(enter, role):
    user = UserFactory()
    browser = enter(role)
    for path in ("", f"{user.pk}/", "new/"):
        assert browser.get(f"/users/{path}").status_code == 403
    assert browser.post(f"/users/{user.pk}/link/").status_code == 403


def test_who_only_looks_can_change_nothing(enter):
    user, auditor = UserFactory(), enter("auditor")

    shown = auditor.get(f"/users/{user.pk}/")

    assert shown.status_code == 200
    assert "Make a link" not in shown.content.decode()
    assert auditor.get(f"/users/{user.pk}/edit/").status_code == 403
    assert auditor.post(f"/users/{user.pk}/move/deactivate/", {"confirmed": "1"}).status_code == 403


def test_three_people_take_as_many_queries_as_one(enter):
    administrator = enter("administrator")
    path = "/users/"
    administrator.get(path)
    with CaptureQueriesContext(connection) as one:
        administrator.get(path)
    for _person in range(3):
        accepted(manager=UserFactory(role="manager", deputy=UserFactory()))
    with CaptureQueriesContext(connection) as many:
        assert administrator.get(path).status_code == 200
    assert len(many) == len(one)


def test_everybody_changes_what_is_their_own(enter):
    engineer, deputy = enter("engineer"), UserFactory(role="engineer", display_name="Chen")
    assert engineer.get("/profile/").status_code == 200
    values = {"display_name": "周强", "phone": "138", "deputy": deputy.pk, "language": "zh-hans", "theme": "dark"}

    answer = engineer.post("/profile/", values | {"version": engineer.user.version, "role": "administrator"})

    assert answer.url == "/profile/"
    user = User.objects.get(pk=engineer.user.pk)
    assert (user.display_name, user.phone, user.deputy, user.language, user.theme) == (
        "周强",
        "138",
        deputy,
        "zh-hans",
        "dark",
    )
    assert user.role == "engineer"
    assert "个人资料已保存" in engineer.get("/profile/").content.decode()
    assert verbs(user) == ["changed", "deputy_set"]


def test_a_profile_that_was_changed_meanwhile_is_not_overwritten(enter):
    engineer = enter("engineer")
    User.objects.filter(pk=engineer.user.pk).update(version=4, phone="1")
    values = {"display_name": "周强", "phone": "2", "deputy": "", "language": "", "theme": "", "version": "3"}

    answer = engineer.post("/profile/", values)

    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.content.decode()
    assert User.objects.get(pk=engineer.user.pk).phone == "1"


def test_nobody_is_their_own_deputy_and_a_name_is_needed(enter):
    engineer = enter("engineer")
    values = {"display_name": " ", "phone": "", "deputy": engineer.user.pk, "language": "", "theme": ""}

    errors = engineer.post("/profile/", values).context["form"].errors

    assert set(errors) == {"display_name", "deputy"}

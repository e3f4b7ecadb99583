from datetime import UTC, datetime

import pytest
from django.test import Client

from base.accounts import lockout, operations
from base.accounts.models import Role, User
from base.chatter.models import Event
from base.lib.errors import NotAllowed, Refused, Stale

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make(username="chen", role=Role.MANAGER, by=None, **more):
    values = {"display_name": "陈静", "email": f"{username}@example.com"} | more
    return operations.create_user(username=username, role=role, by=by, at=AT, **values)


@pytest.fixture
def administrator():
    return make("admin", Role.ADMINISTRATOR)


@pytest.fixture
def chen(administrator):
    return make(by=administrator)


def verbs(user):
    return list(
        Event.objects.filter(target_id=user.pk, target_type__model="user").order_by("id").values_list("verb", flat=True)
    )


def test_a_made_log_in_can_be_used(administrator):
    user = make(" li ", email=" Li@Example.com ", password="long enough 7", by=administrator, language="zh-hans")
    assert (user.username, user.email, user.role, user.language) == ("li", "li@example.com", "manager", "zh-hans")
    assert Client().login(username="li", password="long enough 7")
    assert Event.objects.get(target_id=user.pk, verb="created").by == administrator


def test_without_a_password_nobody_logs_in(chen):
    assert not chen.has_usable_password()
    assert not Client().login(username="chen", password="")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"username": "chen"}, "username"),
        ({"username": ""}, "username"),
        ({"username": "陈 静"}, "username"),
        ({"email": "CHEN@example.com"}, "email"),
        ({"email": "no address"}, "email"),
        ({"role": "king"}, "role"),
        ({"display_name": " "}, "display_name"),
        ({"password": "12345"}, "password"),
        ({"password": "wangwu@example.com"}, "password"),
    ],
)
def test_impossible_people_are_refused(administrator, chen, values, field):
    with pytest.raises(Refused) as refused:
        make(**{"username": "wangwu", "by": administrator} | values)
    assert refused.value.field == field
    assert User.objects.count() == 2


def test_an_administrator_changes_people_with_an_event(administrator, chen):
    operations.edit_user(user=chen, values={"role": Role.FINANCE, "email": "C@example.com"}, by=administrator, at=AT)
    chen.refresh_from_db()
    assert (chen.role, chen.email) == ("finance", "c@example.com")
    changes = [event.changes for event in Event.objects.filter(target_id=chen.pk, verb="changed").order_by("id")]
    assert changes == [{"email": ["chen@example.com", "c@example.com"]}, {"role": ["manager", "finance"]}]
    operations.edit_user(user=chen, values={"role": Role.FINANCE}, by=administrator, at=AT)
    assert verbs(chen) == ["created", "changed", "changed"]


def test_people_change_what_is_their_own(chen):
    operations.edit_user(user=chen, values={"language": "en", "theme": "dark"}, by=chen, at=AT)
    with pytest.raises(NotAllowed):
        operations.edit_user(user=chen, values={"role": Role.DIRECTOR}, by=chen, at=AT)
    with pytest.raises(NotAllowed):
        operations.edit_user(user=make("li"), values={"language": "en"}, by=chen, at=AT)
    chen.refresh_from_db()
    assert (chen.language, chen.theme, chen.role) == ("en", "dark", "manager")


@pytest.mark.parametrize("field", ["is_superuser", "password", "is_active", "deputy"])
def test_what_has_an_operation_of_its_own_is_not_edited(administrator, chen, field):
    with pytest.raises(ValueError, match=field):
        operations.edit_user(user=chen, values={field: True}, by=administrator, at=AT)


def test_somebody_is_always_left_who_can_let_people_in(administrator, chen):
    second = make("second", Role.ADMINISTRATOR)
    operations.edit_user(user=second, values={"role": Role.DIRECTOR}, by=administrator, at=AT)
    with pytest.raises(Refused) as refused:
        operations.edit_user(user=administrator, values={"role": Role.DIRECTOR}, by=None, at=AT)
    assert refused.value.code == "last_administrator"
    with pytest.raises(Refused):
        operations.deactivate_user(user=administrator, by=None, at=AT)
    operations.edit_user(user=administrator, values={"phone": "1"}, by=administrator, at=AT)


def test_a_new_password_ends_the_sessions(administrator, chen):
    operations.set_password(user=chen, password="long enough 7", by=administrator, at=AT)
    client = Client()
    assert client.login(username="chen", password="long enough 7")
    before = chen.get_session_auth_hash()
    operations.set_password(user=chen, password="long enough 8", by=administrator, at=AT)
    assert chen.get_session_auth_hash() != before
    for weak in ("", "1234"):
        with pytest.raises(Refused):
            operations.set_password(user=chen, password=weak, by=administrator, at=AT)
    assert verbs(chen) == ["created", "password_set", "password_set"]


def test_a_deputy_is_named_by_the_person_or_an_administrator(administrator, chen):
    li = make("li")
    operations.set_deputy(user=chen, deputy=li, by=chen, at=AT)
    assert list(li.deputises_for.all()) == [chen]
    operations.set_deputy(user=chen, deputy=None, by=administrator, at=AT)
    assert not li.deputises_for.exists()
    with pytest.raises(NotAllowed):
        operations.set_deputy(user=chen, deputy=li, by=li, at=AT)
    with pytest.raises(Refused):
        operations.set_deputy(user=chen, deputy=chen, by=chen, at=AT)


def test_a_closed_log_in_is_of_no_use_and_stands_for_nobody(administrator, chen):
    li = make("li", password="long enough 7")
    operations.set_deputy(user=chen, deputy=li, by=chen, at=AT)
    operations.deactivate_user(user=li, by=administrator, at=AT)
    chen.refresh_from_db()
    assert chen.deputy is None
    assert not Client().login(username="li", password="long enough 7")
    with pytest.raises(Refused):
        operations.set_deputy(user=chen, deputy=li, by=chen, at=AT)
    with pytest.raises(Refused):
        operations.deactivate_user(user=li, by=administrator, at=AT)
    operations.reactivate_user(user=li, by=administrator, at=AT)
    assert Client().login(username="li", password="long enough 7")
    assert verbs(li) == ["created", "deactivated", "reactivated"]


def test_nobody_closes_their_own_log_in(administrator):
    make("second", Role.ADMINISTRATOR)
    with pytest.raises(Refused):
        operations.deactivate_user(user=administrator, by=administrator, at=AT)


def test_only_administrators_let_people_in(chen):
    for act in (
        lambda: make("li", by=chen),
        lambda: operations.set_password(user=chen, password="long enough 7", by=chen, at=AT),
        lambda: operations.deactivate_user(user=make("zhao"), by=chen, at=AT),
        lambda: operations.reactivate_user(user=chen, by=chen, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_save_on_an_older_version_is_refused(administrator, chen):
    seen = chen.version
    operations.edit_user(user=chen, values={"phone": "1"}, by=administrator, at=AT, seen=seen)
    with pytest.raises(Stale):
        operations.edit_user(
            user=User.objects.get(pk=chen.pk), values={"phone": "2"}, by=administrator, at=AT, seen=seen
        )
    chen.refresh_from_db()
    assert (chen.phone, chen.version) == ("1", seen + 1)


def test_by_a_link_a_person_chooses_a_password_once(administrator, chen):
    path = operations.make_password_link(user=chen, by=administrator, at=AT)
    chosen = {"password1": "long enough 7", "password2": "long enough 7"}
    visitor = Client()
    shown = visitor.get(path)
    assert visitor.post(shown["Location"], chosen).status_code == 302
    assert Client().login(username="chen", password="long enough 7")
    assert "token_fail" in Client().get(path).context_data
    assert verbs(chen) == ["created", "password_link_made", "password_chosen"]
    operations.deactivate_user(user=chen, by=administrator, at=AT)
    with pytest.raises(Refused):
        operations.make_password_link(user=chen, by=administrator, at=AT)
    with pytest.raises(NotAllowed):
        operations.make_password_link(user=administrator, by=make("li"), at=AT)


def test_who_is_locked_out_can_be_let_in(administrator):
    chen = make(password="long enough 7", by=administrator)
    client = Client()

    def log_in(password):
        client.post("/accounts/login/", {"login": "chen", "password": password})
        return "_auth_user_id" in client.session

    for _try in range(5):
        log_in("wrong")
    now = datetime.now(UTC)
    assert lockout.is_locked(chen, now)
    assert not log_in("long enough 7")
    operations.unlock_user(user=chen, by=administrator, at=AT)
    assert not lockout.is_locked(chen, now)
    assert log_in("long enough 7")
    assert verbs(chen) == ["created", "unlocked"]

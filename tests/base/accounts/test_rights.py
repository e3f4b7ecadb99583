"""Rights, and what a director or an administrator is known by, take a second person (docs/rules.md 8.1)."""

import pytest

from base.accounts import operations, rights
from base.accounts.models import Role, User
from base.changes.models import PendingChange
from base.changes.operations import grant_change, refuse_change
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from tests.chain import AT, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db):
    return UserFactory(username="admin", role="administrator")


@pytest.fixture
def second(db):
    return UserFactory(username="second", role="administrator")


def made(by):
    return operations.create_user(
        username="wang", display_name="Wang", email="wang@example.com", role=Role.FINANCE, by=by, at=AT
    )


def waiting():
    return PendingChange.objects.get(status="waiting")


def stored(user):
    return User.objects.get(pk=user.pk)


def told(kind="rights_changed"):
    return sorted(OutgoingMail.objects.filter(kind=kind).values_list("to_email", flat=True))


def test_a_new_log_in_opens_when_a_second_person_agrees(admin, second):
    user = made(admin)
    assert not stored(user).is_active
    with pytest.raises(Refused):
        operations.make_password_link(user=user, by=admin, at=AT)
    grant_change(change=waiting(), by=second, at=AT)
    assert stored(user).is_active
    assert told() == ["wang@example.com"]


def test_one_administrator_alone_is_marked_at_each_step(admin):
    user = made(admin)
    operations.edit_user(user=user, values={"role": Role.DIRECTOR}, by=admin, at=AT)
    assert (stored(user).is_active, stored(user).role) == (True, "director")
    assert operations.make_password_link(user=stored(user), by=admin, at=AT)
    assert set(PendingChange.objects.values_list("kind", "status")) == {
        ("rights", "unconfirmed"), ("password_link", "unconfirmed")
    }  # fmt: skip
    assert told()
    assert set(told("change_unconfirmed")) >= {admin.email}


def test_a_role_waits_and_nobody_gives_one_to_themselves(admin, second, manager):
    operations.edit_user(user=manager, values={"role": Role.DIRECTOR, "phone": "1"}, by=admin, at=AT)
    assert (stored(manager).role, stored(manager).phone) == ("manager", "1")
    change = waiting()
    with pytest.raises(NotAllowed):
        grant_change(change=change, by=admin, at=AT)
    grant_change(change=change, by=second, at=AT)
    assert stored(manager).role == "director"
    for by in (admin, second):
        with pytest.raises(NotAllowed):
            operations.edit_user(user=by, values={"role": Role.DIRECTOR}, by=by, at=AT)


def test_the_person_concerned_does_not_agree_for_themselves(admin, director):
    UserFactory(role="administrator")
    operations.edit_user(user=director, values={"role": Role.ADMINISTRATOR}, by=admin, at=AT)
    with pytest.raises(NotAllowed):
        grant_change(change=waiting(), by=director, at=AT)


def test_whoever_agrees_is_not_put_out_of_the_way(admin, second, director, manager):
    operations.deactivate_user(user=director, by=admin, at=AT)
    assert stored(director).is_active
    grant_change(change=waiting(), by=second, at=AT)
    assert not stored(director).is_active
    assert verbs(director)[-1] == "deactivated"
    operations.deactivate_user(user=manager, by=admin, at=AT)
    assert not stored(manager).is_active
    operations.reactivate_user(user=stored(manager), by=admin, at=AT)
    assert not stored(manager).is_active
    refuse_change(change=waiting(), reason="Has left", by=second, at=AT)
    assert not stored(manager).is_active


def test_the_address_of_a_director_waits_as_his_password_would_follow_it(admin, second, director, manager):
    operations.edit_user(user=director, values={"email": "evil@example.com"}, by=admin, at=AT)
    assert stored(director).email == director.email
    old = director.email
    grant_change(change=waiting(), by=second, at=AT)
    assert stored(director).email == "evil@example.com"
    assert told() == sorted(["evil@example.com", old])
    before = manager.email
    operations.edit_user(user=manager, values={"email": "new@example.com"}, by=admin, at=AT)
    assert {"new@example.com", before} <= set(told())


def test_a_link_for_a_director_takes_a_second_person_each_time(admin, second, director, manager):
    assert operations.make_password_link(user=director, by=admin, at=AT) is None
    assert operations.make_password_link(user=director, by=admin, at=AT) is None
    change = waiting()
    grant_change(change=change, by=second, at=AT)
    assert told() == []
    assert operations.make_password_link(user=director, by=second, at=AT) is None, "it was granted to who asked"
    assert operations.make_password_link(user=director, by=admin, at=AT)
    assert told() == [director.email]
    assert operations.make_password_link(user=director, by=admin, at=AT) is None
    assert operations.make_password_link(user=manager, by=admin, at=AT)


def test_an_unconfirmed_link_is_undone_with_the_password_it_gave(admin, director):
    operations.make_password_link(user=director, by=admin, at=AT)
    director.set_password("chosen by a stranger")
    director.save()
    change = PendingChange.objects.get(status="unconfirmed")
    refuse_change(change=change, reason="I asked for none", by=UserFactory(role="administrator"), at=AT)
    assert not stored(director).has_usable_password()


def test_a_password_of_theirs_is_never_typed_by_another(admin, director, manager):
    with pytest.raises(NotAllowed):
        operations.set_password(user=director, password="long enough 7", by=admin, at=AT)
    operations.set_password(user=manager, password="long enough 7", by=admin, at=AT)
    assert told() == [manager.email]


def test_a_deputy_named_by_another_waits_and_one_s_own_does_not(admin, second, director):
    deputy = UserFactory(role="director")
    operations.set_deputy(user=director, deputy=deputy, by=admin, at=AT)
    assert stored(director).deputy is None
    change = waiting()
    assert change.changes == {"deputy": [None, str(deputy)]}
    grant_change(change=change, by=second, at=AT)
    assert stored(director).deputy == deputy
    operations.set_deputy(user=stored(director), deputy=None, by=admin, at=AT)
    assert stored(director).deputy is None
    operations.set_deputy(user=stored(director), deputy=deputy, by=director, at=AT)
    assert stored(director).deputy == deputy


def test_impossible_people_are_refused_before_anybody_is_asked(admin, second, manager):
    with pytest.raises(Refused):
        operations.edit_user(user=manager, values={"role": "king"}, by=admin, at=AT)
    assert not PendingChange.objects.exists()


def test_what_takes_a_second(admin, director, manager):
    assert rights.takes_a_second(manager, {"phone": "1", "email": "x@example.com", "is_active": False}, admin) == {}
    assert rights.takes_a_second(director, {"email": "x@example.com"}, admin) == {"email": "x@example.com"}
    assert rights.takes_a_second(director, {"email": "x@example.com"}, None) == {}

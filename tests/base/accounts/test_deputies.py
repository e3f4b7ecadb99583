"""Who stands in for whom, from a day to a day."""

from datetime import timedelta

import pytest

from base.accounts import operations
from base.accounts.deputies import holds_today
from base.accounts.models import Role, User
from base.changes.models import PendingChange
from base.changes.operations import grant_change
from base.chatter.operations import heir_of, make_todo, write_todos
from base.company.clock import standing_at
from base.lib.errors import Refused
from base.ui.todos import open_for
from contracts.models import Contract
from tests.chain import AT, ON
from tests.factories import ContractFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen():
    return UserFactory(role=Role.MANAGER)


@pytest.fixture
def li():
    return UserFactory(role=Role.MANAGER)


def test_a_deputy_stands_in_from_a_day_to_a_day(chen, li):
    contract = ContractFactory(manager=chen)
    write_todos([make_todo(contract, kind="note", due_on=ON, text="call", assignee=chen, by=chen, at=AT)])
    first, last = ON + timedelta(days=3), ON + timedelta(days=5)
    operations.set_deputy(user=chen, deputy=li, first=first, last=last, by=chen, at=AT)
    for days, stands_in in ((0, False), (2, False), (3, True), (5, True), (6, False)):
        with standing_at(AT + timedelta(days=days)):
            there = User.objects.get(pk=li.pk)
            assert Contract.objects.visible_to(there).exists() == stands_in, days
            assert open_for(there).filter(text="call").exists() == stands_in, days
            assert bool(there.stands_in_as) == stands_in, days
            assert (heir_of(User.objects.get(pk=chen.pk))[0] == li) == stands_in, days
    operations.set_deputy(user=chen, deputy=None, first=first, last=last, by=chen, at=AT)
    assert (chen.deputy_from, chen.deputy_until) == (None, None)


@pytest.mark.parametrize(("first", "last", "code"), [(5, 4, "wrong_way_round"), (None, -1, "over"), (-9, -1, "over")])
def test_days_of_a_deputy_are_some_that_come(chen, li, first, last, code):
    days = {"first": first and ON + timedelta(days=first), "last": last and ON + timedelta(days=last)}
    with pytest.raises(Refused) as refused:
        operations.set_deputy(user=chen, deputy=li, **days, by=chen, at=AT)
    assert (refused.value.code, refused.value.field) == (code, "deputy_until")
    chen.refresh_from_db()
    assert chen.deputy is None


def test_the_days_of_a_deputy_take_a_second_person_too(chen, li):
    """Else whoever may name one for a week may make it for ever."""
    last = ON + timedelta(days=5)
    administrator, second = UserFactory.create_batch(2, role=Role.ADMINISTRATOR)
    operations.set_deputy(user=chen, deputy=li, last=last, by=chen, at=AT)
    operations.set_deputy(user=chen, deputy=li, by=administrator, at=AT)
    chen.refresh_from_db()
    assert chen.deputy_until == last
    change = PendingChange.objects.get()
    assert change.waits
    grant_change(change=change, by=second, at=AT)
    chen.refresh_from_db()
    assert (chen.deputy, chen.deputy_until) == (li, None)


def test_a_day_at_either_end_counts():
    with standing_at(AT):
        assert holds_today(None, None)
        assert holds_today(ON, ON)
        assert not holds_today(ON + timedelta(days=1), None)
        assert not holds_today(None, ON - timedelta(days=1))

"""Promised times: worded anew, typed by people, and another policy for a contract."""

import pytest

from base.lib.errors import NotAllowed, Refused
from service.enums import Leg, Phase, RequestClass, Unit
from service.models import ContractPolicy, SlaPolicy
from service.policies import choose_policy, looser, touched, write_version
from service.queries import table_of, version_for
from service.rules import DEFAULT_TABLE, Target
from service.sentences import target_typed, typed_target
from tests.chain import AT, ON, accepted, day, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
SHORT = {(Phase.MAINTENANCE, RequestClass.CRITICAL): {Leg.RESPONSE: Target(Unit.CLOCK, 10)}}


@pytest.fixture
def admin():
    return UserFactory(role="administrator")


def test_another_wording_counts_from_its_day_on(admin):
    policy = SlaPolicy.objects.get()
    write_version(policy=policy, table=SHORT, valid_from=day("2026-12-01"), by=admin, at=AT)
    assert table_of(version_for(None, ON)) == DEFAULT_TABLE
    assert table_of(version_for(None, day("2026-12-01"))) == SHORT
    assert verbs(policy) == ["version_written"]


def test_a_wording_promises_something_and_is_later_than_the_one_before(admin):
    policy = SlaPolicy.objects.get()
    for table, valid_from, field in (({}, ON, "table"), (SHORT, day("2000-01-01"), "valid_from")):
        with pytest.raises(Refused) as no:
            write_version(policy=policy, table=table, valid_from=valid_from, by=admin, at=AT)
        assert no.value.field == field
    with pytest.raises(NotAllowed):
        write_version(policy=policy, table=SHORT, valid_from=ON, by=UserFactory(role="manager"), at=AT)


def test_a_contract_is_served_by_a_policy_of_its_own(admin, desk):
    contract, policy = accepted(), SlaPolicy.objects.create(name="Gold")
    version = write_version(policy=policy, table=SHORT, valid_from=ON, by=admin, at=AT)
    choose_policy(contract=contract, policy=policy, by=desk, at=AT)
    contract.refresh_from_db()
    assert version_for(contract, ON) == version
    assert version_for(contract, day("2026-01-01")).policy.is_default, "before its first wording the default counts"
    choose_policy(contract=contract, policy=None, by=desk, at=AT)
    choose_policy(contract=contract, policy=None, by=desk, at=AT)
    assert not ContractPolicy.objects.exists()
    assert verbs(contract)[-2:] == ["policy_chosen", "policy_chosen"]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("30m", Target(Unit.CLOCK, 30)), ("30 min", Target(Unit.CLOCK, 30)), ("6 小时", Target(Unit.CLOCK, 360)),
        ("90分钟", Target(Unit.CLOCK, 90)), ("240b", Target(Unit.BUSINESS, 240)), ("2d", Target(Unit.DAYS, 2)),
        ("3个工作日", Target(Unit.DAYS, 3)),
    ],
)  # fmt: skip
def test_a_time_is_typed(text, target):
    assert typed_target(text) == target
    assert typed_target(target_typed(target)) == target


@pytest.mark.parametrize("text", ["", "30", "0m", "m", "-3h", "1.5h", "999999m", "soon"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="no promised time"):
        typed_target(text)


def test_a_policy_that_promises_nothing_is_given_to_nobody(desk):
    contract, empty = accepted(), SlaPolicy.objects.create(name="Empty")
    with pytest.raises(Refused) as no:
        choose_policy(contract=contract, policy=empty, by=desk, at=AT)
    assert (no.value.field, no.value.code) == ("policy", "empty")


def test_what_a_next_wording_takes_back_is_known(admin, desk):
    key = (Phase.MAINTENANCE, RequestClass.CRITICAL)
    later = {**DEFAULT_TABLE, key: {**DEFAULT_TABLE[key], Leg.RESPONSE: Target(Unit.CLOCK, 60)}}
    assert [(each.leg, each.after) for each in looser(DEFAULT_TABLE, later)] == [(Leg.RESPONSE, Target(Unit.CLOCK, 60))]
    gone = {**DEFAULT_TABLE, key: {Leg.RESPONSE: DEFAULT_TABLE[key][Leg.RESPONSE]}}
    assert {(each.leg, each.after) for each in looser(DEFAULT_TABLE, gone)} == {
        (Leg.ARRIVAL, None),
        (Leg.RESOLUTION, None),
    }
    sooner = {**DEFAULT_TABLE, key: {**DEFAULT_TABLE[key], Leg.RESPONSE: Target(Unit.CLOCK, 10)}}
    assert looser(DEFAULT_TABLE, sooner) == []
    own, default = accepted(), accepted()
    policy = SlaPolicy.objects.create(name="Own")
    write_version(policy=policy, table=SHORT, valid_from=ON, by=admin, at=AT)
    choose_policy(contract=own, policy=policy, by=desk, at=AT)
    assert list(touched(policy)) == [own]
    assert list(touched(SlaPolicy.objects.get(is_default=True))) == [default]

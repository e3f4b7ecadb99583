"""Which policy a request's class is promised by, whom a change of class asks and when, and what merging ends."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.lib.errors import Refused
from service import operations
from service.models import SlaPolicy
from service.operations import take_request
from service.policies import choose_policy, write_version
from service.rules import DEFAULT_TABLE
from tests.chain import AT, accepted, day, verbs
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
REPORTED = AT - timedelta(minutes=10)


@pytest.fixture
def under(director):
    """A contract whose own policy promises these classes only."""

    def make(*classes):
        contract, own = accepted(), SlaPolicy.objects.create(name="Own")
        table = {key: promise for key, promise in DEFAULT_TABLE.items() if key[1] in classes}
        write_version(policy=own, table=table, valid_from=day("2020-01-01"), by=None, at=AT)
        choose_policy(contract=contract, policy=own, by=director, at=AT)
        return contract

    return make


def test_only_questions_and_complaints_are_heard_beside_the_own_policy(under, taken):
    contract = under("critical", "complaint")
    assert taken(contract, request_class="complaint").sla.policy.name == "Own"
    assert taken(contract, request_class="question").sla.policy.is_default
    with pytest.raises(Refused) as no:
        taken(contract, request_class="serious")
    assert (no.value.field, no.value.code) == ("request_class", "class")


def test_the_product_itself_may_take_one_without_a_contract():
    values = {"title": "Down", "system": "A", "request_class": "critical"}
    request = take_request(
        contract=None, customer=CustomerFactory(), values=values, reported_at=AT, by=None, at=AT
    )  # fmt: skip
    assert request.contract is None


def test_what_is_edited_stands_in_the_request_and_its_log(taken, desk):
    request = taken()
    operations.edit_request(request=request, values={"title": "Slow"}, by=desk, at=AT)
    request.refresh_from_db()
    assert (request.title, verbs(request)[-1]) == ("Slow", "changed")


def test_who_is_given_a_request_is_asked_by_its_own_deadline(taken, desk, engineer):
    request = taken(request_class="question", assignee=None)
    operations.assign_request(request=request, to=engineer, by=desk, at=AT)
    todo = Todo.objects.get(kind="request_to_answer", done_at=None)
    assert (todo.assignee, todo.due_on) == (engineer, day("2026-11-23"))


def test_another_class_rings_at_its_own_times(taken, desk):
    request = taken(request_class="critical")
    assert set(request.alarms.values_list("leg", flat=True)) == {"response", "arrival", "resolution"}
    operations.reclassify_request(request=request, request_class="general", reason="It limps on.", by=desk, at=AT)
    assert set(request.alarms.values_list("leg", flat=True)) == {"response", "resolution"}
    assert request.happenings.get(kind="reclassified").request_class == "general"


def test_what_was_to_do_for_a_request_ends_with_it_and_with_its_merger(taken, desk):
    contract = accepted()
    first, second, third = taken(contract), taken(contract), taken(contract)
    operations.merge_requests(request=second, into=first, by=desk, at=AT)
    operations.close_request(request=third, reason="x", by=desk, at=AT)
    left = Todo.objects.filter(kind="request_to_answer", done_at=None)
    assert [todo.target for todo in left] == [first]
    for request in (second, third):
        assert not request.alarms.filter(rung_at=None).exists()

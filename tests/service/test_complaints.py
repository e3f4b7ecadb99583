"""A complaint is never dealt with by whom it is about, unless somebody says why (docs/rules.md 4)."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused
from service import operations
from service.complaints import concerned, is_kept_from
from service.enums import RequestClass
from service.models import ServiceRequest, Survey
from service.promises import surveys
from service.visits import operations as visits
from service.watch import escalate
from tests.chain import AT, accepted
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def complaint(taken, engineer, desk):
    """Of a customer who is not content with what the engineer did."""
    request = taken()
    operations.answer_request(request=request, text="x", by=engineer, at=AT)
    operations.resolve_request(request=request, solution="x", by=engineer, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    surveys.answer_survey(survey=Survey.objects.get(request=request), score=1, comment="Late", by=None, at=AT + HOUR)
    return ServiceRequest.objects.get(request_class=RequestClass.COMPLAINT)


def refusal(act, **how):
    with pytest.raises(Refused) as no:
        act(**how)
    return no.value.field, no.value.code


def test_a_bad_score_names_whom_it_is_about(complaint, engineer):
    assert complaint.about == engineer
    assert complaint.assignee is None
    assert set(concerned(complaint)) == {engineer.pk}


def test_it_is_not_given_to_them_without_a_reason(complaint, engineer, desk):
    give = {"request": complaint, "to": engineer, "by": desk, "at": AT + HOUR}
    assert refusal(operations.assign_request, **give) == ("reason", "concerned")
    assert refusal(operations.assign_request, **give, reason=" ") == ("reason", "concerned")
    assert is_kept_from(complaint, engineer)
    operations.assign_request(**give, reason="Nobody else knows the system")
    complaint.refresh_from_db()
    assert (complaint.assignee, complaint.assigned_because) == (engineer, "Nobody else knows the system")
    assert not is_kept_from(complaint, engineer)
    operations.answer_request(request=complaint, text="x", by=engineer, at=AT + HOUR)
    colleague = UserFactory(role="engineer")
    operations.assign_request(request=complaint, to=colleague, by=desk, at=AT + HOUR)
    assert complaint.assigned_because == ""


def test_they_do_not_work_on_it(complaint, engineer):
    answer = {"request": complaint, "text": "x", "by": engineer, "at": AT + HOUR}
    assert refusal(operations.answer_request, **answer)[1] == "concerned"
    assert complaint not in ServiceRequest.objects.visible_to(engineer)


def test_nobody_visits_a_customer_who_complains_about_them(complaint, engineer, desk):
    values = {"planned_at": AT + HOUR, "planned_until": AT + 2 * HOUR, "engineer": engineer}
    assert refusal(visits.plan_visit, request=complaint, values=values, by=desk, at=AT + HOUR) == (
        "engineer",
        "concerned",
    )


def test_who_only_helped_is_concerned_too(taken, engineer, desk):
    request, helper = taken(), UserFactory(role="engineer")
    operations.record_arrival(request=request, arrived_at=AT, by=helper, at=AT)
    operations.close_request(request=request, reason="x", by=desk, at=AT)
    surveys.answer_survey(survey=Survey.objects.get(request=request), score=2, by=None, at=AT + HOUR)
    complaint = ServiceRequest.objects.get(request_class=RequestClass.COMPLAINT)
    assert set(concerned(complaint)) == {engineer.pk, helper.pk}


def test_a_complaint_taken_down_names_somebody_else_than_who_gets_it(taken, engineer, desk):
    with pytest.raises(Refused) as no:
        taken(request_class="complaint", about=engineer)
    assert (no.value.field, no.value.code) == ("assignee", "concerned")
    request = taken(request_class="complaint", about=engineer, assignee=None)
    assert request.about == engineer
    other = taken(request_class="complaint")
    edit = {"request": other, "values": {"about": engineer}, "by": desk, "at": AT}
    assert refusal(operations.edit_request, **edit) == ("about", "concerned")


def test_a_fault_is_about_nobody(taken, engineer):
    request = taken(about=engineer)
    assert not concerned(request)
    assert request in ServiceRequest.objects.visible_to(engineer)


# Told when nobody takes it up


def escalated():
    return {todo.assignee for todo in Todo.objects.filter(kind="request_not_taken_up", done_at=None)}


def test_every_service_manager_is_told_once_after_ten_minutes(taken, desk, engineer):
    other = UserFactory(role="service_manager")
    UserFactory(role="service_manager", is_active=False)
    request = taken(assignee=None)
    assert escalate(AT + 10 * MINUTE) == 0
    assert escalate(AT + 11 * MINUTE) == 1
    assert escalated() == {desk, other}
    assert escalate(AT + 60 * MINUTE) == 0
    operations.answer_request(request=request, text="x", by=desk, at=AT + 60 * MINUTE)
    assert escalated() == set()


def test_what_was_taken_up_is_not_told(taken, engineer):
    request = taken()
    operations.record_arrival(request=request, arrived_at=AT, by=engineer, at=AT)
    assert escalate(AT + HOUR) == 0


def test_whom_a_complaint_is_about_is_not_rung_for_it(complaint, desk):
    complaint.escalation.refresh_from_db()
    ServiceRequest.objects.filter(pk=complaint.pk).update(about=desk)
    escalate(AT + 3 * HOUR)
    assert escalated() == set()


# An engineer's own


def test_an_engineer_takes_a_call_and_plans_the_visit_they_hold(engineer):
    contract = accepted(engineer=engineer)
    request = operations.take_request(
        contract=contract, values={"title": "Down", "request_class": "critical"}, reported_at=AT, by=engineer, at=AT
    )
    assert request.assignee == engineer
    values = {"planned_at": AT + HOUR, "planned_until": AT + 2 * HOUR, "engineer": engineer}
    visit = visits.plan_visit(request=request, values=values, by=engineer, at=AT)
    colleague = UserFactory(role="engineer")
    again = {**values, "planned_at": AT + 3 * HOUR, "planned_until": AT + 4 * HOUR}
    with pytest.raises(NotAllowed):
        visits.plan_visit(request=request, values={**again, "engineer": colleague}, by=engineer, at=AT)
    visits.reschedule_visit(visit=visit, **again, by=engineer, at=AT)
    with pytest.raises(NotAllowed):
        visits.reschedule_visit(visit=visit, **{**values, "engineer": colleague}, by=engineer, at=AT)
    with pytest.raises(NotAllowed):
        visits.plan_visit(request=request, values=values, by=UserFactory(role="finance"), at=AT)

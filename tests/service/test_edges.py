"""What is just allowed of requests and visits, who comes second, and what their operations leave in the log."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.lib.errors import Refused, Stale
from base.mail.models import OutgoingMail
from service import operations
from service.enums import Happening
from service.models import ServiceRequest, Visit
from service.operations import take_request
from service.signals import request_closed
from service.times import correct_times
from service.visits import operations as visits
from tests.chain import AT, accepted, at, day, signed, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REPORTED = AT - 10 * MINUTE


def field_of(call, **how):
    with pytest.raises(Refused) as no:
        call(**how)
    return no.value.field


# Taken


@pytest.mark.parametrize(
    ("reported_at", "allowed"),
    [
        (AT, True),
        (AT + MINUTE, False),
        (AT - timedelta(days=366), True),
        (AT - timedelta(days=366) - MINUTE, False),
    ],
)
def test_a_report_lies_between_a_year_ago_and_now(reported_at, allowed, taken):
    contract = signed(signed_on=day("2020-01-10"))
    if allowed:
        assert taken(contract, request_class="general", reported_at=reported_at).reported_at == reported_at
        return
    with pytest.raises(Refused) as no:
        taken(contract, request_class="general", reported_at=reported_at)
    assert no.value.field == "reported_at"


@pytest.mark.parametrize(("signed_on", "allowed"), [("2026-11-22", True), ("2026-11-23", False)])
def test_a_report_may_come_on_the_day_of_signing(signed_on, allowed, taken):
    contract = signed(signed_on=day(signed_on))
    if allowed:
        assert taken(contract, request_class="general").contract == contract
        return
    with pytest.raises(Refused):
        taken(contract, request_class="general")


def test_only_who_sees_all_takes_one_without_a_contract(desk, manager):
    values = {"title": "Down", "system": "A", "request_class": "critical"}
    asked = {"contract": None, "customer": CustomerFactory(), "values": values, "reported_at": AT, "at": AT}
    assert field_of(take_request, by=manager, **asked) == "contract"
    assert field_of(take_request, by=desk, **asked | {"customer": None}) == "contract"
    request = take_request(by=desk, **asked)
    assert (request.contract, request.phase, request.coverage) == (None, "maintenance", "")


def test_who_is_to_answer_what_was_taken(taken, engineer):
    first, second = taken(), taken(assignee=None)
    todos = {todo.target: todo for todo in Todo.objects.filter(kind="request_to_answer")}
    assert (todos[first].assignee, todos[first].role) == (engineer, "")
    assert (todos[second].assignee, todos[second].role) == (None, "service_manager")
    assert todos[first].due_on == day("2026-11-22")
    assert todos[first].params == {
        "request": first.number, "customer": first.customer.name, "title": "Search is down",
    }  # fmt: skip
    assert (verbs(first), first.happenings.get().at) == (["created"], REPORTED)


# Worked on


def test_a_service_manager_may_be_given_one_and_what_is_answered_asks_for_no_answer(taken, desk, engineer):
    request = taken(assignee=None)
    operations.assign_request(request=request, to=desk, by=desk, at=AT)
    assert [todo.assignee for todo in Todo.objects.filter(kind="request_to_answer", done_at=None)] == [desk]
    operations.assign_request(request=request, to=None, by=desk, at=AT)
    operations.answer_request(request=request, text="We look at it.", by=desk, at=AT)
    operations.assign_request(request=request, to=engineer, by=desk, at=AT)
    assert not Todo.objects.filter(kind="request_to_answer", done_at=None).exists()
    assert verbs(request).count("assigned") == 3
    assert field_of(operations.assign_request, request=request, to=UserFactory(role="manager"), by=desk, at=AT) == (
        "engineer"
    )
    closed = UserFactory(role="engineer", is_active=False)
    assert field_of(operations.assign_request, request=request, to=closed, by=desk, at=AT) == "engineer"


@pytest.mark.parametrize("arrived_at", [REPORTED, AT])
def test_an_arrival_may_be_at_the_report_and_now(arrived_at, taken, engineer):
    request = taken()
    operations.record_arrival(request=request, arrived_at=arrived_at, by=engineer, at=AT)
    assert request.happenings.get(kind="arrived").at == arrived_at


def test_nothing_is_done_without_words(taken, desk):
    request, how = taken(), {"by": desk, "at": AT}
    assert field_of(operations.answer_request, request=request, text=" ", **how) == "text"
    assert field_of(operations.pause_request, request=request, reason=" ", **how) == "reason"
    assert field_of(operations.resolve_request, request=request, solution=" ", **how) == "solution"
    assert field_of(operations.close_request, request=request, reason=" ", **how) == "reason"
    reclassify = {"request": request, "request_class": "serious", "reason": " "}
    assert field_of(operations.reclassify_request, **reclassify, **how) == "reason"
    same = {"request": request, "request_class": "critical", "reason": "x"}
    assert field_of(operations.reclassify_request, **same, **how) == "request_class"
    operations.resolve_request(request=request, solution="Restarted", **how)
    assert field_of(operations.reopen_request, request=request, reason=" ", **how) == "reason"
    operations.close_request(request=request, **how)
    assert request.status == "closed"


def test_a_closed_request_refuses_everything_with_one_code(taken, desk, engineer):
    request, other, how = taken(), taken(), {"by": desk, "at": AT}
    operations.close_request(request=request, reason="x", **how)
    calls = [
        lambda: operations.edit_request(request=request, values={"title": "x"}, **how),
        lambda: operations.assign_request(request=request, to=engineer, **how),
        lambda: operations.answer_request(request=request, text="x", **how),
        lambda: operations.record_arrival(request=request, arrived_at=AT, **how),
        lambda: correct_times(request=request, moments={Happening.ARRIVED: AT}, reason="x", **how),
        lambda: operations.pause_request(request=request, reason="x", **how),
        lambda: operations.reclassify_request(request=request, request_class="serious", reason="x", **how),
        lambda: operations.resolve_request(request=request, solution="x", **how),
        lambda: operations.merge_requests(request=request, into=other, **how),
    ]
    for call in calls:
        with pytest.raises(Refused) as no:
            call()
        assert no.value.code in ("closed", "refused"), no.value
    assert verbs(request)[-1] == "closed"


def test_an_old_look_at_a_request_changes_nothing(taken, desk, engineer):
    request, other = taken(), taken()
    old = {"by": desk, "at": AT, "seen": 99}
    calls = [
        lambda mine: operations.edit_request(request=mine, values={"title": "x"}, **old),
        lambda mine: operations.assign_request(request=mine, to=None, **old),
        lambda mine: operations.answer_request(request=mine, text="x", **old),
        lambda mine: operations.record_arrival(request=mine, arrived_at=AT, **old),
        lambda mine: operations.pause_request(request=mine, reason="x", **old),
        lambda mine: operations.reclassify_request(request=mine, request_class="serious", reason="x", **old),
        lambda mine: operations.resolve_request(request=mine, solution="x", **old),
        lambda mine: operations.close_request(request=mine, reason="x", **old),
    ]
    for call in calls:
        with pytest.raises(Stale):
            call(ServiceRequest.objects.get(pk=request.pk))
    ServiceRequest.objects.filter(pk=other.pk).update(contract=request.contract, customer=request.customer)
    with pytest.raises(Stale):
        operations.merge_requests(request=ServiceRequest.objects.get(pk=other.pk), into=request, **old)
    assert set(ServiceRequest.objects.values_list("status", flat=True)) == {"new"}


def test_what_is_written_of_each_step(taken, desk):
    request, how = taken(), {"by": desk, "at": AT}
    mails = OutgoingMail.objects.count()
    operations.answer_request(request=request, text="We look at it.", **how)
    operations.pause_request(request=request, reason="Your key, please.", **how)
    operations.resume_request(request=request, **how)
    operations.reclassify_request(request=request, request_class="serious", reason="It limps on.", **how)
    operations.resolve_request(request=request, solution="Restarted", **how)
    operations.reopen_request(request=request, reason="Down again", **how)
    operations.close_request(request=request, reason="Sold", **how)
    assert [(event.kind, event.note) for event in request.happenings.order_by("pk")] == [
        ("reported", ""), ("answered", "We look at it."), ("paused", "Your key, please."), ("resumed", ""),
        ("reclassified", "It limps on."), ("resolved", "Restarted"), ("reopened", "Down again"), ("closed", "Sold"),
    ]  # fmt: skip
    assert [event.note for event in events_of(request).order_by("pk")][1:] == [
        "We look at it.", "Your key, please.", "", "It limps on.", "Restarted", "Down again", "Sold",
    ]  # fmt: skip
    assert (request.solution, OutgoingMail.objects.count() - mails) == ("Restarted", 4)


def test_closing_tells_who_listens_and_settles_what_was_to_do(taken, desk):
    request, heard = taken(), []

    def hear(sender, request, **_more):
        heard.append(request)

    request_closed.connect(hear)
    try:
        operations.close_request(request=request, reason="x", by=desk, at=AT)
    finally:
        request_closed.disconnect(hear)
    assert heard == [request]
    assert not Todo.objects.filter(done_at=None, kind="request_to_answer").exists()


def test_two_reports_of_one_moment_are_one_and_one_without_a_contract_joins(taken, desk):
    contract = accepted()
    first, second = taken(contract), taken(contract)
    operations.merge_requests(request=second, into=first, by=desk, at=AT)
    assert (second.merged_into, events_of(second).order_by("-pk")[0].note) == (first, str(first))
    values = {"title": "Down", "system": "A", "request_class": "critical"}
    loose = take_request(contract=None, customer=contract.customer, values=values, reported_at=AT, by=desk, at=AT)
    operations.merge_requests(request=loose, into=first, by=desk, at=AT)
    assert loose.merged_into == first
    other = accepted(customer=contract.customer)
    same = {"request": taken(other), "into": first, "by": desk, "at": AT}
    assert field_of(operations.merge_requests, **same) == "into"


# Visits


def test_a_visit_says_whom_it_is_for(planned, taken, engineer, desk):
    times = {"planned_at": AT, "planned_until": AT + HOUR, "engineer": engineer}
    assert field_of(visits.plan_visit, values=times, by=desk, at=AT) == "contract"
    customer = CustomerFactory(address="Street 1")
    visit = visits.plan_visit(values=times, customer=customer, by=desk, at=AT)
    assert (visit.customer, visit.contract, visit.covered, visit.address) == (customer, None, False, "Street 1")
    assert verbs(visit) == ["visit_planned"]
    request = taken()
    later = {"planned_at": AT + DAY, "planned_until": AT + DAY + HOUR}
    visit = visits.plan_visit(values=times | later, request=request, by=desk, at=AT)
    assert events_of(request).get(verb="visit_planned").note == visit.number
    todo = Todo.objects.get(kind="visit_to_hold", assignee=engineer, target_id=visit.pk)
    assert todo.target == visit
    foreign = times | {"contact": ContactFactory(), "planned_at": AT + 2 * DAY, "planned_until": AT + 2 * DAY + HOUR}
    assert field_of(visits.plan_visit, values=foreign, customer=customer, by=desk, at=AT) == "contact"


def test_a_visit_may_follow_another_at_once_but_not_overlap(planned, desk, engineer):
    first = planned()
    planned(start=AT + HOUR)
    planned(start=AT - HOUR, at=AT - 2 * HOUR, contract=accepted())
    with pytest.raises(Refused):
        planned(start=AT + HOUR - MINUTE)
    assert first.status == "planned"


def test_an_old_look_at_a_visit_changes_nothing(planned, desk, engineer):
    visit = planned()
    old = {"at": AT, "seen": 99}
    times = {"planned_at": AT + DAY, "planned_until": AT + DAY + HOUR, "engineer": engineer}
    calls = [
        lambda mine: visits.reschedule_visit(visit=mine, by=desk, **times, **old),
        lambda mine: visits.edit_visit(visit=mine, values={"title": "x"}, by=engineer, **old),
        lambda mine: visits.call_off_visit(visit=mine, reason="x", by=desk, **old),
        lambda mine: visits.arrive_at_visit(visit=mine, arrived_at=AT, by=engineer, **old),
    ]
    for call in calls:
        with pytest.raises(Stale):
            call(Visit.objects.get(pk=visit.pk))
    assert verbs(visit) == ["visit_planned"]


def test_a_visit_that_is_called_off_says_why_and_asks_nobody_any_more(planned, desk):
    visit = planned()
    assert field_of(visits.call_off_visit, visit=visit, reason=" ", by=desk, at=AT) == "reason"
    visits.call_off_visit(visit=visit, reason=" They are ill ", by=desk, at=AT)
    assert (visit.status, visit.reason) == ("cancelled", "They are ill")
    assert not Todo.objects.filter(kind="visit_to_hold", done_at=None).exists()
    with pytest.raises(Refused):
        visits.edit_visit(visit=visit, values={"title": "x"}, by=desk, at=AT)


def test_who_held_a_visit_is_to_have_it_signed(held, engineer):
    visit = held()
    todo = Todo.objects.get(kind="visit_to_sign")
    assert (todo.target, todo.assignee, todo.due_on) == (visit, engineer, day("2026-11-22"))
    assert (visit.left_at, visit.work) == (AT + HOUR, "Changed the disk")
    assert not Todo.objects.filter(kind="visit_to_hold", done_at=None).exists()


def test_late_in_the_evening_a_visit_belongs_to_the_day_in_the_companys_zone(planned):
    late = at(day("2026-11-22")) + timedelta(hours=14, minutes=30)  # half past midnight in Shanghai
    assert planned(start=late).planned_on == day("2026-11-23")

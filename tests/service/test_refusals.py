"""What the service desk refuses, each with the field it is about; nothing is written of it."""

from datetime import timedelta

import pytest

from base.chatter.operations import events_of
from base.lib.errors import Refused, Stale
from contracts.operations import terminate_contract
from service import operations
from service.checks.entry import begin_entry
from service.checks.finding_requests import make_request
from service.checks.findings import write_finding
from service.checks.signing import Signatures, may_sign
from service.clock import reevaluate_request
from service.enums import Happening
from service.models import CheckResult, RequestEvent, SlaPolicy, SlaVersion
from service.policies import choose_policy, write_version
from service.queries import table_of
from service.times import correct_times
from service.visits import operations as visits
from tests.chain import AT, ON, accepted, day
from tests.factories import ContactFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def refusal(operation, **values):
    with pytest.raises(Refused) as no:
        operation(**values)
    return no.value.field or no.value.code


# Requests


def test_only_a_contact_of_the_customer_stands_on_a_request(taken, desk):
    request = taken()
    another = {"contact": ContactFactory()}
    assert refusal(operations.edit_request, request=request, values=another, by=desk, at=AT) == "contact"
    own = {"contact": request.contract.contact, "title": "Search is slow"}
    operations.edit_request(request=request, values=own, by=desk, at=AT)
    request.refresh_from_db()
    assert (request.title, request.contact) == ("Search is slow", request.contract.contact)


def test_a_request_may_be_taken_from_everybody(taken, desk):
    request = taken()
    operations.assign_request(request=request, to=None, by=desk, at=AT)
    request.refresh_from_db()
    assert request.assignee is None


def test_an_arrival_is_corrected_only_once_there_was_one(taken, desk):
    request = taken()
    correct = {"request": request, "moments": {Happening.ARRIVED: AT}, "reason": "Mistyped", "by": desk, "at": AT}
    assert refusal(correct_times, **correct) == "wrong_state"
    operations.record_arrival(request=request, arrived_at=AT - 5 * MINUTE, by=desk, at=AT)
    with pytest.raises(Stale):
        correct_times(**correct, seen=request.version - 1)
    assert RequestEvent.objects.get(request=request, kind="arrived").at == AT - 5 * MINUTE
    correct_times(**correct, seen=request.version)
    assert RequestEvent.objects.get(request=request, kind="arrived").at == AT


def test_a_request_is_merged_only_into_one_it_may_be_the_same_as(taken, desk):
    contract = accepted()
    request, first, second = taken(contract), taken(contract), taken(contract)
    merge = {"by": desk, "at": AT}
    assert refusal(operations.merge_requests, request=request, into=request, **merge) == "into"
    assert refusal(operations.merge_requests, request=request, into=taken(), **merge) == "into"
    operations.merge_requests(request=second, into=first, **merge)
    assert refusal(operations.merge_requests, request=request, into=second, **merge) == "into"
    request.refresh_from_db()
    assert request.merged_into is None


def test_what_was_seen_by_somebody_else_meanwhile_is_stale(taken, desk):
    request = taken()
    seen = request.version
    operations.answer_request(request=request, text="We look at it.", by=desk, at=AT)
    with pytest.raises(Stale):
        operations.answer_request(request=request, text="Found it.", by=desk, at=AT, seen=seen)
    assert RequestEvent.objects.filter(request=request, kind="answered").count() == 1


def test_a_closed_request_is_not_computed_anew(taken, desk):
    request = taken()
    assert reevaluate_request(request=request, at=AT) is False
    operations.resolve_request(request=request, solution="Restarted", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    events = events_of(request).count()
    assert reevaluate_request(request=request, at=AT + DAY) is False
    assert events_of(request).count() == events


# Policies


def test_choosing_a_policy_leaves_an_event_only_when_it_is_another(desk):
    contract = accepted()

    def chosen(policy):
        choose_policy(contract=contract, policy=policy, by=desk, at=AT)
        return [event.changes["policy"] for event in events_of(contract).filter(verb="policy_chosen").order_by("pk")]

    policy = SlaPolicy.objects.create(name="Hospitals")
    write_version(policy=policy, table=table_of(SlaVersion.objects.first()), valid_from=ON, by=None, at=AT)
    assert chosen(None) == []
    assert chosen(policy) == [[None, str(policy)]]
    assert chosen(policy) == [[None, str(policy)]]
    assert chosen(None) == [[None, str(policy)], [str(policy), None]]


# Visits


def test_a_visit_is_for_somebody_and_not_for_an_ended_contract(desk, engineer, director):
    values = {"planned_at": AT, "planned_until": AT + HOUR, "engineer": engineer, "title": "x"}
    plan = {"values": values, "by": desk, "at": AT - HOUR}
    assert refusal(visits.plan_visit, **plan) == "contract"
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    assert refusal(visits.plan_visit, contract=contract, **plan) == "contract"


@pytest.mark.usefixtures("files")
def test_a_stay_has_an_order_and_a_report_has_words(planned, engineer):
    visit = planned(accepted(), title="x", start=AT + 40 * DAY)
    at_ = AT + 41 * DAY
    early = {"visit": visit, "arrived_at": AT, "by": engineer, "at": at_}
    assert refusal(visits.arrive_at_visit, **early) == "arrived_at"
    visits.arrive_at_visit(visit=visit, arrived_at=AT + 40 * DAY, by=engineer, at=at_)
    leave = {"visit": visit, "by": engineer, "at": at_}
    report = {"cause": "", "work": "Looked", "next_steps": ""}
    assert refusal(visits.leave_visit, left_at=AT + 40 * DAY, values=report, **leave) == "left_at"
    nothing = report | {"work": " "}
    assert refusal(visits.leave_visit, left_at=AT + 40 * DAY + HOUR, values=nothing, **leave) == "work"


# Findings and their reports


@pytest.fixture
def inspections(engineer):
    contract = accepted(engineer=engineer)
    return list(Inspection.objects.filter(action__contract=contract).order_by("window_first"))


def test_a_finding_is_about_an_item_of_its_own_inspection(inspections, engineer):
    first, second = inspections
    begin_entry(inspection=second, by=engineer, at=AT)
    values = {
        "text": "UPS is old",
        "grade": "serious",
        "check_result": CheckResult.objects.filter(inspection=second)[0],
    }
    assert refusal(write_finding, inspection=first, values=values, by=engineer, at=AT) == "check_result"


def test_a_finding_is_made_a_request_once_and_only_where_something_is_promised(inspections, engineer):
    finding = write_finding(
        inspection=inspections[0], values={"text": "UPS is old", "grade": "serious"}, by=engineer, at=AT
    )
    make_request(finding=finding, by=engineer, at=AT, on=ON)
    assert refusal(make_request, finding=finding, by=engineer, at=AT, on=ON) == "request"


def test_a_report_is_signed_by_somebody_in_one_way_and_once_it_is_reported(inspections, engineer):
    drawn, scan = object(), object()
    assert refusal(Signatures(signer=" ", customer=drawn).check) == "signer"
    assert refusal(Signatures(signer="Ms Wang").check) == "customer"
    assert refusal(Signatures(signer="Ms Wang", customer=drawn, paper=scan).check) == "customer"
    Signatures(signer="Ms Wang", customer=drawn).check()
    Signatures(signer="Ms Wang", paper=scan).check()
    inspection = inspections[0]
    assert refusal(may_sign, inspection=inspection) == "unreported"
    report_inspection(
        inspection=inspection, visited_on=day("2026-06-20"), result=InspectionResult.NORMAL, findings="", by=engineer,
        at=AT, on=ON,
    )  # fmt: skip
    may_sign(inspection)

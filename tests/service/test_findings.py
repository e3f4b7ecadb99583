"""Findings: written during a visit, made requests or to-dos, put right, looked at again."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused, Stale
from service import operations
from service.checks import findings
from service.checks.enums import Grade, Outcome
from service.checks.finding_requests import make_request
from service.checks.queries import to_review
from service.models import Finding, ServiceRequest
from tests.chain import AT, ON, accepted, day, verbs
from tests.factories import UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection

pytestmark = pytest.mark.django_db


@pytest.fixture
def visits(engineer):
    """Both inspections of a contract's free year; the first window is over, the second runs."""
    contract = accepted(engineer=engineer)
    return list(Inspection.objects.filter(action__contract=contract).order_by("window_first"))


@pytest.fixture
def inspection(visits):
    return visits[0]


def found(inspection, by, text="UPS is old", **values):
    given = {"grade": Grade.SERIOUS, "text": text, "advice": "Replace it", **values}
    return findings.write_finding(inspection=inspection, values=given, by=by, at=AT)


def reported(inspection, by, on="2026-06-20"):
    report_inspection(
        inspection=inspection, visited_on=day(on), result=InspectionResult.MOSTLY_NORMAL, findings="", by=by, at=AT,
        on=ON,
    )  # fmt: skip
    return inspection


def fresh(finding):
    return Finding.objects.get(pk=finding.pk)


# Written


def test_findings_are_numbered_within_their_inspection(inspection, engineer):
    assert [found(inspection, engineer).number, found(inspection, engineer, text="Dust").number] == [1, 2]
    assert verbs(inspection) == ["finding_written", "finding_written"]
    assert verbs(inspection.problems.first()) == ["created"]


def test_a_finding_is_changed_until_the_report_is_in(inspection, engineer):
    finding = found(inspection, engineer)
    findings.write_finding(inspection=inspection, values={"text": "UPS is dead"}, finding=finding, by=engineer, at=AT)
    with pytest.raises(Stale):
        findings.write_finding(
            inspection=inspection, values={"text": "x"}, finding=fresh(finding), by=engineer, at=AT, seen=0
        )
    reported(inspection, engineer)
    with pytest.raises(Refused) as no:
        findings.write_finding(inspection=inspection, values={"text": "x"}, finding=fresh(finding), by=engineer, at=AT)
    assert no.value.code == "reported"
    assert fresh(finding).text == "UPS is dead"


def test_a_finding_needs_words_and_the_right(inspection, engineer, manager):
    with pytest.raises(Refused) as no:
        found(inspection, engineer, text="  ")
    assert no.value.field == "text"
    with pytest.raises(NotAllowed):
        found(inspection, manager)


def test_one_written_by_mistake_is_taken_back_and_the_others_move_up(inspection, engineer):
    first, second = found(inspection, engineer), found(inspection, engineer, text="Dust")
    third = found(inspection, engineer, text="Noise")
    findings.take_back_finding(finding=first, by=engineer, at=AT)
    assert [fresh(second).number, fresh(third).number] == [1, 2]
    assert verbs(inspection)[-1] == "finding_taken_back"
    make_request(finding=fresh(second), by=engineer, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        findings.take_back_finding(finding=fresh(second), by=engineer, at=AT)
    assert no.value.code == "request"


# Asked of somebody


def test_the_report_asks_whoever_is_responsible_until_the_deadline(inspection, engineer, manager):
    found(inspection, engineer, text="Dust", grade=Grade.ADVICE)
    mine = found(inspection, engineer, text="Noise", grade=Grade.GENERAL, responsible=manager, due_on=day("2026-12-24"))
    serious = found(inspection, engineer)
    reported(inspection, engineer)
    todos = {todo.target_id: todo for todo in Todo.objects.filter(kind="finding_to_fix")}
    assert set(todos) == {mine.pk, serious.pk}
    assert (todos[mine.pk].assignee, todos[mine.pk].due_on) == (manager, day("2026-12-24"))
    assert (todos[serious.pk].assignee, todos[serious.pk].role) == (None, "service_manager")
    assert todos[serious.pk].due_on == ON + timedelta(days=14)


def test_a_todo_is_asked_for_once_and_done_when_it_is_put_right(inspection, engineer):
    finding = found(inspection, engineer, responsible=engineer)
    for _twice in range(2):
        findings.ask_about_finding(finding=finding, by=engineer, at=AT, on=ON)
    todo = Todo.objects.get(kind="finding_to_fix")
    findings.close_finding(finding=finding, how="New battery", by=engineer, at=AT)
    todo.refresh_from_db()
    assert (todo.done_by, fresh(finding).closed_how) == (engineer, "New battery")
    with pytest.raises(Refused) as no:
        findings.ask_about_finding(finding=finding, by=engineer, at=AT, on=ON)
    assert no.value.code == "closed"


def test_put_right_says_how_and_there_again_says_why(inspection, engineer):
    finding = found(inspection, engineer)
    with pytest.raises(Refused):
        findings.close_finding(finding=finding, how=" ", by=engineer, at=AT)
    findings.close_finding(finding=finding, how="Swept", by=engineer, at=AT)
    with pytest.raises(Refused):
        findings.reopen_finding(finding=finding, reason="", by=engineer, at=AT)
    findings.reopen_finding(finding=finding, reason="Dust again", by=engineer, at=AT)
    assert (finding.status, finding.closed_at, finding.closed_how) == ("open", None, "")
    assert verbs(finding) == ["created", "finding_closed", "finding_reopened"]


# A request


@pytest.fixture
def requested(inspection, engineer):
    finding = found(inspection, engineer, responsible=engineer)
    return finding, make_request(finding=finding, by=engineer, at=AT, on=ON)


def test_a_finding_becomes_a_request_of_its_class(requested, engineer):
    finding, request = requested
    assert (request.request_class, request.title, request.assignee) == ("serious", "UPS is old", engineer)
    assert (request.contract, request.reported_at) == (finding.inspection.action.contract, AT)
    assert request.resolve_by is not None
    assert fresh(finding).request == request
    with pytest.raises(Refused):
        make_request(finding=finding, by=engineer, at=AT, on=ON)
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(("grade", "expected"), [(Grade.GENERAL, "general"), (Grade.ADVICE, "general")])
def test_lesser_findings_are_lesser_requests(inspection, engineer, grade, expected):
    request = make_request(finding=found(inspection, engineer, grade=grade), by=engineer, at=AT, on=ON)
    assert request.request_class == expected


def test_who_may_not_report_makes_no_request_of_it(inspection, engineer, manager):
    with pytest.raises(NotAllowed):
        make_request(finding=found(inspection, engineer), by=manager, at=AT, on=ON)


def test_solving_the_request_closes_the_finding_and_opening_it_again_opens_it(requested, desk):
    finding, request = requested
    with pytest.raises(Refused) as no:
        findings.close_finding(finding=fresh(finding), how="done", by=desk, at=AT)
    assert no.value.code == "request"
    operations.resolve_request(request=request, solution="New UPS", by=desk, at=AT)
    assert (fresh(finding).status, fresh(finding).closed_how) == ("closed", f"{request.number}: New UPS")
    with pytest.raises(Refused):
        findings.reopen_finding(finding=fresh(finding), reason="still old", by=desk, at=AT)
    operations.reopen_request(request=request, reason="Beeps", by=desk, at=AT)
    assert fresh(finding).status == "open"
    operations.close_request(request=request, reason="Sold", by=desk, at=AT)
    assert fresh(finding).status == "closed"


def test_a_request_merged_into_another_takes_the_finding_along(requested, desk, taken):
    finding, request = requested
    other = taken(request.contract)
    operations.merge_requests(request=request, into=other, by=desk, at=AT)
    assert (fresh(finding).request, fresh(finding).status) == (other, "open")
    operations.resolve_request(request=other, solution="New UPS", by=desk, at=AT)
    assert fresh(finding).status == "closed"


# Looked at again


def reviewed(finding, inspection, by, outcome, seen=None, note=""):
    return findings.review_finding(
        finding=finding, inspection=inspection, outcome=outcome, note=note, by=by, at=AT, seen=seen
    )  # fmt: skip


def test_the_next_visit_looks_at_what_is_still_open(visits, engineer):
    old, new = visits
    kept, swept = found(old, engineer), found(old, engineer, text="Dust")
    assert not to_review(new), "not before it is reported"
    reported(old, engineer)
    findings.close_finding(finding=fresh(swept), how="Swept", by=engineer, at=AT)
    assert list(to_review(new)) == [kept]
    assert not to_review(old)


def test_put_right_closes_it_and_until_the_report_it_may_be_taken_back(visits, engineer):
    old, new = visits
    finding = found(old, engineer)
    reported(old, engineer)
    first = reviewed(finding, new, engineer, Outcome.FIXED)
    assert fresh(finding).status == "closed"
    assert list(to_review(new)) == [finding]
    reviewed(finding, new, engineer, Outcome.STILL, seen=first.version, note="Loose")
    assert fresh(finding).status == "open"
    with pytest.raises(Stale):
        reviewed(finding, new, UserFactory(role="service_manager"), Outcome.FIXED)
    reported(new, engineer, on="2026-11-20")
    with pytest.raises(Refused) as no:
        reviewed(finding, new, engineer, Outcome.FIXED, seen=first.version + 1)
    assert no.value.code == "reported"
    assert list(to_review(new)) == [finding]


def test_only_findings_of_earlier_visits_to_the_contract_are_looked_at(visits, engineer):
    other = reported(Inspection.objects.filter(action__contract=accepted(engineer=engineer))[0], engineer)
    for finding in (found(visits[1], engineer), Finding.objects.create(inspection=other, number=1, text="theirs")):
        with pytest.raises(Refused) as no:
            reviewed(finding, visits[1], engineer, Outcome.STILL)
        assert no.value.code == "finding"


def test_what_its_request_has_still_to_solve_is_not_put_right(visits, engineer):
    old, new = visits
    finding = found(old, engineer)
    reported(old, engineer)
    make_request(finding=fresh(finding), by=engineer, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        reviewed(finding, new, engineer, Outcome.FIXED)
    assert no.value.code == "request"
    assert not new.reviews.exists()


# Whose they are


def test_an_engineer_sees_the_findings_of_their_visits_and_those_they_put_right(inspection, engineer):
    own, stranger = found(inspection, engineer), UserFactory(role="engineer")
    assert list(Finding.objects.visible_to(engineer)) == [own]
    assert not Finding.objects.visible_to(stranger)
    Finding.objects.update(responsible=stranger)
    assert list(Finding.objects.visible_to(stranger)) == [own]

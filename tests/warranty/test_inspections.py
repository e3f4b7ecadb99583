"""Inspections: who goes, when, and what was found (docs/rules.md 5.2)."""

import pytest

from base.lib.errors import NotAllowed, Refused, Stale
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, at, day, row, verbs
from tests.factories import UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import assign_inspection, report_inspection, reschedule_inspection, window_holding
from warranty.models import Inspection
from warranty.operations import set_last_day
from warranty.planning.run import run_day
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db


@pytest.fixture
def inspection() -> Inspection:
    """The second of a contract accepted 2026-01-15: window 2026-07-16 … 2027-01-15, planned 2026-12-16."""
    return the_second(accepted(day("2026-01-15")))


def the_second(contract) -> Inspection:
    return Inspection.objects.select_related("action__contract").get(action__contract=contract, action__step="2")


@pytest.fixture
def planner(db):
    return UserFactory(role="service_manager")


def reported(inspection, visited_on, by, result=InspectionResult.NORMAL, findings="", **more):
    report_inspection(
        inspection=inspection, visited_on=day(visited_on), result=result, findings=findings, by=by, at=AT, on=ON, **more
    )  # fmt: skip


# Who goes


def test_an_inspection_is_given_to_an_engineer(inspection, planner, engineer):
    assign_inspection(inspection=inspection, engineer=engineer, by=planner, at=AT)
    assert inspection.engineer == engineer
    assign_inspection(inspection=inspection, engineer=None, by=planner, at=AT)
    assert verbs(inspection) == ["assigned", "assigned"]


def test_only_active_engineers_go(inspection, planner, manager):
    for nobody in (manager, UserFactory(role="engineer", is_active=False)):
        with pytest.raises(Refused) as no:
            assign_inspection(inspection=inspection, engineer=nobody, by=planner, at=AT)
        assert no.value.field == "engineer"


def test_an_engineer_does_not_choose(inspection, engineer):
    with pytest.raises(NotAllowed):
        assign_inspection(inspection=inspection, engineer=engineer, by=engineer, at=AT)


def test_inspections_belong_to_the_contracts_engineer_from_the_start(engineer):
    assert the_second(accepted(engineer=engineer)).engineer == engineer


# When


def test_a_visit_is_moved_inside_its_window_with_its_notices(inspection, planner):
    reschedule_inspection(inspection=inspection, to=day("2027-01-05"), by=planner, at=AT, on=ON)
    contract = inspection.action.contract
    assert row(contract, "inspection", "2").due_on == day("2027-01-05")
    assert row(contract, "inspection", "2").provisional, "2027 has no official days yet"
    assert row(contract, "inspection_notice", "2/14").due_on == day("2026-12-22")
    assert row(contract, "inspection_notice", "2/7").due_on == day("2026-12-29")
    assert row(contract, "inspection_missed", "2").due_on == day("2027-01-16")
    assert verbs(inspection) == ["rescheduled"]


def test_notices_are_never_due_in_the_past(inspection, planner):
    reschedule_inspection(inspection=inspection, to=day("2026-11-25"), by=planner, at=AT, on=ON)
    assert {row(inspection.action.contract, "inspection_notice", f"2/{n}").due_on for n in (14, 7)} == {ON}


@pytest.mark.parametrize("to", ["2026-07-15", "2027-01-16", "2026-11-21"])
def test_a_visit_stays_in_its_window_and_is_not_planned_for_yesterday(inspection, planner, to):
    with pytest.raises(Refused) as no:
        reschedule_inspection(inspection=inspection, to=day(to), by=planner, at=AT, on=ON)
    assert no.value.field == "to"
    assert verbs(inspection) == []


def test_each_move_is_told_and_the_second_of_two_people_too(inspection, planner):
    stale = Inspection.objects.select_related("action").get(pk=inspection.pk)
    reschedule_inspection(inspection=inspection, to=day("2027-01-05"), by=planner, at=AT, on=ON)
    reschedule_inspection(inspection=inspection, to=day("2027-01-07"), by=planner, at=AT, on=ON)
    assert verbs(inspection) == ["rescheduled", "rescheduled"]
    with pytest.raises(Stale):
        reschedule_inspection(inspection=stale, to=day("2027-01-08"), by=planner, at=AT, on=ON)
    assert row(inspection.action.contract, "inspection", "2").due_on == day("2027-01-07")


def test_planning_anew_leaves_a_moved_visit_where_it_was_put(inspection, planner, manager):
    reschedule_inspection(inspection=inspection, to=day("2026-12-28"), by=planner, at=AT, on=ON)
    contract = inspection.action.contract
    set_last_day(term=contract.terms.get(), last_day=day("2027-01-10"), reason="as signed", by=manager, at=AT, on=ON)
    assert row(contract, "inspection", "2").due_on == day("2026-12-28")
    assert row(contract, "inspection_notice", "2/14").due_on == day("2026-12-14")
    assert row(contract, "inspection_missed", "2").due_on == day("2027-01-11")


def test_unless_it_is_left_outside_its_window(inspection, planner, manager):
    reschedule_inspection(inspection=inspection, to=day("2027-01-14"), by=planner, at=AT, on=ON)
    contract = inspection.action.contract
    set_last_day(term=contract.terms.get(), last_day=day("2027-01-10"), reason="as signed", by=manager, at=AT, on=ON)
    # 30 days before the 10th of January
    assert row(contract, "inspection", "2").due_on == day("2026-12-11")
    assert row(contract, "inspection_notice", "2/7").due_on == day("2026-12-04")
    assert not the_second(contract).rescheduled


# What was found


def test_a_report_closes_the_visit_its_notices_and_its_alarm(inspection, engineer):
    reported(inspection, "2026-11-20", engineer)
    contract = inspection.action.contract
    done = row(contract, "inspection", "2")
    assert (done.state, done.done_on) == ("done", day("2026-11-20"))
    for kind, step in (("inspection_notice", "2/14"), ("inspection_notice", "2/7"), ("inspection_missed", "2")):
        assert row(contract, kind, step).state == "skipped"
    assert row(contract, "inspection_missed", "1").state == "planned", "the other visit is not touched"
    assert verbs(inspection) == ["reported"]
    plan_contracts([contract.pk], on=ON)
    assert row(contract, "inspection", "2").state == "done"


def test_a_late_visit_is_reported_all_the_same(engineer):
    contract = accepted(day("2025-10-01"))
    run_day(on=day("2026-10-05"), by=None, at=at(day("2026-10-05")))
    inspection = the_second(contract)
    reported(inspection, "2026-10-10", engineer)
    assert row(contract, "inspection", "2").state == "done"
    assert row(contract, "inspection_missed", "2").state == "done", "the alarm was raised"


@pytest.mark.parametrize(
    ("visited_on", "result", "findings", "field"),
    [
        ("2026-11-23", InspectionResult.NORMAL, "", "visited_on"),
        ("2026-07-15", InspectionResult.NORMAL, "", "visited_on"),
        ("2026-11-20", InspectionResult.ABNORMAL, " ", "findings"),
    ],
)
def test_what_is_no_report(inspection, engineer, visited_on, result, findings, field):
    with pytest.raises(Refused) as no:
        reported(inspection, visited_on, engineer, result, findings)
    assert no.value.field == field
    assert row(inspection.action.contract, "inspection", "2").state == "planned"


def test_an_inspection_is_reported_once(inspection, engineer, planner):
    stale = the_second(inspection.action.contract)
    reported(inspection, "2026-11-20", engineer)
    for again in (inspection, the_second(inspection.action.contract)):
        with pytest.raises(Refused) as no:
            reported(again, "2026-11-21", engineer)
        assert no.value.code == "reported"
        with pytest.raises(Refused):
            reschedule_inspection(inspection=again, to=day("2027-01-05"), by=planner, at=AT, on=ON)
    with pytest.raises(Stale):
        reported(stale, "2026-11-21", engineer)
    assert the_second(inspection.action.contract).visited_on == day("2026-11-20")


def test_a_cancelled_inspection_is_not_reported(inspection, engineer, director):
    terminate_contract(contract=inspection.action.contract, on=ON, reason="over", by=director, at=AT)
    with pytest.raises(Refused) as no:
        reported(the_second(inspection.action.contract), "2026-11-20", engineer)
    assert no.value.code == "cancelled"


def test_only_some_report(inspection, manager):
    with pytest.raises(NotAllowed):
        reported(inspection, "2026-11-20", manager)


def test_the_window_that_holds_a_day():
    contract = accepted(day("2026-01-15"))
    assert window_holding(contract, day("2026-07-15")).step == "1"
    assert window_holding(contract, day("2026-07-16")).step == "2"
    assert window_holding(contract, day("2026-01-14")) is None
    assert window_holding(contract, day("2027-01-16")) is None

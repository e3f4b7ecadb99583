"""Visits: planned, moved, held, reported, called off; with the clock, the mails and the to-dos that follow."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from moneyed import Money

from base.chatter.models import Attachment, Todo
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from contracts.operations import terminate_contract
from service import operations
from service.models import RequestEvent, ServiceRequest, Visit, VisitPart
from service.visits import operations as visits
from service.visits import signing
from tests.chain import AT, ON, accepted, cny, day, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory
from tests.pictures import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
HOUR = timedelta(hours=1)
REPORT = {"cause": "A worn disk", "work": "Changed the disk", "next_steps": "Look again in a week"}


def mails(visit):
    return list(OutgoingMail.objects.filter(target_id=visit.pk, kind__startswith="visit").order_by("pk"))


def todos(visit, **more):
    return Todo.objects.filter(target_id=visit.pk, kind__startswith="visit_to", done_at=None, **more)


# --- planned ---------------------------------------------------------------------------------------------------------


def test_a_visit_for_a_request_knows_what_the_request_knows(planned, taken, engineer):
    contract = accepted(customer=CustomerFactory(address="Harbour Road 1"))
    request = taken(
        contract, reported_at=AT - 2 * HOUR, at=AT - HOUR, caller="Mr Li", phone="139 1234", system="Archive"
    )
    visit = planned(request=request)
    assert visit.number == "FD-2026-0001"
    assert (visit.contract, visit.customer, visit.title) == (contract, contract.customer, request.title)
    assert (visit.contact_name, visit.phone, visit.system) == ("Mr Li", "139 1234", "Archive")
    assert (visit.address, visit.planned_on, visit.covered) == ("Harbour Road 1", ON, True)
    assert verbs(visit) == ["visit_planned"]
    assert "visit_planned" in verbs(request)
    assert todos(visit).get().assignee == engineer


def test_the_customer_reads_when_who_and_where(planned):
    contract = accepted()
    visit = planned(contract, title="Upgrade to 3.2", address="Harbour Road 1")
    [mail] = mails(visit)
    assert mail.to_email == contract.contact.email
    assert "2026年11月22日 10:00–11:00" in mail.subject
    for word in ("Upgrade to 3.2", "Harbour Road 1", "周强", visit.number):
        assert word in mail.subject + mail.text


def test_of_a_visit_that_is_over_nobody_is_told(planned):
    assert mails(planned(accepted(), title="Yesterday", start=AT - 25 * HOUR)) == []


def test_whether_it_is_covered_is_what_its_own_day_says(planned):
    contract = accepted(day("2026-01-15"))
    assert planned(contract, title="x").covered
    late = planned(contract, title="x", start=AT + timedelta(days=80))
    assert not late.covered


def test_an_engineer_is_in_one_place_at_a_time(planned, desk):
    first = planned(accepted(), title="x")
    for start in (AT - HOUR / 2, AT, AT + HOUR / 2):
        with pytest.raises(Refused) as refusal:
            planned(accepted(), title="y", start=start)
        assert refusal.value.field == "engineer"
        assert first.number in str(refusal.value.message)
    assert planned(accepted(), title="right after", start=AT + HOUR)
    assert planned(accepted(), title="somebody else", engineer=desk)
    visits.call_off_visit(visit=first, reason="No power", by=desk, at=AT - HOUR)
    assert planned(accepted(), title="now free").number == "FD-2026-0004"


def test_a_refused_visit_takes_no_number(planned):
    with pytest.raises(Refused), transaction.atomic():
        planned(accepted(), title="x", planned_until=AT)
    assert planned(accepted(), title="x").number == "FD-2026-0001"


@pytest.mark.parametrize("role", ["finance", "manager", "auditor"])
def test_only_who_can_be_sent_is_sent(planned, role):
    with pytest.raises(Refused) as refusal:
        planned(accepted(), title="x", engineer=UserFactory(role=role))
    assert refusal.value.field == "engineer"


def test_another_customers_contact_is_refused(planned):
    with pytest.raises(Refused) as refusal:
        planned(accepted(), title="x", contact=ContactFactory())
    assert refusal.value.field == "contact"


@pytest.mark.parametrize("role", ["engineer", "manager", "auditor", "finance"])
def test_who_may_not_plan(role):
    values = {"planned_at": AT, "planned_until": AT + HOUR, "engineer": UserFactory(role="engineer")}
    with pytest.raises(NotAllowed):
        visits.plan_visit(contract=accepted(), values=values, by=UserFactory(role=role), at=AT)
    assert not Visit.objects.exists()


def test_moved_the_customer_and_the_next_engineer_know(planned, desk, engineer):
    visit, other = planned(accepted(), title="x"), UserFactory(role="engineer")
    start = AT + timedelta(days=1)
    visits.reschedule_visit(
        visit=visit, planned_at=start, planned_until=start + HOUR, engineer=other, by=desk, at=AT - HOUR
    )
    visit.refresh_from_db()
    assert (visit.engineer, visit.planned_on) == (other, day("2026-11-23"))
    assert [mail.kind for mail in mails(visit)] == ["visit_planned", "visit_moved"]
    assert [each.assignee for each in todos(visit)] == [other]
    assert verbs(visit)[-1] == "rescheduled"


def test_a_move_that_changes_nothing_tells_nobody(planned, desk):
    visit = planned(accepted(), title="x")
    same = {"planned_at": visit.planned_at, "planned_until": visit.planned_until, "engineer": visit.engineer}
    visits.reschedule_visit(visit=visit, **same, by=desk, at=AT - HOUR)
    assert len(mails(visit)) == 1
    assert verbs(visit) == ["visit_planned"]


def test_called_off_with_its_reason(planned, desk):
    visit = planned(accepted(), title="x")
    with pytest.raises(Refused):
        visits.call_off_visit(visit=visit, reason=" ", by=desk, at=AT - HOUR)
    visits.call_off_visit(visit=visit, reason="No power there", by=desk, at=AT - HOUR)
    assert visit.status == "cancelled"
    assert "No power there" in mails(visit)[-1].text
    assert not todos(visit).exists()
    with pytest.raises(Refused):
        visits.arrive_at_visit(visit=visit, arrived_at=AT, by=desk, at=AT)


# --- held ------------------------------------------------------------------------------------------------------------


def test_the_arrival_is_told_to_the_requests_clock(planned, engineer):
    visit = planned()
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT + HOUR)
    request = visit.request
    request.refresh_from_db()
    assert visit.status == "on_site"
    assert (request.status, request.arrival) == ("working", "met")
    assert request.happenings.get(kind="arrived").at == AT


def test_a_second_arrival_leaves_the_clock_alone(planned, engineer, desk):
    visit = planned()
    operations.record_arrival(request=visit.request, arrived_at=AT - HOUR, by=desk, at=AT)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    assert visit.request.happenings.filter(kind="arrived").count() == 1


def test_of_a_solved_request_the_clock_is_not_told(planned, engineer, desk):
    visit = planned()
    operations.resolve_request(request=visit.request, solution="By phone", by=desk, at=AT - HOUR)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    visit.request.refresh_from_db()
    assert visit.request.status == "solved"


def test_an_arrival_before_the_report_changes_neither(planned, engineer):
    visit = planned()
    with pytest.raises(Refused) as refusal:
        visits.arrive_at_visit(visit=visit, arrived_at=AT - 3 * HOUR, by=engineer, at=AT)
    assert refusal.value.field == "arrived_at"
    assert Visit.objects.get().status == "planned"


def test_nobody_arrives_or_leaves_in_the_future_or_backwards(planned, engineer):
    visit = planned()
    with pytest.raises(Refused):
        visits.arrive_at_visit(visit=visit, arrived_at=AT + HOUR, by=engineer, at=AT)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    for left_at in (AT - HOUR, AT, AT + 2 * HOUR):
        with pytest.raises(Refused) as refusal:
            visits.leave_visit(visit=visit, left_at=left_at, values=REPORT, by=engineer, at=AT + HOUR)
        assert refusal.value.field == "left_at"
    with pytest.raises(Refused) as refusal:
        visits.leave_visit(visit=visit, left_at=AT + HOUR, values={**REPORT, "work": " "}, by=engineer, at=AT + HOUR)
    assert refusal.value.field == "work"
    assert Visit.objects.get().status == "on_site"


def test_a_wrong_time_is_corrected_and_the_clock_is_told(planned, engineer, desk):
    """They came at half past nine in the evening, not in the morning: the promise of six hours was broken."""
    request_time = AT - 14 * HOUR
    visit = planned(start=AT, request=None)
    request = visit.request
    RequestEvent.objects.filter(request=request, kind="reported").update(at=request_time)
    ServiceRequest.objects.filter(pk=request.pk).update(reported_at=request_time)
    visit = Visit.objects.get()
    visits.arrive_at_visit(visit=visit, arrived_at=AT - 12 * HOUR, by=engineer, at=AT)
    assert ServiceRequest.objects.get().arrival == "met"
    given = {"arrived_at": AT, "left_at": None, "reason": "a.m. was p.m.", "at": AT + HOUR}
    with pytest.raises(NotAllowed):
        visits.correct_visit_times(visit=Visit.objects.get(), by=engineer, **given)
    visits.correct_visit_times(visit=Visit.objects.get(), by=desk, **given)
    request = ServiceRequest.objects.get()
    assert (request.arrival, request.happenings.get(kind="arrived").at) == ("breached", AT)
    assert Visit.objects.get().arrived_at == AT
    assert verbs(visit)[-1] == "times_corrected"
    assert "times_corrected" in verbs(request)
    operations.resolve_request(request=request, solution="x", by=desk, at=AT + HOUR)
    operations.close_request(request=request, by=desk, at=AT + HOUR)
    with pytest.raises(Refused, match="closed"):
        visits.correct_visit_times(visit=Visit.objects.get(), by=desk, **given | {"arrived_at": AT - HOUR})
    assert Visit.objects.get().arrived_at == AT


def test_a_stay_is_corrected_until_it_is_signed(held, desk):
    visit = held()
    given = {"arrived_at": AT, "left_at": AT + 2 * HOUR, "reason": "stayed on", "by": desk, "at": AT + 3 * HOUR}
    for wrong in ({"left_at": AT}, {"left_at": AT + 4 * HOUR}, {"reason": " "}):
        with pytest.raises(Refused):
            visits.correct_visit_times(visit=visit, **given | wrong)
    visits.correct_visit_times(visit=visit, **given)
    visit = Visit.objects.get()
    assert (visit.arrived_at, visit.left_at) == (AT, AT + 2 * HOUR)
    assert visit.request.happenings.filter(kind="arrived").count() == 1
    signing.sign_visit(
        visit=visit,
        signer="Ms Wang",
        signed_on=ON,
        signature=ContentFile(drawn(60, 20), name="s.png"),
        by=visit.engineer,
        at=AT + 3 * HOUR,
    )
    with pytest.raises(Refused):
        visits.correct_visit_times(visit=Visit.objects.get(), **given)


def test_the_report_and_what_it_asks_for_next(planned, engineer):
    visit = planned()
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    values = {**REPORT, "fee": cny("800.00")}
    visits.leave_visit(
        visit=visit,
        left_at=AT + HOUR,
        values=values,
        signature=ContentFile(drawn(120, 40), name="signature.png"),
        by=engineer,
        at=AT + HOUR,
    )
    visit.refresh_from_db()
    assert (visit.status, visit.work, visit.fee, visit.left_at) == (
        "done",
        "Changed the disk",
        cny("800.00"),
        AT + HOUR,
    )
    assert [each.kind for each in todos(visit)] == ["visit_to_sign"]
    assert Attachment.objects.get(target_id=visit.pk).label == "engineer_signature"
    assert verbs(visit) == ["visit_planned", "came", "left", "file_added"]


def test_the_database_keeps_the_order_of_times_and_sums(held):
    visit = held(accepted(), title="x")
    for broken in ({"left_at": AT}, {"planned_until": AT}, {"fee": Money(-1, "CNY")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**broken)


def test_money_is_of_the_contracts_currency(held, engineer):
    visit = held(accepted(), title="x")
    with pytest.raises(Refused) as refusal:
        visits.edit_visit(visit=visit, values={"fee": Money(1, "USD")}, by=engineer, at=AT)
    assert refusal.value.field == "fee"


def test_parts_come_change_and_go_with_their_events(held, engineer):
    visit = held(accepted(), title="x")
    values = {
        "name": "Disk",
        "old_serial": "A1",
        "new_serial": "B2",
        "quantity": 2,
        "cost": cny("100.00"),
        "charged": True,
    }
    part = visits.save_visit_part(part=VisitPart(visit=visit), values=values, by=engineer, at=AT)
    visits.save_visit_part(part=part, values={**values, "quantity": 3}, by=engineer, at=AT)
    assert part.total == cny("300.00")
    visits.remove_visit_part(part=part, by=engineer, at=AT)
    assert verbs(visit)[-3:] == ["part_added", "part_changed", "part_removed"]
    with pytest.raises(Refused) as refusal:
        visits.save_visit_part(part=VisitPart(visit=visit), values={**values, "cost": None}, by=engineer, at=AT)
    assert refusal.value.field == "cost"


# Called off by itself


def test_a_closed_request_and_an_ended_contract_send_nobody_any_more(taken, planned, desk, director):
    request = taken()
    first = planned(request=request)
    second = planned(request.contract, start=AT + 30 * HOUR)
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    first.refresh_from_db()
    assert (first.status, first.reason) == ("cancelled", "问题已解决。")
    terminate_contract(contract=request.contract, on=ON, reason="Sold", by=director, at=AT)
    second.refresh_from_db()
    assert (second.status, second.reason) == ("cancelled", "合同已终止。")

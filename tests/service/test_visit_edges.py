"""Visits to the minute: how long and how far ahead, which state allows what, and what follows from where."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from moneyed import Money

from base.chatter.operations import events_of
from base.lib.errors import Refused
from service import operations
from service.models import Visit, VisitPart
from service.visits import operations as visits
from service.visits.signing import sign_visit
from tests.chain import AT, ON, accepted, cny, signed, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory
from tests.pictures import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REPORT = {"cause": "", "work": "Changed the disk", "next_steps": ""}


def refused(call, **how):
    with pytest.raises(Refused) as no:
        call(**how)
    return no.value.field or no.value.code


@pytest.mark.parametrize(
    ("start", "length", "field"),
    [
        (AT + 366 * DAY, HOUR, None),
        (AT + 366 * DAY + MINUTE, HOUR, "planned_at"),
        (AT - 366 * DAY, HOUR, None),
        (AT - 366 * DAY - MINUTE, HOUR, "planned_at"),
        (AT, 31 * DAY, None),
        (AT, 31 * DAY + MINUTE, "planned_at"),
        (AT, MINUTE, None),
        (AT, timedelta(0), "planned_until"),
    ],
)
def test_how_far_ahead_and_how_long_a_visit_is_planned(start, length, field, desk, engineer):
    values = {"planned_at": start, "planned_until": start + length, "engineer": engineer, "title": "x"}
    plan = {"values": values, "contract": signed(signed_on=(AT - 400 * DAY).date()), "by": desk, "at": AT}
    if field:
        assert refused(visits.plan_visit, **plan) == field
        return
    assert visits.plan_visit(**plan).planned_at == start


def test_two_visits_may_touch_and_those_called_off_are_in_nobodys_way(planned, desk):
    first = planned(accepted(), title="x")
    planned(accepted(), title="y", start=AT + HOUR)
    planned(accepted(), title="z", start=AT - HOUR, at=AT - 2 * HOUR)
    for start in (AT + MINUTE, AT + HOUR - MINUTE):
        with pytest.raises(Refused) as no:
            planned(accepted(), title="w", start=start)
        assert (no.value.field, no.value.code) == ("engineer", "overlap")
    visits.call_off_visit(visit=first, reason="x", by=desk, at=AT - HOUR)
    assert planned(accepted(), title="v").status == "planned"


def test_what_is_not_said_follows_from_the_contract(desk, engineer):
    customer = CustomerFactory(address="Harbour Road 1")
    contact = ContactFactory(customer=customer, name="Ms Wang", phone="138")
    contract = accepted(customer=customer, contact=contact, project="Archive")
    values = {
        "planned_at": AT,
        "planned_until": AT + HOUR,
        "engineer": engineer,
        "title": "x",
        "phone": "",
        "contact": None,
    }
    visit = visits.plan_visit(values=values, contract=contract, by=desk, at=AT - HOUR)
    assert (visit.contact, visit.contact_name, visit.phone, visit.system) == (contact, "Ms Wang", "138", "Archive")
    own = ContactFactory(customer=customer, name="Mr Li", phone="139")
    said = values | {"contact": own, "phone": "110", "planned_at": AT + DAY, "planned_until": AT + DAY + HOUR}
    visit = visits.plan_visit(values=said, contract=contract, by=desk, at=AT - HOUR)
    assert (visit.contact, visit.phone, visit.address) == (own, "110", "Harbour Road 1")


def test_a_requests_own_contact_goes_before_the_contracts(taken, planned):
    customer = CustomerFactory()
    contracts, own = (ContactFactory(customer=customer, name=name) for name in ("Ms Wang", "Mr Li"))
    request = taken(
        accepted(customer=customer, contact=contracts), reported_at=AT - 2 * HOUR, at=AT - HOUR, contact=own
    )
    visit = planned(request=request)
    assert (visit.contact, visit.contact_name) == (own, "Mr Li")


def test_what_a_visit_was_planned_for_is_moved_only_until_somebody_came(planned, desk, engineer):
    visit = planned(accepted(), title="x")
    move = {"visit": visit, "planned_at": AT, "planned_until": AT, "engineer": engineer, "by": desk, "at": AT}
    assert refused(visits.reschedule_visit, **move) == "planned_until"
    leave = {"visit": visit, "left_at": AT + HOUR, "values": REPORT, "by": engineer, "at": AT + HOUR}
    assert refused(visits.leave_visit, **leave) == "wrong_state"
    times = {"visit": visit, "arrived_at": AT, "left_at": None, "reason": "x", "by": desk, "at": AT + HOUR}
    assert refused(visits.correct_visit_times, **times) == "wrong_state"
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    assert refused(visits.reschedule_visit, **move | {"planned_until": AT + HOUR}) == "wrong_state"


def test_times_of_a_visit_without_a_request_are_corrected_too(held, desk):
    visit = held(accepted(), title="x")
    times = {"visit": visit, "arrived_at": AT - MINUTE, "left_at": AT + HOUR, "by": desk, "at": AT + 2 * HOUR}
    visits.correct_visit_times(reason="typing", **times)
    assert (Visit.objects.get().arrived_at, verbs(visit)[-1]) == (AT - MINUTE, "times_corrected")


def test_another_leaving_is_not_told_to_the_requests_clock(held, desk):
    visit = held()
    before = verbs(visit.request)
    times = {"visit": visit, "arrived_at": AT, "left_at": AT + 2 * HOUR, "by": desk, "at": AT + 3 * HOUR}
    visits.correct_visit_times(reason="stayed on", **times)
    assert verbs(visit.request) == before


def test_an_arrival_the_clock_heard_from_somebody_else_is_left_alone(planned, engineer, desk):
    visit = planned()
    operations.record_arrival(request=visit.request, arrived_at=AT - HOUR, by=desk, at=AT - HOUR)
    visit = Visit.objects.get()
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    times = {"visit": visit, "arrived_at": AT - MINUTE, "left_at": None, "by": desk, "at": AT}
    visits.correct_visit_times(reason="typing", **times)
    assert visit.request.happenings.get(kind="arrived").at == AT - HOUR


def test_an_arrival_may_be_now_and_a_month_early_and_a_leaving_now(planned, engineer):
    visit = planned(accepted(), title="x", start=AT + 31 * DAY)
    early = {"visit": visit, "by": engineer, "at": AT}
    assert refused(visits.arrive_at_visit, arrived_at=AT - MINUTE, **early) == "arrived_at"
    visits.arrive_at_visit(arrived_at=AT, **early)
    leave = {"visit": visit, "values": REPORT, "by": engineer, "at": AT + MINUTE}
    assert refused(visits.leave_visit, left_at=AT, **leave) == "left_at"
    visits.leave_visit(left_at=AT + MINUTE, **leave)
    assert visit.status == "done"


def test_a_report_keeps_its_words_until_it_is_signed_and_stays_then(held, engineer):
    visit = held(accepted(), title="x")
    how = {"visit": visit, "by": engineer, "at": AT + 2 * HOUR}
    assert refused(visits.edit_visit, values={"work": " "}, **how) == "work"
    assert refused(visits.edit_visit, values={"contact": ContactFactory()}, **how) == "contact"
    assert refused(visits.edit_visit, values={"fee": Money(-1, "CNY")}, **how) == "fee"
    visits.edit_visit(values={"work": "Changed two disks", "fee": cny("0")}, **how)
    visit.refresh_from_db()
    assert (visit.work, visit.fee, verbs(visit)[-1]) == ("Changed two disks", cny("0"), "changed")
    sign_visit(
        visit=visit, signer="Ms Wang", signed_on=ON, signature=ContentFile(drawn(60, 20), name="s.png"), by=engineer,
        at=AT + 2 * HOUR,
    )  # fmt: skip
    part = {"name": "Disk", "quantity": 1, "cost": None, "charged": False}
    assert refused(visits.edit_visit, values={"work": "x"}, **how) == "wrong_state"
    save = {"part": VisitPart(visit=visit), "values": part, "by": engineer, "at": AT}
    assert refused(visits.save_visit_part, **save) == "wrong_state"


def test_before_it_is_held_a_visit_needs_no_report(planned, engineer):
    visit = planned(accepted(), title="x")
    visits.edit_visit(visit=visit, values={"title": "y", "work": ""}, by=engineer, at=AT)
    assert Visit.objects.get().title == "y"


def test_a_part_that_is_not_charged_needs_no_cost_and_one_taken_off_a_signed_visit_stays(held, engineer):
    visit = held(accepted(), title="x")
    values = {"name": "Disk", "quantity": 1, "cost": None, "charged": False}
    part = visits.save_visit_part(part=VisitPart(visit=visit), values=values, by=engineer, at=AT)
    free = values | {"cost": cny("0"), "charged": True}
    visits.save_visit_part(part=part, values=free, by=engineer, at=AT)
    Visit.objects.filter(pk=visit.pk).update(status="cancelled")
    part = VisitPart.objects.get()
    assert refused(visits.remove_visit_part, part=part, by=engineer, at=AT) == "wrong_state"
    assert VisitPart.objects.exists()


def test_the_visits_log_says_what_became_of_each_part(held, engineer):
    visit = held(accepted(), title="x")
    values = {"name": "Disk", "model": "D2", "old_serial": "A1", "new_serial": "B2", "quantity": 2, "cost": cny("1.00")}
    part = visits.save_visit_part(part=VisitPart(visit=visit), values=values, by=engineer, at=AT)
    assert (VisitPart.objects.get().name, verbs(part)) == ("Disk", ["created"])
    visits.save_visit_part(part=part, values=values | {"quantity": 3}, by=engineer, at=AT)
    visits.save_visit_part(part=part, values=values | {"quantity": 3}, by=engineer, at=AT)
    visits.remove_visit_part(part=part, by=engineer, at=AT)
    two, three = (f"{count} × Disk · D2 · A1 → B2 · 1.00 CNY" for count in (2, 3))
    told = [event.changes["part"] for event in events_of(visit).filter(verb__startswith="part_").order_by("pk")]
    assert told == [[None, two], [two, three], [three, None]]
    wrong = values | {"cost": Money(1, "USD")}
    assert refused(visits.save_visit_part, part=VisitPart(visit=visit), values=wrong, by=engineer, at=AT) == "cost"


def test_who_is_no_engineer_is_not_sent(desk, planned):
    for nobody in (UserFactory(role="manager"), UserFactory(role="engineer", is_active=False)):
        with pytest.raises(Refused) as no:
            planned(accepted(), title="x", engineer=nobody)
        assert no.value.field == "engineer"
    assert planned(accepted(), title="x", engineer=desk).engineer == desk

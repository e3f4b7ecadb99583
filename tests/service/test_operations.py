"""What happens to a request, and what the clock then says (docs/rules.md 4)."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.company.operations import set_company_day
from base.documents.models import NumberSeries
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from service import operations
from service.clock import reevaluate_request
from service.enums import Happening, Leg, Phase, RequestClass, Unit
from service.models import Alarm, RequestEvent, ServiceRequest, SlaPolicy, SlaTarget, SlaVersion
from service.policies import choose_policy, write_version
from service.queries import table_of
from service.rules import DEFAULT_TABLE, Target
from service.times import correct_times
from service.watch import ring
from tests.chain import AT, accepted, at, day, signed, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
REPORTED = AT - 10 * MINUTE


def fresh(request):
    return ServiceRequest.objects.get(pk=request.pk)


def todos(kind):
    return [(todo.assignee, todo.role) for todo in Todo.objects.filter(kind=kind, done_at=None).order_by("pk")]


# Taken


def test_a_call_becomes_a_request_that_knows_what_covers_it(taken, engineer):
    contract = accepted(day("2026-01-15"))
    request = taken(contract)
    assert (request.number, request.status, request.customer) == ("FW-2026-0001", "new", contract.customer)
    assert (request.phase, request.coverage, request.term) == ("maintenance", "free", contract.terms.get())
    assert (request.respond_by, request.arrive_by) == (REPORTED + 30 * MINUTE, REPORTED + 360 * MINUTE)
    # Reported on a Sunday: the next working day's close of business, 18:00 in Shanghai.
    assert request.resolve_by == at(day("2026-11-23")) + timedelta(hours=8)
    assert todos("request_to_answer") == [(engineer, "")]
    assert verbs(request) == ["created"]
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("request_taken", contract.contact.email)
    assert "FW-2026-0001" in mail.text


@pytest.mark.parametrize(
    ("contract", "phase", "coverage"),
    [
        (lambda: signed(go_live_on=day("2026-10-01")), "trial", "trial"),
        (lambda: accepted(day("2024-01-15")), "maintenance", "lapsed"),
    ],
)
def test_phase_and_coverage_are_those_of_the_day(contract, phase, coverage, taken):
    request = taken(contract(), request_class="serious")
    assert (request.phase, request.coverage, request.term) == (phase, coverage, None)


def test_nothing_is_taken_that_nothing_is_promised_for(taken):
    with pytest.raises(Refused) as no:
        taken(request_class="minor")  # of the trial run only
    assert (no.value.field, no.value.code) == ("request_class", "class")
    with pytest.raises(Refused) as no:
        taken(reported_at=AT + MINUTE)
    assert no.value.field == "reported_at"
    assert not NumberSeries.objects.filter(prefix="FW").exists()


def test_an_open_request_keeps_the_wording_it_was_taken_under(taken, desk):
    request = taken()
    policy = SlaPolicy.objects.get()
    newer = SlaVersion.objects.create(policy=policy, number=2, valid_from=day("2026-11-01"))
    SlaTarget.objects.create(
        version=newer, phase="maintenance", request_class="critical", leg="response", unit="clock", amount=5
    )
    operations.pause_request(request=request, reason="Send the log", by=desk, at=AT)
    assert fresh(request).respond_by == REPORTED + 30 * MINUTE
    assert taken().respond_by == REPORTED + 5 * MINUTE


def test_the_default_policy_is_the_table_of_the_commitments():
    assert table_of(SlaVersion.objects.get()) == DEFAULT_TABLE


# On its way


def test_the_first_answer_keeps_the_promise_and_every_one_is_mailed(taken, engineer):
    request = taken()
    operations.answer_request(request=request, text="We look at it.", by=engineer, at=AT)
    assert (request.status, request.response, request.resolution) == ("working", "met", "pending")
    assert todos("request_to_answer") == []
    operations.answer_request(request=request, text="Found it.", by=engineer, at=AT + 60 * MINUTE)
    assert request.response == "met"
    assert OutgoingMail.objects.filter(kind="request_answered").count() == 2
    assert verbs(request) == ["created", "answered", "answered"]


def test_a_pause_is_given_back(taken, engineer):
    request = taken()
    operations.pause_request(request=request, reason="Send the log", by=engineer, at=at(day("2026-11-23")))
    assert (request.status, request.resolve_by, request.resolution) == ("waiting", None, "pending")
    operations.resume_request(request=request, by=engineer, at=at(day("2026-11-24")))
    # The close of the 23rd fell into the pause.
    assert (request.status, request.resolve_by) == ("working", at(day("2026-11-24")) + timedelta(hours=8))


def test_another_class_counts_from_the_report(taken, engineer):
    request = taken(request_class="general")
    operations.reclassify_request(
        request=request, request_class="critical", reason="All are affected", by=engineer, at=AT
    )
    assert (request.request_class, request.arrive_by) == ("critical", REPORTED + 360 * MINUTE)
    for name, field in (("critical", "request_class"), ("minor", "request_class")):
        with pytest.raises(Refused) as no:
            operations.reclassify_request(request=request, request_class=name, reason="x", by=engineer, at=AT)
        assert no.value.field == field


def test_solved_reopened_solved_again_and_closed_for_good(taken, desk):
    request = taken()
    operations.resolve_request(request=request, solution="Restarted the index", by=desk, at=AT)
    assert (request.status, request.resolution, request.solution) == ("solved", "met", "Restarted the index")
    assert not Todo.objects.filter(done_at=None).exists()
    operations.reopen_request(request=request, reason="Down again", by=desk, at=AT + 60 * MINUTE)
    assert (request.status, request.resolution) == ("working", "pending")
    operations.resolve_request(request=request, solution="Replaced the disk", by=desk, at=AT + 90 * MINUTE)
    operations.close_request(request=request, by=desk, at=AT + 91 * MINUTE)
    assert request.status == "closed"
    for act in (
        lambda: operations.answer_request(request=request, text="x", by=desk, at=AT),
        lambda: operations.reopen_request(request=request, reason="x", by=desk, at=AT),
        lambda: operations.reclassify_request(request=request, request_class="general", reason="x", by=desk, at=AT),
        lambda: operations.edit_request(request=request, values={"title": "x"}, by=desk, at=AT),
    ):
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "closed"
    assert reevaluate_request(request=request, at=AT + timedelta(days=90)) is False


def test_what_is_not_solved_is_closed_with_a_reason(taken, desk):
    request = taken()
    with pytest.raises(Refused):
        operations.close_request(request=request, by=desk, at=AT)
    operations.close_request(request=request, reason="The customer took it back", by=desk, at=AT)
    assert request.status == "closed"


def test_the_same_thing_twice_is_one_request(taken, desk):
    contract = accepted()
    first, second, foreign = taken(contract), taken(contract), taken()
    for wrong in (second, foreign):
        with pytest.raises(Refused):
            operations.merge_requests(request=second, into=wrong, by=desk, at=AT)
    third = taken(contract)
    operations.merge_requests(request=third, into=second, by=desk, at=AT)
    operations.merge_requests(request=second, into=first, by=desk, at=AT)
    assert (second.status, second.merged_into) == ("closed", first)
    third.refresh_from_db()
    assert third.merged_into == first, "what was the same as the second is the same as the first"
    with pytest.raises(Refused):
        operations.merge_requests(request=first, into=second, by=desk, at=AT)


def test_no_time_is_lost_by_merging(taken, desk):
    contract = accepted()
    old, new = taken(contract, reported_at=AT - timedelta(days=5)), taken(contract)
    with pytest.raises(Refused) as no:
        operations.merge_requests(request=old, into=new, by=desk, at=AT)
    assert no.value.field == "into"
    operations.close_request(request=old, reason="x", by=desk, at=AT)
    with pytest.raises(Refused):
        operations.merge_requests(request=new, into=old, by=desk, at=AT)


def test_a_complaint_is_heard_whatever_the_contracts_own_policy_says(taken, desk, director):
    contract = accepted()
    own = SlaPolicy.objects.create(name="Faults only")
    table = {key: promise for key, promise in DEFAULT_TABLE.items() if key[1] not in ("question", "complaint")}
    write_version(policy=own, table=table, valid_from=day("2020-01-01"), by=None, at=AT)
    choose_policy(contract=contract, policy=own, by=director, at=AT)
    assert taken(contract).sla.policy == own
    complaint = taken(contract, request_class="complaint")
    assert (complaint.sla.policy.is_default, complaint.respond_by) == (True, REPORTED + timedelta(hours=24))


@pytest.mark.parametrize("reported", [day("2021-12-31"), day("2025-11-01")])
def test_nothing_was_reported_before_the_contract_or_years_ago(taken, reported):
    with pytest.raises(Refused) as no:
        taken(signed(signed_on=day("2022-01-10")), request_class="general", reported_at=at(reported))
    assert no.value.field == "reported_at"


def test_moves_that_do_not_fit_are_refused(taken, desk):
    request = taken()
    for act in (operations.resume_request, lambda **how: operations.reopen_request(reason="x", **how)):
        with pytest.raises(Refused) as no:
            act(request=request, by=desk, at=AT)
        assert no.value.code == "wrong_state"
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    with pytest.raises(Refused) as no:
        operations.answer_request(request=request, text="x", by=desk, at=AT)
    assert no.value.code == "wrong_state"


def test_an_arrival_lies_between_the_report_and_now(taken, engineer):
    request = taken()
    for wrong in (REPORTED - MINUTE, AT + MINUTE):
        with pytest.raises(Refused) as no:
            operations.record_arrival(request=request, arrived_at=wrong, by=engineer, at=AT)
        assert no.value.field == "arrived_at"
    operations.record_arrival(request=request, arrived_at=AT - 5 * MINUTE, by=engineer, at=AT)
    assert (request.status, request.arrival, request.response) == ("working", "met", "pending")


def test_of_two_who_answer_the_second_is_told(taken, engineer):
    request = taken()
    same = fresh(request)
    operations.answer_request(request=request, text="We look at it.", by=engineer, at=AT, seen=0)
    with pytest.raises(Stale):
        operations.answer_request(request=same, text="We too.", by=engineer, at=AT, seen=0)
    assert request.happenings.filter(kind="answered").count() == 1


def test_it_is_given_to_an_engineer(taken, desk, engineer):
    request = taken(assignee=None)
    assert todos("request_to_answer") == [(None, "service_manager")]
    with pytest.raises(Refused):
        operations.assign_request(request=request, to=UserFactory(role="finance"), by=desk, at=AT)
    operations.assign_request(request=request, to=engineer, by=desk, at=AT)
    assert todos("request_to_answer") == [(engineer, "")]


def test_only_who_may_takes_works_and_closes(taken, engineer, finance):
    request = taken()
    for act in (
        lambda: operations.take_request(contract=request.contract, values={}, reported_at=AT, by=finance, at=AT),
        lambda: operations.answer_request(request=request, text="x", by=finance, at=AT),
        lambda: operations.close_request(request=request, reason="x", by=engineer, at=AT),
        lambda: operations.assign_request(request=request, to=None, by=engineer, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act()


# Alarms


def test_alarms_ring_at_three_quarters_and_at_the_end_and_once(taken, engineer):
    request = taken(request_class="question")  # an answer within 24 hours, nothing else
    assert [(alarm.is_end, alarm.due_at) for alarm in Alarm.objects.order_by("due_at")] == [
        (False, REPORTED + timedelta(hours=18)),
        (True, REPORTED + timedelta(hours=24)),
    ]
    assert ring(REPORTED + timedelta(hours=18)) == 0, "the moment itself is not past"
    assert ring(REPORTED + timedelta(hours=18, minutes=1)) == 1
    assert todos("response_at_risk") == [(engineer, "")]
    assert ring(REPORTED + timedelta(hours=24, minutes=1)) == 1
    assert todos("response_late") == [(engineer, ""), (None, "service_manager")]
    assert not todos("response_at_risk"), "it is no risk any more"
    assert fresh(request).response == "breached"
    assert {alarm.held_by for alarm in request.alarms.all()} == {engineer}
    assert ring(REPORTED + timedelta(days=30)) == 0
    operations.answer_request(
        request=fresh(request), text="Late, sorry.", by=engineer, at=REPORTED + timedelta(days=30)
    )
    assert not todos("response_late"), "nothing is left to be done about it"


def test_an_arrival_is_corrected_by_who_assigns(taken, engineer, desk):
    request = taken()
    with pytest.raises(Refused):
        correct_times(request=request, moments={Happening.ARRIVED: AT}, reason="x", by=desk, at=AT)
    operations.record_arrival(request=request, arrived_at=AT, by=engineer, at=AT)
    late = AT + timedelta(hours=9)
    with pytest.raises(NotAllowed):
        correct_times(request=request, moments={Happening.ARRIVED: late}, reason="x", by=engineer, at=late)
    correct_times(request=fresh(request), moments={Happening.ARRIVED: late}, reason="a.m. was p.m.", by=desk, at=late)
    assert fresh(request).arrival == "breached"
    told = events_of(request).filter(verb="times_corrected").get()
    assert told.note == "arrived on site 2026-11-22 10:00 → 2026-11-22 19:00: a.m. was p.m."


def test_who_arrives_need_not_be_told_to(taken, engineer):
    request = taken()
    ring(REPORTED + timedelta(hours=7))
    assert todos("arrival_late")
    operations.record_arrival(
        request=fresh(request), arrived_at=REPORTED + timedelta(hours=7), by=engineer, at=REPORTED + timedelta(hours=8)
    )
    assert not todos("arrival_late")


def test_what_is_done_or_waits_does_not_ring(taken, engineer):
    request = taken()
    operations.answer_request(request=request, text="We look at it.", by=engineer, at=AT)
    operations.pause_request(request=request, reason="Send the log", by=engineer, at=AT)
    assert {alarm.leg for alarm in request.alarms.all()} == {"arrival"}
    operations.resume_request(request=request, by=engineer, at=AT + MINUTE)
    assert {alarm.leg for alarm in request.alarms.all()} == {"arrival", "resolution"}
    operations.resolve_request(request=request, solution="x", by=engineer, at=AT + MINUTE)
    assert not request.alarms.exists()


def test_the_sweep_costs_what_is_due_and_nothing_else(taken, django_assert_num_queries):
    for _n in range(3):
        taken()
    with django_assert_num_queries(3):  # one look, in its transaction
        ring(AT)


# The calendar


def test_the_answer_is_due_later_too_while_the_solution_waits(taken, engineer, desk):
    own = SlaPolicy.objects.create(name="By hours")
    table = {(Phase.MAINTENANCE, RequestClass.GENERAL): {Leg.RESPONSE: Target(Unit.BUSINESS, 240)}}
    write_version(policy=own, table=table, valid_from=day("2020-01-01"), by=None, at=AT)
    contract = accepted()
    choose_policy(contract=contract, policy=own, by=desk, at=AT)
    request = taken(contract, request_class="general")
    operations.pause_request(request=request, reason="x", by=engineer, at=AT)
    set_company_day(on=day("2026-11-23"), kind="holiday", name="", by=UserFactory(role="administrator"), at=AT)
    assert fresh(request).respond_by == at(day("2026-11-24")) + timedelta(hours=4)


def test_a_history_that_cannot_be_does_not_keep_the_others(taken):
    broken, fine = taken(), taken()
    RequestEvent.objects.filter(request=broken).delete()
    set_company_day(on=day("2026-11-23"), kind="holiday", name="", by=UserFactory(role="administrator"), at=AT)
    assert fresh(fine).resolve_by == at(day("2026-11-24")) + timedelta(hours=8)


def test_an_imported_calendar_moves_open_deadlines(taken, desk):
    request = taken()
    admin = UserFactory(role="administrator")
    change = set_company_day(on=day("2026-11-23"), kind="holiday", name="Moving house", by=admin, at=AT)
    assert fresh(request).resolve_by == at(day("2026-11-24")) + timedelta(hours=8)
    [(_row, before, after)] = [moved for moved in change.moved if moved[0] == request]
    assert (before, after) == (at(day("2026-11-23")) + timedelta(hours=8), at(day("2026-11-24")) + timedelta(hours=8))

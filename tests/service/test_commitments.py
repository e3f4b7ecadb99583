"""Promises beside faults: written with the contract, counted from what was given, told of when they lapse."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.chatter.models import Todo
from base.lib.errors import NotAllowed, Refused
from contracts.enums import ContractStatus, Milestone
from contracts.operations import activate_contract, record_milestone, save_contract
from service import operations
from service.models import Commitment, CommitmentTemplate, Delivery, Penalty
from service.promises import commitments, penalties
from service.promises.commitment_status import keep_all
from service.rules import Standing
from service.watch import pass_day
from tests.access.world import PDF
from tests.chain import AT, ON, at, cny, day, signed
from tests.factories import ContractFactory, CustomerFactory, UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection
from warranty.operations import record_acceptance

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def promised(manager):
    """A contract with the template's promises, that went live on 2026-10-01."""

    def made(**values):
        given = {"manager": manager, "project_manager": "张磊", "go_live_on": day("2026-10-01")}
        contract = signed(**given | values)
        commitments.write_commitments(contract=contract, by=manager, at=AT)
        return contract

    return made


def scan(name="sheet.pdf"):
    return SimpleUploadedFile(name, PDF)


def deliver(contract, kind, first, last=None, *, file=None, **values):
    engineer = UserFactory(role="engineer")
    given = {
        "contract": contract, "kind": kind, "title": kind, "first_day": day(first),
        "last_day": day(last) if last else None, "file": file,
    }  # fmt: skip
    return commitments.save_delivery(delivery=Delivery(), values=given | values, by=engineer, at=AT, on=ON)


def stands(contract, kind, on=ON):
    return {each.kind: kept for each, kept in keep_all(contract, on)}[kind]


# Written down


def test_the_template_carries_the_original_commitments():
    kinds = set(CommitmentTemplate.objects.values_list("kind", flat=True))
    assert kinds == {
        "training_sessions", "training_days", "developer", "documents", "go_live_presence", "hotline", "in_time",
        "answers", "inspections", "upgrades", "manager", "other",
    }  # fmt: skip
    assert not CommitmentTemplate.objects.filter(text_en="").exists()


def test_a_new_contract_begins_with_them(manager):
    values = {
        "number": "HT-1", "customer": CustomerFactory(), "amount": cny("100000.00"), "signed_on": ON, "manager": manager,
        "status": ContractStatus.DRAFT,
    }  # fmt: skip
    contract = save_contract(contract=ContractFactory.build(customer=None, number=""), values=values, by=manager, at=AT)
    assert not contract.commitments.exists(), "a draft promises nothing yet"
    activate_contract(contract=contract, by=manager, at=AT)
    assert contract.commitments.count() == CommitmentTemplate.objects.count()
    with pytest.raises(Refused) as no:
        commitments.write_commitments(contract=contract, by=manager, at=AT)
    assert no.value.code == "nothing"


def test_their_days_follow_the_contracts_stations(manager):
    contract = signed(manager=manager)
    commitments.write_commitments(contract=contract, by=manager, at=AT)
    assert not contract.commitments.filter(due_on__isnull=False).exists()
    record_milestone(
        contract=contract, milestone=Milestone.GO_LIVE, reached_on=day("2026-10-01"), by=manager, at=AT, on=ON
    )
    due = dict(contract.commitments.values_list("kind", "due_on"))
    assert (due["training_sessions"], due["go_live_presence"]) == (day("2026-10-01"), day("2026-10-08"))
    assert due["training_days"] is None
    record_acceptance(contract=contract, accepted_on=day("2026-11-01"), by=manager, at=AT, on=ON)
    assert contract.commitments.get(kind="training_days").due_on == day("2026-11-01")
    save_contract(contract=contract, values={"go_live_on": day("2026-10-03")}, by=manager, at=AT)
    assert contract.commitments.get(kind="go_live_presence").due_on == day("2026-10-10")


def test_a_promise_is_worded_as_it_was_signed(promised, manager):
    contract = promised()
    commitment = contract.commitments.get(kind="training_sessions")
    commitments.save_commitment(
        commitment=commitment, values={"amount": Decimal(3), "offset_days": 10}, by=manager, at=AT, seen=0
    )
    assert (commitment.amount, commitment.due_on) == (3, day("2026-10-11"))
    with pytest.raises(NotAllowed):
        commitments.save_commitment(commitment=commitment, values={}, by=UserFactory(role="finance"), at=AT)


# Given


def test_a_training_counts_with_its_sheet_of_attendance_and_in_time(promised):
    contract = promised()
    first = deliver(contract, "training", "2026-09-01", "2026-09-02", file=scan())
    unproven = deliver(contract, "training", "2026-09-10")
    deliver(contract, "training", "2026-10-20", file=scan())  # after go-live
    assert (first.days, first.proven, unproven.proven) == (2, True, False)
    kept = stands(contract, "training_sessions")
    assert (kept.given, kept.standing) == (1, Standing.BROKEN)
    commitments.prove_delivery(delivery=unproven, proof=scan("b.pdf"), by=UserFactory(role="engineer"), at=AT)
    assert stands(contract, "training_sessions").standing == Standing.KEPT
    assert stands(contract, "training_days").given == Decimal(4)


@pytest.mark.parametrize(("last", "given"), [(0, 1), (1, 0)])
def test_a_training_that_ends_on_the_day_it_was_due_is_in_time(last, given, promised):
    contract = promised()
    due = contract.commitments.get(kind="training_sessions").due_on
    deliver(contract, "training", str(due), str(due + last * timedelta(days=1)), file=scan())
    assert stands(contract, "training_sessions").given == given


def test_presence_is_counted_day_by_day_in_the_week_after_go_live(promised):
    contract = promised()
    deliver(contract, "presence", "2026-09-29", "2026-10-02")
    deliver(contract, "presence", "2026-10-02", "2026-10-03")
    assert stands(contract, "go_live_presence", day("2026-10-05")).given == 3
    assert stands(contract, "go_live_presence", day("2026-10-05")).standing == Standing.OPEN
    assert stands(contract, "go_live_presence").standing == Standing.BROKEN
    deliver(contract, "presence", "2026-10-08", "2026-10-30")
    assert stands(contract, "go_live_presence").given == 4
    deliver(contract, "presence", "2026-10-05")
    assert stands(contract, "go_live_presence").standing == Standing.KEPT


@pytest.mark.parametrize(
    ("first", "last", "field"), [("2026-09-02", "2026-09-01", "last_day"), ("2026-11-23", None, "last_day")]
)
def test_nothing_is_given_before_it_began_or_in_the_future(promised, first, last, field):
    with pytest.raises(Refused) as no:
        deliver(promised(), "training", first, last)
    assert no.value.field == field
    assert not Delivery.objects.exists()


def test_a_file_that_is_no_proof_leaves_nothing_behind(promised):
    with pytest.raises(Refused):
        deliver(promised(), "training", "2026-09-01", file=SimpleUploadedFile("a.pdf", b"MZ"))
    assert not Delivery.objects.exists()


def test_inspections_are_counted_from_their_windows(promised, engineer):
    contract = promised(go_live_on=None)
    record_acceptance(
        contract=contract, accepted_on=day("2026-01-15"), by=None, at=at(day("2026-01-15")), on=day("2026-01-15")
    )
    assert stands(contract, "inspections", day("2026-07-15")).standing == Standing.STANDING
    assert stands(contract, "inspections", day("2026-07-16")).broken == 1
    report_inspection(
        inspection=Inspection.objects.get(action__step="1"), visited_on=day("2026-07-10"),
        result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    kept = stands(contract, "inspections")
    assert (kept.given, kept.broken, kept.standing) == (1, 0, Standing.STANDING)


@pytest.mark.parametrize(("visited_on", "broken"), [("2026-07-15", 0), ("2026-07-16", 1)])
def test_an_inspection_on_the_last_day_of_its_window_is_in_time(visited_on, broken, promised, engineer):
    contract = promised(go_live_on=None)
    record_acceptance(contract=contract, accepted_on=day("2026-01-15"), by=None, at=AT, on=ON)
    report_inspection(
        inspection=Inspection.objects.get(action__step="1"), visited_on=day(visited_on),
        result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    assert stands(contract, "inspections").broken == broken


def test_times_are_counted_from_the_requests(promised, taken, desk):
    contract = promised(final_acceptance_on=day("2026-10-15"))
    request = taken(contract, request_class="question")
    operations.answer_request(request=request, text="x", by=desk, at=AT)
    late = taken(contract, request_class="critical")
    operations.answer_request(request=late, text="x", by=desk, at=AT + timedelta(hours=1))
    assert stands(contract, "answers").standing == Standing.STANDING
    assert (stands(contract, "answers").given, stands(contract, "answers").broken) == (1, 0)
    assert stands(contract, "in_time").standing == Standing.BROKEN


def test_what_no_record_proves_a_person_confirms_and_nothing_else(promised, manager):
    contract = promised()
    hotline = contract.commitments.get(kind="hotline")
    with pytest.raises(Refused) as no:
        commitments.confirm_commitment(commitment=hotline, kept_on=ON, note=" ", by=manager, at=AT, on=ON)
    assert no.value.field == "note"
    commitments.confirm_commitment(commitment=hotline, kept_on=ON, note="Called at night", by=manager, at=AT, on=ON)
    assert stands(contract, "hotline").standing == Standing.KEPT
    with pytest.raises(Refused) as no:
        commitments.confirm_commitment(
            commitment=contract.commitments.get(kind="training_days"), kept_on=ON, note="x", by=manager, at=AT, on=ON
        )
    assert no.value.code == "counted"


def test_a_project_manager_changed_behind_the_customers_back_breaks_it(promised):
    from base.chatter.operations import change

    contract = promised()
    assert stands(contract, "manager").standing == Standing.STANDING
    change(contract, {"project_manager": "何敏"}, by=None, at=AT, verb="imported")
    assert stands(contract, "manager").broken == 1


def test_all_promises_of_many_contracts_take_a_handful_of_queries(promised):
    from service.promises.commitment_status import gather

    contracts = [promised() for _n in range(3)]
    counts = []
    for some in (contracts[:1], contracts):
        with CaptureQueriesContext(connection) as seen:
            gather(some, ON)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 8


# Lapsed


def test_what_lapses_is_told_once_to_manager_and_service(promised, manager):
    contract = promised(go_live_on=day("2026-11-21"))
    deliver(contract, "training", "2026-11-01", "2026-11-02", file=scan())
    deliver(contract, "training", "2026-11-03", file=scan("b.pdf"))
    for _twice in range(2):
        pass_day(AT)
    told = Todo.objects.filter(kind="commitment_lapsed")
    lapsed = Commitment.objects.filter(pk__in=told.values("target_id"))
    # The trainings were held; the developer and nothing else was due on the day of go-live.
    assert [each.kind for each in lapsed] == ["developer"]
    assert set(Commitment.objects.filter(lapsed=True)) == set(lapsed)
    assert sorted((str(todo.assignee), todo.role) for todo in told) == [("None", "service_manager"), (str(manager), "")]


def test_what_is_proven_later_to_have_been_kept_in_time_has_not_lapsed(promised):
    contract = promised(go_live_on=day("2026-11-21"))
    unproven = deliver(contract, "documents", "2026-11-20")
    record = contract.commitments.get(kind="documents")
    commitments.save_commitment(
        commitment=record, values={"milestone": "go_live", "offset_days": 0}, by=contract.manager, at=AT
    )
    pass_day(AT)
    record.refresh_from_db()
    assert record.lapsed
    commitments.prove_delivery(delivery=unproven, proof=scan(), by=UserFactory(role="engineer"), at=AT)
    record.refresh_from_db()
    assert not record.lapsed
    assert not Todo.objects.filter(kind="commitment_lapsed", target_id=record.pk, done_at=None).exists()


def test_a_lapsed_promise_may_cost_something(promised, manager):
    contract = promised()
    commitment = contract.commitments.get(kind="developer")
    penalty = penalties.propose_for(commitment=commitment, by=manager, at=AT, on=ON)
    # Due on 1 October; the days after it, of which today's tenth hour is the last begun.
    assert (penalty.units, penalty.amount) == (52, cny("31200.00"))
    with pytest.raises(Refused) as no:
        penalties.propose_for(commitment=commitment, by=manager, at=AT, on=ON)
    assert no.value.code == "twice"
    with pytest.raises(Refused):
        penalties.propose_for(commitment=contract.commitments.get(kind="upgrades"), by=manager, at=AT, on=ON)
    assert Penalty.objects.count() == 1

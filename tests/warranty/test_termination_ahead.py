"""A termination as of a coming day acts on that day, and can be called off until then (docs/rules.md 5.7)."""

from datetime import date

import pytest

from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from contracts.enums import Coverage
from contracts.models import Contract
from contracts.operations import call_off_termination, end_as_planned, reactivate_contract, terminate_contract
from ops.integrity import findings
from ops.management.commands.export_contracts import documents
from tests.chain import AT, ON, accepted, at, day, paid_term, row, verbs
from tests.factories import UserFactory
from tests.warranty.lines import terms
from warranty.inspections import reschedule_inspection
from warranty.models import Inspection, PlannedAction
from warranty.planning.forecast import forecast
from warranty.planning.run import run_day
from warranty.queries import coverage_on, covered, ends_between

pytestmark = pytest.mark.django_db

#: The contract ends 2027-01-15; it is terminated as of the last day of the year before.
ENDS = day("2026-12-31")


def run(*days: date) -> list[dict]:
    return [run_day(on=each, by=None, at=at(each)).actions for each in days]


def end(contract: Contract, by, on: date = ENDS) -> Contract:
    terminate_contract(contract=contract, on=on, reason="moves away", by=by, at=AT)
    return Contract.objects.get(pk=contract.pk)


def states(contract: Contract, kind: str) -> list[str]:
    return list(contract.plan.filter(kind=kind).order_by("step").values_list("state", flat=True))


def lost(on: date) -> list[str]:
    checks = ["renewals", "plan", "skipped rows", "quotes", "quote states", "contract states", "terms"]
    return [f"{each.record}: {each.problem}" for each in findings(on=on, only=checks)]


def test_until_the_day_it_is_active_and_its_visits_stand(manager):
    contract = accepted(day("2026-01-15"))
    before = states(contract, "inspection")
    contract = end(contract, manager)
    assert (contract.status, contract.ending_on, contract.ending_reason) == ("active", ENDS, "moves away")
    assert contract.terminated_on is None
    assert states(contract, "inspection") == before
    assert terms(contract) == ["free 2026-01-15…2027-01-15"]
    planned = row(contract, "termination")
    assert (planned.subject, planned.due_on, planned.state) == (f"contract:{contract.pk}", ENDS, "planned")
    assert verbs(contract)[-1] == "termination_planned"
    assert lost(ON) == []


def test_on_its_day_the_plan_ends_it_once(manager):
    contract = end(accepted(day("2026-01-15")), manager)
    paid = Contract.objects.get(pk=contract.pk)
    assert "termination" not in run(day("2026-12-30"))[0]
    assert run(ENDS)[0]["termination"] == {"done": 1, "skipped": 0, "failed": 0}
    contract = Contract.objects.get(pk=paid.pk)
    assert (contract.status, contract.terminated_on, contract.ending_on) == ("terminated", ENDS, None)
    assert terms(contract) == ["free 2026-01-15…2026-12-31*"]
    assert not contract.plan.filter(state__in=["planned", "failed"]).exists()
    assert row(contract, "termination").state == "done"
    assert run(ENDS, day("2027-01-04")) == [{}, {}]
    assert lost(ENDS) == []


def test_a_run_that_comes_late_ends_it_as_of_its_day(manager):
    contract = end(accepted(day("2026-01-15")), manager)
    run(day("2027-01-08"))
    contract = Contract.objects.get(pk=contract.pk)
    assert (contract.terminated_on, terms(contract)) == (ENDS, ["free 2026-01-15…2026-12-31*"])


def test_nothing_is_renewed_and_nothing_after_the_day_is_told(manager):
    contract = accepted(day("2026-01-15"))
    contract.plan.filter(kind="renewal_quote").update(due_on=ON)
    contract = end(contract, manager)
    run(ON, day("2026-11-30"), day("2026-12-16"))
    assert not contract.quotes.exists()
    assert row(contract, "renewal_quote").problem == f"ending: {ENDS}"
    assert set(contract.plan.filter(kind="renewal_reminder").values_list("state", flat=True)) <= {"planned"}
    told = [each.kind for each in forecast(Contract.objects.all(), first=ON, last=day("2027-12-31"), today=ON)]
    assert set(told) <= {"inspection", "inspection_notice", "inspection_missed", "termination"}
    assert "termination" in told


def test_a_visit_after_the_day_is_not_announced(manager, engineer, director):
    contract = accepted(day("2026-01-15"))
    inspection = Inspection.objects.get(action__contract=contract, action__step="2")
    reschedule_inspection(inspection=inspection, to=day("2027-01-11"), by=director, at=AT, on=ON)
    contract = end(contract, manager)
    run(day("2026-12-28"), day("2026-12-30"))
    assert not OutgoingMail.objects.filter(kind="inspection_notice").exists()
    assert row(contract, "inspection_notice", "2/14").problem == f"ending: {ENDS}"


def test_called_off_everything_goes_on(manager):
    contract = accepted(day("2026-01-15"))
    before = list(contract.plan.order_by("pk").values_list("kind", "step", "state", "due_on", "problem"))
    contract = end(contract, manager)
    call_off_termination(contract=contract, reason="stays", by=manager, at=AT, on=ON)
    contract = Contract.objects.get(pk=contract.pk)
    assert (contract.status, contract.ending_on, contract.ending_reason) == ("active", None, "")
    rows = contract.plan.exclude(kind="termination").order_by("pk")
    assert list(rows.values_list("kind", "step", "state", "due_on", "problem")) == before
    assert row(contract, "termination").state == "cancelled"
    assert verbs(contract)[-1] == "termination_called_off"
    run(ENDS)
    assert Contract.objects.get(pk=contract.pk).status == "active"
    assert lost(ON) == []


def test_another_day_moves_the_row_and_today_ends_it_at_once(manager):
    contract = end(accepted(day("2026-01-15")), manager)
    contract = end(contract, manager, day("2026-12-10"))
    assert row(contract, "termination").due_on == day("2026-12-10")
    contract = end(contract, manager, ON)
    assert (contract.status, contract.ending_on) == ("terminated", None)
    assert row(contract, "termination").state == "cancelled"
    assert lost(ON) == []


def test_it_is_planned_again_after_it_was_called_off_and_after_it_was_taken_back(manager, director):
    contract = end(accepted(day("2026-01-15")), manager)
    call_off_termination(contract=contract, reason="stays", by=manager, at=AT, on=ON)
    contract = end(Contract.objects.get(pk=contract.pk), manager)
    assert row(contract, "termination").state == "planned"
    run(ENDS)
    contract = Contract.objects.get(pk=contract.pk)
    reactivate_contract(contract=contract, on=ENDS, reason="stays", by=director, at=at(ENDS))
    later = day("2027-01-10")
    terminate_contract(contract=contract, on=later, reason="goes", by=director, at=at(ENDS))
    assert (row(contract, "termination").state, row(contract, "termination").due_on) == ("planned", later)
    run(later)
    assert Contract.objects.get(pk=contract.pk).terminated_on == later


def test_what_cannot_be_called_off_or_planned(manager, engineer):
    contract = accepted(day("2026-01-15"))
    with pytest.raises(Refused) as no:
        call_off_termination(contract=contract, reason="x", by=manager, at=AT, on=ON)
    assert no.value.code == "wrong_state"
    with pytest.raises(Refused):
        end_as_planned(contract=contract, at=AT)
    with pytest.raises(Refused) as no:
        terminate_contract(contract=contract, on=ENDS, reason=" ", by=manager, at=AT)
    assert no.value.field == "reason"
    with pytest.raises(Refused):
        terminate_contract(contract=contract, on=ENDS, reason="x", by=engineer, at=AT)
    contract = end(contract, manager)
    with pytest.raises(Refused) as no:
        call_off_termination(contract=contract, reason=" ", by=manager, at=AT, on=ON)
    assert no.value.field == "reason"


def test_it_is_shown_as_ending_wherever_its_coverage_is(manager):
    contract = accepted(day("2026-01-15"))
    paid_term(contract, "100000.00", on=ON)
    contract = end(contract, manager)
    own = list(contract.terms.order_by("first_day"))
    assert coverage_on(contract, own, ENDS) == Coverage.FREE
    assert coverage_on(contract, own, day("2027-01-01")) == Coverage.LAPSED
    everything = Contract.objects.all()
    assert list(covered(everything, ["free"], ENDS)) == [contract]
    assert list(covered(everything, ["free", "paid", "gap"], day("2027-01-01"))) == []
    assert list(covered(everything, ["lapsed"], day("2027-01-01"))) == [contract]
    assert list(everything.filter(ends_between(ON, ENDS))) == [contract]
    [exported] = documents(ON)
    assert (exported["coverage_end"], exported["ending_on"]) == (str(ENDS), str(ENDS))


def test_the_sheet_and_the_list_say_so(manager, client):
    contract = end(accepted(day("2026-01-15"), manager=manager), manager)
    client.force_login(UserFactory(role="director", language="en"))
    assert "Ends on 2026-12-31" in client.get("/contracts/").content.decode()
    sheet = client.get(f"/contracts/{contract.pk}/").content.decode()
    assert "moves away" in sheet
    assert "Call the termination off" in sheet
    assert "ends on 2026-12-31" in client.get("/contracts/export.csv").getvalue().decode()


def test_a_failed_end_is_listed_and_taken_again(manager, monkeypatch):
    contract = end(accepted(day("2026-01-15")), manager)
    PlannedAction.objects.filter(kind="termination").update(computed_on=ON)
    assert run(ENDS)[0]["termination"]["skipped"] == 1
    assert row(contract, "termination").problem == "goes_on"

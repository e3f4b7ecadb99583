"""Days that a person moves: a lapse in the past is told at once, what was told is told again where its day is to come.

See docs/rules.md 5.3, 5.6.
"""

import pytest

from base.chatter.models import Todo
from base.mail.models import OutgoingMail
from contracts.models import Contract
from tests.chain import AT, ON, accepted, at, day, row
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.operations import correct_acceptance, set_last_day
from warranty.planning.holding import hold_action
from warranty.planning.run import run_day
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db


def run(on) -> None:
    run_day(on=on, by=None, at=at(on))


def end_on(contract: Contract, last: str, by, on=ON) -> None:
    set_last_day(term=contract.terms.get(), last_day=day(last), reason="as signed", by=by, at=at(on), on=on)


def lapses() -> int:
    return OutgoingMail.objects.filter(kind="coverage_lapsed").count()


def test_a_term_shortened_into_the_past_tells_of_the_lapse(manager):
    contract = accepted(day("2026-01-15"))
    end_on(contract, "2026-10-31", manager)
    told = row(contract, "coverage_end")
    assert (told.state, told.computed_on, told.due_on) == ("planned", day("2026-11-01"), ON)
    run(ON)
    assert lapses() == 1
    assert Todo.objects.get(kind="coverage_lapsed").params["day"] == {"day": "2026-10-31"}
    run(ON)
    assert lapses() == 1


def test_an_acceptance_corrected_into_the_past_tells_of_it_too(manager):
    contract = accepted(day("2026-01-15"))
    correct_acceptance(contract=contract, accepted_on=day("2025-10-01"), reason="x", by=manager, at=AT, on=ON)
    run(ON)
    assert lapses() == 1


def test_what_was_over_when_it_was_planned_is_history():
    contract = accepted(day("2026-01-15"))
    MaintenanceTerm.objects.update(last_day=day("2026-10-31"), hand_set_reason="ledger")
    plan_contracts([contract.pk], on=ON)
    told = row(contract, "coverage_end")
    assert (told.state, told.problem) == ("skipped", "term_over")


def test_a_lapse_that_was_told_is_told_again_at_the_new_end(manager):
    contract = accepted(day("2026-01-15"))
    run(day("2027-01-16"))
    assert lapses() == 1
    end_on(contract, "2027-06-30", manager, day("2027-01-20"))
    again = row(contract, "coverage_end")
    assert (again.state, again.due_on, again.done_on) == ("planned", day("2027-07-01"), None)
    run(day("2027-07-01"))
    assert lapses() == 2
    assert Todo.objects.filter(kind="coverage_lapsed").count() == 2


def test_a_lapse_that_was_told_is_not_told_for_a_day_that_is_past_too(manager):
    contract = accepted(day("2026-01-15"))
    run(day("2027-01-16"))
    end_on(contract, "2027-01-18", manager, day("2027-01-20"))
    assert row(contract, "coverage_end").state == "done"


def test_the_alarm_of_a_visit_rings_again_for_its_new_window(manager):
    contract = accepted(day("2026-01-15"))
    run(day("2026-07-16"))
    assert Todo.objects.filter(kind="inspection_missed").count() == 1
    on = day("2026-07-20")
    correct_acceptance(contract=contract, accepted_on=day("2026-06-01"), reason="x", by=manager, at=at(on), on=on)
    assert row(contract, "inspection_missed", "1").due_on == day("2026-12-02")
    run(day("2026-12-02"))
    assert Todo.objects.filter(kind="inspection_missed").count() == 2


def test_every_row_that_is_skipped_when_it_is_written_says_why():
    contract = accepted(day("2024-05-15"), planned_on=ON)
    running = accepted(day("2026-01-15"), planned_on=ON)
    skipped = PlannedAction.objects.filter(contract__in=[contract, running], state="skipped")
    assert set(skipped.values_list("problem", flat=True)) == {"term_over", "window_over"}
    assert set(contract.plan.values_list("state", flat=True)) == {"skipped"}


def test_what_a_person_said_who_holds_a_row_stays_when_its_day_moves(manager):
    contract = accepted(day("2026-03-15"))
    hold_action(action=row(contract, "renewal_quote"), reason="talks", by=manager, at=AT)
    end_on(contract, "2027-06-30", manager)
    held = row(contract, "renewal_quote")
    assert (held.on_hold, held.problem, held.due_on) == (True, "talks", day("2027-04-01"))

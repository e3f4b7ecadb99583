"""Final acceptance corrected: terms, plan and quotes move, visits that were held go to their windows.

See docs/rules.md 1.
"""

from datetime import date

import pytest

from base.lib.errors import Refused
from contracts.models import Contract
from tests.chain import AT, ON, accepted, day, drafted, paid_term, renewed, sent, signed, verbs
from tests.warranty.lines import hold_visit, plan, terms, windows
from warranty.models import Inspection
from warranty.operations import (
    correct_acceptance,
    corrected_periods,
    set_last_day,
)

pytestmark = pytest.mark.django_db


def test_a_correction_moves_imported_terms_and_their_plan_as_its_preview_says(manager):
    contract = accepted(day("2024-02-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    paid_term(contract, "100000.00")
    preview = corrected_periods(contract, day("2024-02-29"), list(contract.terms.order_by("first_day")))
    moved = correct_acceptance(
        contract=contract, accepted_on=day("2024-02-29"), reason="certificate", by=manager, at=AT, on=ON
    )
    assert moved == preview
    assert [term.period for term in contract.terms.order_by("first_day")] == [step.after for step in preview]
    assert terms(contract) == ["free 2024-02-29…2025-02-28", "paid 2025-03-01…2026-02-28", "paid 2026-03-01…2027-02-28"]
    assert plan(contract, "renewal_quote", "coverage_end") == ["renewal_quote 2026-11-30", "coverage_end 2027-03-01"]
    assert "acceptance_corrected" in verbs(contract)


@pytest.mark.parametrize("accepted_on", ["2023-08-01", "2026-06-30", "2026-01-16", "2026-01-14"])
def test_a_correction_may_go_either_way(accepted_on, manager):
    contract = accepted()
    before = set(contract.plan.values_list("pk", flat=True))
    correct_acceptance(contract=contract, accepted_on=day(accepted_on), reason="typo", by=manager, at=AT, on=ON)
    assert contract.terms.get().first_day == day(accepted_on)
    assert set(contract.plan.values_list("pk", flat=True)) == before, "rows are moved in place"
    fresh = accepted(day(accepted_on), planned_on=ON)
    assert rule_days(contract) == rule_days(fresh)


def rule_days(contract: Contract) -> dict[tuple[str, str], date]:
    return {(kind, step): on for kind, step, on in contract.plan.values_list("kind", "step", "computed_on")}


def test_a_correction_leaves_what_was_written_by_hand(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    set_last_day(
        term=contract.terms.get(), last_day=day("2025-03-31"), reason="contract says so", by=manager, at=AT, on=ON
    )
    paid_term(contract, "100000.00")
    correct_acceptance(contract=contract, accepted_on=day("2024-05-20"), reason="typo", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2024-05-20…2025-03-31*", "paid 2025-04-01…2026-03-31"]


def test_a_correction_onto_a_hand_set_end_keeps_counting_from_it(manager):
    contract = accepted(day("2024-02-29"), planned_on=ON)
    set_last_day(term=contract.terms.get(), last_day=day("2025-03-31"), reason="agreed", by=manager, at=AT, on=ON)
    correct_acceptance(contract=contract, accepted_on=day("2024-03-31"), reason="typo", by=manager, at=AT, on=ON)
    paid_term(contract, "100000.00")
    assert terms(contract) == ["free 2024-03-31…2025-03-31*", "paid 2025-04-01…2026-03-31"]


def test_a_correction_past_a_hand_set_end_is_refused(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    set_last_day(term=contract.terms.get(), last_day=day("2024-06-30"), reason="agreed", by=manager, at=AT, on=ON)
    with pytest.raises(Refused, match="hand-set end"):
        correct_acceptance(contract=contract, accepted_on=day("2024-07-01"), reason="typo", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2024-03-15…2024-06-30*"]
    assert Contract.objects.get(pk=contract.pk).final_acceptance_on == day("2024-03-15")


def test_a_stretch_taken_up_after_a_gap_stays(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "100000.00", first_day=day("2025-06-01"))
    paid_term(contract, "100000.00")
    correct_acceptance(contract=contract, accepted_on=day("2024-05-20"), reason="typo", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2024-05-20…2025-05-20", "paid 2025-06-01…2026-05-31", "paid 2026-06-01…2027-05-31"]
    with pytest.raises(Refused, match="overlap"):
        correct_acceptance(contract=contract, accepted_on=day("2024-06-20"), reason="typo", by=manager, at=AT, on=ON)


def test_once_a_renewal_was_accepted_here_acceptance_stands(manager):
    contract = renewed().contract
    with pytest.raises(Refused) as no:
        correct_acceptance(contract=contract, accepted_on=day("2026-01-10"), reason="typo", by=manager, at=AT, on=ON)
    assert no.value.code == "renewed"


def test_what_was_not_accepted_cannot_be_corrected(manager):
    with pytest.raises(Refused, match="no final acceptance"):
        correct_acceptance(contract=signed(), accepted_on=ON, reason="typo", by=manager, at=AT, on=ON)


def test_a_correction_makes_drafts_anew_and_supersedes_sent_quotes(manager):
    contract, other = accepted(), accepted()
    draft, offer = drafted(contract), sent(other)
    for each in (contract, other):
        correct_acceptance(contract=each, accepted_on=day("2026-02-28"), reason="typo", by=manager, at=AT, on=ON)
    draft.refresh_from_db()
    assert (draft.status, draft.first_day, draft.last_day) == ("draft", day("2027-03-01"), day("2028-02-28"))
    offer.refresh_from_db()
    assert (offer.status, offer.link.revoked) == ("superseded", True)


# Inspections that were held already


def test_a_reported_inspection_moves_to_the_window_of_its_visit(manager, engineer):
    """Held in the last days of the first window, it now lies in the second."""
    contract = accepted(day("2026-01-15"))
    held = hold_visit(contract, "1", "2026-07-10", engineer)
    correct_acceptance(contract=contract, accepted_on=day("2026-01-05"), reason="typo", by=manager, at=AT, on=ON)
    assert windows(contract) == ["1: 2026-01-05…2026-07-05", "2: 2026-07-06…2027-01-05 reported"]
    held.refresh_from_db()
    assert (held.action.step, held.action.state, held.visited_on) == ("2", "done", day("2026-07-10"))
    # The first window is over without a visit, and found late: no alarm is raised any more.
    assert plan(contract, "inspection", "inspection_missed") == ["inspection_missed 2 2027-01-06"]


def test_a_reported_inspection_that_stays_has_its_window_moved(manager, engineer):
    contract = accepted(day("2026-01-15"))
    held = hold_visit(contract, "1", "2026-06-10", engineer)
    before = verbs(held)
    correct_acceptance(contract=contract, accepted_on=day("2026-02-01"), reason="typo", by=manager, at=AT, on=ON)
    assert windows(contract) == ["1: 2026-02-01…2026-08-01 reported", "2: 2026-08-02…2027-02-01"]
    assert verbs(held) == [*before, "moved"]


def test_two_visits_that_come_to_lie_in_one_window_are_both_kept(manager, engineer):
    contract = accepted(day("2026-01-15"))
    first = hold_visit(contract, "1", "2026-07-10", engineer)
    second = hold_visit(contract, "2", "2026-08-20", engineer)
    correct_acceptance(contract=contract, accepted_on=day("2026-05-01"), reason="typo", by=manager, at=AT, on=ON)
    assert windows(contract) == [
        "1: 2026-05-01…2026-11-01 reported",
        "1+1: 2026-05-01…2026-11-01 reported",
        "2: 2026-11-02…2027-05-01",
    ]
    assert {first.pk, second.pk} == set(
        Inspection.objects.filter(reported_at__isnull=False).values_list("pk", flat=True)
    )
    # The second window's promise is open again, with its notices and its alarm.
    assert plan(contract, "inspection", "inspection_missed") == [
        "inspection 2 2027-04-01",
        "inspection_missed 2 2027-05-02",
    ]
    assert plan(contract, "inspection_notice") == [
        "inspection_notice 2/14 2027-03-18",
        "inspection_notice 2/7 2027-03-25",
    ]


def test_visits_that_all_move_on_do_not_trip_over_one_another(manager, engineer):
    contract = accepted(day("2025-06-01"), inspections_per_year=4)
    for step, visited_on in (("1", "2025-08-30"), ("2", "2025-11-29"), ("3", "2026-02-27")):
        hold_visit(contract, step, visited_on, engineer)
    correct_acceptance(contract=contract, accepted_on=day("2025-05-10"), reason="typo", by=manager, at=AT, on=ON)
    assert windows(contract) == [
        "1: 2025-05-10…2025-08-10",
        "2: 2025-08-11…2025-11-10 reported",
        "3: 2025-11-11…2026-02-10 reported",
        "4: 2026-02-11…2026-05-10 reported",
    ]


def test_a_visit_before_the_corrected_acceptance_stays_on_record(manager, engineer):
    contract = accepted(day("2026-01-15"))
    hold_visit(contract, "1", "2026-02-10", engineer)
    correct_acceptance(contract=contract, accepted_on=day("2026-04-01"), reason="typo", by=manager, at=AT, on=ON)
    assert windows(contract) == ["1: 2026-01-15…2026-07-15 reported", "2: 2026-10-02…2027-04-01"]

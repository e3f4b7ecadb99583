"""Acceptance and its correction, further terms, ends set by hand, termination (DESIGN 2.1, 2.5)."""

from datetime import date, timedelta

import pytest
from moneyed import Money

from base.documents.models import OutgoingMail
from base.lib.errors import NotAllowed, Refused, Stale
from billing.models import RenewalQuote
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.operations import reactivate, terminate
from tests.chain import AT, ON, accepted, cny, day, drafted, paid_term, renewed, sent, signed, verbs
from warranty.enums import InspectionResult, TermKind
from warranty.inspections import report
from warranty.models import Inspection
from warranty.operations import (
    Moved,
    accept,
    add_term,
    correct_acceptance,
    corrected_periods,
    following_period,
    move_terms,
    set_last_day,
)
from warranty.plan.run import run_day
from warranty.queries import period_of

pytestmark = pytest.mark.django_db


def terms(contract: Contract) -> list[str]:
    found = contract.terms.order_by("first_day")
    return [f"{t.kind} {t.first_day}…{t.last_day}{'*' if t.hand_set_reason else ''}" for t in found]


def plan(contract: Contract, *kinds: str, state: str = "planned") -> list[str]:
    rows = contract.plan.filter(kind__in=kinds, state=state).order_by("due_on", "step")
    return [f"{each.kind} {each.step} {each.due_on}".replace("  ", " ") for each in rows]


def windows(contract: Contract) -> list[str]:
    found = Inspection.objects.filter(action__contract=contract).order_by("window_first", "action__step")
    return [f"{i.action.step}: {i.window_first}…{i.window_last}{' reported' if i.reported_at else ''}" for i in found]


def hold_visit(contract: Contract, step: str, visited_on: str, engineer) -> Inspection:
    inspection = Inspection.objects.get(action__contract=contract, action__step=step, reported_at=None)
    report(
        inspection=inspection, visited_on=day(visited_on), result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    return inspection


# Final acceptance


def test_acceptance_writes_the_free_term_and_its_whole_plan(manager):
    contract = signed(manager=manager)
    accept(contract=contract, accepted_on=day("2026-01-15"), by=manager, at=AT, on=day("2026-01-20"))
    assert terms(contract) == ["free 2026-01-15…2027-01-15"]
    assert sorted({each.kind for each in contract.plan.all()}) == [
        "coverage_end",
        "inspection",
        "inspection_missed",
        "inspection_notice",
        "quote_expiry",
        "renewal_quote",
        "renewal_reminder",
        "renewal_send",
    ]
    assert windows(contract) == ["1: 2026-01-15…2026-07-15", "2: 2026-07-16…2027-01-15"]
    assert verbs(contract) == ["accepted"]
    assert verbs(contract.terms.get()) == ["created"]


def test_where_nothing_is_free_nothing_is_covered_yet(manager):
    contract = signed(free_months=0)
    accept(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)
    assert (terms(contract), contract.plan.count()) == ([], 0)


def test_where_the_acceptance_day_counts_coverage_ends_a_day_earlier():
    assert terms(accepted(day("2026-01-15"), same_day=True)) == ["free 2026-01-15…2027-01-14"]


@pytest.mark.parametrize("accepted_on", ["2022-01-09", "2026-11-23"])
def test_acceptance_lies_between_signing_and_today(accepted_on, manager):
    contract = signed()
    with pytest.raises(Refused) as no:
        accept(contract=contract, accepted_on=day(accepted_on), by=manager, at=AT, on=ON)
    assert no.value.field == "accepted_on"
    assert (terms(contract), verbs(contract)) == ([], [])


@pytest.mark.parametrize("status", [ContractStatus.DRAFT, ContractStatus.TERMINATED])
def test_only_an_active_contract_is_accepted(status, manager):
    contract = signed(status=status)
    with pytest.raises(Refused, match="active"):
        accept(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)


def test_acceptance_is_recorded_once(manager):
    contract = accepted()
    with pytest.raises(Refused, match="already"):
        accept(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)


def test_of_two_who_accept_the_second_is_told(manager):
    mine, theirs = (Contract.objects.get(pk=pk) for pk in [signed().pk] * 2)
    accept(contract=mine, accepted_on=ON, by=manager, at=AT, on=ON)
    with pytest.raises(Stale):
        accept(contract=theirs, accepted_on=ON, by=manager, at=AT, on=ON)
    assert terms(mine) == ["free 2026-11-22…2027-11-22"]


def test_only_some_may_accept(finance, engineer):
    for person in (finance, engineer):
        with pytest.raises(NotAllowed):
            accept(contract=signed(), accepted_on=ON, by=person, at=AT, on=ON)


# Correction


def test_a_correction_moves_imported_terms_and_their_plan_as_its_preview_says(manager):
    contract = accepted(day("2024-02-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    paid_term(contract, "100000.00")
    preview = corrected_periods(contract, day("2024-02-29"), list(contract.terms.order_by("first_day")))
    moved = correct_acceptance(
        contract=contract, accepted_on=day("2024-02-29"), reason="certificate", by=manager, at=AT, on=ON
    )
    assert moved == preview
    assert [period_of(term) for term in contract.terms.order_by("first_day")] == [step.after for step in preview]
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


KINDS = ["inspection", "inspection_notice", "inspection_missed", "coverage_end", "renewal_quote", "renewal_send"]


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


# Correction: inspections that were held already


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


# Ends set by hand


def test_an_end_set_by_hand_moves_the_plan(manager):
    contract = accepted()
    term = contract.terms.get()
    set_last_day(term=term, last_day=day("2027-03-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2026-01-15…2027-03-31*"]
    assert plan(contract, "renewal_quote", "coverage_end") == ["renewal_quote 2026-12-31", "coverage_end 2027-04-01"]
    assert verbs(term) == ["created", "end_set"]
    # Fifteen months, rounded up: three windows.
    assert len(windows(contract)) == 3


def test_later_terms_follow_an_end_set_by_hand(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    paid_term(contract, "100000.00")
    first = contract.terms.order_by("first_day")[0]
    set_last_day(term=first, last_day=day("2025-03-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == [
        "free 2024-03-15…2025-03-31*",
        "paid 2025-04-01…2026-03-31",
        "paid 2026-04-01…2027-03-31",
    ]
    first.refresh_from_db()
    set_last_day(term=first, last_day=day("2025-02-28"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == [
        "free 2024-03-15…2025-02-28*",
        "paid 2025-03-01…2026-02-28",
        "paid 2026-03-01…2027-02-28",
    ]
    first.refresh_from_db()
    set_last_day(term=first, last_day=day("2025-03-15"), reason="as the rule has it", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2024-03-15…2025-03-15", "paid 2025-03-16…2026-03-15", "paid 2026-03-16…2027-03-15"]


def test_an_end_under_an_accepted_renewal_is_settled(manager):
    contract = renewed().contract
    first = contract.terms.order_by("first_day")[0]
    with pytest.raises(Refused) as no:
        set_last_day(term=first, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert no.value.code == "renewed"
    last = contract.terms.order_by("first_day")[1]
    set_last_day(term=last, last_day=day("2028-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract)[1] == "paid 2027-01-16…2028-01-31*"


@pytest.mark.parametrize(
    ("last_day", "reason", "field"), [("2027-03-31", " ", "reason"), ("2026-01-14", "as signed", "last_day")]
)
def test_an_end_needs_a_reason_and_lies_after_the_beginning(last_day, reason, field, manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        set_last_day(term=contract.terms.get(), last_day=day(last_day), reason=reason, by=manager, at=AT, on=ON)
    assert no.value.field == field


def test_a_paid_term_cannot_be_cut_below_what_its_price_allows(manager):
    contract = accepted(day("2024-01-15"), planned_on=ON)
    term = paid_term(contract, "220000.00")
    set_last_day(term=term, last_day=day("2025-12-20"), reason="as signed", by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        set_last_day(term=term, last_day=day("2025-11-15"), reason="as signed", by=manager, at=AT, on=ON)
    assert no.value.code == "above_cap"


def test_of_two_who_set_an_end_the_second_is_told(manager):
    contract = accepted()
    mine, theirs = contract.terms.get(), contract.terms.get()
    set_last_day(term=mine, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    with pytest.raises(Stale):
        set_last_day(term=theirs, last_day=day("2027-02-28"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2026-01-15…2027-01-31*"]


# Further terms


def test_a_further_term_follows_and_takes_over_the_renewal(manager):
    contract = accepted()
    term = add_term(contract=contract, kind=TermKind.GOODWILL, months=3, by=manager, at=AT, on=ON, origin="person")
    assert terms(contract) == ["free 2026-01-15…2027-01-15", "goodwill 2027-01-16…2027-04-15"]
    assert "renewal_quote" not in plan(contract, "renewal_quote")
    assert plan(contract, "renewal_quote", "coverage_end") == [
        "renewal_quote 2027-01-15",
        "coverage_end 2027-01-16",
        "coverage_end 2027-04-16",
    ]
    assert term.plan.filter(kind="renewal_quote", state="planned").exists()
    assert verbs(contract)[-1] == "term_added"


def test_lapsed_coverage_is_taken_up_again_from_a_later_day(manager):
    contract = accepted(day("2025-03-15"), planned_on=ON)
    paid_term(contract, "100000.00", first_day=day("2026-12-01"))
    assert terms(contract) == ["free 2025-03-15…2026-03-15", "paid 2026-12-01…2027-11-30"]
    assert following_period(contract, 12).last_day == day("2028-11-30")


def test_a_term_cannot_start_inside_another(manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        paid_term(contract, "100000.00", first_day=day("2027-01-15"))
    assert no.value.field == "first_day"


@pytest.mark.parametrize("months", [0, -1, 37, 600])
def test_a_term_has_one_to_thirty_six_months(months):
    contract = accepted()
    with pytest.raises(Refused) as no:
        paid_term(contract, "0.01", months=months)
    assert no.value.field == "months"


def test_a_paid_term_above_the_cap_is_refused():
    contract = accepted(amount=cny("3029809.07"))
    with pytest.raises(Refused) as no:
        paid_term(contract, "605961.82")
    assert no.value.code == "above_cap"
    term = paid_term(contract, "605961.81")
    assert (term.cap_base, str(term.cap_rate)) == (cny("3029809.07"), "0.2000")


def test_other_currencies_work():
    contract = accepted(amount=Money("12345678", "JPY"))
    with pytest.raises(Refused):
        paid_term(contract, "2469136")
    assert paid_term(contract, "2469135").price == Money("2469135", "JPY")


def test_only_paid_maintenance_has_a_price(manager):
    with pytest.raises(Refused) as no:
        paid_term(accepted(), "1.00", kind=TermKind.GOODWILL)
    assert no.value.field == "price"


def test_nothing_is_agreed_before_acceptance_or_after_the_end(manager):
    with pytest.raises(Refused, match="final acceptance"):
        paid_term(signed(), "1.00")
    with pytest.raises(Refused, match="not active"):
        paid_term(_terminated(), "1.00")


def _terminated() -> Contract:
    contract = accepted()
    terminate(contract=contract, on=ON, reason="over", by=None, at=AT)
    return contract


# Termination and its reversal


def everything(contract: Contract) -> list[dict]:
    """All terms as they are, without their keys and versions."""
    rows = contract.terms.order_by("first_day").values()
    return [{k: v for k, v in each.items() if k not in ("id", "version")} for each in rows]


def test_a_termination_ends_the_current_term_and_removes_later_ones(director):
    contract = accepted(day("2026-01-15"))
    paid_term(contract, "100000.00")
    terminate(contract=contract, on=ON, reason="customer closed", by=director, at=AT)
    assert terms(contract) == ["free 2026-01-15…2026-11-22*"]
    assert not contract.plan.filter(state__in=["planned", "failed"]).exists()
    assert run_day(on=ON + timedelta(days=400), by=None, at=AT).actions == {}


def test_a_termination_keeps_inspections_that_were_held(director, engineer):
    contract = accepted(day("2026-01-15"))
    hold_visit(contract, "1", "2026-06-10", engineer)
    terminate(contract=contract, on=ON, reason="customer closed", by=director, at=AT)
    states = {each.step: each.state for each in contract.plan.filter(kind="inspection")}
    assert states == {"1": "done", "2": "cancelled"}


def test_a_visit_held_after_the_end_stands_in_the_way(director, engineer):
    contract = accepted(day("2025-01-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    inspection = Inspection.objects.get(action__contract=contract, action__step="2", action__term__kind="paid")
    report(
        inspection=inspection, visited_on=ON, result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        terminate(contract=contract, on=day("2025-12-31"), reason="late", by=director, at=AT)
    assert no.value.code == "reported"
    assert Inspection.objects.filter(pk=inspection.pk).exists()


def test_a_termination_keeps_queued_mails_at_home(director):
    contract = accepted(day("2025-11-21"))
    run_day(on=ON, by=None, at=AT)
    run_day(on=day("2026-11-23"), by=None, at=AT)
    mails = OutgoingMail.objects.filter(status="queued")
    assert set(mails.values_list("kind", flat=True)) >= {"coverage_lapsed"}
    terminate(contract=contract, on=day("2026-11-23"), reason="over", by=director, at=AT)
    assert not OutgoingMail.objects.filter(status="queued").exists()


def test_taken_back_everything_is_as_it_was(director, manager):
    contract = accepted(day("2026-01-15"))
    free = contract.terms.get()
    set_last_day(term=free, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    paid_term(contract, "100000.00", first_day=day("2027-03-01"))
    paid_term(contract, "120000.00", months=18)
    before, rows = everything(contract), plan(contract, *KINDS)
    terminate(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
    reactivate(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    assert everything(contract) == before
    assert plan(contract, *KINDS) == rows
    assert contract.status == ContractStatus.ACTIVE
    assert contract.terminated_on is None


def test_twice_terminated_and_taken_back_nothing_is_doubled(director):
    contract = accepted(day("2026-01-15"))
    paid_term(contract, "100000.00")
    before = everything(contract)
    for _time in range(2):
        terminate(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
        reactivate(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    assert everything(contract) == before


def test_an_accepted_renewal_is_its_quotes_again(director):
    quote = renewed()
    contract = quote.contract
    terminate(contract=contract, on=ON, reason="a mistake", by=director, at=AT)
    assert RenewalQuote.objects.get(pk=quote.pk).term is None
    reactivate(contract=contract, on=ON, reason="it was one", by=director, at=AT)
    quote.refresh_from_db()
    assert quote.term == contract.terms.order_by("-first_day")[0]
    assert quote.term.origin == "quote"


def test_terms_that_are_moved_never_overlap_on_the_way(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    ordered = list(contract.terms.order_by("first_day"))
    crossed = [period_of(ordered[1]), period_of(ordered[0])]
    with pytest.raises(Refused, match="overlap"):
        move_terms([Moved(t, period_of(t), after) for t, after in zip(ordered, crossed, strict=True)], by=None, at=AT)

"""What is just allowed of coverage and inspections, who comes second, and what their operations leave in the log."""

from datetime import timedelta

import pytest
from moneyed import Money

from base.chatter.models import Todo
from base.chatter.operations import events_of, make_todo, write_todos
from base.lib.errors import Refused, Stale
from base.mail.models import OutgoingMail
from base.mail.queue import Reader
from contracts.models import Contract
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, at, cny, day, paid_term, row, signed, verbs
from tests.factories import UserFactory
from tests.mails import write_mail
from warranty.enums import InspectionResult, TermKind
from warranty.inspections import assign_inspection, report_inspection, reschedule_inspection, window_holding
from warranty.models import Inspection, PlannedAction
from warranty.operations import add_term, correct_acceptance, record_acceptance, set_last_day

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def days(contract: Contract) -> list[str]:
    return [f"{term.first_day}…{term.last_day}" for term in contract.terms.order_by("first_day")]


# Acceptance


@pytest.mark.parametrize("accepted_on", ["2022-01-10", "2026-11-22"])
def test_acceptance_may_be_the_day_of_signing_and_today(accepted_on, manager):
    contract = signed()
    record_acceptance(contract=contract, accepted_on=day(accepted_on), by=manager, at=AT, on=ON)
    assert contract.terms.get().first_day == day(accepted_on)
    assert verbs(contract) == ["accepted"]
    assert verbs(contract.terms.get()) == ["created"]


def test_what_is_accepted_already_says_so_and_what_is_not_active_too(manager):
    for contract, code in ((accepted(), "accepted"), (signed(status="draft"), "wrong_state")):
        with pytest.raises(Refused) as no:
            record_acceptance(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)
        assert no.value.code == code


@pytest.mark.parametrize("accepted_on", ["2022-01-09", "2026-11-23"])
def test_a_correction_lies_between_signing_and_today_too(accepted_on, manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        correct_acceptance(contract=contract, accepted_on=day(accepted_on), reason="x", by=manager, at=AT, on=ON)
    assert no.value.field == "accepted_on"


def test_a_correction_stands_in_the_log_with_its_reason_and_an_old_look_corrects_nothing(manager):
    contract = accepted()
    correct_acceptance(contract=contract, accepted_on=day("2026-01-20"), reason="typing", by=manager, at=AT, on=ON)
    assert events_of(contract).get(verb="acceptance_corrected").note == "typing"
    assert verbs(contract.terms.get())[-1] == "moved"
    with pytest.raises(Stale):
        correct_acceptance(
            contract=contract, accepted_on=day("2026-01-21"), reason="x", by=manager, at=AT, on=ON, seen=99
        )
    with pytest.raises(Stale):
        record_acceptance(contract=signed(), accepted_on=ON, by=manager, at=AT, on=ON, seen=99)


# Ends set by hand


def test_a_term_may_end_on_its_first_day_and_lose_the_mark_of_a_hand_set_end(manager):
    contract = accepted()
    term = contract.terms.get()
    set_last_day(term=term, last_day=term.first_day, reason=" as signed ", by=manager, at=AT, on=ON)
    assert (days(contract), term.hand_set_reason) == (["2026-01-15…2026-01-15"], "as signed")
    set_last_day(term=term, last_day=day("2027-01-15"), reason="as agreed", by=manager, at=AT, on=ON)
    assert (days(contract), term.hand_set_reason) == (["2026-01-15…2027-01-15"], "")
    assert [event.note.strip() for event in events_of(term).filter(verb="end_set").order_by("pk")] == [
        "as signed", "as agreed",
    ]  # fmt: skip
    with pytest.raises(Stale):
        set_last_day(term=term, last_day=ON, reason="x", by=manager, at=AT, on=ON, seen=99)


@pytest.mark.parametrize(("price", "allowed"), [("110000.00", True), ("110000.01", False)])
def test_a_shorter_term_may_cost_the_cap_of_its_months_exactly(price, allowed, manager):
    """1,320,000 × 20 % × 5 / 12 is 110,000: from 2026-01-16 to 2026-06-15 are five months."""
    contract = accepted(day("2025-01-15"), planned_on=ON, amount=cny("1320000.00"))
    term = paid_term(contract, price)
    cut = {"term": term, "last_day": day("2026-06-15"), "reason": "as signed", "by": manager, "at": AT, "on": ON}
    if allowed:
        set_last_day(**cut)
        return
    with pytest.raises(Refused) as no:
        set_last_day(**cut)
    assert (no.value.field, no.value.code) == ("last_day", "above_cap")


# Further terms


@pytest.mark.parametrize("months", [1, 36])
def test_a_term_may_have_one_month_and_thirty_six(months):
    assert paid_term(accepted(), "0.01", months=months).months == months


def test_the_day_after_follows_on_the_anchor_and_a_later_one_takes_coverage_up_again(manager):
    """Accepted on the 31st: what follows keeps to it, what is taken up again counts from its own first day."""
    contract, other = (accepted(day("2025-08-31"), planned_on=ON, free_months=6) for _n in range(2))
    assert days(contract) == ["2025-08-31…2026-02-28"]
    goodwill = {"kind": TermKind.GOODWILL, "months": 1, "by": manager, "at": AT, "on": ON, "origin": "person"}
    add_term(contract=contract, first_day=day("2026-03-01"), **goodwill)
    add_term(contract=other, first_day=day("2026-03-02"), **goodwill)
    assert days(contract)[1:] == ["2026-03-01…2026-03-31"]
    assert days(other)[1:] == ["2026-03-02…2026-04-01"]
    added = events_of(contract).get(verb="term_added")
    assert added.changes["coverage"] == [None, str(contract.terms.order_by("-first_day")[0])]
    assert not PlannedAction.objects.filter(contract=contract, kind="renewal_quote", state="planned").exclude(
        term__kind="goodwill"
    )


@pytest.mark.parametrize("first_day", ["2027-01-14", "2027-01-15"])
def test_a_further_term_starts_after_the_last_one(first_day):
    with pytest.raises(Refused) as no:
        paid_term(accepted(), "1.00", first_day=day(first_day))
    assert no.value.field == "first_day"


def test_goodwill_may_say_that_it_costs_nothing(manager):
    term = add_term(
        contract=accepted(), kind=TermKind.GOODWILL, months=1, price=Money(0, "CNY"), by=manager, at=AT, on=ON,
        origin="person",
    )  # fmt: skip
    assert term.price == cny("0")


# Terminated


@pytest.mark.parametrize(
    ("on", "left", "cut"),
    [
        ("2027-01-15", ["2026-01-15…2027-01-15"], []),  # the last day itself: nothing is cut
        ("2027-01-14", ["2026-01-15…2027-01-14"], ["end_set"]),
        ("2027-01-16", ["2026-01-15…2027-01-15", "2027-01-16…2027-01-16"], []),  # the later term's first day
        ("2026-01-14", [], []),
    ],
)
def test_what_a_termination_leaves_of_the_terms(on, left, cut, director):
    contract = accepted()
    first = contract.terms.get()
    paid_term(contract, "1.00")
    terminate_contract(contract=contract, on=day(on), reason="over", by=director, at=at(max(day(on), ON)))
    assert days(contract) == left
    if left:
        assert verbs(first)[1:] == cut


def test_only_mails_about_the_ended_contract_stay_at_home(director):
    contract, other = accepted(), accepted()
    visit, others = (Inspection.objects.filter(action__contract=each)[0] for each in (contract, other))
    names = ["reader", "customer", "contract", "project", "manager", "phone", "company", "hotline", "last", "next"]
    for n, target in enumerate((contract, visit, other, others)):
        write_mail(
            cause=f"letter:{n}", kind="coverage_lapsed", target=target, reader=Reader("王", "a@x.example", "en"),
            variables=dict.fromkeys(names, "x"), at=AT,
        )  # fmt: skip
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    assert list(OutgoingMail.objects.order_by("pk").values_list("status", flat=True)) == [
        "cancelled", "cancelled", "queued", "queued",
    ]  # fmt: skip


# Inspections: the second has the window 2026-07-16 … 2027-01-15


@pytest.fixture
def second():
    return Inspection.objects.select_related("action__contract").get(
        action__contract=accepted(day("2026-01-15")), action__step="2"
    )


@pytest.fixture
def planner(db):
    return UserFactory(role="service_manager")


def test_a_visit_may_be_planned_for_today_and_for_the_windows_last_day(second, planner):
    for to in (ON, day("2027-01-15")):
        reschedule_inspection(inspection=second, to=to, by=planner, at=AT, on=ON)
        assert row(second.action.contract, "inspection", "2").due_on == to
    assert events_of(second).order_by("-pk")[0].note == "2026-11-22 → 2027-01-15"


def test_a_visit_may_be_planned_for_the_windows_first_day(planner):
    on = day("2026-07-10")
    contract = accepted(day("2026-01-15"))
    visit = Inspection.objects.get(action__contract=contract, action__step="2")
    reschedule_inspection(inspection=visit, to=day("2026-07-16"), by=planner, at=AT, on=on)
    assert row(contract, "inspection", "2").due_on == day("2026-07-16")


def test_a_notice_that_left_is_not_moved(second, planner):
    contract = second.action.contract
    sent = row(contract, "inspection_notice", "2/14")
    PlannedAction.objects.filter(pk=sent.pk).update(state="done")
    failed = row(contract, "inspection_notice", "2/7")
    PlannedAction.objects.filter(pk=failed.pk).update(state="failed")
    reschedule_inspection(inspection=second, to=day("2027-01-05"), by=planner, at=AT, on=ON)
    assert row(contract, "inspection_notice", "2/14").due_on == sent.due_on
    assert row(contract, "inspection_notice", "2/7").due_on == day("2026-12-29")


def report(inspection, visited_on, by, **more):
    given = {"result": InspectionResult.NORMAL, "findings": "", "by": by, "at": AT, "on": ON, **more}
    report_inspection(inspection=inspection, visited_on=visited_on, **given)


@pytest.mark.parametrize("visited_on", [day("2026-07-16"), ON])
def test_a_visit_may_have_been_on_the_windows_first_day_and_today(visited_on, second, engineer):
    report(second, visited_on, engineer)
    second.refresh_from_db()
    assert (second.visited_on, second.reported_at, second.result) == (visited_on, AT, "normal")


def test_a_report_settles_its_todos_and_skips_what_failed(second, engineer):
    contract = second.action.contract
    other = Inspection.objects.get(action__contract=contract, action__step="1")
    write_todos(
        [
            make_todo(second, kind="inspection_missed", due_on=ON, at=AT, role="service_manager", cause="a"),
            make_todo(other, kind="inspection_missed", due_on=ON, at=AT, role="service_manager", cause="b"),
        ]
    )
    PlannedAction.objects.filter(pk=row(contract, "inspection_notice", "2/14").pk).update(state="failed")
    report(second, ON, engineer, result=InspectionResult.ABNORMAL, findings="a worn disk")
    assert dict(Todo.objects.filter(kind="inspection_missed").values_list("cause", "done_at")) == {"a": AT, "b": None}
    skipped = row(contract, "inspection_notice", "2/14")
    assert (skipped.state, skipped.problem) == ("skipped", "reported")


def test_an_old_look_at_an_inspection_changes_nothing(second, planner, engineer):
    with pytest.raises(Stale):
        assign_inspection(inspection=second, engineer=engineer, by=planner, at=AT, seen=99)
    with pytest.raises(Stale):
        reschedule_inspection(inspection=second, to=day("2027-01-05"), by=planner, at=AT, on=ON, seen=99)
    with pytest.raises(Stale):
        report(second, ON, engineer, seen=99)
    assert verbs(second) == []


def test_service_managers_go_too(second, planner):
    assign_inspection(inspection=second, engineer=planner, by=planner, at=AT)
    assert second.engineer == planner


def test_the_first_and_the_last_day_of_coverage_lie_in_a_window():
    contract = accepted(day("2026-01-15"))
    for inside, step in (("2026-01-15", "1"), ("2027-01-15", "2")):
        place = window_holding(contract, day(inside))
        assert (place.step, place.term) == (step, contract.terms.get())

"""The daily run: what is due is done once, whenever the run comes and however it is cut (docs/rules.md 5.5)."""

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from base.chatter.models import Event, Todo
from base.lib.errors import NotAllowed
from contracts.models import Contract
from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, at, day, row
from tests.factories import UserFactory
from tests.snapshot import snapshot
from tests.warranty.planning.scenario import DAY
from warranty.enums import ActionState
from warranty.models import DailyRun, PlannedAction
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


def run(on=DAY, **more):
    return run_day(on=on, by=None, at=at(on), **more)


def test_missed_days_are_caught_up_in_the_order_of_a_life():
    """Drafted and sent in one run would skip the review window: the mail counts from the day the draft was made."""
    contract = accepted(day("2026-01-15"))
    run(day("2026-11-20"))
    assert RenewalQuote.objects.get(contract=contract).status == "draft"
    assert row(contract, "renewal_send").due_on == day("2026-11-25")
    run(day("2026-11-24"))
    assert RenewalQuote.objects.get(contract=contract).status == "draft"
    run(day("2026-11-25"))
    assert RenewalQuote.objects.get(contract=contract).status == "sent"


def test_what_a_run_makes_due_is_done_in_the_same_run(carried_out_by):
    """A chain of rows ends in one run, and a circle ends too."""
    contract = accepted(day("2026-01-15"))
    later = row(contract, "coverage_end")

    def pull(rows, context):
        PlannedAction.objects.filter(pk=later.pk).update(due_on=context.on)

    carried_out_by("renewal_quote", pull)
    assert run().actions["coverage_end"]["done"] == 1


# When something fails


def test_one_bad_contract_fails_alone_and_is_listed_with_its_reason():
    good, bad, other = (accepted(day("2026-01-15")) for _n in range(3))
    Contract.objects.filter(pk=bad.pk).update(renewal_months=60)  # behind the product's back: no term is so long
    result = run()
    assert result.actions["renewal_quote"] == {"done": 2, "skipped": 0, "failed": 1}
    assert [(each["contract"], each["kind"]) for each in result.failures] == [(bad.number, "renewal_quote")]
    assert result.failures[0]["problem"]
    assert set(RenewalQuote.objects.values_list("contract", flat=True)) == {good.pk, other.pk}
    assert sorted(RenewalQuote.objects.values_list("number", flat=True)) == ["BJ-2026-0001", "BJ-2026-0002"]
    failed = row(bad, "renewal_quote")
    assert (failed.state, failed.attempts, failed.problem) == ("failed", 1, result.failures[0]["problem"])
    assert DailyRun.objects.get().failures == result.failures


def test_a_failed_row_is_taken_again_by_each_run_and_after_five_times_only_by_hand():
    bad = accepted(day("2026-01-15"))
    Contract.objects.filter(pk=bad.pk).update(renewal_months=60)
    for attempt in range(1, 6):
        assert len(run().failures) == 1
        assert row(bad, "renewal_quote").attempts == attempt
    assert run().failures == []
    assert row(bad, "renewal_quote").state == "failed"
    Contract.objects.filter(pk=bad.pk).update(renewal_months=12)
    assert run().actions == {}
    result = run(rows=[row(bad, "renewal_quote").pk])
    assert result.actions["renewal_quote"]["done"] == 1
    assert row(bad, "renewal_quote").state == "done"
    # Its mail had waited for the draft.
    assert row(bad, "renewal_send").due_on == day("2026-11-25")


def test_a_mended_row_succeeds_with_the_next_run():
    bad = accepted(day("2026-01-15"))
    Contract.objects.filter(pk=bad.pk).update(renewal_months=60)
    run()
    Contract.objects.filter(pk=bad.pk).update(renewal_months=12)
    assert run().actions["renewal_quote"] == {"done": 1, "skipped": 0, "failed": 0}
    mended = row(bad, "renewal_quote")
    assert (mended.state, mended.problem) == ("done", "")


def test_nothing_of_a_failed_rows_effect_stays(carried_out_by):
    contract = accepted(day("2026-01-15"))
    events = Event.objects.count()

    def half(rows, context):
        Todo.objects.create(target=contract, kind="note", due_on=ON, made_at=AT)
        raise RuntimeError("in the middle")

    carried_out_by("renewal_quote", half)
    result = run()
    assert result.failures == [{"contract": contract.number, "kind": "renewal_quote", "problem": "in the middle"}]
    assert not Todo.objects.filter(kind="note").exists()
    assert Event.objects.count() == events + Event.objects.filter(at=at(DAY)).count()


def test_a_row_that_was_settled_in_the_middle_of_its_batch_undoes_the_batch(carried_out_by):
    """Whoever settled it did its work: the run stops before it is done twice."""
    contract, other = accepted(day("2026-01-15")), accepted(day("2026-01-15"))

    def settle(rows, context):
        PlannedAction.objects.filter(pk=rows[0].pk).update(state=ActionState.SKIPPED)
        Todo.objects.create(target=contract, kind="note", due_on=ON, made_at=AT)

    carried_out_by("renewal_quote", settle)
    with pytest.raises(OperationalError, match="settled by somebody else"):
        run()
    assert not Todo.objects.filter(kind="note").exists()
    assert {row(each, "renewal_quote").state for each in (contract, other)} == {"planned"}
    assert DailyRun.objects.get().finished_at is None


def test_a_failure_in_a_dry_run_marks_nothing():
    bad = accepted(day("2026-01-15"))
    Contract.objects.filter(pk=bad.pk).update(renewal_months=60)
    before = snapshot()
    assert len(run(dry_run=True).failures) == 1
    assert snapshot() == before


def test_a_kind_nobody_carries_out_stays_planned_and_alarms():
    contract = accepted(day("2026-01-15"))
    term = contract.terms.get()
    PlannedAction.objects.create(contract=contract, term=term, kind="site_survey", due_on=ON, computed_on=ON)
    for _time in range(2):
        result = run()
        assert [(each["contract"], each["kind"]) for each in result.failures] == [(contract.number, "site_survey")]
        unknown = row(contract, "site_survey")
        assert (unknown.state, unknown.attempts) == ("planned", 0)
    assert RenewalQuote.objects.count() == 1, "the rest of the day was run"


# Waiting


def test_a_held_row_waits_and_is_not_counted(manager):
    contract = accepted(day("2026-01-15"))
    PlannedAction.objects.filter(pk=row(contract, "renewal_quote").pk).update(on_hold=True, problem="ask first")
    result = run()
    assert "renewal_quote" not in result.actions
    held = row(contract, "renewal_quote")
    assert (held.state, held.problem, held.attempts) == ("planned", "ask first", 0)
    # What waits for it waits too.
    assert (row(contract, "renewal_send").state, row(contract, "renewal_send").problem) == (
        "planned",
        "waits_for_draft",
    )
    PlannedAction.objects.filter(pk=held.pk).update(on_hold=False)
    assert run().actions["renewal_quote"]["done"] == 1


def test_a_row_whose_term_is_over_is_skipped_unless_it_still_means_something():
    contract = accepted(day("2026-01-15"))
    run(day("2027-02-01"))
    states = {(r.kind, r.step): r.state for r in contract.plan.exclude(kind__startswith="inspection")}
    assert states == {
        ("coverage_end", ""): "done",
        ("quote_expiry", ""): "skipped",
        ("renewal_quote", ""): "skipped",
        ("renewal_send", ""): "skipped",
        ("renewal_reminder", "60"): "skipped",
        ("renewal_reminder", "30"): "skipped",
        ("renewal_reminder", "7"): "skipped",
    }


# How much it asks


def test_a_day_with_nothing_due_asks_the_same_few_questions_of_many_contracts():
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert run(day("2026-02-01")).actions == {}
        return len(asked)

    few = queries()
    for _n in range(12):
        accepted(day("2026-02-01"))
    assert queries() == few
    assert few <= 7


def test_ten_drafts_ask_no_more_than_twenty():
    def queries(count: int) -> int:
        for _n in range(count):
            accepted(day("2026-01-15"), contact=None)
        with CaptureQueriesContext(connection) as asked:
            assert run().actions["renewal_quote"]["done"] == count
        return len(asked)

    queries(1)  # the year's first number costs more
    assert queries(10) == queries(20)


# Parts of a run


def test_a_run_of_chosen_rows_leaves_the_others_even_not_yet_due():
    contract, other = accepted(day("2026-01-15")), accepted(day("2026-01-15"))
    result = run(rows=[row(contract, "renewal_quote").pk])
    assert result.actions == {"renewal_quote": {"done": 1, "skipped": 0, "failed": 0}}
    assert row(other, "renewal_quote").state == ActionState.PLANNED


def test_what_is_done_is_not_done_again_by_hand():
    contract = accepted(day("2026-01-15"))
    run()
    assert run(rows=[row(contract, "renewal_quote").pk]).actions == {}
    assert RenewalQuote.objects.count() == 1


def test_a_run_is_recorded_with_what_it_did(director):
    contract = accepted(day("2026-01-15"))
    result = run_day(on=DAY, by=director, at=AT)
    [record] = DailyRun.objects.all()
    assert (record.on, record.by, record.actions, record.failures, record.whole) == (
        DAY,
        director,
        result.actions,
        [],
        True,
    )
    assert record.finished_at is not None
    assert row(contract, "renewal_quote").run == record
    assert row(contract, "renewal_quote").done_on == DAY


@pytest.mark.parametrize("role", ["manager", "finance", "engineer", "service_manager", "auditor"])
def test_only_some_may_start_a_run(role):
    with pytest.raises(NotAllowed):
        run_day(on=DAY, by=UserFactory(role=role), at=AT)

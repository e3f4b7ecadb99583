"""What a ledger's contract had to give before it came in is no breach: nobody here can know (docs/rules.md 11)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from base.chatter.operations import record
from service.models import Commitment
from service.promises.commitment_status import keep_all, records_of
from service.promises.commitments import notify_of_lapsed, write_commitments
from service.promises.fulfilment import fulfilment
from service.rules import Count, Standing, standing
from service.sentences import given_text
from tests.chain import AT, ON, accepted, day
from warranty.enums import ActionState
from warranty.models import Inspection, PlannedAction

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("given", "due", "stands"),
    [
        (0, "2025-06-30", Standing.BEFORE), (2, "2025-06-30", Standing.KEPT),
        (0, "2026-11-22", Standing.BROKEN), (0, "2026-11-21", Standing.BEFORE), (0, "2027-01-01", Standing.OPEN),
    ],
)  # fmt: skip
def test_silence_before_the_records_breaks_nothing(given, due, stands):
    count = Count(Decimal(2), Decimal(given))
    assert standing(count, date.fromisoformat(due), ON + timedelta(days=30), since=ON) == stands


@pytest.fixture
def loaded(manager):
    """Accepted long ago, and brought in by a ledger today."""
    contract = accepted(day("2025-01-15"), go_live_on=day("2024-12-01"), manager=manager)
    record(contract, "imported", by=None, at=AT)
    write_commitments(contract=contract, by=None, at=AT)
    return contract


def test_a_ledgers_contract_begins_without_a_breach(loaded):
    assert records_of(loaded, ON).since == ON
    states = [kept.standing for _each, kept in keep_all(loaded, ON + timedelta(days=1))]
    assert Standing.BROKEN not in states
    assert Standing.BEFORE in states
    notify_of_lapsed(on=ON + timedelta(days=1), at=AT + timedelta(days=1))
    assert not Commitment.objects.filter(lapsed=True).exists()


def test_one_that_was_recorded_here_from_its_beginning_is_judged(manager):
    contract = accepted(day("2025-01-15"), go_live_on=day("2024-12-01"), manager=manager)
    record(contract, "created", by=None, at=AT - timedelta(days=700))
    record(contract, "imported", by=None, at=AT)
    write_commitments(contract=contract, by=None, at=AT)
    assert records_of(contract, ON).since is None
    assert Standing.BROKEN in [kept.standing for _each, kept in keep_all(contract, ON)]


def test_windows_that_were_left_out_are_neither_kept_nor_broken(loaded):
    over = Inspection.objects.filter(action__contract=loaded, window_last__lt=ON)
    PlannedAction.objects.filter(inspection__in=over).update(state=ActionState.SKIPPED)
    [(promise, kept)] = [(each, kept) for each, kept in keep_all(loaded, ON) if each.kind == "inspections"]
    assert (kept.standing, kept.given, kept.broken) == (Standing.STANDING, 0, 0)
    assert kept.skipped == over.count() > 0
    assert str(kept.skipped) in given_text(promise, kept) or not promise.amount


def test_the_customers_paper_says_nothing_of_it(loaded):
    from service.documents.builders.promises import _promise_lines

    facts = fulfilment(loaded, day("2026-01-01"), ON, ON)
    assert any(kept.standing == Standing.BEFORE for _each, kept in facts.promises)
    assert "before our records" not in {line.standing for line in _promise_lines(facts, "en")}

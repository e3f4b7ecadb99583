"""Runs over contracts in all walks of life: once, in any batches, missed for weeks, dry (docs/rules.md 5.5)."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction

from base.mail.models import OutgoingMail
from tests.chain import at
from tests.snapshot import snapshot
from tests.warranty.planning.scenario import DAY
from warranty.models import DailyRun
from warranty.planning import kinds
from warranty.planning import run as engine
from warranty.planning.run import run_day
from warranty.queries import due_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("life")]


def run(on=DAY, **more):
    return run_day(on=on, by=None, at=at(on), **more)


@contextmanager
def undone():
    """Everything inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_a_day_run_twice_changes_nothing():
    first = run()
    assert first.actions
    assert not first.failures
    before = snapshot()
    again = run()
    assert (again.actions, again.failures) == ({}, [])
    assert snapshot() == before


def test_rows_by_ones_rows_by_twos_or_all_together_end_in_the_same(monkeypatch):
    """Ladders, batches and waiting rows do not depend on where a batch is cut."""
    ends = []
    for size in (500, 2, 1):
        monkeypatch.setattr(engine, "CHUNK", size)
        with undone():
            run()
            ends.append(snapshot())
    assert ends[0] == ends[1] == ends[2]


def test_a_batch_that_fails_is_done_row_by_row_with_the_same_end(monkeypatch):
    """A batch of several breaks; each row by itself does not."""
    with undone():
        run()
        together = snapshot()
    for kind in [kind for kind in kinds.kinds() if kind.carry_out]:

        def alone(cases, run, whole=kind.carry_out):
            whole(cases, run)
            if len(cases) > 1:
                raise RuntimeError("not so many at once")

        monkeypatch.setitem(kinds._kinds, kind.name, replace(kind, carry_out=alone))
    assert run().failures == []
    assert snapshot() == together


def test_a_dry_run_says_what_would_happen_and_leaves_nothing():
    before = snapshot()
    runs = DailyRun.objects.count()
    said = run(dry_run=True)
    assert snapshot() == before
    assert DailyRun.objects.count() == runs
    assert run().actions == said.actions


def test_after_missed_weeks_nobody_gets_a_flood():
    """A quarter of a year without a run: one reminder a quote, one notice a visit, one mail about the lapse."""
    late = DAY + timedelta(days=90)
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    run(late)
    mails = OutgoingMail.objects.exclude(pk__in=before).values_list("kind", "to_email", "target_type", "target_id")
    assert mails
    assert len(set(mails)) == len(mails)
    assert not due_rows(late).exclude(problem__startswith="on_hold").exclude(problem__startswith="waits_for").exists()


def test_kinds_run_in_order_whatever_the_order_of_their_rows(monkeypatch):
    """First what ends, then what is told, then drafts, mails and reminders."""
    seen = []
    for kind in [kind for kind in kinds.kinds() if kind.carry_out]:

        def noted(rows, outlook, kind=kind):
            seen.append(kind.name)
            return kind.gather(rows, outlook)

        monkeypatch.setitem(kinds._kinds, kind.name, replace(kind, gather=noted))
    run()
    assert seen == sorted(seen, key=list(kinds._kinds).index)
    assert (
        seen.index("quote_expiry")
        < seen.index("renewal_quote")
        < seen.index("renewal_send")
        < seen.index("renewal_reminder")
    )


def test_a_run_of_one_kind_leaves_the_others():
    result = run(only="coverage_end")
    assert list(result.actions) == ["coverage_end"]
    assert due_rows(DAY).exists()
    assert not DailyRun.objects.latest("pk").whole

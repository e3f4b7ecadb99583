"""`manage.py replan`: contracts that exist get the rows the rules of today give them, once (docs/rules.md 5)."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chain import ON, accepted, day, row
from tests.snapshot import snapshot
from warranty.models import PlannedAction

pytestmark = pytest.mark.django_db


def replan(*words: str) -> dict:
    out = StringIO()
    call_command("replan", *words, "--on", str(ON), "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def without_reminders(contract):
    """As if reminders were a new kind."""
    contract.plan.filter(kind="renewal_reminder").delete()
    return contract


def test_a_kind_that_is_new_gets_its_rows_once_and_nothing_else_moves():
    whole = accepted(day("2026-01-15"), planned_on=ON)
    before = snapshot()
    without_reminders(whole)
    kept = dict(PlannedAction.objects.values_list("pk", "due_on"))
    assert replan("--all") == {"on": "2026-11-22", "contracts": 1, "new": 3, "changed": 0}
    assert snapshot() == before
    assert dict(PlannedAction.objects.filter(pk__in=kept).values_list("pk", "due_on")) == kept
    assert replan("--all") == {"on": "2026-11-22", "contracts": 1, "new": 0, "changed": 0}
    assert snapshot() == before


def test_one_contract_is_planned_and_the_others_are_not():
    first, second = (without_reminders(accepted(day("2026-01-15"), planned_on=ON)) for _n in range(2))
    assert replan("--contract", first.number)["new"] == 3
    assert first.plan.filter(kind="renewal_reminder").count() == 3
    assert not second.plan.filter(kind="renewal_reminder").exists()


def test_what_is_settled_stays():
    contract = accepted(day("2026-01-15"), planned_on=ON)
    done = row(contract, "renewal_reminder", "60")
    PlannedAction.objects.filter(pk=done.pk).update(state="done", done_on=ON, computed_on=day("2026-02-01"))
    assert replan("--all")["changed"] == 0
    done.refresh_from_db()
    assert (done.state, done.computed_on) == ("done", day("2026-02-01"))


def test_many_contracts_ask_as_few_questions_as_two():
    def queries(count: int) -> int:
        for _n in range(count):
            accepted(day("2026-01-15"), planned_on=ON)
        PlannedAction.objects.filter(kind="renewal_reminder").delete()
        with CaptureQueriesContext(connection) as asked:
            assert replan("--all")["new"] > 0
        return len(asked)

    assert queries(2) == queries(4)


def test_it_knows_its_contracts_and_wants_to_be_told_which():
    with pytest.raises(CommandError, match="no contract"):
        call_command("replan", "--contract", "X", stdout=StringIO())
    with pytest.raises(CommandError, match="required"):
        call_command("replan", stdout=StringIO())


def test_a_renewal_that_an_earlier_version_lost_opens_again():
    contract = accepted(day("2026-01-15"), planned_on=ON)
    contract.plan.filter(kind__in=["renewal_quote", "renewal_send"]).update(state="done", done_on=ON)
    assert replan("--all")["changed"] == 1
    assert (row(contract, "renewal_quote").state, row(contract, "renewal_quote").due_on) == ("planned", ON)
    assert replan("--all")["changed"] == 0

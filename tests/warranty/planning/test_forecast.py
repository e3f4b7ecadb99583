"""What will happen by itself: the stored rows, and the term that would follow (docs/rules.md 5, docs/commands.md 5)."""

import json
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from contracts.models import Contract
from contracts.operations import set_renewal_wish, terminate_contract
from tests.chain import AT, ON, accepted, cny, day, paid_term
from tests.snapshot import snapshot
from warranty.planning.forecast import forecast

pytestmark = pytest.mark.django_db


def expected(first: str, last: str, today=ON, contracts=None) -> list[str]:
    rows = forecast(contracts or Contract.objects.all(), first=day(first), last=day(last), today=today)
    return [f"{row.kind} {row.step} {row.due_on}".replace("  ", " ") + ("?" if row.projected else "") for row in rows]


def test_stored_rows_between_two_days_in_order():
    accepted(day("2026-01-15"), planned_on=ON)
    assert expected("2026-12-01", "2027-01-15") == [
        "inspection_notice 2/14 2026-12-02",
        "inspection_notice 2/7 2026-12-09",
        "inspection 2 2026-12-16",
        "renewal_reminder 30 2026-12-16",
        "renewal_reminder 7 2027-01-08",
    ]
    assert sorted(expected("2027-01-16", "2027-01-16")) == [
        "coverage_end 2027-01-16",
        "inspection_missed 2 2027-01-16",
        "quote_expiry 2027-01-16",
    ]


def test_the_term_that_would_follow_is_projected_and_marked():
    accepted(day("2026-01-15"), planned_on=ON)
    rows = expected("2027-06-01", "2027-12-31")
    assert rows == [
        "inspection_notice 1/14 2027-06-01?",
        "inspection_notice 1/7 2027-06-08?",
        "inspection 1 2027-06-15?",
        "inspection_missed 1 2027-07-16?",
        "renewal_quote 2027-10-17?",
        "renewal_send 2027-10-20?",
        "renewal_reminder 60 2027-11-16?",
        "inspection_notice 2/14 2027-12-02?",
        "inspection_notice 2/7 2027-12-09?",
        "inspection 2 2027-12-16?",
        "renewal_reminder 30 2027-12-16?",
    ]


def test_amounts_are_those_a_quote_would_ask():
    contract = accepted(day("2026-01-15"), planned_on=ON, amount=cny("1000000.00"))
    paid_term(contract, "150000.00")
    rows = list(forecast(Contract.objects.all(), first=ON, last=day("2028-12-31"), today=ON))
    assert {str(row.amount.amount) for row in rows if row.kind.startswith("renewal")} == {"150000.00"}
    assert {row.amount for row in rows if row.kind.startswith(("inspection", "coverage"))} == {None}


@pytest.mark.parametrize("why", ["terminated", "not wanted", "over"])
def test_nothing_is_projected_that_will_not_come(why):
    contract = accepted(day("2024-01-15") if why == "over" else day("2026-01-15"), planned_on=ON)
    if why == "terminated":
        terminate_contract(contract=contract, on=ON, reason="over", by=None, at=AT)
    if why == "not wanted":
        set_renewal_wish(contract=contract, no_renewal_reason="new system", by=None, at=AT, on=ON)
    assert expected("2027-02-01", "2028-12-31") == []


def test_reading_changes_nothing():
    accepted(day("2026-01-15"), planned_on=ON)
    before = snapshot()
    expected("2026-01-01", "2029-12-31")
    assert snapshot() == before


@time_machine.travel("2026-11-22 10:00 +0800", tick=False)
def test_the_command_speaks_json():
    contract, other = accepted(day("2026-01-15"), planned_on=ON), accepted(day("2026-01-15"), planned_on=ON)
    out = StringIO()
    words = ["--from", "2026-12-16", "--to", "2027-01-10", "--contract", contract.number, "--format", "json"]
    call_command("forecast", *words, stdout=out)
    rows = json.loads(out.getvalue())
    assert rows[0] == {
        "contract": contract.number,
        "kind": "inspection",
        "step": "2",
        "due_on": "2026-12-16",
        "term": ["2026-01-15", "2027-01-15"],
        "window": ["2026-07-16", "2027-01-15"],
        "amount": None,
        "currency": None,
        "projected": False,
    }
    assert rows[1]["amount"] == "240000.00"
    assert {row["contract"] for row in rows} == {contract.number}
    assert other.number not in out.getvalue()


def test_the_command_knows_its_contracts():
    with pytest.raises(CommandError, match="no contract"):
        call_command("forecast", "--from", "2026-12-16", "--to", "2027-01-10", "--contract", "X", stdout=StringIO())

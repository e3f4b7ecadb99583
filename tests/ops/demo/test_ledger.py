import io
from collections import Counter
from datetime import date, timedelta

import pytest

from base.lib.dates import add_months
from base.lib.uscc import is_valid
from contracts.ledger import check_ledger, read_ledger
from ops.demo.ledger import write_demo_ledger
from ops.demo.sample import DUE_ENDS, LEFT, MANAGERS
from warranty.ledger.coverage import stretches

DAYS = [date(2026, 11, 22), date(2027, 2, 28), date(2028, 1, 1), date(2028, 2, 29)]


def written(on, **options):
    target = io.BytesIO()
    write_demo_ledger(target, on=on, **options)
    return target.getvalue()


def ends(checked):
    """The last day of each accepted contract's coverage."""
    return [
        row.covered_until or add_months(row.final_acceptance_on, row.free_months)
        for row in checked.rows
        if row.final_acceptance_on
    ]


@pytest.fixture(scope="module", params=DAYS, ids=str)
def on(request):
    return request.param


@pytest.fixture(scope="module")
def ledger(on):
    return read_ledger(written(on), on=on)


@pytest.fixture(scope="module")
def checked(ledger):
    return check_ledger(ledger)


def test_it_looks_like_a_ledger(ledger):
    assert list(ledger.skipped) == [], "a sheet of notes is no table"
    assert len(ledger.tables) >= 6
    assert 300 < ledger.row_count < 310
    assert {table.header_row for table in ledger.tables} == {2, 3}
    assert not any(table.unmapped for table in ledger.tables if table.header[0] not in ("序号", "No."))


def test_only_the_planted_rows_are_bad(checked):
    kinds = Counter((fault.field, fault.text()) for fault in checked.rejected)
    assert set(kinds) == {
        ("number", "missing"), ("number", "duplicate"), ("amount", "not a positive amount"), ("signed_on", "not a date"),
        ("signed_on", "ambiguous"), ("final_acceptance_on", "before signing"), ("final_acceptance_on", "after the import day"),
        ("renewal_rate", "above the 20% cap"), ("annual_fee", "above the cap"), ("customer", "missing"), ("free_months", "ambiguous"),
    }  # fmt: skip
    assert max(kinds.values()) <= 6
    assert len(checked.rejected) < 40
    assert {warning.field for warning in checked.warnings} == {"email", "credit_code"}


def test_every_good_row_describes_a_possible_coverage(checked):
    assert [row.number for row in checked.rows if row.final_acceptance_on and not stretches(row)] == []


def test_every_stage_of_life_is_there(on, checked):
    last_days = ends(checked)
    assert sum(on <= end <= on + timedelta(days=90) for end in last_days) in range(18, 36)
    assert sum(end < on for end in last_days) > 30
    assert sum(row.covered_until is not None and row.covered_until > on for row in checked.rows) > 50
    assert sum(row.covered_until is None and row.final_acceptance_on is not None for row in checked.rows) > 80
    waiting = [row for row in checked.rows if row.final_acceptance_on is None]
    assert sum(row.go_live_on is None for row in waiting) > 10
    assert sum(row.go_live_on is not None for row in waiting) > 10
    assert all(row.signed_on < on for row in waiting)


def test_names_are_invented_and_codes_are_right(checked):
    managers = Counter(row.manager for row in checked.rows)
    assert set(managers) == {*MANAGERS, LEFT}
    assert managers[LEFT] < 25
    assert {row.email.partition("@")[2] for row in checked.rows} == {"example.com", ""}
    codes = {}
    for row in checked.rows:
        assert not row.credit_code or (is_valid(row.credit_code) and row.credit_code[2:8] == "000000")
        codes.setdefault(row.customer_key, set()).add(row.credit_code)
    assert 60 < len(codes) < 100
    assert all(len(found - {""}) <= 1 for found in codes.values())


@pytest.mark.parametrize("on", DAYS[:3])
def test_something_is_due_on_the_day(on):
    for options, day in (({}, on), ({"due_on": on + timedelta(days=140)}, on + timedelta(days=140))):
        found = Counter(ends(check_ledger(read_ledger(written(on, **options), on=on))))
        wanted = Counter(day + timedelta(days=days) for days in DUE_ENDS)
        assert all(found[end] >= count for end, count in wanted.items())


def test_the_same_day_and_seed_give_the_same_ledger():
    assert written(DAYS[0], contracts=20) == written(DAYS[0], contracts=20)
    assert written(DAYS[0], contracts=20) != written(DAYS[0], contracts=20, seed=21)


def test_a_ledger_of_any_size():
    for contracts in (1, 8, 30):
        ledger = read_ledger(written(DAYS[0], contracts=contracts), on=DAYS[0])
        assert contracts <= ledger.row_count <= contracts + 2

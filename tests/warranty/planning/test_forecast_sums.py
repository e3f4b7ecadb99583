"""What the database counts is what `forecast` says row by row (docs/rules.md 5)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from contracts.models import Amendment, Contract
from contracts.operations import set_renewal_wish, terminate_contract
from tests.chain import AT, ON, accepted, cny, day, paid_term
from tests.factories import UserFactory
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.planning.forecast import forecast
from warranty.planning.forecast_sums import Coming
from warranty.planning.kinds import names_of
from warranty.planning.writing import plan_contracts

pytestmark = pytest.mark.django_db


def by_rows(contracts, span, shown):
    """The same, added up from the rows themselves."""
    rows = sorted(
        forecast(contracts, first=span[0], last=span[1], today=ON), key=lambda row: (row.due_on, row.contract)
    )
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.kind in names_of(lambda kind: kind.begins_renewal):
            sums[row.amount.currency.code] = sums.get(row.amount.currency.code, 0) + row.amount.amount
    visits = sum(row.kind == "inspection" for row in rows)
    return (len(rows), visits), [Money(sums[code], code) for code in sorted(sums)], rows[:shown]


def by_database(contracts, span, shown):
    found = Coming(contracts, first=span[0], last=span[1], today=ON)
    return found.counted, found.renewals, found.rows(shown, shown)


def amended(contract, effective_on, **values):
    return Amendment.objects.create(contract=contract, signed_on=ON, effective_on=day(effective_on), **values)


@pytest.fixture
def house():
    """Contracts of every sort that a price or a plan can come from."""
    manager = UserFactory(role="manager")
    plain = [accepted(day(f"2026-0{n}-15"), planned_on=ON, manager=manager) for n in range(1, 7)]
    paid_term(plain[0], "150000.00")
    amended(plain[1], "2026-06-01", amount=cny("800000.00"), inspections_per_year=4)
    amended(plain[1], "2026-07-01", renewal_rate=Decimal("0.05"))
    amended(plain[2], "2027-09-01", amount=cny("700000.00"))
    set_renewal_wish(contract=plain[3], no_renewal_reason="new system", by=None, at=AT, on=ON)
    terminate_contract(contract=plain[4], on=ON, reason="over", by=None, at=AT)
    accepted(day("2026-02-28"), planned_on=ON, amount=Money("1234567.00", "JPY"), renewal_rate=Decimal("0.1111"))
    accepted(day("2026-03-31"), planned_on=ON, amount=cny("999999.99"), renewal_months=7, cap_rate=Decimal("0.1234"))
    accepted(day("2025-08-31"), planned_on=ON, amount=cny("333333.33"), renewal_rate=Decimal("0.0777"))
    behind = accepted(day("2026-05-05"), planned_on=ON)
    paid_term(behind, "90000.00")
    last = behind.terms.order_by("-first_day").first()
    MaintenanceTerm.objects.create(
        contract=behind, kind=TermKind.GOODWILL, first_day=last.last_day + timedelta(days=1), months=2,
        last_day=last.last_day + timedelta(days=60), anchor=last.last_day, hand_set_reason="agreed by hand",
    )  # fmt: skip
    behind.customer.budget_funded = True
    behind.customer.save()
    plan_contracts(Contract.objects.values_list("pk", flat=True), on=ON)
    PlannedAction.objects.filter(contract=plain[5], kind="inspection").update(state="failed")
    return manager


@pytest.mark.parametrize("shown", [1, 5, 500])
@pytest.mark.parametrize(("start", "days"), [(0, 0), (0, 30), (0, 365), (40, 200), (0, 1000), (-100, 60)])
def test_the_database_says_what_the_rows_say(house, start, days, shown):
    span = ON + timedelta(days=start), ON + timedelta(days=start + days)

    for contracts in (Contract.objects.all(), Contract.objects.visible_to(house)):
        assert by_database(contracts, span, shown) == by_rows(contracts, span, shown)


def test_amounts_of_several_currencies_and_amendments_are_among_them(house):
    _kinds, sums, _rows = by_database(Contract.objects.all(), (ON, ON + timedelta(days=1000)), 1)

    assert [each.currency.code for each in sums] == ["CNY", "JPY"]


def test_nobody_has_nothing_to_expect():
    assert by_database(Contract.objects.all(), (ON, date(2029, 1, 1)), 500) == ((0, 0), [], [])


def test_what_is_asked_does_not_follow_the_number_of_contracts():
    def queries():
        with CaptureQueriesContext(connection) as seen:
            by_database(Contract.objects.all(), (ON, ON + timedelta(days=365)), 10)
        return len(seen)

    accepted(day("2026-01-15"), planned_on=ON)
    queries()
    one = queries()
    accepted(day("2026-01-16"), planned_on=ON), accepted(day("2026-01-15"), planned_on=ON)
    assert queries() == one

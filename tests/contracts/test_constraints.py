"""No price above the cap can be stored by any path: the database refuses it on quote and term.

See docs/rules.md 2.1.
"""

from decimal import ROUND_FLOOR, Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moneyed import Money

from base.lib.money import minor_digits
from contracts.rules import renewal_cap
from renewals.models import RenewalQuote
from tests.chain import drafted, renewed
from warranty.models import MaintenanceTerm

pytestmark = pytest.mark.django_db

#: Each model that bears a price, and the column it is in.
PRICED = [(RenewalQuote, "price"), (MaintenanceTerm, "price")]
on_each = pytest.mark.parametrize(("model", "column"), PRICED, ids=[model.__name__ for model, _column in PRICED])


@pytest.fixture
def records() -> dict[type, int]:
    """One row of each model, all of one accepted renewal."""
    quote = renewed()
    return {
        RenewalQuote: quote.pk,
        MaintenanceTerm: quote.term_id,
    }


def store(model, pk, column, *, price, base, rate="0.2", months=12, currency="CNY") -> bool:
    """Whether the database takes the row."""
    values = {column: Money(price, currency), "cap_base": Money(base, currency), "cap_rate": rate, "months": months}
    columns = {name: value for name, value in values.items() if not isinstance(value, Money)}
    for name in (column, "cap_base"):
        columns |= {name: values[name].amount, f"{name}_currency": values[name].currency.code}
    try:
        with transaction.atomic():
            model.objects.filter(pk=pk).update(**columns)
    except IntegrityError:
        return False
    return True


@on_each
@pytest.mark.parametrize(
    ("base", "rate", "months", "cap", "more"),
    [
        ("500000.00", "0.20", 12, "100000.00", "100000.01"),
        ("3029809.07", "0.20", 12, "605961.81", "605961.82"),
        ("333333.33", "0.20", 12, "66666.66", "66666.67"),
        ("333333.33", "0.20", 18, "99999.99", "100000.00"),
        ("333333.33", "0.15", 36, "149999.99", "150000.00"),
        ("99999999999.99", "0.20", 36, "59999999999.99", "60000000000.00"),
        ("0.01", "0.20", 12, "0.00", "0.01"),
        ("0.05", "0.20", 12, "0.01", "0.02"),
        ("12345678.90", "0.1999", 7, "1439609.04", "1439609.05"),
    ],
)
def test_the_cap_is_stored_and_a_cent_more_is_not(records, model, column, base, rate, months, cap, more):
    assert store(model, records[model], column, price=cap, base=base, rate=rate, months=months)
    assert not store(model, records[model], column, price=more, base=base, rate=rate, months=months)


@on_each
def test_raw_sql_is_refused_too(records, model, column):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = 240000.00 WHERE id = %s", [records[model]])
        for price in ("240000.01", "1e15", "240001", "9999999999"):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(f"UPDATE {table} SET {column} = {price} WHERE id = %s", [records[model]])


@on_each
def test_saving_and_bulk_saving_are_refused(records, model, column):
    row = model.objects.get(pk=records[model])
    setattr(row, column, Money("240000.01", "CNY"))
    with pytest.raises(IntegrityError, match="under_cap"), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError, match="under_cap"), transaction.atomic():
        model.objects.bulk_update([row], [column])


def test_a_new_row_is_judged_like_a_changed_one():
    quote = drafted()
    quote.pk, quote.number, quote.status = None, "BJ-2026-9999", "cancelled"
    quote.price = Money("240000.01", "CNY")
    with pytest.raises(IntegrityError, match="under_cap"), transaction.atomic():
        RenewalQuote.objects.bulk_create([quote])
    quote.price = Money("240000.00", "CNY")
    RenewalQuote.objects.bulk_create([quote])


@on_each
@pytest.mark.parametrize(
    "forged",
    [
        {"rate": "0.2001"},
        {"rate": "0.5"},
        {"months": 0},
        {"months": 37},
    ],
)
def test_the_row_cannot_bear_another_law(records, model, column, forged):
    """A rate above 20 %, or more than 36 months, would make any price fit."""
    assert store(model, records[model], column, price="1.00", base="1000000.00")
    assert not store(model, records[model], column, price="1.00", base="1000000.00", **forged)


@on_each
def test_base_and_price_are_in_one_currency(records, model, column):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=records[model]).update(cap_base_currency="JPY")


def test_what_is_given_away_has_no_price(records):
    term = MaintenanceTerm.objects.filter(pk=records[MaintenanceTerm])
    for kind in ("free", "goodwill"):
        with pytest.raises(IntegrityError), transaction.atomic():
            term.update(kind=kind)
    with pytest.raises(IntegrityError), transaction.atomic():
        term.update(cap_base=None, cap_base_currency=None)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(PRICED),
    st.sampled_from(["CNY", "USD", "JPY"]),
    st.integers(1, 9_999_999_999_999),
    st.integers(1, 2000),
    st.integers(1, 36),
    st.integers(-3, 3),
)
def test_rule_and_database_agree_to_the_cent(records, priced, currency, minor, basis_points, months, off):
    model, column = priced
    unit = Decimal(1).scaleb(-minor_digits(currency))
    base = Money(min(minor * unit, Decimal("99999999999.99").quantize(unit, ROUND_FLOOR)), currency)
    cap = renewal_cap(base, Decimal(basis_points) / 10000, months)
    price = cap + Money(off * unit, currency)
    if price.amount < 0:
        return
    taken = store(
        model,
        records[model],
        column,
        price=price.amount,
        base=base.amount,
        rate=Decimal(basis_points) / 10000,
        months=months,
        currency=currency,
    )
    assert taken is (price <= cap)

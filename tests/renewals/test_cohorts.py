"""The renewal rate of the terms that end in a month (docs/practice.md 4.4)."""

from datetime import date
from decimal import Decimal

import pytest
from moneyed import Money

from contracts.enums import ContractStatus
from renewals import cohorts
from renewals.cohorts import Cohort
from tests.chain import accepted, cny, paid_term
from warranty.models import MaintenanceTerm

pytestmark = pytest.mark.django_db


def of(month, months=1):
    return cohorts.cohorts(MaintenanceTerm.objects.all(), first=month, months=months)


def test_a_share_of_nothing_is_unknown():
    nothing = Cohort(date(2026, 1, 1), 0, 0, cny("0.00"), cny("0.00"))
    assert (nothing.rate, nothing.amount_rate) == (None, None)
    some = Cohort(date(2026, 1, 1), 4, 1, cny("200.00"), cny("50.00"))
    assert (some.rate, some.amount_rate) == (Decimal("0.25"), Decimal("0.25"))


def test_a_term_counts_where_it_ends_and_a_termination_is_none():
    followed, alone = accepted(date(2025, 6, 10)), accepted(date(2025, 6, 20))
    paid_term(followed, "100000.00")
    gone = accepted(date(2025, 6, 30))
    type(gone).objects.filter(pk=gone.pk).update(status=ContractStatus.TERMINATED)
    terms = MaintenanceTerm.objects.filter(last_day__lt=date(2026, 7, 1))
    assert set(cohorts.renewed(terms)) == set(followed.terms.filter(kind="free"))
    assert set(cohorts.not_renewed(terms)) == set(alone.terms.all())
    [may, june] = of(date(2026, 5, 17), months=2)
    assert (may.month, may.due, may.due_amount) == (date(2026, 5, 1), 0, Money(0, "CNY"))
    # What nobody renewed was worth a fifth of 1,200,000.00.
    assert (june.due, june.renewed, june.due_amount, june.renewed_amount) == (
        2, 1, cny("340000.00"), cny("100000.00"),
    )  # fmt: skip


def test_amounts_are_those_of_the_currency_most_terms_are_in():
    for amount in (Money(1000, "USD"), Money(1000, "USD"), cny("5000.00")):
        accepted(date(2025, 6, 10), amount=amount)
    [june] = of(date(2026, 6, 1))
    assert (june.due, june.due_amount) == (3, Money("400.00", "USD"))
    assert of(date(2030, 1, 1)) == [Cohort(date(2030, 1, 1), 0, 0, cny("0.00"), cny("0.00"))]

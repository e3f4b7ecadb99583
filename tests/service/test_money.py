"""Sums of service work (docs/rules.md 2 and 9)."""

from decimal import Decimal

import pytest
from moneyed import Money

from base.lib.errors import Refused
from contracts.models import Contract
from service.models import PriceLine, ServiceRequest, Visit, VisitPart
from service.money import added, agreed_for, charge_of, check_sum, currency_of
from tests.chain import ON, cny

DOLLARS = Contract(amount=Money(1, "USD"))


def test_work_is_charged_in_the_currency_of_the_contract():
    assert (currency_of(DOLLARS), currency_of(None)) == ("USD", "CNY")


@pytest.mark.parametrize("amount", [None, Money(0, "USD"), Money("0.01", "USD")])
def test_a_sum_may_be_missing_and_nothing(amount):
    check_sum(amount, DOLLARS, "fee")


@pytest.mark.parametrize(("amount", "code"), [(Money("-0.01", "USD"), "refused"), (Money(1, "CNY"), "currency")])
def test_a_sum_below_nothing_or_in_another_currency_is_refused(amount, code):
    with pytest.raises(Refused) as refusal:
        check_sum(amount, DOLLARS, "fee")
    assert (refusal.value.field, refusal.value.code) == ("fee", code)


def test_nothing_at_all_is_zero():
    assert added([None, cny("1.50"), None, cny("2.00")], "CNY") == cny("3.50")
    assert added([], "USD") == Money(0, "USD")


def test_a_visit_costs_its_fee_and_the_parts_that_are_charged():
    parts = [VisitPart(cost=cny("10.00"), quantity=Decimal(2), charged=charged) for charged in (True, False)]
    assert charge_of(Visit(fee=cny("5.00")), parts) == cny("25.00")
    assert charge_of(Visit(fee=None), []) == cny("0.00")


def test_only_what_somebody_said_yes_to_is_agreed():
    lines = [PriceLine(amount=cny("10.00"), agreed_on=ON), PriceLine(amount=cny("5.00"))]
    assert agreed_for(ServiceRequest(), lines) == cny("10.00")

"""Coverage asked of many contracts at once is the coverage of each."""

from datetime import date, timedelta

import pytest

from contracts.enums import Coverage
from contracts.models import Contract
from tests.chain import AT, ON, accepted, paid_term, signed
from warranty.enums import TermKind
from warranty.operations import add_term
from warranty.queries import coverage_end, coverage_on, covered

pytestmark = pytest.mark.django_db


@pytest.fixture
def contracts(db):
    signed()
    signed(go_live_on=date(2026, 6, 1))
    signed(preliminary_acceptance_on=date(2026, 6, 1))
    signed(go_live_on=date(2026, 12, 1), preliminary_acceptance_on=date(2026, 6, 1))
    accepted(date(2026, 6, 15), go_live_on=date(2026, 3, 1))
    accepted(date(2026, 6, 15), free_months=0)
    lapsed = accepted(date(2024, 6, 15))
    paid_term(accepted(date(2025, 6, 15)), "100000.00")
    add_term(
        contract=lapsed, kind=TermKind.GOODWILL, months=6, first_day=date(2026, 9, 1), by=None, at=AT, on=ON, origin="person"
    )  # fmt: skip


def test_each_contract_is_in_exactly_the_way_it_is_covered(contracts):
    for day in (date(2024, 1, 1) + timedelta(days=97 * n) for n in range(14)):
        for contract in Contract.objects.all():
            terms = list(contract.terms.order_by("first_day"))
            ways = [kind for kind in Coverage if covered(Contract.objects.filter(pk=contract.pk), [kind], day).exists()]
            assert ways == [coverage_on(contract, terms, day)], (contract.pk, day)


def test_several_ways_are_joined_by_or_and_none_is_nothing(contracts):
    every = Contract.objects.all()

    assert set(covered(every, list(Coverage), ON)) == set(every)
    assert not covered(every, [], ON).exists()


def test_the_end_of_coverage_is_the_last_agreed_day(contracts):
    ends = dict(Contract.objects.annotate(end=coverage_end()).values_list("pk", "end"))

    for contract in Contract.objects.all():
        last = contract.terms.order_by("-last_day").first()
        assert ends[contract.pk] == (last.last_day if last else None)

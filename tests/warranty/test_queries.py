"""How a contract is covered on a day (docs/rules.md 7.1)."""

from datetime import timedelta

import pytest

from contracts.enums import ContractStatus, Coverage
from contracts.models import Contract
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, day, paid_term, signed
from warranty.enums import TermKind
from warranty.queries import coverage_on, covered

pytestmark = pytest.mark.django_db


def on_days(contract: Contract, *days: str) -> list[str]:
    terms = list(contract.terms.order_by("first_day"))
    said = [coverage_on(contract, terms, day(each)) for each in days]
    # The same asked of the database, for many contracts at once.
    for each, coverage in zip(days, said, strict=True):
        for kind in Coverage.values:
            found = covered(Contract.objects.all(), [kind], day(each)).filter(pk=contract.pk).exists()
            assert found is (kind == coverage), f"{each}: {kind}"
    return [each.value for each in said]


def test_from_signing_to_the_end():
    contract = accepted(day("2024-03-15"), planned_on=ON, go_live_on=day("2024-01-10"))
    paid_term(contract, "1.00")
    paid_term(contract, "0.00", kind=TermKind.GOODWILL, months=3)
    assert on_days(
        contract,
        *("2024-01-09", "2024-01-10", "2024-03-14", "2024-03-15", "2025-03-15"),
        *("2025-03-16", "2026-03-15", "2026-03-16", "2026-06-15", "2026-06-16"),
    ) == ["none", "trial", "trial", "free", "free", "paid", "paid", "goodwill", "goodwill", "lapsed"]


def test_a_gap_lies_between_terms():
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "1.00", first_day=day("2026-01-01"))
    assert on_days(contract, "2025-03-15", "2025-03-16", "2025-12-31", "2026-01-01", "2027-01-01") == [
        "free",
        "gap",
        "gap",
        "paid",
        "lapsed",
    ]


def test_the_trial_run_starts_with_going_live_or_else_with_preliminary_acceptance():
    contract = signed(preliminary_acceptance_on=day("2026-05-01"))
    assert on_days(contract, "2026-04-30", "2026-05-01") == ["none", "trial"]
    both = signed(go_live_on=day("2026-06-01"), preliminary_acceptance_on=day("2026-05-01"))
    assert on_days(both, "2026-05-31", "2026-06-01") == ["none", "trial"]
    assert on_days(signed(), "2026-05-31") == ["none"]


def test_accepted_without_a_free_period_nothing_is_covered():
    assert on_days(accepted(free_months=0), "2026-01-14", "2026-01-15") == ["none", "lapsed"]


def test_a_terminated_contract_is_covered_to_its_last_day():
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=None, at=AT)
    assert contract.status == ContractStatus.TERMINATED
    assert on_days(contract, str(ON), str(ON + timedelta(days=1))) == ["free", "lapsed"]

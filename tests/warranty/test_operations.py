"""Final acceptance, ends set by hand, further terms (docs/rules.md 1, 5)."""

import pytest
from moneyed import Money

from base.lib.errors import NotAllowed, Refused, Stale
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, cny, day, paid_term, renewed, signed, verbs
from tests.warranty.lines import plan, terms, windows
from warranty.enums import TermKind
from warranty.operations import (
    add_term,
    following_period,
    record_acceptance,
    set_last_day,
)

pytestmark = pytest.mark.django_db


# Final acceptance


def test_acceptance_writes_the_free_term_and_its_whole_plan(manager):
    contract = signed(manager=manager)
    record_acceptance(contract=contract, accepted_on=day("2026-01-15"), by=manager, at=AT, on=day("2026-01-20"))
    assert terms(contract) == ["free 2026-01-15…2027-01-15"]
    assert sorted({each.kind for each in contract.plan.all()}) == [
        "coverage_end",
        "inspection",
        "inspection_missed",
        "inspection_notice",
        "quote_expiry",
        "renewal_quote",
        "renewal_reminder",
        "renewal_send",
    ]
    assert windows(contract) == ["1: 2026-01-15…2026-07-15", "2: 2026-07-16…2027-01-15"]
    assert verbs(contract) == ["accepted"]
    assert verbs(contract.terms.get()) == ["created"]


def test_where_nothing_is_free_nothing_is_covered_yet(manager):
    contract = signed(free_months=0)
    record_acceptance(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)
    assert (terms(contract), contract.plan.count()) == ([], 0)


def test_where_the_acceptance_day_counts_coverage_ends_a_day_earlier():
    assert terms(accepted(day("2026-01-15"), same_day=True)) == ["free 2026-01-15…2027-01-14"]


@pytest.mark.parametrize("accepted_on", ["2022-01-09", "2026-11-23"])
def test_acceptance_lies_between_signing_and_today(accepted_on, manager):
    contract = signed()
    with pytest.raises(Refused) as no:
        record_acceptance(contract=contract, accepted_on=day(accepted_on), by=manager, at=AT, on=ON)
    assert no.value.field == "accepted_on"
    assert (terms(contract), verbs(contract)) == ([], [])


@pytest.mark.parametrize("status", [ContractStatus.DRAFT, ContractStatus.TERMINATED])
def test_only_an_active_contract_is_accepted(status, manager):
    contract = signed(status=status)
    with pytest.raises(Refused, match="active"):
        record_acceptance(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)


def test_acceptance_is_recorded_once(manager):
    contract = accepted()
    with pytest.raises(Refused, match="already"):
        record_acceptance(contract=contract, accepted_on=ON, by=manager, at=AT, on=ON)


def test_of_two_who_accept_the_second_is_told(manager):
    mine, theirs = (Contract.objects.get(pk=pk) for pk in [signed().pk] * 2)
    record_acceptance(contract=mine, accepted_on=ON, by=manager, at=AT, on=ON)
    with pytest.raises(Stale):
        record_acceptance(contract=theirs, accepted_on=ON, by=manager, at=AT, on=ON)
    assert terms(mine) == ["free 2026-11-22…2027-11-22"]


def test_only_some_may_accept(finance, engineer):
    for person in (finance, engineer):
        with pytest.raises(NotAllowed):
            record_acceptance(contract=signed(), accepted_on=ON, by=person, at=AT, on=ON)


# Ends set by hand


def test_an_end_set_by_hand_moves_the_plan(manager):
    contract = accepted()
    term = contract.terms.get()
    set_last_day(term=term, last_day=day("2027-03-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2026-01-15…2027-03-31*"]
    assert plan(contract, "renewal_quote", "coverage_end") == ["renewal_quote 2026-12-31", "coverage_end 2027-04-01"]
    assert verbs(term) == ["created", "end_set"]
    # Fifteen months, rounded up: three windows.
    assert len(windows(contract)) == 3


def test_later_terms_follow_an_end_set_by_hand(manager):
    contract = accepted(day("2024-03-15"), planned_on=ON)
    paid_term(contract, "100000.00")
    paid_term(contract, "100000.00")
    first = contract.terms.order_by("first_day")[0]
    set_last_day(term=first, last_day=day("2025-03-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == [
        "free 2024-03-15…2025-03-31*",
        "paid 2025-04-01…2026-03-31",
        "paid 2026-04-01…2027-03-31",
    ]
    first.refresh_from_db()
    set_last_day(term=first, last_day=day("2025-02-28"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == [
        "free 2024-03-15…2025-02-28*",
        "paid 2025-03-01…2026-02-28",
        "paid 2026-03-01…2027-02-28",
    ]
    first.refresh_from_db()
    set_last_day(term=first, last_day=day("2025-03-15"), reason="as the rule has it", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2024-03-15…2025-03-15", "paid 2025-03-16…2026-03-15", "paid 2026-03-16…2027-03-15"]


def test_an_end_under_an_accepted_renewal_is_settled(manager):
    contract = renewed().contract
    first = contract.terms.order_by("first_day")[0]
    with pytest.raises(Refused) as no:
        set_last_day(term=first, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert no.value.code == "renewed"
    last = contract.terms.order_by("first_day")[1]
    set_last_day(term=last, last_day=day("2028-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract)[1] == "paid 2027-01-16…2028-01-31*"


@pytest.mark.parametrize(
    ("last_day", "reason", "field"), [("2027-03-31", " ", "reason"), ("2026-01-14", "as signed", "last_day")]
)
def test_an_end_needs_a_reason_and_lies_after_the_beginning(last_day, reason, field, manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        set_last_day(term=contract.terms.get(), last_day=day(last_day), reason=reason, by=manager, at=AT, on=ON)
    assert no.value.field == field


def test_a_paid_term_cannot_be_cut_below_what_its_price_allows(manager):
    contract = accepted(day("2024-01-15"), planned_on=ON)
    term = paid_term(contract, "220000.00")
    set_last_day(term=term, last_day=day("2025-12-20"), reason="as signed", by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        set_last_day(term=term, last_day=day("2025-11-15"), reason="as signed", by=manager, at=AT, on=ON)
    assert no.value.code == "above_cap"


def test_of_two_who_set_an_end_the_second_is_told(manager):
    contract = accepted()
    mine, theirs = contract.terms.get(), contract.terms.get()
    set_last_day(term=mine, last_day=day("2027-01-31"), reason="as signed", by=manager, at=AT, on=ON)
    with pytest.raises(Stale):
        set_last_day(term=theirs, last_day=day("2027-02-28"), reason="as signed", by=manager, at=AT, on=ON)
    assert terms(contract) == ["free 2026-01-15…2027-01-31*"]


# Further terms


def test_a_further_term_follows_and_takes_over_the_renewal(manager):
    contract = accepted()
    term = add_term(contract=contract, kind=TermKind.GOODWILL, months=3, by=manager, at=AT, on=ON, origin="person")
    assert terms(contract) == ["free 2026-01-15…2027-01-15", "goodwill 2027-01-16…2027-04-15"]
    assert "renewal_quote" not in plan(contract, "renewal_quote")
    assert plan(contract, "renewal_quote", "coverage_end") == [
        "renewal_quote 2027-01-15",
        "coverage_end 2027-01-16",
        "coverage_end 2027-04-16",
    ]
    assert term.plan.filter(kind="renewal_quote", state="planned").exists()
    assert verbs(contract)[-1] == "term_added"


def test_lapsed_coverage_is_taken_up_again_from_a_later_day(manager):
    contract = accepted(day("2025-03-15"), planned_on=ON)
    paid_term(contract, "100000.00", first_day=day("2026-12-01"))
    assert terms(contract) == ["free 2025-03-15…2026-03-15", "paid 2026-12-01…2027-11-30"]
    assert following_period(contract, 12).last_day == day("2028-11-30")


def test_a_term_cannot_start_inside_another(manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        paid_term(contract, "100000.00", first_day=day("2027-01-15"))
    assert no.value.field == "first_day"


@pytest.mark.parametrize("months", [0, -1, 37, 600])
def test_a_term_has_one_to_thirty_six_months(months):
    contract = accepted()
    with pytest.raises(Refused) as no:
        paid_term(contract, "0.01", months=months)
    assert no.value.field == "months"


def test_a_paid_term_above_the_cap_is_refused():
    contract = accepted(amount=cny("3029809.07"))
    with pytest.raises(Refused) as no:
        paid_term(contract, "605961.82")
    assert no.value.code == "above_cap"
    term = paid_term(contract, "605961.81")
    assert (term.cap_base, str(term.cap_rate)) == (cny("3029809.07"), "0.2000")


def test_other_currencies_work():
    contract = accepted(amount=Money("12345678", "JPY"))
    with pytest.raises(Refused):
        paid_term(contract, "2469136")
    assert paid_term(contract, "2469135").price == Money("2469135", "JPY")


def test_only_paid_maintenance_has_a_price(manager):
    with pytest.raises(Refused) as no:
        paid_term(accepted(), "1.00", kind=TermKind.GOODWILL)
    assert no.value.field == "price"


def test_nothing_is_agreed_before_acceptance_or_after_the_end(manager):
    with pytest.raises(Refused, match="final acceptance"):
        paid_term(signed(), "1.00")
    with pytest.raises(Refused, match="not active"):
        paid_term(_terminated(), "1.00")


def _terminated() -> Contract:
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=None, at=AT)
    return contract

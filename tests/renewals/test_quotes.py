"""Renewal quotes from draft to new version, their price under the cap (docs/rules.md 1, 2.1, 7)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from moneyed import Money

from base.documents.models import NumberSeries
from base.lib.errors import NotAllowed, Refused, Stale
from billing.lines import LineInput
from billing.models import TaxRate
from contracts.enums import ContractStatus
from contracts.operations import amend_contract, terminate_contract
from renewals import quotes
from renewals.models import RenewalQuote
from renewals.quotes import approve_quote, draft_quote, edit_quote, hold_quote, needs_approval, revise_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, cny, day, drafted, paid_term, renewed, sent, signed, verbs
from warranty.operations import set_last_day

pytestmark = pytest.mark.django_db


def line(gross: str, text: str = "Software maintenance", **more) -> LineInput:
    return LineInput(text, Decimal("0.06"), "3040201030000000000", cny(gross))._replace(**more)


def price(quote: RenewalQuote, gross: str, by, **more) -> None:
    edit_quote(quote=quote, lines=[line(gross)], by=by, at=AT, **more)


# Drafting


def test_a_draft_covers_the_next_term_at_the_rules_price(manager):
    quote = draft_quote(contract=accepted(), by=manager, at=AT, on=ON)
    assert (quote.number, quote.revision, quote.status) == ("BJ-2026-0001", 1, "draft")
    assert (quote.first_day, quote.last_day) == (day("2027-01-16"), day("2028-01-15"))
    assert (quote.price, quote.rule_price, quote.cap_base) == (cny("240000.00"),) * 2 + (cny("1200000.00"),)
    [only] = quote.lines.all()
    assert (only.gross, only.tax_rate, only.tax_code) == (cny("240000.00"), Decimal("0.06"), "3040201030000000000")
    assert verbs(quote) == ["drafted"]


@pytest.mark.parametrize(
    ("values", "paid", "expected"),
    [
        ({"renewal_rate": Decimal("0.15")}, None, "180000.00"),
        ({"renewal_rate": Decimal("0.15")}, "200000.00", "200000.00"),
        ({"cap_rate": Decimal("0.10")}, None, "120000.00"),
        ({"renewal_months": 18}, None, "360000.00"),
    ],
)
def test_where_the_price_comes_from(values, paid, expected):
    contract = accepted(**values)
    if paid:
        paid_term(contract, paid)
    assert drafted(contract).price == cny(expected)


def test_an_end_written_by_hand_changes_no_yearly_price(manager):
    contract = accepted()
    term = paid_term(contract, "200000.00")
    set_last_day(term=term, last_day=day("2028-03-31"), reason="as signed", by=manager, at=AT, on=ON)
    quote = drafted(contract)
    assert (quote.first_day, quote.price) == (day("2028-04-01"), cny("200000.00"))


def test_after_a_lapse_the_new_term_starts_on_the_chosen_day_and_the_gap_stays():
    quote = drafted(accepted(day("2025-01-15"), planned_on=ON), first_day=day("2026-12-01"))
    assert (quote.first_day, quote.last_day) == (day("2026-12-01"), day("2027-11-30"))
    assert quote.follows_term.last_day == day("2026-01-15")


def test_a_gap_survives_an_amendment(manager):
    quote = drafted(accepted(day("2025-01-15"), planned_on=ON), first_day=day("2026-12-01"))
    values = {"signed_on": ON, "effective_on": ON, "amount": cny("600000.00")}
    amend_contract(contract=quote.contract, values=values, by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert (quote.first_day, quote.last_day, quote.price) == (day("2026-12-01"), day("2027-11-30"), cny("120000.00"))


@pytest.mark.parametrize("months", [-1, 37, 120])
def test_a_renewal_has_one_to_thirty_six_months(months):
    with pytest.raises(Refused) as no:
        drafted(months=months)
    assert no.value.field == "months"


def test_a_refused_draft_leaves_no_gap_in_the_numbers(manager):
    contract = accepted()
    draft_quote(contract=contract, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        draft_quote(contract=contract, by=manager, at=AT, on=ON)
    assert no.value.code == "duplicate"
    assert drafted().number == "BJ-2026-0002"
    assert NumberSeries.objects.get(prefix="BJ").last == 2


def test_numbers_go_by_the_year_of_the_draft():
    assert drafted(on=day("2027-01-04")).number == "BJ-2027-0001"


def test_nothing_is_offered_before_acceptance_or_after_the_end(manager):
    with pytest.raises(Refused, match="final acceptance"):
        draft_quote(contract=signed(), by=manager, at=AT, on=ON)
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=manager, at=AT)
    with pytest.raises(Refused, match="not active"):
        draft_quote(contract=contract, by=manager, at=AT, on=ON)


def test_only_some_may_draft(finance, engineer):
    for person in (finance, engineer):
        with pytest.raises(NotAllowed):
            draft_quote(contract=accepted(), by=person, at=AT, on=ON)


def test_other_currencies_are_quoted_in_their_own_units():
    quote = drafted(accepted(amount=Money("12345678", "JPY")))
    assert quote.price == Money("2469135", "JPY")


def test_without_a_valid_tax_rate_nothing_is_drafted():
    TaxRate.objects.all().delete()
    with pytest.raises(Refused) as no:
        drafted()
    assert no.value.code == "tax_rate"


# Pricing


def test_the_lines_sum_to_the_price(manager):
    quote = drafted()
    lines = [line("100000.00"), line("49999.99", "Spare parts", tax_rate=Decimal("0.13"))]
    edit_quote(quote=quote, lines=lines, by=manager, at=AT)
    assert quote.price == cny("149999.99")
    assert [(each.position, each.text, each.gross) for each in quote.lines.all()] == [
        (1, "Software maintenance", cny("100000.00")),
        (2, "Spare parts", cny("49999.99")),
    ]
    assert verbs(quote) == ["drafted", "priced"]


def test_the_cap_is_the_highest_price(manager):
    quote = drafted(accepted(amount=cny("3029809.07")))
    with pytest.raises(Refused) as no:
        edit_quote(quote=quote, lines=[line("605961.81"), line("0.01")], by=manager, at=AT)
    assert no.value.code == "above_cap"
    assert "605,961.81" in str(no.value)
    price(quote, "605961.81", manager)
    assert RenewalQuote.objects.get(pk=quote.pk).price == cny("605961.81")


def test_more_months_raise_cap_and_rule_price(manager):
    quote = drafted()
    price(quote, "360000.00", manager, months=18)
    assert (quote.last_day, quote.rule_price) == (day("2028-07-15"), cny("360000.00"))
    with pytest.raises(Refused):
        price(quote, "360000.00", manager, months=17)


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [line("-1.00"), line("2.00")],
        [line("1.005")],
        [line("1.00")._replace(gross=Money("1.00", "USD"))],
        [line("1.00", tax_rate=Decimal(6))],
        [line("1.00", tax_rate=Decimal("-0.06"))],
    ],
)
def test_what_no_quote_may_say(wrong, manager):
    quote = drafted()
    with pytest.raises(Refused):
        edit_quote(quote=quote, lines=wrong, by=manager, at=AT)
    assert [each.gross for each in quote.lines.all()] == [cny("240000.00")]


def test_yen_have_no_cents(manager):
    quote = drafted(accepted(amount=Money("12345678", "JPY")))
    with pytest.raises(Refused):
        edit_quote(quote=quote, lines=[line("1")._replace(gross=Money("1000.5", "JPY"))], by=manager, at=AT)


def test_of_two_who_price_a_draft_the_second_is_told(manager):
    quote = drafted()
    mine, theirs = RenewalQuote.objects.get(pk=quote.pk), RenewalQuote.objects.get(pk=quote.pk)
    price(mine, "230000.00", manager)
    for person in (theirs, RenewalQuote.objects.get(pk=quote.pk)):
        with pytest.raises(Stale):
            price(person, "220000.00", manager, seen=0)
    assert [each.gross for each in quote.lines.all()] == [cny("230000.00")]


def test_other_words_at_the_same_price_are_a_change_too(manager):
    quote = drafted()
    before = RenewalQuote.objects.get(pk=quote.pk)
    edit_quote(quote=quote, lines=[line("240000.00", "Other words")], by=manager, at=AT)
    assert verbs(quote) == ["drafted", "priced"]
    with pytest.raises(Stale):
        edit_quote(quote=before, lines=[line("240000.00", "My words")], by=manager, at=AT)
    assert quote.lines.get().text == "Other words"


def test_the_same_again_leaves_no_event(manager):
    quote = drafted()
    edit_quote(quote=quote, lines=[line("230000.00")], by=manager, at=AT)
    edit_quote(quote=quote, lines=[line("230000.00")], by=manager, at=AT)
    assert verbs(quote) == ["drafted", "priced"]


def test_a_sent_quote_is_not_edited(manager):
    with pytest.raises(Refused) as no:
        price(sent(), "1.00", manager)
    assert no.value.code == "wrong_state"


# Hold


def test_a_draft_is_held_with_a_reason_and_let_go(manager):
    quote = drafted()
    hold_quote(quote=quote, reason=" customer on leave ", by=manager, at=AT)
    assert (quote.on_hold, quote.hold_reason) == (True, "customer on leave")
    hold_quote(quote=quote, reason="", by=manager, at=AT)
    assert not quote.on_hold
    assert verbs(quote) == ["drafted", "held", "held"]
    with pytest.raises(Refused):
        hold_quote(quote=sent(), reason="late", by=manager, at=AT)


# New versions


def test_a_new_version_goes_under_the_same_number_and_the_old_one_stands_until_it_leaves(manager):
    old = sent()
    fresh = revise_quote(quote=old, by=manager, at=AT, on=ON)
    assert (fresh.number, fresh.revision, str(fresh), fresh.status) == ("BJ-2026-0001", 2, "BJ-2026-0001-2", "draft")
    old.refresh_from_db()
    assert old.status == "sent"
    price(fresh, "230000.00", manager)
    send_quote(quote=fresh, by=manager, at=AT, on=ON)
    old.refresh_from_db()
    assert (old.status, old.link.revoked) == ("superseded", True)
    assert not fresh.link.revoked
    assert NumberSeries.objects.get(prefix="BJ").last == 1


def test_a_new_version_keeps_the_approval_of_the_same_content(manager, director):
    quote = drafted()
    price(quote, "100000.00", manager)
    approve_quote(quote=quote, by=director, at=AT)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    fresh = revise_quote(quote=quote, by=manager, at=AT, on=ON)
    assert not needs_approval(fresh)
    price(fresh, "90000.00", manager)
    assert needs_approval(fresh)


def test_a_new_version_is_judged_by_what_is_in_force_now(manager):
    old = sent(accepted(renewal_rate=Decimal("0.10")))
    values = {"signed_on": ON, "effective_on": ON, "amount": cny("2400000.00")}
    amend_contract(contract=old.contract, values=values, by=manager, at=AT, on=ON)
    fresh = revise_quote(quote=old, by=manager, at=AT, on=ON)
    assert (fresh.price, fresh.rule_price, fresh.cap_base) == (cny("120000.00"), cny("240000.00"), cny("2400000.00"))
    assert needs_approval(fresh)


@pytest.mark.parametrize("status", ["draft", "accepted", "superseded", "cancelled"])
def test_only_what_the_customer_has_gets_a_new_version(status, manager):
    quote = renewed() if status == "accepted" else drafted()
    if status not in ("accepted", "draft"):
        RenewalQuote.objects.filter(pk=quote.pk).update(status=status)
        quote.refresh_from_db()
    with pytest.raises(Refused) as no:
        revise_quote(quote=quote, by=manager, at=AT, on=ON)
    assert no.value.code == "wrong_state"


def test_two_drafts_or_two_open_quotes_of_a_contract_cannot_be_stored(manager):
    old = sent()
    fresh = revise_quote(quote=old, by=manager, at=AT, on=ON)
    with pytest.raises(Refused):
        revise_quote(quote=old, by=manager, at=AT, on=ON)
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalQuote.objects.filter(pk=fresh.pk).update(status="sent")
    with pytest.raises(IntegrityError), transaction.atomic():
        RenewalQuote.objects.filter(pk=old.pk).update(status="draft")


def test_a_batch_of_drafts_equals_drafts_one_by_one(manager):
    contracts = [accepted(renewal_rate=Decimal("0.12")), accepted(amount=cny("333333.33")), accepted(same_day=True)]
    many = quotes.draft_quotes([(c, list(c.terms.all())) for c in contracts], by=manager, at=AT, on=ON)
    kept = [
        "first_day",
        "last_day",
        "price",
        "rule_price",
        "cap_base",
        "cap_rate",
        "anchor",
        "start_months",
        "acceptance_day_counts",
    ]
    said = [[getattr(quote, name) for name in kept] for quote in many]
    assert [quote.number for quote in many] == ["BJ-2026-0001", "BJ-2026-0002", "BJ-2026-0003"]
    RenewalQuote.objects.all().delete()
    assert [[getattr(quote, name) for name in kept] for quote in map(drafted, contracts)] == said


def test_a_draft_contract_offers_nothing(manager):
    with pytest.raises(Refused):
        draft_quote(contract=signed(status=ContractStatus.DRAFT), by=manager, at=AT, on=ON)

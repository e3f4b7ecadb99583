"""Contracts, amendments, termination, handing over (docs/rules.md 2.1, 5, 7.1)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from moneyed import Money

from base.chatter.models import Event, Todo
from base.chatter.operations import make_todo, write_todos
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from base.mail.queue import Reader
from contracts.enums import ContractStatus
from contracts.models import Contract
from contracts.operations import (
    activate_contract,
    amend_contract,
    hand_over_contracts,
    reactivate_contract,
    save_contract,
    set_renewal_wish,
    terminate_contract,
)
from contracts.queries import in_force
from tests.chain import AT, ON, accepted, cny, day, drafted, invoiced, issued, quote_behind_invoice, sent, signed, verbs
from tests.factories import CustomerFactory, UserFactory
from tests.mails import write_mail

pytestmark = pytest.mark.django_db


# Contracts


def values(**more) -> dict:
    return {"number": "WB-1", "customer": CustomerFactory(), "amount": cny("500000.00"), "signed_on": ON, **more}


def test_a_contract_is_written_with_its_event(manager):
    contract = save_contract(contract=Contract(), values=values(), by=manager, at=AT)
    assert (contract.status, str(contract.cap_rate), contract.free_months) == ("active", "0.20", 12)
    assert verbs(contract) == ["created"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": "\x07\u200b"}, "number"),
        ({"amount": cny("0.00")}, "amount"),
        ({"amount": cny("-1.00")}, "amount"),
        ({"amount": Money("1.50", "JPY")}, "amount"),
        ({"amount": cny("0.001")}, "amount"),
        ({"cap_rate": Decimal("0.2001")}, "cap_rate"),
        ({"cap_rate": Decimal(0)}, "cap_rate"),
        ({"renewal_rate": Decimal("0.2001")}, "renewal_rate"),
        ({"renewal_rate": Decimal("0.16"), "cap_rate": Decimal("0.15")}, "renewal_rate"),
        ({"renewal_rate": Decimal(0)}, "renewal_rate"),
    ],
)
def test_what_no_contract_may_say(wrong, field, manager):
    with pytest.raises(Refused) as no:
        save_contract(contract=Contract(), values=values(**wrong), by=manager, at=AT)
    assert no.value.field == field
    assert not Contract.objects.exists()


@pytest.mark.parametrize("typed", ["WB-\x071", " WB-1\x00\n", "WB\u200b-1", "\ufeffWB-1"])
def test_nothing_invisible_is_kept_in_a_number(typed, manager):
    contract = save_contract(contract=Contract(), values=values(number=typed), by=manager, at=AT)
    assert Contract.objects.get().number == "WB-1"
    with pytest.raises(Refused) as no:
        save_contract(contract=Contract(), values=values(number=typed), by=manager, at=AT)
    assert no.value.code == "duplicate"
    save_contract(contract=contract, values={"number": typed}, by=manager, at=AT)
    terms = {"number": typed, "note": "more", "signed_on": ON, "effective_on": ON}
    assert amend_contract(contract=contract, values=terms, by=manager, at=AT, on=ON).number == "WB-1"


def test_a_number_is_used_once(manager):
    save_contract(contract=Contract(), values=values(), by=manager, at=AT)
    with pytest.raises(Refused) as no:
        save_contract(contract=Contract(), values=values(), by=manager, at=AT)
    assert no.value.code == "duplicate"


def test_of_two_who_save_a_contract_the_second_is_told_and_nothing_is_lost(manager):
    pk = signed().pk
    mine, theirs = Contract.objects.get(pk=pk), Contract.objects.get(pk=pk)
    save_contract(contract=mine, values={"project": "甲"}, by=manager, at=AT)
    with pytest.raises(Stale):
        save_contract(contract=theirs, values={"project": "乙"}, by=manager, at=AT)
    with pytest.raises(Stale):
        save_contract(contract=Contract.objects.get(pk=pk), values={"project": "乙"}, by=manager, at=AT, seen=0)
    assert Contract.objects.get(pk=pk).project == "甲"


def test_what_coverage_rests_on_is_not_edited_away(manager):
    contract = accepted()
    for name, value in {"amount": cny("1.00"), "free_months": 24, "same_day": True}.items():
        with pytest.raises(Refused) as no:
            save_contract(contract=contract, values={name: value}, by=manager, at=AT)
        assert no.value.field == name


def test_another_number_of_inspections_plans_them_anew(manager):
    contract = accepted(day("2026-11-01"))
    save_contract(contract=contract, values={"inspections_per_year": 4}, by=manager, at=AT)
    assert contract.plan.filter(kind="inspection", state="planned").count() == 4
    save_contract(contract=contract, values={"inspections_per_year": 1}, by=manager, at=AT)
    assert contract.plan.filter(kind="inspection", state="planned").count() == 1
    assert contract.plan.filter(kind="inspection", state="cancelled").count() == 3


def test_a_lower_cap_rate_makes_drafts_anew_and_takes_back_what_is_above_it(manager):
    draft, offer = drafted(), sent()
    for quote in (draft, offer):
        save_contract(contract=quote.contract, values={"cap_rate": Decimal("0.15")}, by=manager, at=AT)
        quote.refresh_from_db()
    assert (draft.status, draft.price, draft.cap_rate) == ("draft", cny("180000.00"), Decimal("0.15"))
    assert (offer.status, offer.link.revoked) == ("superseded", True)


def test_a_draft_contract_is_activated_once(manager):
    contract = signed(status=ContractStatus.DRAFT)
    activate_contract(contract=contract, by=manager, at=AT)
    assert contract.status == "active"
    with pytest.raises(Refused) as no:
        activate_contract(contract=contract, by=manager, at=AT)
    assert no.value.code == "wrong_state"


# Amendments


def amended(contract: Contract, effective_on: str, by, **says):
    says = {name: cny(value) if name == "amount" else value for name, value in says.items()}
    return amend_contract(
        contract=contract, values={"signed_on": ON, "effective_on": day(effective_on), **says}, by=by, at=AT, on=ON
    )


def test_the_latest_amendment_in_force_counts(manager):
    contract = accepted(amount=cny("1000000.00"))
    amended(contract, "2026-06-01", manager, amount="1500000.00")
    amended(contract, "2026-03-01", manager, amount="900000.00", inspections_per_year=4)
    amended(contract, "2026-06-01", manager, renewal_rate=Decimal("0.10"))
    assert in_force(contract, day("2026-02-28")).amount == cny("1000000.00")
    assert in_force(contract, day("2026-03-01")).amount == cny("900000.00")
    late = in_force(contract, day("2026-06-01"))
    assert (late.amount, late.renewal_rate, late.inspections_per_year) == (cny("1500000.00"), Decimal("0.10"), 4)


def test_an_amendment_makes_drafts_anew(manager):
    quote = drafted(accepted(amount=cny("1000000.00")))
    amended(quote.contract, "2026-12-01", manager, amount="800000.00")
    quote.refresh_from_db()
    assert (quote.status, quote.price, quote.cap_base) == ("draft", cny("160000.00"), cny("800000.00"))
    assert verbs(quote)[-1] == "redrafted"


def test_an_amendment_from_after_the_first_day_of_the_quoted_term_changes_no_price(manager):
    quote = drafted(accepted(amount=cny("1000000.00")))
    amended(quote.contract, "2027-01-17", manager, amount="800000.00")
    quote.refresh_from_db()
    assert quote.price == cny("200000.00")


def test_a_sent_quote_above_the_new_cap_is_superseded_at_once(manager):
    quote = sent(accepted(amount=cny("1000000.00")))
    assert OutgoingMail.objects.filter(status="queued").count() == 1
    amended(quote.contract, "2026-12-01", manager, amount="999999.99")
    quote.refresh_from_db()
    assert (quote.status, quote.link.revoked) == ("superseded", True)
    assert OutgoingMail.objects.get().status == "cancelled"


def test_a_sent_quote_under_the_new_cap_stays_as_sent(manager):
    quote = sent(accepted(amount=cny("1000000.00"), renewal_rate=Decimal("0.10")))
    amended(quote.contract, "2026-12-01", manager, amount="500000.00")
    quote.refresh_from_db()
    assert (quote.status, quote.price, quote.cap_base) == ("sent", cny("100000.00"), cny("1000000.00"))


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({}, "note"),
        ({"amount": cny("0.00")}, "amount"),
        ({"amount": Money("1000.00", "USD")}, "amount"),
        ({"renewal_rate": Decimal("0.21")}, "renewal_rate"),
        ({"note": "earlier", "effective_on": day("2024-12-31")}, "effective_on"),
    ],
)
def test_what_no_amendment_may_say(says, field, manager):
    contract = accepted(signed_on=day("2025-01-01"))
    with pytest.raises(Refused) as no:
        amend_contract(
            contract=contract, values={"signed_on": ON, "effective_on": ON, **says}, by=manager, at=AT, on=ON
        )
    assert no.value.field == field
    assert not contract.amendments.exists()


def test_an_amendment_is_whole_in_its_contracts_currency(manager):
    contract = accepted(amount=Money("120000", "JPY"))
    terms = {"signed_on": ON, "effective_on": ON}
    with pytest.raises(Refused, match="smallest unit of JPY is 1") as no:
        amend_contract(contract=contract, values={**terms, "amount": Money("1.50", "JPY")}, by=manager, at=AT, on=ON)
    assert no.value.field == "amount"
    amend_contract(contract=contract, values={**terms, "amount": Money("1.00", "JPY")}, by=manager, at=AT, on=ON)


# Termination


def test_a_termination_calls_open_quotes_back_and_voids_open_invoices(manager):
    draft, offer, invoice = drafted(), sent(), invoiced()
    for record in (draft, offer, invoice):
        terminate_contract(contract=record.contract, on=ON, reason="over", by=manager, at=AT)
        record.refresh_from_db()
    assert (draft.status, offer.status, invoice.status) == ("cancelled", "cancelled", "void")
    assert offer.link.revoked
    assert set(OutgoingMail.objects.values_list("status", flat=True)) == {"cancelled"}
    assert quote_behind_invoice(invoice).status == "accepted"


def test_an_issued_invoice_stays(manager):
    invoice = issued()
    terminate_contract(contract=invoice.contract, on=ON, reason="over", by=manager, at=AT)
    invoice.refresh_from_db()
    assert invoice.status == "issued"


@pytest.mark.parametrize(("on", "reason", "field"), [(ON, "  ", "reason"), (day("2022-01-09"), "over", "on")])
def test_a_termination_needs_a_reason_and_a_day_after_signing(on, reason, field, manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        terminate_contract(contract=contract, on=on, reason=reason, by=manager, at=AT)
    assert no.value.field == field


def test_a_contract_is_terminated_once(manager):
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=manager, at=AT)
    with pytest.raises(Refused) as no:
        terminate_contract(contract=contract, on=ON, reason="over", by=manager, at=AT)
    assert no.value.code == "wrong_state"


def test_only_a_director_takes_a_termination_back(manager, director):
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=manager, at=AT)
    with pytest.raises(NotAllowed):
        reactivate_contract(contract=contract, on=ON, reason="no", by=manager, at=AT)
    reactivate_contract(contract=contract, on=ON, reason="no", by=director, at=AT)
    assert (contract.status, contract.terminated_on) == ("active", None)
    assert verbs(contract)[-1] == "reactivated"


@pytest.mark.parametrize(("status", "refused"), [("sent", True), ("uncertain", True), ("cancelled", False)])
def test_not_once_the_customer_was_written_to(status, refused, director):
    contract = accepted()
    terminate_contract(contract=contract, on=ON, reason="over", by=director, at=AT)
    reader = Reader("王女士", "reader@customer.example", "en")
    variables = dict.fromkeys(
        ["reader", "customer", "contract", "project", "manager", "phone", "company", "hotline"], "x"
    )
    mail = write_mail(
        cause="letter:1", kind="coverage_lapsed", target=contract, reader=reader,
        variables=variables | {"last": "x", "next": "x"}, at=AT + timedelta(minutes=1),
    )  # fmt: skip
    OutgoingMail.objects.filter(pk=mail.pk).update(status=status)
    if refused:
        with pytest.raises(Refused) as no:
            reactivate_contract(contract=contract, on=ON, reason="no", by=director, at=AT)
        assert no.value.code == "sent"
    else:
        reactivate_contract(contract=contract, on=ON, reason="no", by=director, at=AT)


# What the customer wants


def test_do_not_renew_calls_everything_back_and_can_be_taken_back(manager):
    contract = accepted()
    quote = sent(contract)
    set_renewal_wish(contract=contract, no_renewal_reason="new system", by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert (quote.status, quote.link.revoked) == ("cancelled", True)
    assert not contract.plan.filter(kind__startswith="renewal", state="planned").exists()
    set_renewal_wish(contract=contract, by=manager, at=AT, on=ON)
    assert contract.plan.filter(kind="renewal_reminder", state="planned").exists()
    assert verbs(contract).count("renewal_wish") == 2


def test_a_snooze_lasts_until_today_or_later(manager):
    contract = signed()
    with pytest.raises(Refused) as no:
        set_renewal_wish(
            contract=contract, snoozed_until=ON - timedelta(days=1), snooze_reason="tender", by=manager, at=AT, on=ON
        )
    assert no.value.field == "snoozed_until"
    set_renewal_wish(contract=contract, snoozed_until=ON, snooze_reason="tender", by=manager, at=AT, on=ON)
    assert contract.snoozed_until == ON


def test_a_snooze_needs_a_reason(manager):
    contract = accepted()
    with pytest.raises(Refused) as no:
        set_renewal_wish(contract=contract, snoozed_until=ON, by=manager, at=AT, on=ON)
    assert no.value.field == "snooze_reason"


def test_the_same_wish_twice_leaves_one_event(manager):
    contract = accepted()
    for _time in range(2):
        set_renewal_wish(contract=contract, no_renewal_reason="new system", by=manager, at=AT, on=ON)
    assert verbs(contract).count("renewal_wish") == 1


# Handing over


def test_contracts_are_handed_over_with_their_todos(director):
    old, new = UserFactory(role="manager"), UserFactory(role="manager")
    engineer = UserFactory(role="engineer")
    contract = accepted(manager=old)
    quote = drafted(contract)
    others = accepted(manager=old)

    def todo(target, n, **who):
        return make_todo(target, kind="note", due_on=ON, at=AT, cause=f"c{n}", **who)

    write_todos(
        [
            todo(contract, 1, assignee=old),
            todo(quote, 2, assignee=old),
            todo(contract, 3, role="manager"),
            todo(contract, 4, assignee=engineer),
            todo(contract, 5, role="finance"),
            todo(others, 6, assignee=old),
            todo(contract, 7, assignee=old),
        ]
    )
    Todo.objects.filter(cause="c7").update(done_at=AT)
    assert hand_over_contracts(contracts=[contract], to=new, by=director, at=AT) == 1
    contract.refresh_from_db()
    assert contract.manager == new
    assert dict(Todo.objects.filter(cause__startswith="c").values_list("cause", "assignee")) == {
        "c1": new.pk, "c2": new.pk, "c3": new.pk, "c4": engineer.pk, "c5": None, "c6": old.pk, "c7": old.pk,
    }  # fmt: skip
    assert verbs(contract)[-1] == "handed_over"


def test_handing_over_twice_changes_nothing(director):
    new = UserFactory(role="manager")
    contract = accepted()
    hand_over_contracts(contracts=[contract], to=new, by=director, at=AT)
    events = Event.objects.count()
    assert hand_over_contracts(contracts=[contract], to=new, by=director, at=AT) == 0
    assert Event.objects.count() == events


def test_contracts_go_to_active_account_managers_only(director, manager):
    contract = accepted()
    for to in (UserFactory(role="engineer"), UserFactory(role="manager", is_active=False)):
        with pytest.raises(Refused):
            hand_over_contracts(contracts=[contract], to=to, by=director, at=AT)
    with pytest.raises(NotAllowed):
        hand_over_contracts(contracts=[contract], to=manager, by=manager, at=AT)

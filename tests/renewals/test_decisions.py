"""The customer's decision: accepted, declined, taken back, called back, expired (docs/rules.md 5, 7)."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.documents.models import NumberSeries
from base.lib.errors import NotAllowed, Refused, Stale
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from billing.invoices import issue_invoice, request_invoice
from billing.models import Invoice
from contracts.models import Contract
from contracts.operations import amend_contract, save_contract, terminate_contract
from renewals.decisions import accept_quote, call_back_quote, decline_quote, quote_behind, withdraw_acceptance
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from renewals.queries import link_token
from renewals.quotes import draft_quote, revise_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, at, cny, day, drafted, paid_term, renewed, row, sent, verbs
from tests.factories import ContactFactory, TitleFactory, UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection, MaintenanceTerm

pytestmark = pytest.mark.django_db


# Accepted


def test_acceptance_writes_term_plan_and_invoice_together(manager):
    quote = sent()
    accept_quote(quote=quote, by=manager, at=AT, on=ON, note="order 2026-17")
    quote.refresh_from_db()
    term = quote.term
    assert (quote.status, quote.decided_at) == ("accepted", AT)
    assert (term.kind, term.first_day, term.last_day) == ("paid", day("2027-01-16"), day("2028-01-15"))
    assert (term.price, term.cap_base, term.origin) == (cny("240000.00"), cny("1200000.00"), "quote")
    assert term.plan.filter(kind="inspection", state="planned").count() == 2
    assert row(quote.contract, "renewal_quote").term == term
    first = quote.contract.terms.order_by("first_day")[0]
    states = dict(first.plan.filter(kind__startswith="renewal").values_list("kind", "state"))
    assert states == {"renewal_quote": "skipped", "renewal_send": "skipped", "renewal_reminder": "cancelled"}
    invoice = invoices_of(quote).get()
    assert (invoice.number, invoice.status, invoice.gross) == ("KP-2026-0001", "draft", cny("240000.00"))
    assert (invoice.net, invoice.tax) == (cny("226415.09"), cny("13584.91"))
    assert (invoice.service_first, invoice.service_last, invoice.due_on) == (
        term.first_day,
        term.last_day,
        day("2026-12-22"),
    )
    assert verbs(quote) == ["drafted", "sent", "quote_accepted"]
    assert "renewed" in verbs(quote.contract)
    assert Todo.objects.get(kind="invoice_to_request").assignee == quote.contract.manager


def test_the_customer_accepts_through_the_link():
    quote = sent()
    assert quote_behind(link_token(quote)) == quote
    accept_quote(quote=quote_behind(link_token(quote)), by=None, at=AT, on=ON, name="王女士")
    quote.refresh_from_db()
    assert (quote.status, quote.decided_by_name, quote.link.used_at) == ("accepted", "王女士", AT)
    again = quote_behind(link_token(quote))
    with pytest.raises(Refused) as no:
        accept_quote(quote=again, by=None, at=AT, on=ON)
    assert no.value.code == "accepted"


@pytest.mark.parametrize("token", ["", "x", "é", link_token.__name__])
def test_a_foreign_or_altered_link_leads_nowhere(token):
    quote = sent()
    assert quote_behind(token) is None
    assert quote_behind(link_token(quote)[:-1] + "~") is None


def test_looking_uses_nothing_up():
    quote = sent()
    for _time in range(3):
        assert quote_behind(link_token(quote)).status == "sent"
    assert quote.link.used_at is None


def test_of_two_who_accept_one_wins_and_nothing_is_doubled(manager):
    quote = sent()
    mine, theirs = (RenewalQuote.objects.get(pk=quote.pk) for _n in range(2))
    accept_quote(quote=mine, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        accept_quote(quote=theirs, by=None, at=AT, on=ON)
    assert no.value.code == "accepted"
    assert Invoice.objects.count() == 1
    assert NumberSeries.objects.get(prefix="KP").last == 1


def test_a_quote_can_be_accepted_on_its_last_valid_day_and_not_after():
    quote, other = sent(on=day("2027-01-10")), sent(on=day("2027-01-10"))
    accept_quote(quote=quote, by=None, at=AT, on=day("2027-02-09"))
    # After the term's end its period still stands.
    assert RenewalQuote.objects.get(pk=quote.pk).term.first_day == day("2027-01-16")
    with pytest.raises(Refused) as no:
        accept_quote(quote=other, by=None, at=AT, on=day("2027-02-10"))
    assert no.value.code == "expired"
    assert not invoices_of(other).exists()


@pytest.mark.parametrize("status", ["draft", "declined", "expired", "superseded", "cancelled"])
def test_only_an_open_quote_can_be_decided(status):
    quote = sent()
    RenewalQuote.objects.filter(pk=quote.pk).update(status=status)
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert no.value.code == status
    with pytest.raises(Refused) as no:
        decline_quote(quote=quote, reason="no", by=None, at=AT)
    assert no.value.code == status


def test_what_an_amendment_put_above_the_cap_is_not_accepted(manager):
    quote = sent()
    amendment = {"contract": quote.contract, "signed_on": ON, "effective_on": ON, "amount": cny("1199999.99")}
    quote.contract.amendments.model.objects.create(**amendment)  # behind the product's back
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert no.value.code == "above_cap"


def test_the_term_bears_the_base_it_was_judged_by_on_acceptance(manager):
    quote = sent(accepted(renewal_rate="0.10"))
    values = {"signed_on": ON, "effective_on": ON, "amount": cny("1500000.00")}
    amend_contract(contract=quote.contract, values=values, by=manager, at=AT, on=ON)
    accept_quote(quote=quote, by=manager, at=AT, on=ON)
    assert invoices_of(quote).get().gross == cny("120000.00")
    assert RenewalQuote.objects.get(pk=quote.pk).term.cap_base == cny("1500000.00")


def test_a_period_that_is_covered_meanwhile_is_not_sold_twice():
    quote = sent()
    MaintenanceTerm.objects.create(  # behind the product's back
        contract=quote.contract, kind="goodwill", first_day=quote.last_day, last_day=quote.last_day, months=1, anchor=quote.last_day,
    )  # fmt: skip
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=None, at=AT, on=ON)
    assert no.value.code == "overlap"


def test_an_accepted_quotes_other_version_and_waiting_mails_are_called_back(manager):
    quote = sent()
    fresh = revise_quote(quote=quote, by=manager, at=AT, on=ON)
    accept_quote(quote=quote, by=manager, at=AT, on=ON)
    fresh.refresh_from_db()
    assert fresh.status == "cancelled"
    assert OutgoingMail.objects.get(kind="renewal_quote").status == "cancelled"


def test_who_accepted_reads_what_was_accepted_and_what_follows(manager):
    contact = ContactFactory(name="沈卫东", salutation="先生")
    title = TitleFactory(customer=contact.customer, name="明珠港务", tax_number="91310000MA1FL0001X")
    quote = sent(accepted(customer=contact.customer, contact=contact, title=title))
    accept_quote(quote=quote, by=None, at=AT, on=ON, name="沈卫东")
    mail = OutgoingMail.objects.get(kind="quote_accepted")
    assert (mail.to_email, mail.cc, mail.status) == (contact.email, quote.contract.manager.email, "queued")
    text = words_of(mail)
    assert text.startswith("尊敬的沈卫东先生：")
    for said in (
        "2027年1月16日 至 2028年1月15日",
        "¥240,000.00",
        "发票抬头：明珠港务",
        "91310000MA1FL0001X",
        "30 日内",
    ):
        assert said in text
    withdraw_acceptance(quote=quote, reason="wrong", by=manager, at=AT, on=ON)
    mail.refresh_from_db()
    assert mail.status == "cancelled", "an acceptance that was taken back is not confirmed"


def test_without_an_invoice_title_the_confirmation_asks_for_it():
    accept_quote(quote=sent(), by=None, at=AT, on=ON)
    text = words_of(OutgoingMail.objects.get(kind="quote_accepted"))
    assert "请直接回复本邮件，告知发票抬头" in text
    assert "发票抬头：" not in text


def test_after_a_lapse_the_renewed_coverage_has_its_gap():
    quote = renewed(accepted(day("2025-01-15"), planned_on=ON), first_day=day("2026-12-01"))
    assert [(str(t.first_day), str(t.last_day)) for t in quote.contract.terms.order_by("first_day")] == [
        ("2025-01-15", "2026-01-15"),
        ("2026-12-01", "2027-11-30"),
    ]


def test_only_some_may_record_a_decision(finance):
    quote = sent()
    with pytest.raises(NotAllowed):
        accept_quote(quote=quote, by=finance, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        decline_quote(quote=quote, reason="no", by=finance, at=AT)
    assert not MaintenanceTerm.objects.filter(kind="paid").exists()


# Declined


def test_a_quote_is_declined_with_a_reason_and_the_manager_told():
    quote = sent()
    with pytest.raises(Refused) as no:
        decline_quote(quote=quote, reason=" ", by=None, at=AT)
    assert no.value.field == "reason"
    decline_quote(
        quote=quote, reason="too dear", by=None, at=at(day("2026-11-23")) + timedelta(hours=15), name="王女士"
    )
    quote.refresh_from_db()
    assert (quote.status, quote.reason, quote.decided_by_name) == ("declined", "too dear", "王女士")
    todo = Todo.objects.get(kind="quote_declined")
    # One in the morning in Shanghai, the evening before in Greenwich.
    assert (todo.assignee, todo.due_on) == (quote.contract.manager, day("2026-11-24"))
    assert quote.link.used_at is not None
    assert OutgoingMail.objects.get().status == "cancelled"


# Taken back


def test_a_mistaken_acceptance_is_taken_back(manager):
    contract = accepted()
    before = set(contract.plan.filter(state="planned").values_list("kind", "step"))
    quote = renewed(contract)
    withdraw_acceptance(quote=quote, reason="wrong quote", by=manager, at=AT, on=ON)
    quote.refresh_from_db()
    assert (quote.status, quote.term, quote.decided_at) == ("sent", None, None)
    assert contract.terms.count() == 1
    assert invoices_of(quote).get().status == "void"
    assert (quote.link.used_at, quote.link.revoked) == (None, False)
    left = {("renewal_quote", ""), ("renewal_send", "")}
    assert set(contract.plan.filter(state="planned").values_list("kind", "step")) == before - left
    assert not Todo.objects.filter(kind="invoice_to_request", done_at=None).exists()
    accept_quote(quote=quote, by=manager, at=AT, on=ON)
    assert invoices_of(quote).exclude(status="void").get().number == "KP-2026-0002"


@pytest.mark.parametrize("obstacle", ["issued", "reported", "followed", "open quote"])
def test_an_acceptance_that_more_rests_on_is_not_taken_back(obstacle, manager, finance, engineer):
    contract = accepted(day("2025-11-01"), planned_on=ON)
    quote = renewed(contract, on=day("2026-10-20"))
    code = obstacle
    if obstacle == "issued":
        invoice = invoices_of(quote).get()
        request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
        issue_invoice(invoice=invoice, tax_invoice_number="1" * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    elif obstacle == "reported":
        inspection = Inspection.objects.filter(action__term=quote.term).order_by("window_first")[0]
        report_inspection(
            inspection=inspection, visited_on=ON, result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
        )  # fmt: skip
    elif obstacle == "followed":
        paid_term(Contract.objects.get(pk=contract.pk), "1.00")
    else:
        sent(Contract.objects.get(pk=contract.pk))
        code = "followed"
    with pytest.raises(Refused) as no:
        withdraw_acceptance(quote=quote, reason="wrong", by=manager, at=AT, on=ON)
    assert no.value.code == code
    quote.refresh_from_db()
    assert quote.status == "accepted"


def test_taking_back_needs_a_reason_and_an_acceptance(manager):
    with pytest.raises(Refused) as no:
        withdraw_acceptance(quote=renewed(), reason=" ", by=manager, at=AT, on=ON)
    assert no.value.field == "reason"
    with pytest.raises(Refused) as no:
        withdraw_acceptance(quote=sent(), reason="wrong", by=manager, at=AT, on=ON)
    assert no.value.code == "wrong_state"


# Called back


def test_a_draft_or_sent_quote_is_called_back(manager):
    for quote in (drafted(), sent()):
        call_back_quote(quote=quote, reason="wrong customer", by=manager, at=AT)
        quote.refresh_from_db()
        assert (quote.status, quote.reason) == ("cancelled", "wrong customer")
    assert quote.link.revoked
    assert quote_behind(link_token(quote)).status == "cancelled"
    assert OutgoingMail.objects.get().status == "cancelled"
    with pytest.raises(Refused):
        call_back_quote(quote=quote, reason="twice", by=manager, at=AT)


def test_after_calling_back_another_can_be_drafted(manager):
    quote = sent()
    call_back_quote(quote=quote, reason="wrong", by=manager, at=AT)
    fresh = draft_quote(contract=quote.contract, by=manager, at=AT, on=ON)
    send_quote(quote=fresh, by=manager, at=AT, on=ON)
    assert row(quote.contract, "quote_expiry").state == "planned"


# In step with its contract


def test_saving_a_contract_leaves_a_sent_quote_alone(manager):
    quote = sent()
    save_contract(contract=quote.contract, values={"project": "Another name"}, by=manager, at=AT)
    quote.refresh_from_db()
    assert quote.status == "sent"


def test_a_terminated_contracts_quote_is_not_accepted(manager):
    quote = sent()
    terminate_contract(contract=quote.contract, on=ON, reason="over", by=manager, at=AT)
    with pytest.raises(Refused) as no:
        accept_quote(quote=quote, by=UserFactory(role="manager"), at=AT, on=ON)
    assert no.value.code == "cancelled"


def test_an_old_look_at_a_quote_decides_nothing(manager):
    quote = sent()
    with pytest.raises(Stale):
        accept_quote(quote=quote, by=manager, at=AT, on=ON, seen=quote.version - 1)
    assert not Invoice.objects.exists()

"""Two people at the same moment: one wins, the other is told, nothing is lost, no number is missing or used twice."""

from threading import Barrier

import pytest
from django.db import connection

from base.documents.models import NumberSeries
from base.lib.errors import Refused
from billing.invoices import issue_invoice, record_payment, request_invoice
from billing.models import CreditNote, Invoice, Payment
from contracts.models import Contract
from contracts.operations import save_contract
from renewals.decisions import accept_quote, decline_quote
from renewals.models import RenewalQuote
from renewals.quotes import draft_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, at, cny, day, drafted, invoiced, issued, sent, signed
from tests.factories import UserFactory
from tests.services.threads import at_once
from warranty.models import MaintenanceTerm
from warranty.operations import record_acceptance as accept_finally
from warranty.planning.run import run_day

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("tax_rate")]


def told(*jobs) -> list[str]:
    """What became of each job begun at one moment: "done", or the code of its refusal."""
    start = Barrier(len(jobs))

    def attempt(job):
        start.wait(10)
        try:
            job()
        except Refused as no:
            return no.code
        return "done"

    return sorted(at_once(*[lambda job=job: attempt(job) for job in jobs]))


@pytest.fixture
def manager():
    return UserFactory(role="manager")


@pytest.fixture
def finance():
    return UserFactory(role="finance")


def test_of_several_who_accept_a_quote_one_wins(manager):
    quote = sent()
    looks = [RenewalQuote.objects.get(pk=quote.pk) for _n in range(4)]
    jobs = [lambda look=look: accept_quote(quote=look, by=manager, at=AT, on=ON) for look in looks]
    assert told(*jobs) == ["accepted", "accepted", "accepted", "done"]
    assert MaintenanceTerm.objects.filter(kind="paid").count() == 1
    assert [invoice.number for invoice in Invoice.objects.all()] == ["KP-2026-0001"]
    assert NumberSeries.objects.get(prefix="KP").last == 1


def test_of_one_who_accepts_and_one_who_declines_one_wins(manager):
    quote = sent()
    mine, theirs = (RenewalQuote.objects.get(pk=quote.pk) for _n in range(2))
    result = told(
        lambda: accept_quote(quote=mine, by=manager, at=AT, on=ON),
        lambda: decline_quote(quote=theirs, reason="too dear", by=None, at=AT),
    )
    quote.refresh_from_db()
    assert result == sorted(["done", quote.status])
    assert Invoice.objects.count() == (quote.status == "accepted")


def test_many_acceptances_at_once_have_numbers_without_a_gap(manager):
    quotes = [sent() for _n in range(6)]
    assert set(told(*[lambda q=quote: accept_quote(quote=q, by=manager, at=AT, on=ON) for quote in quotes])) == {"done"}
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [f"KP-2026-{n:04d}" for n in range(1, 7)]


def test_many_drafts_at_once_have_numbers_without_a_gap(manager):
    """Two of each contract: one is refused, and its number goes to another."""
    contracts = [accepted() for _n in range(4)] * 2
    result = told(*[lambda c=contract: draft_quote(contract=c, by=manager, at=AT, on=ON) for contract in contracts])
    assert result == ["done"] * 4 + ["duplicate"] * 4
    assert sorted(RenewalQuote.objects.values_list("number", flat=True)) == [f"BJ-2026-{n:04d}" for n in range(1, 5)]


def test_of_two_who_send_a_quote_one_wins(manager):
    quote = drafted()
    looks = [RenewalQuote.objects.get(pk=quote.pk) for _n in range(2)]
    assert told(*[lambda look=look: send_quote(quote=look, by=manager, at=AT, on=ON) for look in looks]) == [
        "done",
        "stale",
    ]


def test_of_two_who_number_an_invoice_one_wins(manager, finance):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    looks = [Invoice.objects.get(pk=invoice.pk) for _n in range(2)]
    jobs = [
        lambda look=look, n=n: issue_invoice(
            invoice=look, tax_invoice_number=n * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON
        )
        for look, n in zip(looks, "12", strict=True)
    ]
    assert told(*jobs) == ["done", "stale"]
    assert Invoice.objects.get().status == "issued"


def test_a_tax_invoice_number_given_twice_at_once_is_kept_once(manager, finance):
    invoices = [invoiced(), invoiced()]
    for invoice in invoices:
        request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    jobs = [
        lambda i=invoice: issue_invoice(
            invoice=i, tax_invoice_number="3" * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON
        )
        for invoice in invoices
    ]
    assert told(*jobs) == ["done", "duplicate"]


def test_a_payment_is_recorded_once(finance):
    invoice = issued()
    looks = [Invoice.objects.get(pk=invoice.pk) for _n in range(2)]
    jobs = [
        lambda look=look: record_payment(
            invoice=look, amount=cny("240000.00"), paid_on=ON, reference="bank 7", by=finance, at=AT, on=ON
        )
        for look in looks
    ]
    assert told(*jobs) == ["done", "stale"]
    assert Payment.objects.count() == 1
    assert not CreditNote.objects.exists()


def test_of_two_who_save_a_contract_one_wins(manager):
    pk = accepted().pk
    looks = [Contract.objects.get(pk=pk) for _n in range(2)]
    jobs = [
        lambda look=look, name=name: save_contract(contract=look, values={"project": name}, by=manager, at=AT)
        for look, name in zip(looks, "甲乙", strict=True)
    ]
    assert told(*jobs) == ["done", "stale"]


def test_of_two_who_record_acceptance_one_wins(manager):
    pk = signed().pk
    looks = [Contract.objects.get(pk=pk) for _n in range(2)]
    jobs = [lambda look=look: accept_finally(contract=look, accepted_on=ON, by=manager, at=AT, on=ON) for look in looks]
    assert told(*jobs) == ["done", "stale"]
    assert MaintenanceTerm.objects.count() == 1


def test_customers_accept_while_the_day_is_run():
    """Quotes are taken while others are drafted, sent and reminded of; both come through."""
    assert connection.vendor == "postgresql"
    quotes = [sent(accepted(day("2026-01-15")), on=day("2026-11-01")) for _n in range(5)]
    for _n in range(5):
        accepted(day("2026-01-15"), planned_on=day("2026-11-15"))
    on = day("2026-11-16")
    jobs = [lambda q=quote: accept_quote(quote=q, by=None, at=at(on), on=on) for quote in quotes]
    assert set(told(*jobs, lambda: run_day(on=on, by=None, at=at(on)))) == {"done"}
    assert RenewalQuote.objects.filter(status="accepted").count() == 5
    assert RenewalQuote.objects.filter(status="draft").count() == 5
    assert MaintenanceTerm.objects.filter(kind="paid").count() == 5

"""Invoices of what waits: several charges on one, one charge on several, nothing twice (docs/rules.md 7.6)."""

import pytest

from base.lib.errors import NotAllowed, Refused
from billing.invoices import issue_invoice, request_invoice, void_invoice
from billing.invoicing import invoice_charges, replace_invoice
from billing.models import Charge, Invoice
from contracts.operations import terminate_contract
from ops.integrity import findings
from tests.billing.test_charges import CHARGES, owed, parts
from tests.chain import AT, ON, accepted, cny, day, signed
from tests.factories import CustomerFactory, TitleFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_several_charges_of_a_customer_stand_on_one_invoice(finance):
    first, second = owed(None, "33333.33", "33333.34")
    invoice = invoice_charges(charges=[second, first], by=finance, at=AT, on=ON)
    assert [(line.charge, line.gross, line.net) for line in invoice.lines.all()] == [
        (first, cny("33333.33"), cny("31446.54")),
        (second, cny("33333.34"), cny("31446.55")),
    ]
    assert (invoice.gross, invoice.net, invoice.tax) == (cny("66666.67"), cny("62893.09"), cny("3773.58"))
    assert (invoice.contract, invoice.service_first, invoice.status) == (first.contract, None, "draft")
    assert [parts(each)[3] for each in (first, second)] == ["0.00", "0.00"]


def test_one_charge_stands_on_several_invoices_and_never_twice(finance):
    [charge] = owed(None, "100.00", quantity=4, unit="h")
    first = invoice_charges(charges=[charge], amount=cny("33.33"), by=finance, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        invoice_charges(charges=[charge], amount=cny("66.68"), by=finance, at=AT, on=ON)
    assert no.value.code == "beyond"
    second = invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    assert (second.gross, parts(charge)) == (cny("66.67"), ["100.00", "0.00", "0.00", "0.00"])
    assert second.number == "KP-2026-0002"
    line = first.lines.get()
    assert (line.quantity, line.unit) == (None, "")  # a part is no number of pieces
    with pytest.raises(Refused) as nothing:
        invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    assert nothing.value.code == "nothing"
    void_invoice(invoice=first, reason="wrong", by=None, at=AT)
    assert parts(charge) == ["66.67", "0.00", "0.00", "33.33"]
    assert list(findings(on=ON, only=CHARGES)) == []


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.001"])
def test_a_part_is_a_sum_that_can_be_paid(amount, finance):
    [charge] = owed()
    with pytest.raises(Refused) as no:
        invoice_charges(charges=[charge], amount=cny(amount), by=finance, at=AT, on=ON)
    assert no.value.field == "amount"


def test_customers_are_not_mixed(finance):
    [one], [other] = owed(), owed(source=2)
    with pytest.raises(Refused) as no:
        invoice_charges(charges=[one, other], by=finance, at=AT, on=ON)
    assert no.value.code == "mixed"
    assert not Invoice.objects.exists()


def test_contracts_of_a_customer_share_an_invoice_and_each_manager_sees_it(finance, director):
    customer = CustomerFactory()
    mine, theirs = UserFactory(role="manager"), UserFactory(role="manager")
    first, second = accepted(customer=customer, manager=mine), accepted(customer=customer, manager=theirs)
    days = {"service_first": day("2026-01-16"), "service_last": day("2027-01-15")}
    charges = owed(first, "365.00", **days) + owed(second, "730.00", source=2, **days)
    invoice = invoice_charges(charges=charges, by=finance, at=AT, on=ON)
    assert (invoice.contract, invoice.note) == (
        None, f"合同号：{first.number}, {second.number}，服务期：2026-01-16 至 2027-01-15",
    )  # fmt: skip
    for user in (mine, theirs, finance):
        assert list(Invoice.objects.visible_to(user)) == [invoice]
    assert not Invoice.objects.visible_to(UserFactory(role="manager")).exists()
    for contract in (first, second):
        assert list(Invoice.objects.of_contract(contract)) == [invoice]

    request_invoice(invoice=invoice, by=mine, at=AT, on=ON)
    issue_invoice(
        invoice=invoice, tax_invoice_number="26312000000123456789", tax_invoice_on=ON, by=finance, at=AT, on=ON
    )
    terminate_contract(contract=second, on=ON, reason="moves", by=director, at=AT)
    proposal = invoice.credit_proposals.get()
    # 54 of 365 days of the second contract's line alone.
    assert (proposal.contract, proposal.price, proposal.amount) == (second, cny("730.00"), cny("108.00"))
    assert list(findings(on=ON, only=[*CHARGES, "credits"])) == []


@pytest.mark.parametrize(
    ("code", "kind"), [("91000000000000019G", "增值税专用发票"), ("12000000000000035B", "普通发票"), ("", "普通发票")]
)
def test_a_company_gets_the_invoice_whose_tax_it_deducts(code, kind, finance):
    contract = signed()
    TitleFactory(customer=contract.customer, tax_number=code, is_default=True)
    assert invoice_charges(charges=owed(contract), by=finance, at=AT, on=ON).invoice_type == kind


def test_what_the_place_of_another_is_taken_by_bills_what_waits(finance, manager):
    first, second = owed(None, "100.00", "50.00")
    invoice = invoice_charges(charges=[first, second], by=finance, at=AT, on=ON)
    void_invoice(invoice=invoice, reason="wrong", by=manager, at=AT)
    invoice_charges(charges=[first], amount=cny("30.00"), by=finance, at=AT, on=ON)
    made = replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    assert [line.gross for line in made.lines.all()] == [cny("70.00"), cny("50.00")]


def test_who_may_make_one():
    for role in ("engineer", "service_manager", "auditor"):
        with pytest.raises(NotAllowed):
            invoice_charges(charges=owed(), by=UserFactory(role=role), at=AT, on=ON)
        Charge.objects.all().delete()

"""What is just allowed of an invoice, who comes second, and what its operations leave in the log."""

import pytest
from moneyed import Money

from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.lib.errors import Refused, Stale
from billing.crediting import credit_invoice
from billing.enums import InvoiceStatus
from billing.invoices import (
    edit_invoice,
    issue_invoice,
    record_payment,
    request_invoice,
    set_off_penalties,
    void_invoice,
)
from billing.invoicing import replace_invoice
from billing.models import CreditNote, Invoice, Payment
from contracts.operations import terminate_contract
from tests.chain import AT, ON, accepted, cny, day, invoiced, issued, quote_behind_invoice, signed, verbs
from tests.factories import TitleFactory

pytestmark = pytest.mark.django_db
NUMBER = "26312000000123456789"
TOMORROW = day("2026-11-23")


def pay(invoice, amount, by, **more):
    given = {
        "amount": amount if isinstance(amount, Money) else cny(amount),
        "paid_on": ON,
        "reference": "bank 7",
        "by": by,
        "at": AT,
        "on": ON,
    }
    return record_payment(invoice=invoice, **given | more)


def credit(invoice, amount, by, **more):
    given = {
        "amount": amount if isinstance(amount, Money) else cny(amount),
        "ground": "allowance",
        "reason": "wrong rate",
        "tax_invoice_number": "",
        "credited_on": ON,
    }
    return credit_invoice(invoice=invoice, by=by, at=AT, on=ON, **given | more)


# Made and edited


def test_every_field_of_the_buyer_is_copied_from_the_title(manager):
    contract = signed()
    TitleFactory(
        customer=contract.customer, name="甲集团", tax_number="91000000000000019G", address="Street 1", phone="1",
        bank_name="Bank", bank_account="2", email="b@x.example", is_default=True,
    )  # fmt: skip
    TitleFactory(customer=contract.customer, name="other")
    invoice = invoiced(accepted(customer=contract.customer))
    assert [
        invoice.buyer_name, invoice.buyer_tax_number, invoice.buyer_address, invoice.buyer_phone,
        invoice.buyer_bank_name, invoice.buyer_bank_account, invoice.buyer_email,
    ] == ["甲集团", "91000000000000019G", "Street 1", "1", "Bank", "2", "b@x.example"]  # fmt: skip


def test_without_a_title_the_customers_own_code_is_printed():
    contract = signed()
    contract.customer.credit_code = "91000000000000019G"
    contract.customer.save()
    assert invoiced(accepted(customer=contract.customer)).buyer_tax_number == "91000000000000019G"


def test_its_manager_is_to_request_it_on_the_day_it_was_made():
    invoice = invoiced()
    todo = Todo.objects.get(kind="invoice_to_request")
    assert (todo.target, todo.assignee, todo.role, todo.due_on) == (invoice, invoice.contract.manager, "manager", ON)
    assert todo.params == {"invoice": invoice.number, "contract": invoice.contract.number}
    assert verbs(invoice) == ["created"]
    assert list(invoice.lines.values_list("position", "text", "tax_rate")) == [
        (1, quote_line.text, quote_line.tax_rate) for quote_line in quote_behind_invoice(invoice).lines.all()
    ]


def test_a_requested_invoice_is_still_edited_and_a_void_one_not(manager):
    invoice, other = invoiced(), invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    edit_invoice(invoice=invoice, values={"note": "order 17"}, by=manager, at=AT)
    assert Invoice.objects.get(pk=invoice.pk).note == "order 17"
    void_invoice(invoice=other, reason="wrong", by=manager, at=AT)
    with pytest.raises(Refused):
        edit_invoice(invoice=other, values={"note": "late"}, by=manager, at=AT)


def test_what_was_typed_for_the_buyer_stays_while_the_title_stays(manager):
    invoice = invoiced()
    title = TitleFactory(customer=invoice.customer, name="丙集团")
    edit_invoice(invoice=invoice, values={"title": title, "buyer_name": "typed"}, by=manager, at=AT)
    assert invoice.buyer_name == "丙集团", "another title fills the buyer"
    edit_invoice(invoice=invoice, values={"title": title, "buyer_name": "typed"}, by=manager, at=AT)
    assert (invoice.buyer_name, invoice.title) == ("typed", title)
    edit_invoice(invoice=invoice, values={"title": None, "buyer_name": "by hand"}, by=manager, at=AT)
    assert (invoice.buyer_name, invoice.title) == ("by hand", None)


def test_finance_is_to_issue_what_was_requested(manager):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    todo = Todo.objects.get(kind="invoice_to_issue")
    assert (todo.target, todo.assignee, todo.role, todo.due_on) == (invoice, None, "finance", ON)
    assert todo.params == {"invoice": invoice.number, "contract": invoice.contract.number}


# Who comes second


def test_an_old_look_changes_nothing(manager, finance):
    draft, requested, out = invoiced(), invoiced(), issued(number="1" * 20)
    request_invoice(invoice=requested, by=manager, at=AT, on=ON)
    old = {"by": manager, "at": AT, "seen": 99}
    with pytest.raises(Stale):
        edit_invoice(invoice=draft, values={"note": "x"}, **old)
    with pytest.raises(Stale):
        request_invoice(invoice=draft, on=ON, **old)
    with pytest.raises(Stale):
        void_invoice(invoice=draft, reason="x", **old)
    with pytest.raises(Stale):
        issue_invoice(
            invoice=requested, tax_invoice_number=NUMBER, tax_invoice_on=ON, by=finance, at=AT, on=ON, seen=99
        )
    with pytest.raises(Stale):
        pay(out, "1.00", finance, seen=99)
    with pytest.raises(Stale):
        credit(out, "1.00", finance, seen=99)
    states = Invoice.objects.order_by("pk").values_list("status", "paid", "credited")
    assert [status for status, paid, credited in states if not paid and not credited] == [
        "draft", "requested", "issued",
    ]  # fmt: skip
    assert not Payment.objects.exists()
    assert not CreditNote.objects.exists()


# Void and replaced


def test_why_an_invoice_is_void_stands_in_its_log(manager):
    invoice = invoiced()
    void_invoice(invoice=invoice, reason="wrong buyer", by=manager, at=AT)
    assert events_of(invoice).get(verb="void").note == "wrong buyer"


def test_a_termination_voids_what_was_only_requested_too(manager):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    terminate_contract(contract=invoice.contract, on=ON, reason="over", by=manager, at=AT)
    assert Invoice.objects.get(pk=invoice.pk).status == "void"
    assert verbs(invoice)[-1] == "void"
    assert not Todo.objects.filter(kind__startswith="invoice_", done_at=None).exists()


def test_what_took_the_place_of_an_invoice_stands_in_its_log(manager):
    invoice = invoiced()
    void_invoice(invoice=invoice, reason="wrong", by=manager, at=AT)
    made = replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    assert events_of(invoice).get(verb="replaced").note == made.number


def test_an_invoice_is_replaced_by_what_it_is_not_by_what_it_was_seen_as(manager):
    invoice = invoiced()
    seen = Invoice.objects.get(pk=invoice.pk)
    void_invoice(invoice=invoice, reason="wrong", by=manager, at=AT)
    assert replace_invoice(invoice=seen, by=manager, at=AT, on=ON).number == "KP-2026-0002"


# Paid and credited


def test_a_payment_is_kept_as_it_was_told(finance):
    invoice = issued()
    payment = pay(invoice, "1.00", finance, reference=f"  {'9' * 120} ", paid_on=day("2026-11-20"))
    payment.refresh_from_db()
    assert (payment.invoice, payment.amount, payment.on) == (invoice, cny("1.00"), day("2026-11-20"))
    assert (payment.reference, payment.by, payment.at) == ("9" * 100, finance, AT)
    pay(invoice, "-0.50", finance)
    with pytest.raises(Refused) as no:
        pay(invoice, "-0.51", finance)
    assert no.value.field == "amount"


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        ("0.00", {}, "amount"),
        ("240000.01", {}, "amount"),
        ("1.00", {"paid_on": TOMORROW}, "paid_on"),
        (Money("1.00", "USD"), {}, "amount"),
        (Money("1.001", "CNY"), {}, "amount"),
    ],
)
def test_what_is_wrong_with_a_payment_is_said_at_its_field(amount, more, field, finance):
    with pytest.raises(Refused) as no:
        pay(issued(), amount, finance, **more)
    assert no.value.field == field


@pytest.mark.parametrize("amount", ["0.00", "0.01"])
def test_a_credited_invoice_only_gives_money_back(amount, finance):
    invoice = issued()
    pay(invoice, "1.00", finance)
    credit(invoice, "240000.00", finance)
    with pytest.raises(Refused) as no:
        pay(invoice, amount, finance)
    assert no.value.code == "wrong_state"


def test_a_credit_note_is_kept_as_it_was_told(finance):
    invoice = issued()
    note = credit(invoice, "1.00", finance, tax_invoice_number=" １" + "2" * 19, reason=f" {'r' * 210}")
    note.refresh_from_db()
    assert (note.invoice, note.gross, note.on, note.by) == (invoice, cny("1.00"), ON, finance)
    assert (note.tax_invoice_number, note.reason) == ("1" + "2" * 19, "r" * 200)
    assert (verbs(note), verbs(invoice)[-1]) == (["created"], "credited")
    with pytest.raises(Refused) as no:
        credit(invoice, Money("1.00", "USD"), finance)
    assert no.value.field == "amount"


@pytest.mark.parametrize(
    ("paid", "credited", "status"),
    [
        ("0", "0", InvoiceStatus.ISSUED),
        ("0", "0.01", InvoiceStatus.ISSUED),
        ("0.01", "0", InvoiceStatus.PART_PAID),
        ("239999.99", "0", InvoiceStatus.PART_PAID),
        ("120000.00", "119999.99", InvoiceStatus.PART_PAID),
        ("120000.00", "120000.00", InvoiceStatus.PAID),
        ("240000.00", "239999.99", InvoiceStatus.PAID),
        ("0", "239999.99", InvoiceStatus.ISSUED),
        ("0", "240000.00", InvoiceStatus.CREDITED),
        ("240000.00", "240000.00", InvoiceStatus.CREDITED),
    ],
)
def test_the_state_follows_from_the_two_sums(paid, credited, status, finance):
    invoice = issued()
    for operation, amount in ((pay, paid), (credit, credited)):
        if amount != "0":
            operation(invoice, amount, finance)
    assert Invoice.objects.get(pk=invoice.pk).status == status


def test_nothing_granted_is_nothing_set_off(finance):
    assert set_off_penalties(invoice=issued(), by=finance, at=AT, on=ON) == 0

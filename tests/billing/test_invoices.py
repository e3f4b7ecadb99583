"""Invoices: application, tax invoice, payment, credit (docs/rules.md 2, 7.6)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from moneyed import Money

from base.chatter.models import Todo
from base.documents.models import NumberSeries
from base.lib.errors import NotAllowed, Refused, Stale
from billing.crediting import credit_invoice
from billing.invoices import (
    edit_invoice,
    issue_invoice,
    record_payment,
    request_invoice,
    void_invoice,
)
from billing.invoicing import replace_invoice
from billing.lines import LineInput
from billing.models import CreditNote, Invoice, Payment
from billing.queries import outstanding
from contracts.models import InvoiceTitle
from renewals.decisions import accept_quote, withdraw_acceptance
from renewals.invoicing import invoices_of
from renewals.quotes import edit_quote
from renewals.sending import send_quote
from tests.chain import AT, ON, accepted, cny, day, drafted, invoiced, issued, quote_behind_invoice, sent, signed, verbs
from tests.factories import TitleFactory, UserFactory

pytestmark = pytest.mark.django_db
NUMBER = "26312000000123456789"


# Made from a quote


def test_lines_copy_the_quotes_and_net_and_tax_are_sums_of_lines(manager):
    """Three thirds of 100,000 at 6 %: the whole at once would give 94,339.62 (docs/practice.md 1.3)."""
    quote = drafted(accepted(renewal_rate=Decimal("0.0833")))
    lines = [LineInput("Maintenance", Decimal("0.06"), "", cny(sum_)) for sum_ in ("33333.33", "33333.33", "33333.34")]
    edit_quote(quote=quote, lines=lines, by=manager, at=AT)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    accept_quote(quote=quote, by=manager, at=AT, on=ON)
    invoice = invoices_of(quote).get()
    assert (invoice.gross, invoice.net, invoice.tax) == (cny("100000.00"), cny("94339.63"), cny("5660.37"))
    assert [(line.gross, line.net) for line in invoice.lines.all()] == [
        (cny("33333.33"), cny("31446.54")),
        (cny("33333.33"), cny("31446.54")),
        (cny("33333.34"), cny("31446.55")),
    ]


def test_rates_are_split_line_by_line(manager):
    quote = drafted(accepted(amount=cny("900000.00"), renewal_rate=Decimal("0.18")))
    lines = [
        LineInput("Maintenance", Decimal("0.06"), "3040201030000000000", cny("50000.00")),
        LineInput("Spare parts", Decimal("0.13"), "1090512990000000000", cny("98765.43")),
    ]
    edit_quote(quote=quote, lines=lines, by=manager, at=AT)
    send_quote(quote=quote, by=manager, at=AT, on=ON)
    accept_quote(quote=quote, by=manager, at=AT, on=ON)
    parts = invoices_of(quote).get().lines.get(position=2)
    assert (parts.net, parts.tax, parts.tax_code) == (cny("87403.04"), cny("11362.39"), "1090512990000000000")


def test_the_buyer_is_kept_as_it_was():
    contract = signed()
    default = TitleFactory(customer=contract.customer, name="甲集团", tax_number="91000000000000019G", is_default=True)
    invoice = invoiced(accepted(customer=contract.customer))
    assert (invoice.buyer_name, invoice.buyer_tax_number, invoice.title) == ("甲集团", "91000000000000019G", default)
    InvoiceTitle.objects.filter(pk=default.pk).update(name="乙集团")
    invoice.refresh_from_db()
    assert invoice.buyer_name == "甲集团"


def test_without_a_title_the_customers_own_name_is_printed():
    invoice = invoiced()
    assert (invoice.buyer_name, invoice.title) == (invoice.customer.name, None)


def test_the_contracts_own_title_wins():
    contract = signed()
    TitleFactory(customer=contract.customer, name="default", is_default=True)
    own = TitleFactory(customer=contract.customer, name="own")
    assert invoiced(accepted(customer=contract.customer, title=own)).buyer_name == "own"


# Edited, requested, void


def test_buyer_and_kind_change_until_the_tax_invoice_is_issued(manager):
    invoice = invoiced()
    title = TitleFactory(customer=invoice.customer, name="丙集团")
    edit_invoice(invoice=invoice, values={"title": title, "note": "order 17"}, by=manager, at=AT)
    assert (invoice.buyer_name, invoice.note) == ("丙集团", "order 17")
    with pytest.raises(Refused) as no:
        edit_invoice(invoice=issued(), values={"note": "late"}, by=manager, at=AT)
    assert no.value.code == "issued"


def test_an_invoice_is_requested_once_and_finance_told(manager):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    assert invoice.status == "requested"
    assert Todo.objects.get(kind="invoice_to_issue").role == "finance"
    assert Todo.objects.get(kind="invoice_to_request").done_at == AT
    with pytest.raises(Refused):
        request_invoice(invoice=invoice, by=manager, at=AT, on=ON)


def test_an_invoice_needs_a_buyer(manager):
    invoice = invoiced()
    edit_invoice(invoice=invoice, values={"buyer_name": ""}, by=manager, at=AT)
    with pytest.raises(Refused) as no:
        request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    assert no.value.field == "buyer_name"


@pytest.mark.parametrize("requested", [False, True])
def test_before_issue_an_invoice_is_voided_and_its_number_stays_used(requested, manager):
    invoice = invoiced()
    if requested:
        request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    with pytest.raises(Refused):
        void_invoice(invoice=invoice, reason=" ", by=manager, at=AT)
    void_invoice(invoice=invoice, reason="wrong buyer", by=manager, at=AT)
    assert invoice.status == "void"
    assert not Todo.objects.filter(kind__startswith="invoice_", done_at=None).exists()
    assert invoiced().number == "KP-2026-0002"


def test_after_issue_it_is_credited_instead(manager):
    with pytest.raises(Refused):
        void_invoice(invoice=issued(), reason="wrong", by=manager, at=AT)


# Issued


def test_the_tax_invoice_is_recorded_by_finance(manager, finance):
    invoice = invoiced()
    with pytest.raises(Refused):
        issue_invoice(invoice=invoice, tax_invoice_number=NUMBER, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    with pytest.raises(NotAllowed):
        issue_invoice(invoice=invoice, tax_invoice_number=NUMBER, tax_invoice_on=ON, by=manager, at=AT, on=ON)
    issue_invoice(
        invoice=invoice,
        tax_invoice_number="２６３１２０００ ０００１２３４５６７８９",
        tax_invoice_on=ON,
        by=finance,
        at=AT,
        on=ON,
    )
    assert (invoice.status, invoice.tax_invoice_number, invoice.tax_invoice_on) == ("issued", NUMBER, ON)
    assert verbs(invoice) == ["created", "requested", "issued"]
    assert not Todo.objects.filter(kind__startswith="invoice_", done_at=None).exists()


@pytest.mark.parametrize(
    "number",
    ["", "2631200000012345678", f"{NUMBER}0", "２６３１", "2631200000012345678X"],
)
def test_a_tax_invoices_number_has_twenty_digits(number, manager, finance):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        issue_invoice(invoice=invoice, tax_invoice_number=number, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    assert no.value.field == "tax_invoice_number"


def test_a_tax_invoice_is_not_dated_tomorrow(manager, finance):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        issue_invoice(
            invoice=invoice, tax_invoice_number=NUMBER, tax_invoice_on=day("2026-11-23"), by=finance, at=AT, on=ON
        )
    assert no.value.field == "tax_invoice_on"


def test_a_tax_invoice_number_is_used_once(manager, finance):
    issued(number=NUMBER)
    other = invoiced()
    request_invoice(invoice=other, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        issue_invoice(invoice=other, tax_invoice_number=NUMBER, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    assert no.value.code == "duplicate"
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=other.pk).update(tax_invoice_number=NUMBER)


def test_of_two_who_record_it_the_second_is_told(manager, finance):
    invoice = invoiced()
    request_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    mine, theirs = (Invoice.objects.get(pk=invoice.pk) for _n in range(2))
    issue_invoice(invoice=mine, tax_invoice_number=NUMBER, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    with pytest.raises(Stale):
        issue_invoice(invoice=theirs, tax_invoice_number="1" * 20, tax_invoice_on=ON, by=finance, at=AT, on=ON)
    assert Invoice.objects.get(pk=invoice.pk).tax_invoice_number == NUMBER


def test_an_issued_invoice_has_its_number_in_the_database_too():
    invoice = invoiced()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(status="issued")


# Paid


def paid(invoice, amount, by, **more):
    money = amount if isinstance(amount, Money) else cny(amount)
    return record_payment(
        **{
            "invoice": invoice,
            "amount": money,
            "paid_on": ON,
            "reference": "bank 7",
            "by": by,
            "at": AT,
            "on": ON,
            **more,
        }
    )


def test_payments_add_up_to_paid(finance):
    invoice = issued()
    assert outstanding(invoice) == cny("240000.00")
    paid(invoice, "100000.00", finance)
    assert (invoice.status, outstanding(invoice)) == ("part_paid", cny("140000.00"))
    paid(invoice, "140000.00", finance)
    assert (invoice.status, invoice.paid, outstanding(invoice)) == ("paid", cny("240000.00"), cny("0"))
    assert [payment.amount for payment in Payment.objects.order_by("pk")] == [cny("100000.00"), cny("140000.00")]
    assert verbs(invoice)[-2:] == ["paid", "paid"]


def test_a_wrong_payment_is_taken_back(finance):
    invoice = issued()
    paid(invoice, "240000.00", finance)
    paid(invoice, "-240000.00", finance)
    assert (invoice.status, invoice.paid) == ("issued", cny("0.00"))
    with pytest.raises(Refused):
        paid(invoice, "-0.01", finance)


@pytest.mark.parametrize(
    ("amount", "more"),
    [
        ("240000.01", {}),
        ("0.00", {}),
        ("0.001", {}),
        (Money("1.00", "USD"), {}),
        ("1.00", {"paid_on": day("2026-11-23")}),
    ],
)
def test_what_is_no_payment(amount, more, finance):
    invoice = issued()
    with pytest.raises(Refused):
        paid(invoice, amount, finance, **more)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("make", [invoiced, lambda: _void()])
def test_only_an_issued_invoice_is_paid(make, finance):
    with pytest.raises(Refused) as no:
        paid(make(), "1.00", finance)
    assert no.value.code == "wrong_state"


def _void() -> Invoice:
    invoice = invoiced()
    void_invoice(invoice=invoice, reason="wrong", by=None, at=AT)
    return invoice


# Replaced


def _credited(finance) -> Invoice:
    invoice = issued()
    credit_invoice(
        invoice=invoice, amount=invoice.gross, ground="mistake", reason="wrong buyer", tax_invoice_number="", credited_on=ON,
        by=finance, at=AT, on=ON,
    )  # fmt: skip
    return invoice


@pytest.mark.parametrize("gone", ["void", "credited"])
def test_another_invoice_takes_the_place_of_one_that_is_gone(gone, finance, manager):
    invoice = _void() if gone == "void" else _credited(finance)
    TitleFactory(customer=invoice.customer, name="明珠港务集团", is_default=True)

    made = replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)

    assert (made.number, made.status, made.buyer_name) == ("KP-2026-0002", "draft", "明珠港务集团")
    assert (quote_behind_invoice(made), made.gross, made.net) == (
        quote_behind_invoice(invoice),
        invoice.gross,
        invoice.net,
    )
    assert [line.gross for line in made.lines.all()] == [line.gross for line in invoice.lines.all()]
    assert Todo.objects.filter(kind="invoice_to_request", done_at=None, target_id=made.pk).exists()
    assert verbs(invoice)[-1] == "replaced"
    with pytest.raises(Refused) as twice:
        replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    assert twice.value.code == "wrong_state"
    assert NumberSeries.objects.get(prefix="KP").last == 2


@pytest.mark.parametrize("make", [invoiced, issued])
def test_an_invoice_that_still_asks_for_money_is_not_replaced(make, manager):
    with pytest.raises(Refused):
        replace_invoice(invoice=make(), by=manager, at=AT, on=ON)


def test_what_the_customer_no_longer_accepts_is_not_billed_again(manager):
    invoice = invoiced()
    withdraw_acceptance(quote=quote_behind_invoice(invoice), reason="wrong quote", by=manager, at=AT, on=ON)
    with pytest.raises(Refused):
        replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)


def test_a_replaced_tax_invoice_still_holds_its_renewal(finance, manager):
    """Once a tax invoice was out, the acceptance stands, whatever became of the invoice."""
    invoice = _credited(finance)
    replace_invoice(invoice=invoice, by=manager, at=AT, on=ON)
    with pytest.raises(Refused) as no:
        withdraw_acceptance(quote=quote_behind_invoice(invoice), reason="wrong quote", by=manager, at=AT, on=ON)
    assert no.value.code == "issued"


def test_of_two_who_record_a_payment_the_second_is_told(finance):
    invoice = issued()
    mine, theirs = (Invoice.objects.get(pk=invoice.pk) for _n in range(2))
    paid(mine, "240000.00", finance)
    with pytest.raises(Stale):
        paid(theirs, "240000.00", finance)
    assert Payment.objects.count() == 1


def test_only_finance_records_payments(manager):
    with pytest.raises(NotAllowed):
        paid(issued(), "1.00", manager)


# Credited


def credited(invoice, amount, by, **more) -> CreditNote:
    given = {
        "ground": "allowance",
        "reason": "wrong rate",
        "tax_invoice_number": "",
        "credited_on": ON,
        "by": by,
        "at": AT,
        "on": ON,
        **more,
    }
    return credit_invoice(invoice=invoice, amount=cny(amount), **given)


def test_a_credit_note_takes_back_part_or_all(finance):
    invoice = issued()
    note = credited(invoice, "40000.00", finance)
    assert (note.number, invoice.status, outstanding(invoice)) == ("HC-2026-0001", "issued", cny("200000.00"))
    paid(invoice, "200000.00", finance)
    assert invoice.status == "paid"
    credited(invoice, "200000.00", finance, tax_invoice_number="2" * 20)
    assert (invoice.status, outstanding(invoice)) == ("credited", cny("-200000.00")), "the customer gets it back"
    with pytest.raises(Refused):
        credited(invoice, "0.01", finance)


@pytest.mark.parametrize(("before", "rest"), [("0.00", "200000.00"), ("150000.00", "50000.00")])
def test_no_more_is_paid_than_a_credit_left_due(before, rest, finance):
    """Of 240,000.00, 40,000.00 are credited: what is due is less than the invoice's own sum."""
    invoice = issued()
    if before != "0.00":
        paid(invoice, before, finance)
    credited(invoice, "40000.00", finance)
    with pytest.raises(Refused) as no:
        paid(invoice, str(cny(rest).amount + Decimal("0.01")), finance)
    assert no.value.field == "amount"
    assert rest[:-6] in str(no.value)
    assert Invoice.objects.get(pk=invoice.pk).paid == cny(before)
    paid(invoice, rest, finance)
    assert (invoice.status, outstanding(invoice)) == ("paid", cny("0.00"))


@pytest.mark.parametrize("values", [
    {"paid": "240000.01"}, {"paid": "-0.01"}, {"credited": "240000.01"}, {"credited": "-0.01"},
])  # fmt: skip
def test_the_database_holds_what_was_paid_and_credited_between_nothing_and_the_whole(values):
    invoice = issued()
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**values)
    # A paid invoice may be credited: their sum is not held.
    Invoice.objects.filter(pk=invoice.pk).update(paid="240000.00", credited="240000.00")


def test_what_was_paid_on_a_credited_invoice_is_repaid(finance):
    invoice = issued()
    paid(invoice, "240000.00", finance)
    credited(invoice, "240000.00", finance)
    with pytest.raises(Refused):
        paid(invoice, "1.00", finance)
    paid(invoice, "-240000.00", finance)
    assert (invoice.status, invoice.paid) == ("credited", cny("0.00"))


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        ("240000.01", {}, "amount"),
        ("0.00", {}, "amount"),
        ("-1.00", {}, "amount"),
        ("0.005", {}, "amount"),
        ("1.00", {"reason": " "}, "reason"),
        ("1.00", {"tax_invoice_number": "123"}, "tax_invoice_number"),
        ("1.00", {"credited_on": day("2026-11-23")}, "credited_on"),
    ],
)
def test_what_is_no_credit_note(amount, more, field, finance):
    invoice = issued()
    with pytest.raises(Refused) as no:
        credited(invoice, amount, finance, **more)
    assert no.value.field == field
    assert not CreditNote.objects.exists()
    assert not NumberSeries.objects.filter(prefix="HC").exists(), "a refused note leaves no gap"


def test_only_what_was_issued_is_credited(finance, manager):
    with pytest.raises(Refused) as no:
        credited(invoiced(), "1.00", finance)
    assert no.value.code == "wrong_state"
    with pytest.raises(NotAllowed):
        credited(issued(), "1.00", manager)


def test_an_issued_invoice_is_due_thirty_days_later():
    assert issued().due_on == day("2026-12-22")


def test_a_contract_in_yen_is_invoiced_in_yen():
    invoice = invoiced(accepted(amount=Money("12345678", "JPY")))
    assert invoice.gross == Money("2469135", "JPY")
    assert invoice.net + invoice.tax == invoice.gross
    assert {str(invoice.net.currency), str(invoice.paid.currency)} == {"JPY"}


def test_invoice_numbers_have_no_gap_when_an_acceptance_is_refused():
    quote, other = sent(), sent()
    with pytest.raises(Stale):
        accept_quote(quote=quote, by=UserFactory(role="manager"), at=AT, on=ON, seen=0)
    accept_quote(quote=other, by=None, at=AT, on=ON)
    assert invoices_of(other).get().number == "KP-2026-0001"

"""What people do with invoices, through the browser."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from moneyed import Money

from base.accounts.models import Role
from base.documents.models import Document
from billing import invoices
from billing.models import CreditNote, ExportBatch, Invoice, Payment
from renewals import decisions, quotes, sending
from renewals.invoicing import invoices_of
from tests.factories import TitleFactory

NUMBER = "26312000000012345678"


@pytest.fixture
def issued(invoice, people, now, day):
    """An issued invoice over 240,000.00."""
    invoices.request_invoice(invoice=invoice, by=people["manager"], at=now, on=day)
    invoices.issue_invoice(
        invoice=invoice, tax_invoice_number=NUMBER, tax_invoice_on=day, by=people["finance"], at=now, on=day
    )
    return invoice


@pytest.fixture
def make_invoice(make_contract, people, now, day):
    def make():
        quote = quotes.draft_quote(contract=make_contract(), by=people["manager"], at=now, on=day)
        sending.send_quote(quote=quote, by=people["manager"], at=now, on=day)
        decisions.accept_quote(quote=quote, by=None, at=now, on=day)
        made = invoices_of(quote).get()
        invoices.request_invoice(invoice=made, by=people["manager"], at=now, on=day)
        return made

    return make


def page(client, address, **params):
    response = client.get(address, params)
    assert response.status_code == 200, response
    return response.content.decode()


def move(client, invoice, which, /, **data):
    invoice.refresh_from_db()
    return client.post(f"/invoices/{invoice.pk}/move/{which}/", {"asked": "1", "version": invoice.version, **data})


# --- list and board ----------------------------------------------------------------------------------------------


def test_the_list_shows_sums_and_their_totals(as_, invoice):
    html = page(as_("finance"), "/invoices/")
    assert html.count("CNY 240,000.00") == 2
    assert "CNY 226,415.09" in html
    assert "not yet" in html


@pytest.mark.parametrize(
    ("status", "shown_in"),
    [
        ("draft", {"to_request", "not_exported"}),
        ("requested", {"to_issue", "not_exported"}),
        ("issued", {"unpaid", "not_exported"}),
        ("part_paid", {"unpaid", "not_exported"}),
        ("paid", {"not_exported"}),
        ("void", set()),
    ],
)
def test_quick_filters_by_state(as_, issued, status, shown_in):
    Invoice.objects.filter(pk=issued.pk).update(status=status)
    client = as_("finance")
    quick = ("to_request", "to_issue", "unpaid", "overdue", "not_exported")
    assert {name for name in quick if str(issued) in page(client, "/invoices/", quick=name)} == shown_in


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "0_30"), (30, "0_30"), (31, "31_60"), (60, "31_60"), (61, "61_90"), (90, "61_90"), (91, "over_90")],
)
def test_unpaid_by_age(as_, issued, day, days, age):
    Invoice.objects.filter(pk=issued.pk).update(due_on=day - timedelta(days=days))
    client = as_("finance")
    ages = ("0_30", "31_60", "61_90", "over_90")
    assert [each for each in ages if str(issued) in page(client, "/invoices/", quick=f"age_{each}")] == [age]


def test_overdue_is_said_in_words(as_, issued, day):
    Invoice.objects.filter(pk=issued.pk).update(due_on=day - timedelta(days=3))
    assert "3 days overdue" in page(as_("finance"), "/invoices/", quick="overdue")


def test_due_this_month(as_, issued, day):
    Invoice.objects.filter(pk=issued.pk).update(due_on=day.replace(day=1))
    assert str(issued) in page(as_("finance"), "/invoices/", quick="due_this_month")
    Invoice.objects.filter(pk=issued.pk).update(due_on=day.replace(day=1) - timedelta(days=1))
    assert str(issued) not in page(as_("finance"), "/invoices/", quick="due_this_month")


@pytest.mark.parametrize("address", ["/invoices/", "/invoices/board/"])
def test_as_many_queries_for_four_invoices_as_for_two(as_, make_invoice, address):
    client = as_("finance")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            page(client, address)
        return len(seen)

    make_invoice()
    make_invoice()
    queries()
    before = queries()
    make_invoice()
    make_invoice()
    assert queries() == before


@pytest.mark.parametrize("role", Role.values)
def test_who_may_look(as_, invoice, role):
    status = as_(role).get(f"/invoices/{invoice.pk}/").status_code
    assert status == {"service_manager": 403, "engineer": 403, "administrator": 403}.get(role, 200)


# --- editing -----------------------------------------------------------------------------------------------------


BUYER = ["name", "tax_number", "address", "phone", "bank_name", "bank_account", "email"]


def form_of(invoice, **changed):
    names = [*(f"buyer_{name}" for name in BUYER), "note"]
    data = {name: getattr(invoice, name) for name in names}
    return {
        **data,
        "title": "",
        "invoice_type": invoice.invoice_type,
        "due_on": invoice.due_on.isoformat(),
        "version": invoice.version,
        **changed,
    }


@pytest.mark.parametrize("role", ["manager", "finance"])
def test_the_buyer_is_edited_until_the_tax_invoice_is_out(as_, invoice, role):
    response = as_(role).post(f"/invoices/{invoice.pk}/edit/", form_of(invoice, buyer_name="Another buyer"))
    assert response.status_code == 302, response.content.decode()
    invoice.refresh_from_db()
    assert invoice.buyer_name == "Another buyer"


def test_another_title_fills_the_buyer(as_, invoice):
    title = TitleFactory(customer=invoice.customer, name="Port Authority Ltd", tax_number="91310000MA1FL12345")
    as_("manager").post(f"/invoices/{invoice.pk}/edit/", form_of(invoice, title=title.pk))
    invoice.refresh_from_db()
    assert (invoice.buyer_name, invoice.buyer_tax_number) == ("Port Authority Ltd", "91310000MA1FL12345")


def test_a_foreign_title_is_refused(as_, invoice):
    response = as_("manager").post(f"/invoices/{invoice.pk}/edit/", form_of(invoice, title=TitleFactory().pk))
    assert response.status_code == 422


def test_an_issued_invoice_cannot_be_edited(as_, issued):
    assert as_("finance").post(f"/invoices/{issued.pk}/edit/", form_of(issued, note="x")).status_code == 403


# --- moves -------------------------------------------------------------------------------------------------------


def test_from_request_to_payment(as_, invoice, day):
    move(as_("manager"), invoice, "request")
    finance = as_("finance")
    data = {"tax_invoice_number": f" {NUMBER[:10]} {NUMBER[10:]}", "tax_invoice_on": day.isoformat()}
    assert move(finance, invoice, "issue", **{**data, "tax_invoice_number": "123"}).status_code == 422
    move(finance, invoice, "issue", **data)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.tax_invoice_number) == ("issued", NUMBER)
    move(finance, invoice, "pay", amount="100,000.00", paid_on=day.isoformat(), reference="bank 1")
    invoice.refresh_from_db()
    assert invoice.status == "part_paid"
    response = move(finance, invoice, "pay", amount="140000.01", paid_on=day.isoformat(), reference="")
    assert response.status_code == 422
    assert "CNY 140,000.00 still due" in response.content.decode()
    assert 'value="140000.01"' in response.content.decode()
    move(finance, invoice, "pay", amount="140000", paid_on=day.isoformat(), reference="bank 2")
    invoice.refresh_from_db()
    assert invoice.status == "paid"
    assert "bank 2" in page(finance, f"/invoices/{invoice.pk}/", tab="payments")


def test_a_payment_is_taken_back(as_, issued, day):
    finance = as_("finance")
    move(finance, issued, "pay", amount="240000", paid_on=day.isoformat(), reference="")
    move(finance, issued, "take_back", payment=Payment.objects.get().pk, reason="another customer's")
    issued.refresh_from_db()
    assert (issued.status, issued.paid) == ("issued", Money("0.00", "CNY"))
    html = page(finance, f"/invoices/{issued.pk}/", tab="payments")
    assert "CNY -240,000.00" in html
    assert "another customer" in html


def test_a_credit_note_takes_part_of_it_back(as_, issued, day):
    finance = as_("finance")
    data = {"credited_on": day.isoformat(), "ground": "allowance", "reason": "discount", "tax_invoice_number": ""}
    assert move(finance, issued, "credit", amount="240000.01", **data).status_code == 422
    move(finance, issued, "credit", amount="40000", **data)
    issued.refresh_from_db()
    assert issued.credited == Money("40000.00", "CNY")
    assert str(CreditNote.objects.get()) in page(finance, f"/invoices/{issued.pk}/", tab="credit_notes")


def test_void_before_issue_only(as_, invoice, day):
    manager = as_("manager")
    assert move(manager, invoice, "void", reason="").status_code == 422
    move(manager, invoice, "void", reason="wrong contract")
    invoice.refresh_from_db()
    assert invoice.status == "void"


@pytest.mark.parametrize(
    ("role", "which"),
    [("manager", "issue"), ("manager", "pay"), ("manager", "credit"), ("finance", "request"), ("auditor", "pay")],
)
def test_each_does_their_own_part(as_, issued, role, which):
    assert move(as_(role), issued, which).status_code == 403


def test_the_payment_request_is_stored_when_it_leaves(as_, issued):
    finance = as_("finance")
    preview = finance.get(reverse("invoices_paper", args=[issued.pk, "payment-request"]))
    assert preview.content.startswith(b"%PDF")
    assert not Document.objects.filter(key__startswith="payment_request").exists()
    move(finance, issued, "payment_request")
    document = Document.objects.get(key__startswith="payment_request")
    address = reverse("invoices_document", args=[issued.pk, document.pk])
    assert address in page(finance, f"/invoices/{issued.pk}/", tab="papers")
    assert b"".join(finance.get(address).streaming_content).startswith(b"%PDF")


# --- export ------------------------------------------------------------------------------------------------------


def numbers(data):
    return [row["开票申请号"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]


def test_chosen_invoices_go_into_one_batch(as_, make_invoice):
    chosen, other = [make_invoice(), make_invoice()], make_invoice()
    finance = as_("finance")
    data = {"id": [each.pk for each in chosen]}
    assert "One file with a number of its own" in finance.post("/invoices/bulk/export/", data).content.decode()
    assert not ExportBatch.objects.exists()
    response = finance.post("/invoices/bulk/export/", {**data, "asked": "1", "file_format": "csv"})
    batch = ExportBatch.objects.get()
    assert response["Location"] == f"/exports/{batch.pk}/"
    kept = b"".join(finance.get(reverse("export_file", args=[batch.pk])).streaming_content)
    assert numbers(kept) == [str(each) for each in chosen]
    assert str(other) in page(finance, "/invoices/", quick="not_exported")
    assert all(str(each) not in page(finance, "/invoices/", quick="not_exported") for each in chosen)
    listed = page(finance, "/invoices/", exports=batch.pk)
    assert str(chosen[0]) in listed
    assert str(other) not in listed


def test_what_was_exported_is_left_out_unless_asked_for(as_, make_invoice):
    finance, made = as_("finance"), make_invoice()
    data = {"id": [made.pk], "asked": "1", "file_format": "csv"}
    finance.post("/invoices/bulk/export/", data)
    response = finance.post("/invoices/bulk/export/", data)
    assert response.status_code == 422
    assert "There is nothing to export" in response.content.decode()
    finance.post("/invoices/bulk/export/", {**data, "again": "on"})
    assert ExportBatch.objects.count() == 2


def test_the_file_is_the_same_after_the_invoice_changed(as_, make_invoice, people, now, day):
    finance, made = as_("finance"), make_invoice()
    finance.post("/invoices/bulk/export/", {"id": [made.pk], "asked": "1", "file_format": "xlsx"})
    address = reverse("export_file", args=[ExportBatch.objects.get().pk])
    before = b"".join(finance.get(address).streaming_content)
    invoices.edit_invoice(
        invoice=Invoice.objects.get(pk=made.pk), values={"buyer_name": "X"}, by=people["finance"], at=now
    )
    assert b"".join(finance.get(address).streaming_content) == before


def test_all_of_a_stretch_of_days(as_, make_invoice, invoice, people, now, day):
    made = make_invoice()
    invoices.void_invoice(invoice=invoice, reason="wrong", by=people["manager"], at=now)
    finance = as_("finance")
    data = {"first": day.isoformat(), "last": day.isoformat(), "file_format": "csv"}
    wrong = finance.post("/exports/make/", {**data, "first": (day + timedelta(days=1)).isoformat()})
    assert wrong.status_code == 422
    assert "The last day lies before the first." in wrong.content.decode()
    response = finance.post("/exports/make/", data)
    batch = ExportBatch.objects.get()
    assert response["Location"] == f"/exports/{batch.pk}/"
    assert numbers(b"".join(finance.get(reverse("export_file", args=[batch.pk])).streaming_content)) == [str(made)]
    assert batch.number in page(finance, "/exports/")
    assert finance.post("/exports/make/", data).status_code == 422


@pytest.mark.parametrize("role", ["manager", "service_manager", "engineer", "administrator", "auditor"])
def test_others_take_nothing_away(as_, invoice, role):
    client = as_(role)
    assert client.get("/exports/").status_code == (200 if role == "auditor" else 403)
    assert client.get("/exports/make/").status_code == 403
    data = {"id": [invoice.pk], "asked": "1", "file_format": "csv"}
    assert client.post("/invoices/bulk/export/", data).status_code == 403

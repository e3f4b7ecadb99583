"""What finance does with what waits to be invoiced, through the browser."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from base.accounts.models import Role
from billing.charges import owe
from billing.lines import LineInput, Owed
from billing.models import Charge, Invoice
from billing.sources import Source


@pytest.fixture
def make_charge(contract, now, day):
    def make(text="Two days", gross="3000.00", source=1):
        line = LineInput(text, Decimal("0.06"), "3040201030000000000", Money(gross, "CNY"))
        [charge] = owe(
            source=Source("price_line", source), customer=contract.customer, contract=contract, owed=[Owed(line=line)],
            by=None, at=now, on=day,
        )  # fmt: skip
        return charge

    return make


def move(client, charge, which, **data):
    charge.refresh_from_db()
    address = f"/charges/{charge.pk}/move/{which}/"
    return client.post(address, {"asked": "1", "confirmed": "1", "version": charge.version, **data})


def test_what_waits_is_a_list_with_its_sum(as_, make_charge):
    charges = [make_charge(), make_charge("A tape", "800.00", 2)]
    html = as_("finance").get("/charges/", {"quick": "waits"}).content.decode()
    assert all(charge.text in html for charge in charges)
    assert "CNY 3,800.00" in html
    assert "extra work" in html


def test_a_part_is_invoiced_then_the_rest_waived(as_, make_charge):
    finance, charge = as_("finance"), make_charge()
    assert move(finance, charge, "invoice", amount="3000.01").status_code == 422
    done = move(finance, charge, "invoice", amount="1000")
    invoice = Invoice.objects.get()
    assert done.url == f"/invoices/{invoice.pk}/"
    assert str(invoice) in finance.get("/invoices/", {"lines__charge": charge.pk}).content.decode()
    move(finance, charge, "waive", reason="agreed")
    charge.refresh_from_db()
    assert (charge.invoiced, charge.waived) == (Money("1000.00", "CNY"), Money("2000.00", "CNY"))
    move(finance, charge, "claim")
    charge.refresh_from_db()
    assert charge.waiting == Money("2000.00", "CNY")


def test_several_are_invoiced_together(as_, make_charge):
    charges = [make_charge(), make_charge("A tape", "800.00", 2)]
    as_("finance").post("/charges/bulk/invoice/", {"id": [each.pk for each in charges], "asked": "1", "confirmed": "1"})
    assert Invoice.objects.get().gross == Money("3800.00", "CNY")


def test_its_words_and_tax_are_corrected_before(as_, make_charge):
    finance, charge = as_("finance"), make_charge()
    data = {
        "text": "A disk",
        "unit": "件",
        "quantity": "2",
        "tax": "0.13|1090512990000000000",
        "version": charge.version,
    }
    assert "0.13|1090512990000000000" in finance.get(f"/charges/{charge.pk}/edit/").content.decode()
    finance.post(f"/charges/{charge.pk}/edit/", data)
    charge.refresh_from_db()
    assert (charge.text, charge.unit, charge.quantity, charge.tax_rate, charge.tax_code) == (
        "A disk", "件", 2, Decimal("0.13"), "1090512990000000000",
    )  # fmt: skip
    move(finance, charge, "invoice", amount="3000")
    assert finance.get(f"/charges/{charge.pk}/edit/").status_code != 200


def test_the_contract_leads_to_what_waits(as_, make_charge, contract):
    make_charge()
    html = as_("manager").get(f"/contracts/{contract.pk}/").content.decode()
    assert f"/charges/?quick=waits&amp;contract={contract.pk}" in html


@pytest.mark.parametrize("role", Role.values)
def test_who_may_look(as_, make_charge, role):
    status = as_(role).get(f"/charges/{make_charge().pk}/").status_code
    assert status == {"service_manager": 403, "engineer": 403, "administrator": 403}.get(role, 200)


def test_as_many_queries_for_four_as_for_two(as_, make_charge):
    client = as_("finance")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/charges/").status_code == 200
        return len(seen)

    for source in (1, 2):
        make_charge(source=source)
    queries()
    before = queries()
    for source in (3, 4):
        make_charge(source=source)
    assert queries() == before
    assert Charge.objects.count() == 4

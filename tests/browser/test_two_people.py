"""Two people at the same thing: one wins, the other is told, and neither loses what they did."""

import pytest
from dateutil.relativedelta import relativedelta

from base.accounts.models import Role
from billing.models import Invoice
from contracts.models import Contract
from renewals.invoicing import invoices_of
from renewals.models import RenewalQuote
from renewals.queries import link_token
from tests.chain import accepted, invoiced, sent
from tests.factories import ContactFactory, CustomerFactory, UserFactory


@pytest.fixture
def contract(house):
    """In the last two months of its free year."""
    customer = CustomerFactory(name="上海城投水务集团")
    return accepted(
        house.day + relativedelta(days=60) - relativedelta(months=12), planned_on=house.day, number="XS-1",
        project="智慧水厂一期", customer=customer, contact=ContactFactory(customer=customer, name="陈工"),
        manager=house.people["manager"],
    )  # fmt: skip


def test_two_edit_the_same_contract(house, open_window, contract):
    first = open_window(house.people["manager"], name="first")
    second = open_window(house.people["director"], name="second")
    for screen in (first, second):
        screen.go(f"/contracts/{contract.pk}/")
        screen.follow("Edit")
        # Both have the form before either saves it.
        screen.page.locator("[name=project]").wait_for()
    first.page.locator("[name=project]").fill("智慧水厂一期（改）")
    first.press("Save")
    assert "智慧水厂一期（改）" in first.page.locator("#sheet").inner_text()

    second.page.locator("[name=project]").fill("智慧水厂二期")
    second.page.locator("[name=note]").fill("客户要求改名")
    with second.expecting(422):
        second.press("Save")
        alert = second.page.locator("#sheet [role=alert]")
        alert.wait_for()
        second.step("told")
    # What was typed is still there, and what is stored stands beside it.
    assert second.page.locator("[name=project]").input_value() == "智慧水厂二期"
    assert second.page.locator("[name=note]").input_value() == "客户要求改名"
    assert "智慧水厂一期（改）" in second.page.locator(".stored").first.inner_text()
    assert Contract.objects.get(pk=contract.pk).project == "智慧水厂一期（改）"

    second.press("Save")
    second.page.locator(".edit-button").wait_for()
    second.step("saved-knowingly")
    contract.refresh_from_db()
    assert (contract.project, contract.note) == ("智慧水厂二期", "客户要求改名")
    # Both stand in the life of the contract, each with who and what.
    thread = second.page.locator("#chatter").inner_text()
    assert "李霞" in thread
    assert "赵总" in thread


def test_customer_and_manager_accept_the_same_quote(house, open_window, contract):
    quote = sent(contract, on=house.day)
    customer = open_window(name="customer")
    manager = open_window(house.people["manager"], name="manager")
    customer.go(f"/q/{link_token(quote)}/")
    manager.go(f"/quotes/{quote.pk}/")
    manager.follow("Accepted")
    manager.dialog.locator("[name=name]").fill("王主任")

    customer.page.locator("#answer [name=name]").first.fill("陈工")
    customer.page.locator("#answer [name=agree]").check()
    customer.page.locator("#answer button.button").first.click()
    customer.page.get_by_role("heading", name=customer.say("Accepted. Thank you!")).wait_for()

    with manager.expecting(409, 422):
        manager.dialog.locator("footer button:not([type=button])").click()
        told = manager.page.locator("#messages .alert, dialog[open] [role=alert], dialog[open] .alert").first
        told.wait_for()
        manager.step("told")
    quote.refresh_from_db()
    assert (quote.status, quote.decided_by_name) == ("accepted", "陈工")
    assert invoices_of(quote).filter().count() == 1
    assert contract.terms.count() == 2


def test_two_browsers_answer_the_same_link(house, open_window, contract):
    quote = sent(contract, on=house.day)
    yes, no = open_window(name="yes"), open_window(name="no", narrow=True)
    for screen in (yes, no):
        screen.go(f"/q/{link_token(quote)}/")
    yes.page.locator("#answer [name=name]").first.fill("陈工")
    yes.page.locator("#answer [name=agree]").check()
    no.page.locator("#answer summary").click()
    no.page.locator("#answer [name=reason]").fill("预算没有批")
    yes.page.locator("#answer button.button").first.click()
    yes.page.get_by_role("heading", name=yes.say("Accepted. Thank you!")).wait_for()

    no.page.locator("#answer details button.button").click()
    no.page.get_by_role("heading", name=no.say("Accepted. Thank you!")).wait_for()
    no.step("told")
    assert RenewalQuote.objects.get(pk=quote.pk).status == "accepted"


def test_two_number_the_same_invoice(house, open_window, contract):
    invoice = invoiced(contract, on=house.day)
    Invoice.objects.filter(pk=invoice.pk).update(status="requested")
    colleague = UserFactory(role=Role.FINANCE, display_name="孙会计", language="")
    first, second = open_window(house.people["finance"], name="first"), open_window(colleague, name="second")
    for number, screen in enumerate((first, second)):
        screen.go(f"/invoices/{invoice.pk}/")
        screen.follow("Issue")
        screen.dialog.locator("[name=tax_invoice_number]").fill(f"2631200000012345678{number}")
    first.carry_out()
    with second.expecting(409, 422):
        second.dialog.locator("footer button:not([type=button])").click()
        second.page.locator("#messages .alert, dialog[open] [role=alert], dialog[open] .alert").first.wait_for()
        second.step("told")
    # What was typed is not gone: it may belong to another invoice.
    assert second.page.locator("[name=tax_invoice_number]").input_value() == "26312000000123456781"
    invoice.refresh_from_db()
    assert (invoice.status, invoice.tax_invoice_number) == ("issued", "26312000000123456780")

"""A contract entered together with its customer, contact and invoice title."""

import pytest

from contracts.models import Contact, Contract, Customer
from tests.contracts.pages.test_contracts import typed
from tests.factories import ContactFactory, ContractFactory, CustomerFactory, TitleFactory
from tests.screens import enter, frozen  # noqa: F401

pytestmark = pytest.mark.django_db

NEW = {
    "customer": "", "new_customer": "明珠港务有限公司", "new_contact": "沈卫东", "new_salutation": "先生",
    "new_phone": "138 1000 2006", "new_email": "shen@customer.example", "new_title": "明珠港务有限公司",
    "new_tax_number": "91310000MA1FL0001X",
}  # fmt: skip


def test_a_contract_is_entered_with_a_customer_contact_and_title_that_are_not_there_yet(enter):  # noqa: F811
    answer = enter("director").post("/contracts/new/", typed(**NEW))
    assert answer.status_code == 302, answer.context["form"].errors
    contract = Contract.objects.get()
    assert (contract.customer.name, contract.customer.initials) == ("明珠港务有限公司", "mzgwyxgs")
    assert (contract.contact.name, contract.contact.salutation) == ("沈卫东", "先生")
    assert contract.title.tax_number == "91310000MA1FL0001X"


def test_nothing_of_it_stays_when_the_contract_is_refused(enter):  # noqa: F811
    ContractFactory(number="HT-2026-0001")
    answer = enter("director").post("/contracts/new/", typed(**NEW))
    assert answer.status_code == 422
    assert not Customer.objects.filter(name="明珠港务有限公司").exists()
    assert not Contact.objects.filter(name="沈卫东").exists()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"customer": ""}, "customer"),
        ({"new_customer": "乙"}, "customer"),
        ({"new_phone": "138"}, "new_contact"),
        ({"new_tax_number": "9131"}, "new_title"),
    ],
)
def test_what_is_missing_or_said_twice_is_told_at_its_field(enter, said, field):  # noqa: F811
    answer = enter("director").post("/contracts/new/", typed(**said))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_customer_that_is_there_is_told_at_the_name(enter):  # noqa: F811
    CustomerFactory(name="明珠港务有限公司")
    answer = enter("director").post("/contracts/new/", typed(**NEW))
    assert "There is a customer of this name" in str(answer.context["form"].errors["new_customer"])


def test_the_only_contact_and_title_are_taken_of_several_none(enter):  # noqa: F811
    customer = CustomerFactory()
    only, title = ContactFactory(customer=customer), TitleFactory(customer=customer)
    director = enter("director")
    director.post("/contracts/new/", typed(customer=customer.pk))
    first = Contract.objects.get()
    assert (first.contact, first.title) == (only, title)
    ContactFactory(customer=customer)
    director.post("/contracts/new/", typed(customer=customer.pk, number="HT-2026-0002"))
    assert Contract.objects.get(number="HT-2026-0002").contact is None


def test_on_a_contract_a_new_contact_is_made_where_it_is_chosen(enter):  # noqa: F811
    contract = ContractFactory()
    director = enter("director")
    assert 'name="new_contact"' in director.get(f"/contracts/{contract.pk}/edit/").content.decode()
    answer = director.post(
        f"/contracts/{contract.pk}/edit/", typed(contract, new_contact="王芳", new_salutation="女士")
    )
    assert answer.status_code == 302, answer.context["form"].errors
    contract.refresh_from_db()
    assert (contract.contact.name, contract.contact.customer) == ("王芳", contract.customer)


@pytest.mark.parametrize(
    ("written", "amount"),
    [("28万", "280000.00"), ("1.2e4", "12000.00"), ("￥1,200.50", "1200.50"), ("３０万元", "300000.00")],
)
def test_an_amount_is_read_as_people_type_it(enter, written, amount):  # noqa: F811
    enter("director").post("/contracts/new/", typed(amount_0=written))
    assert str(Contract.objects.get().amount.amount) == amount


@pytest.mark.parametrize("written", ["28万5", "twelve", "1,2", "¥", "28万万"])
def test_an_amount_that_cannot_be_read_is_refused(enter, written):  # noqa: F811
    assert enter("director").post("/contracts/new/", typed(amount_0=written)).status_code == 422
    assert not Contract.objects.exists()

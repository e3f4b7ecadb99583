"""What a person does with customers through the screens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts.models import Contact, Contract, Customer, InvoiceTitle
from tests.chain import verbs
from tests.factories import ContactFactory, ContractFactory, CustomerFactory, TitleFactory
from tests.screens import HTMX

pytestmark = pytest.mark.django_db

GOOD, BAD = "91000000000000019G", "91000000000000019H"


def typed(**changed):
    return {"name": "Bright Harbour Ltd", "credit_code": "", "address": "", "language": "en", "note": "", **changed}


def test_a_new_customer_is_kept_with_its_initials(enter):
    answer = enter("manager").post("/customers/new/", typed(name="明珠港务有限公司"))

    customer = Customer.objects.get()
    assert answer.url == f"/customers/{customer.pk}/"
    assert (customer.initials, verbs(customer)) == ("mzgwyxgs", ["created"])


def test_who_made_a_customer_sees_it_before_it_has_a_contract(enter):
    manager = enter("manager")
    manager.post("/customers/new/", typed())

    assert manager.get(f"/customers/{Customer.objects.get().pk}/").status_code == 200


def test_a_customer_of_another_managers_contract_is_not_there(enter):
    contract = ContractFactory()

    assert enter("manager").get(f"/customers/{contract.customer_id}/").status_code == 404


def test_a_name_that_is_taken_is_refused_at_the_field_and_nothing_typed_is_lost(enter):
    CustomerFactory(name="海棠（集团）公司")

    answer = enter("director").post("/customers/new/", typed(name="海棠(集团) 公司", address="Harbour Road 1"))

    assert answer.status_code == 422
    assert "There is a customer of this name" in str(answer.context["form"].errors["name"])
    assert b"Harbour Road 1" in answer.content


@pytest.mark.parametrize("code", [GOOD, GOOD.lower(), "9100 0000 0000 0001 9G", ""])
def test_a_good_credit_code_is_kept_normalised(enter, code):
    enter("director").post("/customers/new/", typed(credit_code=code))

    assert Customer.objects.get().credit_code in (GOOD, "")


def test_a_failing_credit_code_warns_and_is_kept_when_it_is_confirmed(enter):
    director = enter("director")

    warned = director.post("/customers/new/", typed(credit_code=BAD))

    assert warned.status_code == 422
    assert "does not fit" in str(warned.context["form"].errors["credit_code"])
    assert "keep_credit_code" in warned.content.decode()
    assert not Customer.objects.exists()

    director.post("/customers/new/", typed(credit_code=BAD, keep_credit_code="on"))
    assert Customer.objects.get().credit_code == BAD


def test_a_failing_code_that_is_stored_already_is_not_asked_about_again(enter):
    customer = CustomerFactory(credit_code=BAD)

    answer = enter("director").post(f"/customers/{customer.pk}/edit/", typed(version=0, credit_code=BAD))

    assert answer.status_code == 302
    assert Customer.objects.get().name == "Bright Harbour Ltd"


def test_contacts_are_added_and_changed_inside_their_tab(enter):
    customer = CustomerFactory()
    director = enter("director")
    new = {"name": "Wang Lei", "position": "IT", "phone": "", "email": "wang@example.com", "language": ""}

    form = director.get(f"/customers/{customer.pk}/contacts/new/", headers=HTMX)
    assert b"<form" in form.content
    assert b"<html" not in form.content

    stored = director.post(f"/customers/{customer.pk}/contacts/new/", {**new, "version": ""}, headers=HTMX)
    contact = Contact.objects.get()
    assert (stored.status_code, contact.email, contact.customer) == (200, "wang@example.com", customer)
    assert b"Wang Lei" in stored.content

    director.post(f"/customers/{customer.pk}/contacts/{contact.pk}/", {**new, "name": "Wang L.", "version": 0})
    contact.refresh_from_db()
    assert (contact.name, verbs(contact)) == ("Wang L.", ["created", "changed"])


def test_a_bad_address_is_shown_at_its_field_with_what_was_typed(enter):
    customer = CustomerFactory()

    answer = enter("director").post(
        f"/customers/{customer.pk}/contacts/new/", {"name": "Wang", "email": "nowhere", "version": ""}, headers=HTMX
    )

    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    assert b'value="nowhere"' in answer.content


def test_a_contact_somebody_else_changed_meanwhile_is_not_overwritten(enter):
    contact = ContactFactory(version=3)

    answer = enter("director").post(
        f"/customers/{contact.customer_id}/contacts/{contact.pk}/", {"name": "New", "email": "", "version": 2}
    )

    assert answer.status_code == 422
    assert Contact.objects.get().name == contact.name


def test_a_new_default_title_takes_the_place_of_the_old_one(enter):
    old = TitleFactory(is_default=True)
    title = {"name": "Branch", "tax_number": GOOD, "is_default": "on", "version": ""}

    enter("director").post(f"/customers/{old.customer_id}/titles/new/", title)

    assert list(InvoiceTitle.objects.filter(is_default=True).values_list("name", flat=True)) == ["Branch"]


def test_parts_are_not_reached_without_the_right_or_through_another_customer(enter):
    contact, other = ContactFactory(), CustomerFactory()

    assert enter("finance").get(f"/customers/{contact.customer_id}/contacts/new/").status_code == 403
    assert enter("director").get(f"/customers/{other.pk}/contacts/{contact.pk}/").status_code == 404
    assert enter("director").get(f"/customers/{other.pk}/pets/new/").status_code == 404


def test_merging_shows_what_moves_and_then_moves_it(enter):
    keep, drop = CustomerFactory(name="Keep", credit_code=GOOD), CustomerFactory(name="Drop", credit_code=BAD)
    contract, contact = ContractFactory(customer=drop), ContactFactory(customer=drop)
    director = enter("director")

    asked = director.post(f"/customers/{keep.pk}/move/merge/", {"asked": 1, "drop": drop.pk, "version": 0})
    text = asked.content.decode()
    assert "1 contract" in text
    assert "Their credit codes differ" in text
    assert Customer.objects.count() == 2

    director.post(f"/customers/{keep.pk}/move/merge/", {"asked": 1, "drop": drop.pk, "version": 0, "confirmed": 1})
    contract.refresh_from_db()
    contact.refresh_from_db()
    assert Customer.objects.get() == keep == contract.customer == contact.customer


def test_selected_customers_are_merged_into_the_one_that_is_kept(enter):
    one, two, three = (CustomerFactory() for _ in range(3))
    ContractFactory(customer=one), ContractFactory(customer=three)

    enter("director").post(
        "/customers/bulk/merge/", {"id": [one.pk, two.pk, three.pk], "asked": 1, "keep": two.pk, "query": ""}
    )

    assert Customer.objects.get() == two
    assert set(Contract.objects.values_list("customer", flat=True)) == {two.pk}


def test_a_manager_merges_no_customer_that_is_not_theirs_to_see(enter):
    manager = enter("manager")
    own = ContractFactory(manager=manager.user).customer
    foreign = ContractFactory().customer

    answer = manager.post(f"/customers/{own.pk}/move/merge/", {"asked": 1, "drop": foreign.pk, "confirmed": 1})

    assert answer.status_code == 422
    assert Customer.objects.count() == 2


def test_the_list_counts_the_contracts_one_may_see_in_as_many_queries_for_one_as_for_three(enter):
    director = enter("director")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert director.get("/customers/").status_code == 200
        return len(seen)

    ContractFactory()
    queries()
    one = queries()
    ContractFactory(), ContractFactory(customer=Customer.objects.first())
    assert queries() == one
    counted = director.get("/customers/").context["listing"].records
    assert sorted(each.contract_count for each in counted) == [1, 2]


def test_doubtful_codes_and_customers_without_contract_are_found(enter):
    director = enter("director")
    CustomerFactory(name="Bad", credit_code=BAD)
    ContractFactory(customer__name="Good", customer__credit_code=GOOD)

    def shown(quick):
        return [each.name for each in director.get(f"/customers/?quick={quick}").context["listing"].records]

    assert shown("doubtful_code") == ["Bad"]
    assert shown("no_contract") == ["Bad"]


def test_the_sheet_lists_the_customers_contracts(enter):
    contract = ContractFactory(number="HT-7")

    page = enter("finance").get(f"/customers/{contract.customer_id}/?tab=contracts").content.decode()

    assert f'href="/contracts/{contract.pk}/"' in page
    assert "HT-7" in page

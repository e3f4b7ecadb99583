"""Customers: one by their name, merged, and who of them reads a contract's mail.

See docs/ledger.md 6, docs/rules.md 7.4.
"""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType

from base.chatter.models import Follower, Message, Todo
from base.chatter.operations import events_of, make_todo, write_message, write_todos
from base.lib.errors import Refused, Stale
from base.mail.queue import Reader
from base.ui.search import holding
from billing.models import Invoice
from contracts.customers import initials_of, merge_customers, save_customer, save_customer_part, split_customer
from contracts.models import Contact, Contract, Customer, InvoiceTitle
from contracts.queries import reader_of
from service.operations import take_request
from service.visits.operations import plan_visit
from tests.chain import AT, ON, accepted, day, invoiced, row, signed, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_customer_is_found_by_the_initials_of_its_name(manager):
    customer = save_customer(customer=Customer(), values={"name": " 明珠港务有限公司 "}, by=manager, at=AT)
    assert (customer.name, customer.initials) == ("明珠港务有限公司", "mzgwyxgs")
    assert initials_of("ABC软件（北京）") == "abcrj（bj）"
    assert verbs(customer) == ["created"]


@pytest.mark.parametrize("name", ["明珠港务(集团)有限公司", "明珠港务 （集团） 有限公司", "明珠港务（集团）有限公司 "])
def test_one_name_is_one_customer_however_it_is_typed(name, manager):
    save_customer(customer=Customer(), values={"name": "明珠港务（集团）有限公司"}, by=manager, at=AT)
    with pytest.raises(Refused) as no:
        save_customer(customer=Customer(), values={"name": name}, by=manager, at=AT)
    assert (no.value.field, no.value.code) == ("name", "duplicate")


def test_a_customer_may_keep_its_own_name(manager):
    customer = save_customer(customer=Customer(), values={"name": "甲（集团）"}, by=manager, at=AT)
    save_customer(customer=customer, values={"name": "甲(集团)"}, by=manager, at=AT)
    assert customer.name == "甲(集团)"


def test_a_customer_marked_as_budget_funded_has_its_notice_planned(manager):
    contract = accepted(day("2026-01-15"))
    save_customer(customer=contract.customer, values={"budget_funded": True}, by=manager, at=AT)
    assert row(contract, "budget_notice").due_on == ON
    save_customer(customer=contract.customer, values={"budget_funded": False}, by=manager, at=AT)
    assert row(contract, "budget_notice").state == "cancelled"


def test_a_new_default_title_replaces_the_old_one(manager):
    customer = CustomerFactory()
    for name in ("甲", "乙"):
        save_customer_part(
            part=InvoiceTitle(customer=customer), values={"name": name, "is_default": True}, by=manager, at=AT
        )
    assert customer.titles.get(is_default=True).name == "乙"
    replaced = customer.titles.get(name="甲")
    assert (replaced.version, verbs(replaced)) == (1, ["created", "changed"])


def test_merged_customers_are_one_and_nothing_is_lost(manager):
    keep, drop = CustomerFactory(name="甲"), CustomerFactory(name="乙")
    contract = invoiced(accepted(customer=drop)).contract
    title = save_customer_part(
        part=InvoiceTitle(customer=drop), values={"name": "乙", "is_default": True}, by=manager, at=AT
    )
    save_customer_part(part=InvoiceTitle(customer=keep), values={"name": "甲", "is_default": True}, by=manager, at=AT)
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    contract.refresh_from_db()
    assert contract.customer == keep
    assert contract.contact.customer == keep
    assert contract.invoices.get().customer == keep
    title.refresh_from_db()
    assert (title.customer, title.is_default) == (keep, False)
    for moved in (contract, contract.contact, contract.invoices.get(), title):
        assert verbs(moved)[-1] == "customer_changed"
        assert moved.version > 0
    assert not Customer.objects.filter(pk=drop.pk).exists()
    assert verbs(keep) == ["merged"]


def test_what_only_the_merged_customer_knew_is_kept(manager):
    keep = CustomerFactory(name="甲", address="Street 1", region="", note="old")
    drop = CustomerFactory(
        name="乙", credit_code="91110108CEA2M7D263", address="Street 2", region="沪", no_mail=True, note="new"
    )
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    assert (keep.credit_code, keep.address, keep.region, keep.no_mail, keep.note) == (
        "91110108CEA2M7D263", "Street 1", "沪", True, "old\nnew",
    )  # fmt: skip
    assert verbs(keep) == ["merged", "changed"]


def test_what_people_left_on_a_merged_customer_hangs_on_the_other(manager):
    keep, drop = CustomerFactory(name="甲"), CustomerFactory(name="乙")
    write_message(target=drop, text="Ask for Ms Wang", by=manager, at=AT)
    write_todos([make_todo(drop, kind="note", due_on=ON, at=AT, assignee=manager, text="Call them")])
    for each in (keep, drop):
        Follower.objects.create(target_type=ContentType.objects.get_for_model(each), target_id=each.pk, user=manager)
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    assert Message.objects.get().target == keep
    assert Todo.objects.get().target == keep
    assert Follower.objects.get().target == keep


def test_contracts_of_two_organisations_are_split_and_nothing_is_lost(manager):
    old = CustomerFactory(name="甲", language="en", budget_funded=True)
    shared, own = ContactFactory(customer=old, name="Shared"), ContactFactory(customer=old, name="Own")
    title = save_customer_part(
        part=InvoiceTitle(customer=old), values={"name": "甲", "is_default": True}, by=manager, at=AT
    )
    stays = signed(customer=old, contact=shared, title=title)
    going = [invoiced(accepted(customer=old, contact=contact, title=title)).contract for contact in (shared, own)]

    new = split_customer(contracts=going, name="乙", by=manager, at=AT)

    assert (new.name, new.language, new.budget_funded, new.initials) == ("乙", "en", True, "y")
    assert set(new.contracts.all()) == set(going)
    assert set(old.contracts.all()) == {stays}
    assert {invoice.customer for invoice in Invoice.objects.all()} == {new}
    assert sorted(new.contacts.values_list("name", flat=True)) == ["Own", "Shared"]
    assert list(old.contacts.all()) == [shared]
    assert (old.titles.get(), new.titles.get().name, new.titles.get().is_default) == (title, "甲", False)
    for contract in going:
        contract.refresh_from_db()
        assert contract.contact.customer == contract.title.customer == new
        for moved in (contract, contract.invoices.get()):
            assert verbs(moved)[-1] == "customer_changed"
    assert split_customer(contracts=going, to=new, by=manager, at=AT) == new, "what is there already stays"


def test_a_split_needs_a_name_that_is_free(manager):
    contract = signed()
    CustomerFactory(name="乙")
    for name in (" ", "乙"):
        with pytest.raises(Refused) as no:
            split_customer(contracts=[contract], name=name, by=manager, at=AT)
        assert no.value.field == "name"


def test_a_customer_is_not_merged_with_itself(manager):
    customer = CustomerFactory()
    with pytest.raises(Refused):
        merge_customers(keep=customer, drop=customer, by=manager, at=AT)
    assert Customer.objects.filter(pk=customer.pk).exists()


def test_the_reader_is_the_contracts_own_contact():
    customer = CustomerFactory(language="en")
    here, other = ContactFactory(customer=customer, email="a@x.example"), ContactFactory(customer=customer)
    assert reader_of(signed(customer=customer, contact=here)) == Reader(here.name, "a@x.example", "en", "customer")
    Contact.objects.filter(pk=other.pk).update(language="zh-hans", email="")
    other.refresh_from_db()
    assert reader_of(signed(customer=customer, contact=other)) == Reader(other.name, "", "zh-hans", "客户")
    assert reader_of(signed(customer=customer, contact=None)) == Reader("", "", "en", "customer")
    customer.no_mail = True
    assert reader_of(signed(customer=customer, contact=here)).email == ""


# Saved


def test_a_customers_new_name_is_taken_and_the_old_one_is_free(manager):
    customer = save_customer(customer=Customer(), values={"name": "甲"}, by=manager, at=AT)
    save_customer(customer=customer, values={"name": "乙"}, by=manager, at=AT)
    with pytest.raises(Refused):
        save_customer(customer=Customer(), values={"name": "乙"}, by=manager, at=AT)
    assert save_customer(customer=Customer(), values={"name": "甲"}, by=manager, at=AT).initials == "j"


def test_of_two_who_change_a_customer_or_a_part_the_second_is_told(manager):
    customer = CustomerFactory()
    contact = ContactFactory(customer=customer)
    save_customer(customer=customer, values={"note": "a"}, by=manager, at=AT, seen=customer.version)
    save_customer_part(part=contact, values={"phone": "1"}, by=manager, at=AT, seen=contact.version)
    with pytest.raises(Stale):
        save_customer(customer=customer, values={"note": "b"}, by=manager, at=AT, seen=customer.version - 1)
    with pytest.raises(Stale):
        save_customer_part(part=contact, values={"phone": "2"}, by=manager, at=AT, seen=contact.version - 1)


def test_a_part_is_changed_in_place_and_says_so(manager):
    contact = ContactFactory(name="Wang")
    save_customer_part(part=contact, values={"name": "Wang Li"}, by=manager, at=AT)
    assert Contact.objects.get().name == "Wang Li"
    assert verbs(contact) == ["changed"]


def test_only_the_same_customers_default_title_gives_way_and_only_to_another_default(manager):
    ours, theirs = CustomerFactory(), CustomerFactory()

    def title(customer, name, *, is_default):
        values = {"name": name, "is_default": is_default}
        return save_customer_part(part=InvoiceTitle(customer=customer), values=values, by=manager, at=AT)

    first, other = title(ours, "甲", is_default=True), title(theirs, "丙", is_default=True)
    title(ours, "乙", is_default=False)
    assert set(InvoiceTitle.objects.filter(is_default=True)) == {first, other}
    save_customer_part(part=first, values={"name": "甲2", "is_default": True}, by=manager, at=AT)
    assert set(InvoiceTitle.objects.filter(is_default=True)) == {first, other}
    title(ours, "丁", is_default=True)
    assert set(InvoiceTitle.objects.filter(is_default=True).values_list("name", flat=True)) == {"丁", "丙"}


# What goes along


@pytest.fixture
def served(manager, engineer):
    """A contract of a customer with a request and a visit."""

    def make(customer):
        contract = accepted(day("2026-01-15"), customer=customer)
        desk = UserFactory(role="service_manager")
        request = take_request(
            contract=contract, values={"title": "Down", "system": "A", "request_class": "critical", "assignee": engineer},
            reported_at=AT, by=desk, at=AT,
        )  # fmt: skip
        times = {"planned_at": AT, "planned_until": AT + timedelta(hours=1), "engineer": engineer}
        visit = plan_visit(contract=contract, request=request, values=times, by=desk, at=AT)
        return contract, request, visit

    return make


def test_requests_and_visits_follow_their_contract_to_the_other_customer(served, manager):
    drop, keep = CustomerFactory(name="乙"), CustomerFactory(name="甲")
    contract, request, visit = served(drop)
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    for each in (contract, request, visit):
        each.refresh_from_db()
        assert each.customer == keep
    new = split_customer(contracts=[contract], name="丙", by=manager, at=AT)
    for each in (contract, request, visit):
        each.refresh_from_db()
        assert each.customer == new


@pytest.mark.parametrize(("kept", "dropped"), [(True, False), (False, True)])
def test_a_budget_and_a_wish_for_no_mail_are_those_of_both(kept, dropped, manager):
    keep = CustomerFactory(name="甲", no_mail=kept, budget_funded=kept)
    drop = CustomerFactory(name="乙", no_mail=dropped, budget_funded=dropped, address="Street 2")
    contracts = [accepted(day("2026-01-15"), customer=each) for each in (keep, drop)]
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    keep.refresh_from_db()
    assert (keep.no_mail, keep.budget_funded, keep.address) == (True, True, "Street 2")
    assert [row(contract, "budget_notice").state for contract in contracts] == ["planned", "planned"]


def test_a_merger_says_what_became_of_whom(manager):
    keep, drop = CustomerFactory(name="甲"), CustomerFactory(name="乙", credit_code="91110108CEA2M7D263")
    merge_customers(keep=keep, drop=drop, by=manager, at=AT)
    merged = events_of(keep).get(verb="merged")
    assert (merged.changes["name"], merged.note) == (["乙", "甲"], "91110108CEA2M7D263")


def test_a_contract_that_changes_its_customer_is_planned_as_that_one_is_funded(manager):
    contract = accepted(day("2026-01-15"))
    other = CustomerFactory(budget_funded=True, no_mail=True)
    split_customer(contracts=[contract], to=other, by=manager, at=AT)
    assert row(contract, "budget_notice").state == "planned"
    third = split_customer(contracts=[Contract.objects.get()], name="丙", by=manager, at=AT)
    assert (third.no_mail, third.budget_funded) == (True, True)


def test_a_contact_is_found_by_name_pinyin_initials_and_number(manager):
    customer = save_customer(customer=Customer(), values={"name": "明珠港务有限公司"}, by=manager, at=AT)
    values = {"name": "沈卫东", "phone": "138 1000-2006", "email": "shen@customer.example", "salutation": "先生"}
    contact = save_customer_part(part=Contact(customer=customer), values=values, by=manager, at=AT)
    for typed in ("卫东", "shenweidong", "swd", "13810002006", "+8613810002006", "138 1000", "shen@customer"):
        assert list(holding(Contact, ["search"], Contact.objects.all(), typed)) == [contact], typed
    assert list(holding(Customer, ["search"], Customer.objects.all(), "mingzhugang")) == [customer]
    save_customer_part(part=contact, values={"phone": "021-5555 0199"}, by=manager, at=AT)
    assert not holding(Contact, ["search"], Contact.objects.all(), "13810002006")
    assert holding(Contact, ["search"], Contact.objects.all(), "02155550199")

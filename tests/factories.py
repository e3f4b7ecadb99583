"""Records for tests: valid by themselves, with only what a test is about said in it."""

from datetime import date

import factory
from factory.django import DjangoModelFactory
from moneyed import Money

from base.accounts.models import Role, User
from base.lib.text import match_key
from contracts.models import Contact, Contract, Customer, InvoiceTitle


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence("user{}".format)
    display_name = factory.LazyAttribute(lambda user: user.username.title())
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    role = Role.DIRECTOR
    language = "en"


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer

    name = factory.Sequence("Customer {}".format)
    key = factory.LazyAttribute(lambda customer: match_key(customer.name))


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = Contact

    customer = factory.SubFactory(CustomerFactory)
    name = factory.Sequence("Contact {}".format)
    email = factory.Sequence("contact{}@example.com".format)


class TitleFactory(DjangoModelFactory):
    class Meta:
        model = InvoiceTitle

    customer = factory.SubFactory(CustomerFactory)
    name = factory.LazyAttribute(lambda title: title.customer.name)


class ContractFactory(DjangoModelFactory):
    class Meta:
        model = Contract

    number = factory.Sequence("HT-{:04d}".format)
    customer = factory.SubFactory(CustomerFactory)
    project = "Dispatching platform"
    amount = Money("1200000.00", "CNY")
    signed_on = date(2025, 1, 10)

"""The tripwire sees what it is for, and leaves the rest alone."""

from contextlib import contextmanager

import pytest
from django.db import connections, transaction

from base.chatter.operations import change
from contracts.models import Customer
from tests.chain import AT
from tests.factories import CustomerFactory
from tests.house.source import ROOT
from tests.house.tripwire import EXEMPT, Tripwire

pytestmark = pytest.mark.django_db

#: Functions as they might stand in the product.
CODE = """
def write(customer):
    type(customer).objects.filter(pk=customer.pk).update(note="x")

def make(model):
    model.objects.bulk_create([model(name="甲", key="甲")])

def take_back(customer, atomic):
    try:
        with atomic():
            write(customer)
            raise ValueError
    except ValueError:
        pass

def write_and_tell(customer, tell):
    write(customer)
    tell()
"""


@pytest.fixture
def product():
    found = {}
    exec(compile(CODE, str(ROOT / "contracts" / "imagined.py"), "exec"), found)
    return found


@contextmanager
def watched():
    """A tripwire in the place of the one that watches this test."""
    wire, database = Tripwire(), connections["default"]
    others, database.execute_wrappers = database.execute_wrappers, [wire]
    try:
        yield wire
        wire.settle()
    finally:
        database.execute_wrappers = others


def test_a_row_that_is_changed_without_an_event_is_named(product):
    customer = CustomerFactory()
    with watched() as wire:
        product["write"](customer)
    assert wire.problems == [
        f"contracts_customer {customer.pk} was changed without an event by contracts/imagined.py:write"
    ]


def test_a_row_that_is_made_without_an_event_is_named(product):
    with watched() as wire:
        product["make"](Customer)
    [problem] = wire.problems
    assert problem.endswith("was made without an event by contracts/imagined.py:make")


def test_the_event_of_a_later_operation_is_none_of_this_one(product):
    customer = CustomerFactory()
    with watched() as wire:
        product["write"](customer)
        change(customer, {"region": "x"}, by=None, at=AT)
    assert len(wire.problems) == 1


def test_an_event_in_the_same_operation_is_enough(product):
    customer = CustomerFactory()
    with watched() as wire:
        product["write_and_tell"](customer, lambda: change(customer, {"region": "x"}, by=None, at=AT))
    assert wire.problems == []


def test_what_was_undone_needs_no_event(product):
    customer = CustomerFactory()
    with watched() as wire:
        product["take_back"](customer, transaction.atomic)
    assert wire.problems == []


def test_what_a_test_makes_for_itself_needs_no_event():
    with watched() as wire:
        customer = CustomerFactory()
        Customer.objects.filter(pk=customer.pk).update(note="x")
    assert wire.problems == []


def test_what_is_exempt_is_there():
    for places in EXEMPT.values():
        for place in places:
            path, _colon, name = place.partition(":")
            assert f"def {name.rpartition('.')[2]}(" in (ROOT / path).read_text(encoding="utf-8"), place

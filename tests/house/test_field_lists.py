"""A list of fields that is kept by hand names every field of its model, so that a new one is not forgotten."""

from typing import Any

import pytest
from django.db.models import CASCADE, Field, Model

from billing.invoicing import BUYER_FIELDS
from contracts import customers
from contracts.models import Contact, Customer, InvoiceTitle
from renewals import quotes
from renewals.models import RenewalQuote
from warranty import operations as warranty
from warranty.models import PERIOD_COLUMNS, MaintenanceTerm
from warranty.rules import Period


def fields(model: type[Model]) -> set[str]:
    """What a model stores, without what the database or the house itself writes."""
    own: list[Field[Any, Any]] = [field for field in model._meta.concrete_fields if not field.generated]
    return _without_currencies({field.name for field in own} - {"id", "version"})


def _without_currencies(names: set[str]) -> set[str]:
    """A sum of money stands in two columns, and is named by the first."""
    return {name for name in names if name.removesuffix("_currency") not in names - {name}}


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (Customer, set(customers.MERGING)),
        (Customer, {*customers.SPLIT_TAKES, *customers.SPLIT_LEAVES}),
        (MaintenanceTerm, {*warranty.KEPT, "contract"}),
        (RenewalQuote, {*quotes.REVISION_TAKES, *quotes.REVISION_OWN, *quotes.REVISION_LEAVES}),
        (InvoiceTitle, {*BUYER_FIELDS.values(), "customer", "is_default"}),
    ],
    ids=[
        "merging customers",
        "splitting a customer",
        "restoring a term",
        "revising a quote",
        "the buyer of an invoice",
    ],
)
def test_every_field_is_named(model, named):
    assert _without_currencies(named) == fields(model)


def test_no_field_is_named_twice():
    for parts in (
        [customers.SPLIT_TAKES, customers.SPLIT_LEAVES],
        [quotes.REVISION_TAKES, quotes.REVISION_OWN, quotes.REVISION_LEAVES],
    ):
        names = [name for part in parts for name in part]
        assert len(names) == len(set(names))


def test_a_period_is_stored_whole():
    assert {*PERIOD_COLUMNS, "hand_set"} == set(Period.__dataclass_fields__)


def test_nothing_goes_with_a_customer_that_is_merged():
    """What points at a customer moves, or stops the merging; only these two would vanish, and are moved by name."""
    vanishing = {r.related_model for r in Customer._meta.related_objects if r.on_delete is CASCADE}
    assert vanishing == {Contact, InvoiceTitle}

"""Events say which story was played when they happened."""

import pytest

from base.chatter.operations import events_of, record
from base.chatter.story import current, played
from tests.chain import AT
from tests.factories import CustomerFactory


@pytest.mark.django_db
def test_an_event_carries_the_story_of_its_moment():
    customer = CustomerFactory()
    with played("chain"):
        record(customer, "played", by=None, at=AT)
    record(customer, "lived", by=None, at=AT)

    told = events_of(customer).filter(verb__in=["played", "lived"]).order_by("pk")
    assert list(told.values_list("verb", "story")) == [("played", "chain"), ("lived", "")]
    assert current() == ""

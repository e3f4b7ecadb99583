"""Which models are the product's own."""

from django.contrib.sessions.models import Session

from base.chatter.models import Event
from base.chatter.registry import our_models
from renewals.models import RenewalQuote


def test_our_models_are_those_of_this_tree_in_the_order_of_the_apps():
    found = list(our_models())
    assert Session not in found
    assert found.index(Event) < found.index(RenewalQuote)

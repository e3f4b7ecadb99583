import pytest
from django.core.exceptions import ImproperlyConfigured

from base.chatter.registry import our_apps
from base.ui import catalogue, extension
from base.ui.catalogue import app_of, by_page, collect, contributions
from base.ui.extension import Declared, PageExtension, extended
from base.ui.filters import Choice
from base.ui.page import PAGES
from contracts.models import Contract
from tests.base.ui.probe import ProbePage


def extension_in(module, name, of="probe"):
    return type(name, (PageExtension,), {"__module__": module, "of": of})


@pytest.fixture
def declared(monkeypatch):
    """Nothing declared, as before the start."""
    fresh = Declared()
    monkeypatch.setattr(catalogue, "declared", fresh)
    monkeypatch.setattr(extension, "_PARTS", {})
    monkeypatch.setitem(PAGES, "probe", ProbePage)
    return fresh


def test_extensions_are_ordered_by_their_apps_and_not_by_when_they_were_imported():
    billing = extension_in("billing.extensions", "A")
    first, second = extension_in("warranty.extensions", "B"), extension_in("warranty.more", "C")

    assert by_page([billing, first, second]) == {"probe": [first, second, billing]}


def test_collecting_gives_each_page_its_extensions_and_closes_the_list(declared):
    more = extension_in("billing.extensions", "More")
    more.filters = [Choice("renewal_mode")]
    declared.add(more)

    collect()

    assert ProbePage.all_filters()[-1].name == "renewal_mode"
    assert declared.is_closed


def test_an_extension_of_a_page_that_is_not_there_stops_the_start(declared):
    declared.add(extension_in("billing.extensions", "Astray", of="contrcts"))

    with pytest.raises(ImproperlyConfigured, match=r"Astray extends the page contrcts, .* there are: .*contracts"):
        collect()


def test_what_belongs_to_no_app_is_named_by_its_module_and_comes_last():
    lost, billing = extension_in("elsewhere.more", "Lost"), extension_in("billing.extensions", "A")

    assert app_of(lost) == "elsewhere.more"
    assert by_page([lost, billing]) == {"probe": [billing, lost]}


def test_libraries_are_not_looked_into():
    names = [each.name for each in our_apps()]

    assert {"base.ui", "contracts", "warranty"} <= set(names)
    assert not any(name.startswith(("django", "csp", "allauth")) for name in names)


def test_every_piece_says_who_declared_it_and_what_it_takes(monkeypatch):
    more = extension_in("billing.extensions", "More")
    more.filters = [Choice("renewal_mode", action="quotes.view")]
    monkeypatch.setattr(extension, "_PARTS", {"probe": extended(ProbePage.own_parts, Contract, [more])})

    found = {(each.kind, each.name): each for each in contributions(ProbePage)}

    added, own = found["filters", "renewal_mode"], found["columns", "amount"]
    assert (added.app, added.by, added.action) == ("billing", "More", "quotes.view")
    assert (own.app, own.by, own.action) == ("tests.base.ui.probe", "ProbePage", "prices.view")
    assert found["moves", "close"].action == "contracts.terminate"

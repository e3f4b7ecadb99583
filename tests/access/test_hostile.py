"""No answer of 500 from an address or a form, whatever stands in it (docs/rules.md 17).

`tests/services/test_hostile.py` does the same on PostgreSQL, which takes less than SQLite.
"""

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from base.accounts.models import Role
from base.ui.inputs import MAX_FACETS
from base.ui.listing import Listing
from base.ui.look import Look
from base.ui.models import SavedFilter
from base.ui.page import PAGES
from tests.access.doors import doors
from tests.access.hostile import LONG, VALUES, inputs, of_list, one_and_all, quietly, to_its_end
from tests.chain import AT, ON

pytestmark = pytest.mark.django_db

#: This ends the log-in with which the test goes round; that one tells a machine that something is wrong here.
LEFT_OUT = {"account_logout", "health", "health_panel"}
#: Of long texts each costs time: a few tell.
TYPED = ("a\0b", "10000-01-01", "0001-01-01T00:00", "1e999999", "9" * 400, LONG)


def first_doors(world, role):
    """One address of every pattern."""
    user, found = world.people[role], {}
    for door in doors(world.ours, user):
        if door.pattern.name not in LEFT_OUT and not door.leads_nowhere and not door.shut:
            found.setdefault((door.pattern.name, door.inner), door)
    return list(found.values())


@pytest.mark.parametrize("role", [Role.DIRECTOR])
def test_no_list_breaks_over_its_address(world, role):
    look, broken = Look(world.people[role], ON, AT, "en"), {}
    for turn, page in enumerate(PAGES.values()):
        if not look.may(page.actions.view):
            continue
        for name, value in of_list(page, turn, 4):
            data = QueryDict(mutable=True)
            data[name] = value
            try:
                with transaction.atomic():
                    listing = Listing(page, data, look)
                    assert listing.count >= len(listing.records[:1]) or listing.number
                    _ = (listing.totals, listing.query, [str(each.value) for each in listing.facets])
                    if listing.groups:
                        _ = listing.grouped.sections
            except Exception as problem:
                broken[f"{page.slug}?{name}={value[:40]!r}"] = f"{type(problem).__name__}: {problem}"[:120]
    assert not broken


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMINISTRATOR])
def test_no_address_breaks_over_its_parameters(world, enter, role):
    client, broken = enter(world.people[role]), {}
    for turn, door in enumerate(first_doors(world, role)):
        for value in VALUES[turn % 9 :: 9]:
            status = one_and_all(client, door.path, value)
            if status >= 500:
                broken[f"{door.path} {value[:40]!r}"] = status
    assert not broken


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SERVICE_MANAGER])
def test_no_form_breaks_over_a_field(world, enter, role):
    """Each field of each form by itself, everything else as the page shows it; the fields take turns at the values."""
    client, broken, typed = enter(world.people[role]), {}, 0
    for turn, door in enumerate(first_doors(world, role)):
        page = to_its_end(client.get(door.path))
        if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
            continue
        filled = inputs(page.content.decode()) | {"asked": "1", "confirmed": "1"}
        if "version" not in filled and not door.path.endswith("/new/") and "/move/" not in door.path:
            continue
        for name in sorted(filled)[turn % 4 :: 4]:
            for value in TYPED[typed % 6 :: 6]:
                typed += 1
                status = quietly(client, "post", door.path, filled | {name: value})
                if status >= 500:
                    broken[f"{door.path} {name}={value[:40]!r}"] = status
    assert typed > 100
    assert not broken


@pytest.mark.parametrize("value", [*VALUES, LONG])
def test_nobody_breaks_the_log_in(world, value):
    client = Client(raise_request_exception=False)
    for name, fields in (
        ("account_login", ("login", "password")),
        ("account_reset_password", ("email",)),
        ("set_language", ("language", "next")),
        ("set_theme", ("theme", "next")),
    ):
        assert quietly(client, "post", reverse(name), dict.fromkeys(fields, value)) < 500


@pytest.mark.parametrize("value", VALUES)
def test_a_saved_filter_of_nonsense_opens_an_ordinary_list(world, enter, value):
    user = world.people[Role.DIRECTOR]
    client = enter(user)
    query = QueryDict(mutable=True)
    query.update({"q": value, "sort": value, "group": value, "in": f"status={value}", "signed_on_after": value})
    with transaction.atomic():
        SavedFilter.objects.create(owner=user, page="contracts", name="odd", query=query.urlencode().replace("%00", ""))
        assert client.get("/contracts/").status_code == 200
        transaction.set_rollback(True)
    keep = reverse("contracts:keep")
    assert quietly(client, "post", keep, {"name": value, "query": query.urlencode(), "shared": value}) < 500
    assert quietly(client, "post", reverse("contracts:columns"), {"columns": [value, LONG]}) < 500


def test_twenty_facets_are_enough(world, enter):
    client = enter(world.people[Role.DIRECTOR])
    many = "&".join(f"q=w{n}" for n in range(500))
    page = client.get(f"/contracts/?{many}")
    assert page.status_code == 200
    assert page.content.decode().count("w19") == page.content.decode().count("w18") > 0
    assert page.content.decode().count('<span class="facet">') == MAX_FACETS
    look = Look(world.people[Role.DIRECTOR], ON, AT, "en")
    inside = "&".join(f"in=status={n}" for n in range(50))
    assert len(Listing(PAGES["contracts"], QueryDict(f"{many}&{inside}"), look).facets) <= MAX_FACETS


def test_a_page_far_behind_the_end_is_the_last_one(world, enter):
    client = enter(world.people[Role.DIRECTOR])
    for number in ("999999999999999999", "9" * 60, "0", "-3"):
        assert client.get("/contracts/", {"page": number}).status_code == 200


def test_older_entries_before_no_moment_are_none_or_the_newest(world, enter):
    client = enter(world.people[Role.DIRECTOR])
    contract = PAGES["contracts"].model.objects.first()
    for before in ("2026-13-45T00:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00", "x", "2026-01-01"):
        assert client.get(f"/contracts/{contract.pk}/thread/", {"before": before}).status_code == 200

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from base.ui import listing as listings
from base.ui.models import ColumnChoice, SavedFilter
from tests.factories import ContractFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


def numbers(response):
    return [record.number for record in response.context["listing"].records]


def facets(response):
    return {f"{facet.label} {facet.value}".strip(): href for facet, href in response.context["facets"]}


def test_shows_every_row_with_its_columns_and_a_link_to_its_sheet(director):
    contract = ContractFactory(number="HT-1", customer__name="Bright Harbour", project="Signals")

    page = director.get("/probe/").content.decode()

    assert "Bright Harbour" in page
    assert "Signals" in page
    assert "CNY 1,200,000.00" in page
    assert f'href="/probe/{contract.pk}/?i=0"' in page
    assert f'href="/customers/{contract.customer_id}/"' in page


def test_an_empty_list_says_what_belongs_here_and_offers_to_begin(director):
    page = director.get("/probe/").content.decode()

    assert "Probes come by themselves." in page
    assert 'href="/probe/new/"' in page


def test_a_search_without_a_hit_offers_to_clear_it(director):
    ContractFactory()

    page = director.get("/probe/?q=nowhere").content.decode()

    assert "Nothing matches this search" in page
    assert "Probes come by themselves." not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ht-7", ["HT-7"]),
        ("q=明珠", ["HT-7"]),
        ("q=mzgw", ["HT-7"]),
        ("q=signals", ["HT-7", "HT-8"]),
        ("q=signals 明珠", ["HT-7"]),
        ("q=signals&q=mzgw", ["HT-7"]),
        ("q=%25", []),
        ("q=", ["HT-7", "HT-8"]),
    ],
)
def test_searches_every_word_in_the_record_and_its_customer(director, query, found):
    ContractFactory(number="HT-7", project="Signals", customer__name="明珠港务", customer__initials="mzgw")
    ContractFactory(number="HT-8", project="Signals")

    assert sorted(numbers(director.get(f"/probe/?{query}"))) == found


def test_each_part_of_the_search_is_a_facet_that_can_be_taken_away(director):
    manager = UserFactory(role="manager", display_name="Wang Li")
    contract = ContractFactory(project="Signals", manager=manager)

    response = director.get(
        f"/probe/?q=sig&quick=big&status=active&status=draft&customer={contract.customer_id}"
        "&signed_on_after=2025-01-01&amount_max=5000000&in=manager%3D" + str(manager.pk)
    )

    assert numbers(response) == [contract.number]
    assert set(facets(response)) == {
        "Big ones",
        "sig",
        "State active / draft",
        f"Customer {contract.customer}",
        "Signed on from 2025-01-01",
        "Amount up to 5,000,000",
        "Account manager Wang Li",
    }
    assert "status" not in next(href for name, href in facets(response).items() if name.startswith("State"))
    assert "q=sig" not in facets(response)["sig"]
    assert "signed_on" not in facets(response)["Signed on from 2025-01-01"]


@pytest.mark.parametrize(
    "query",
    [
        "signed_on_after=2025-13-99",
        "signed_on_after=yesterday",
        "amount_min=lots",
        "status=nonsense",
        "customer=x",
        "customer=999999",
        "customer=" + "9" * 40,
        "amount_min=1e999",
        "amount_min=NaN",
        "in=customer%3D" + "9" * 40,
        "in=amount%3D1e999",
        "sort=nothing",
        "sort=--number",
        "group=nothing",
        "in=status",
        "in=nothing%3D1",
        "page=0",
        "page=-3",
        "page=x",
        "page=99999999999999999",
        "quick=nothing",
        "unknown=1",
        "q=" + "x" * 5000,
    ],
)
def test_an_address_that_makes_no_sense_is_not_an_error(director, query):
    ContractFactory()

    assert director.get(f"/probe/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["in=signed_on:month%3Dnever", "in=signed_on:month%3D9999-12-01", "in=customer%3Dx", "in=amount%3Dx"]
)
def test_a_group_that_cannot_be_is_empty(director, query):
    ContractFactory()

    assert numbers(director.get(f"/probe/?{query}")) == []


def test_a_bad_date_is_no_filter_and_the_others_hold(director):
    ContractFactory(number="HT-1", status="draft")
    ContractFactory(number="HT-2")

    assert numbers(director.get("/probe/?signed_on_after=nonsense&status=draft")) == ["HT-1"]


def test_what_a_role_may_not_see_cannot_be_sorted_filtered_or_grouped_by(enter):
    engineer = enter("engineer")
    ContractFactory(number="HT-1", amount=Money(1, "CNY"), engineer=engineer.user)
    ContractFactory(number="HT-2", amount=Money(2_000_000, "CNY"), engineer=engineer.user)

    for query in ("sort=amount", "sort=-amount", "amount_min=100", "quick=big", "group=amount", "in=amount%3D1"):
        response = engineer.get(f"/probe/?{query}")
        assert numbers(response) == ["HT-2", "HT-1"], query
        assert "2,000,000" not in response.content.decode()
        assert "amount" not in [column.name for column in response.context["listing"].choosable]


def test_only_rows_of_this_person_are_there(enter):
    manager = enter("manager")
    ContractFactory(number="HT-1", manager=manager.user)
    ContractFactory(number="HT-2", manager=UserFactory(role="manager"))

    assert numbers(manager.get("/probe/")) == ["HT-1"]


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("number", ["A", "B", "C"]),
        ("-number", ["C", "B", "A"]),
        ("customer", ["B", "C", "A"]),
        ("amount", ["C", "A", "B"]),
        ("snoozed_until", ["A", "B", "C"]),
        ("-snoozed_until", ["A", "C", "B"]),
    ],
)
def test_sorts_by_what_is_shown_and_empty_values_come_last(director, sort, found):
    ContractFactory(number="A", customer__name="zeta", amount=Money(2, "CNY"), snoozed_until="2026-12-01")
    ContractFactory(number="B", customer__name="alpha", amount=Money(3, "CNY"))
    ContractFactory(number="C", customer__name="beta", amount=Money(1, "CNY"))

    assert numbers(director.get(f"/probe/?sort={sort}")) == found


def test_a_click_on_a_head_sorts_up_then_down_then_not(director):
    ContractFactory()

    def head(query):
        return next(
            head for head in director.get(f"/probe/?{query}").context["headings"] if head.column.name == "number"
        )

    assert head("q=HT").href == "?q=HT&sort=number"
    assert head("q=HT&sort=number").href == "?q=HT&sort=-number"
    assert head("q=HT&sort=-number").href == "?q=HT"
    assert head("sort=number").aria == "ascending"


def test_totals_are_one_a_currency_and_exact(director):
    for _ in range(10):
        ContractFactory(amount=Money("0.10", "CNY"))
    ContractFactory(amount=Money("99999999999.99", "CNY"))
    ContractFactory(amount=Money("5.00", "USD"))

    totals = director.get("/probe/").context["listing"].totals["amount"]

    assert totals == [Money("100000000000.99", "CNY"), Money("5.00", "USD")]


def test_totals_of_a_long_list_are_of_its_page_and_say_so(director, monkeypatch):
    monkeypatch.setattr(listings, "COUNT_CAP", 2)
    for _ in range(4):
        ContractFactory(amount=Money(1, "CNY"))

    response = director.get("/probe/")

    assert response.context["listing"].count_text == "2+"
    assert response.context["listing"].totals["amount"] == [Money(4, "CNY")]
    assert "Total of this page" in response.content.decode()


def test_groups_have_counts_and_subtotals_and_open_to_their_rows(director):
    ContractFactory(number="HT-1", status="draft", amount=Money(1, "CNY"))
    ContractFactory(number="HT-2", amount=Money(2, "CNY"))
    ContractFactory(number="HT-3", amount=Money(3, "USD"))

    response = director.get("/probe/?group=status")
    sections = {section.heading: (section, query) for section, query, _cells in response.context["sections"]}

    assert list(sections) == ["Draft", "Active"]
    active, query = sections["Active"]
    assert (active.count, set(active.totals["amount"])) == (2, {Money(2, "CNY"), Money(3, "USD")})
    assert set(response.context["listing"].totals["amount"]) == {Money(3, "CNY"), Money(3, "USD")}
    assert sorted(numbers(director.get(f"/probe/?{query}"))) == ["HT-2", "HT-3"]

    inside = director.get(f"/probe/?{query}&depth=1", headers={"HX-Request": "true"}).content.decode()
    assert "HT-2" in inside
    assert "<html" not in inside


def test_groups_by_month_of_a_date_and_by_what_is_missing(director):
    ContractFactory(number="HT-1", signed_on="2025-01-10", manager=UserFactory(display_name="Wang"))
    ContractFactory(number="HT-2", signed_on="2025-01-31")
    ContractFactory(number="HT-3", signed_on="2025-02-01")

    months = director.get("/probe/?group=signed_on:month").context["sections"]
    managers = director.get("/probe/?group=manager").context["sections"]

    assert [(section.heading, section.count) for section, *_ in months] == [("Feb 2025", 1), ("Jan 2025", 2)]
    assert numbers(director.get(f"/probe/?{months[0][1]}")) == ["HT-3"]
    assert [(section.heading, section.count) for section, *_ in managers] == [("Wang", 1), ("None", 2)]
    assert sorted(numbers(director.get(f"/probe/?{managers[1][1]}"))) == ["HT-2", "HT-3"]


def test_two_levels_of_groups_open_one_after_the_other(director):
    ContractFactory(number="HT-1", signed_on="2025-01-10")

    _section, query, _cells = director.get("/probe/?group=status&group=signed_on:month").context["sections"][0]
    inner = director.get(f"/probe/?{query}").context["sections"]

    assert [section.heading for section, *_ in inner] == ["Jan 2025"]


def test_too_many_groups_show_the_largest(director, monkeypatch):
    monkeypatch.setattr("base.ui.grouping.MAX_SECTIONS", 2)
    big = CustomerFactory(name="Big")
    for customer in (big, big, CustomerFactory(), CustomerFactory()):
        ContractFactory(customer=customer, amount=Money(1, "CNY"))

    response = director.get("/probe/?group=customer")

    assert "Big" in [section.heading for section, *_ in response.context["sections"]]
    assert len(response.context["sections"]) == 2
    assert response.context["listing"].count == 4
    assert response.context["listing"].totals["amount"] == [Money(4, "CNY")]
    assert "2 largest groups" in response.content.decode()


def test_pages_of_rows(director, monkeypatch):
    for place in range(5):
        ContractFactory(number=f"HT-{place}")
    monkeypatch.setattr(listings, "PAGE_SIZE", 2)
    monkeypatch.setattr(listings.Listing.__init__, "__kwdefaults__", {"size": 2})

    def seen(page):
        listing = director.get(f"/probe/?sort=number&page={page}").context["listing"]
        return [record.number for record in listing.records], listing.has_previous, listing.has_next

    assert seen(1) == (["HT-0", "HT-1"], False, True)
    assert seen(3) == (["HT-4"], True, False)
    assert seen(9) == (["HT-4"], True, False)


def test_a_person_chooses_columns_and_takes_the_choice_back(director):
    ContractFactory(number="HT-1")

    def shown():
        return [column.name for column in director.get("/probe/").context["listing"].columns]

    delivered = shown()
    director.post("/probe/columns/", {"column": ["shout", "number", "nonsense"], "query": "q=HT"})
    assert shown() == ["shout", "number"]
    assert "HT-1!" in director.get("/probe/").content.decode()
    director.post("/probe/columns/", {"reset": "1"})
    assert shown() == delivered
    assert not ColumnChoice.objects.exists()


def test_a_hidden_column_is_not_shown_though_it_was_chosen_once(enter):
    engineer = enter("engineer")
    ColumnChoice.objects.create(owner=engineer.user, page="probe", columns=["amount", "number"])
    ContractFactory(engineer=engineer.user)

    assert [column.name for column in engineer.get("/probe/").context["listing"].columns] == ["number"]


def test_a_favourite_is_ones_own_unless_it_is_shared(director, enter):
    director.post("/probe/favourites/", {"name": "Mine", "query": "status=active&page=3&junk=1"})
    director.post("/probe/favourites/", {"name": "Ours", "query": "group=status", "shared": "1"})

    assert SavedFilter.objects.get(name="Mine").query == "status=active"
    assert [each.name for each in director.get("/probe/").context["favourites"]] == ["Mine", "Ours"]
    other = enter("finance")
    assert [each.name for each in other.get("/probe/").context["favourites"]] == ["Ours"]


def test_sharing_and_removing_others_favourites_takes_the_right(director, enter):
    finance = enter("finance")
    assert finance.post("/probe/favourites/", {"name": "Ours", "shared": "1"}).status_code == 403
    director.post("/probe/favourites/", {"name": "Ours", "shared": "1"})
    director.post("/probe/favourites/", {"name": "Private"})
    ours, private = SavedFilter.objects.get(name="Ours"), SavedFilter.objects.get(name="Private")

    assert finance.post(f"/probe/favourites/{ours.pk}/drop/").status_code == 403
    assert finance.post(f"/probe/favourites/{private.pk}/drop/").status_code == 404
    assert director.post(f"/probe/favourites/{ours.pk}/drop/").status_code == 302
    assert list(SavedFilter.objects.all()) == [private]


def test_htmx_gets_the_screen_without_the_frame(director):
    ContractFactory()

    response = director.get("/probe/", headers={"HX-Request": "true", "HX-Target": "screen"})

    assert b"<html" not in response.content
    assert b'id="screen"' in response.content
    assert "HX-Target" in response["Vary"]


@pytest.mark.parametrize("query", ["", "group=status", "q=HT&status=active&customer=1"])
def test_three_rows_take_no_more_queries_than_one(director, query):
    def queries():
        director.get(f"/probe/?{query}")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            director.get(f"/probe/?{query}")
        return len(captured)

    ContractFactory(number="HT-1", manager=UserFactory())
    one = queries()
    ContractFactory(number="HT-2", manager=UserFactory())
    ContractFactory(number="HT-3", manager=UserFactory())

    assert queries() == one
    assert one <= 12


def test_the_options_of_a_relation_are_searched_on_the_server(director, enter):
    match = ContractFactory(customer__name="明珠港务", customer__initials="mzgw").customer
    CustomerFactory(name="Other")

    assert director.get("/probe/options/customer/?q=mz").json() == {
        "options": [{"value": match.pk, "text": "明珠港务"}]
    }
    assert len(director.get("/probe/options/customer/").json()["options"]) == 2
    assert enter("manager").get("/probe/options/customer/?q=mz").json() == {"options": []}
    assert director.get("/probe/options/number/").status_code == 404

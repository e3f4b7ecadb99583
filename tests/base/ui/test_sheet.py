import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from moneyed import Money

from base.chatter.models import Event
from contracts.models import Contract
from tests.factories import ContractFactory, CustomerFactory, UserFactory
from tests.html import squeezed

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def typed(contract, **changed):
    """What the edit form sends back, with some inputs changed."""
    return {
        "version": contract.version,
        "number": contract.number,
        "customer": contract.customer_id,
        "project": contract.project,
        "amount_0": contract.amount.amount,
        "amount_1": contract.amount.currency.code,
        "manager": contract.manager_id or "",
        "signed_on": contract.signed_on,
        "note": contract.note,
        **changed,
    }


def events(contract):
    return Event.objects.filter(target_type=ContentType.objects.get_for_model(Contract), target_id=contract.pk)


def test_shows_the_fields_in_their_groups_and_links_what_they_name(director):
    contract = ContractFactory(number="HT-1", customer__name="Bright Harbour", note="First line\nsecond line")

    page = director.get(f"/probe/{contract.pk}/").content.decode()

    assert "<h2>Sale</h2>" in page
    assert f'<a href="/customers/{contract.customer_id}/">Bright Harbour</a>' in page
    assert "CNY 1,200,000.00" in page
    assert "First line\nsecond line" in page


def test_a_foreign_record_is_not_there(enter):
    contract = ContractFactory(manager=UserFactory(role="manager"))
    manager = enter("manager")

    for path in ("", "edit/", "move/close/", "thread/", "tab/first/"):
        assert manager.get(f"/probe/{contract.pk}/{path}").status_code == 404
    assert manager.post(f"/probe/{contract.pk}/message/", {"text": "x"}).status_code == 404
    assert manager.get(f"/probe/{'9' * 30}/").status_code == 404


def test_who_may_not_see_prices_meets_none(enter):
    engineer = enter("engineer")
    contract = ContractFactory(engineer=engineer.user, amount=Money(7654321, "CNY"))
    kind = ContentType.objects.get_for_model(Contract)
    Event.objects.create(
        target_type=kind,
        target_id=contract.pk,
        verb="changed",
        at="2026-11-22T00:00Z",
        changes={"amount": ["7654321.00 CNY", "1.00 CNY"], "project": ["Old", "New"]},
    )

    page = engineer.get(f"/probe/{contract.pk}/").content.decode()

    assert "7,654,321" not in page
    assert "7654321" not in page
    assert "Secret" not in page
    assert "Old" in page
    assert engineer.get(f"/probe/{contract.pk}/tab/secret/").status_code == 404


def test_the_open_tab_is_in_the_address_and_each_comes_alone_for_htmx(director):
    contract = ContractFactory(number="HT-1")

    assert "Tab says hello of HT-1." in director.get(f"/probe/{contract.pk}/").content.decode()
    assert "Tab says prices of HT-1." in director.get(f"/probe/{contract.pk}/?tab=secret").content.decode()
    assert director.get(f"/probe/{contract.pk}/tab/secret/", headers=HTMX).content.decode().strip() == (
        "Tab says prices of HT-1."
    )


def test_smart_buttons_show_their_figure(director):
    page = squeezed(director.get(f"/probe/{ContractFactory().pk}/"))

    assert '<span class="figure-count">2/4</span>' in page


@pytest.mark.parametrize(
    ("status", "bar"),
    [
        ("draft", ["draft*", "active"]),
        ("active", ["draft", "active*"]),
        ("terminated", ["draft", "active", "terminated*"]),
    ],
)
def test_the_status_bar_shows_the_path_and_where_the_record_is(director, status, bar):
    response = director.get(f"/probe/{ContractFactory(status=status).pk}/")

    assert [f"{station.label}{'*' * station.current}" for station in response.context["status_steps"]] == bar


def test_the_moves_are_those_open_now_and_shut_ones_say_why(director, enter):
    active, draft = ContractFactory(), ContractFactory(status="draft")

    def doors(client, contract):
        found = client.get(f"/probe/{contract.pk}/").context["move_states"]
        return {door.move.name: door.why_not for door in found}

    assert doors(director, active) == {"close": "", "copy": "", "shown": ""}
    assert doors(director, draft) == {"close": "Only active ones.", "activate": "", "shown": ""}
    assert doors(enter("finance"), active) == {}


def test_the_pager_leads_through_the_list_one_came_from(director):
    a, b, c = (ContractFactory(number=number, project="x") for number in "ABC")
    ContractFactory(number="D", project="elsewhere")

    way = director.get(f"/probe/{b.pk}/?from=q%3Dx%26sort%3Dnumber&i=1").context["list_context"]

    assert way.position == "2 / 3"
    assert way.previous == f"/probe/{a.pk}/?from=q%3Dx%26sort%3Dnumber&i=0"
    assert way.next == f"/probe/{c.pk}/?from=q%3Dx%26sort%3Dnumber&i=2"
    assert way.back == "/probe/?q=x&sort=number"
    assert director.get(f"/probe/{a.pk}/?from=q%3Dx%26sort%3Dnumber&i=0").context["list_context"].previous == ""
    assert director.get(f"/probe/{c.pk}/?from=q%3Dx%26sort%3Dnumber&i=2").context["list_context"].next == ""


@pytest.mark.parametrize("way", ["i=7", "i=x", "i=1&from=sort%3Dnonsense%26x", "from=%FF", "i=99999999999999999999"])
def test_a_way_that_no_longer_fits_shows_no_pager(director, way):
    contract = ContractFactory()

    assert director.get(f"/probe/{contract.pk}/?{way}").context["list_context"].position == ""


def test_a_sheet_takes_as_many_queries_with_much_chatter_as_with_little(director):
    contract = ContractFactory()

    def queries():
        director.get(f"/probe/{contract.pk}/")
        with CaptureQueriesContext(connection) as captured:
            director.get(f"/probe/{contract.pk}/")
        return len(captured)

    director.post(f"/probe/{contract.pk}/message/", {"text": "one"})
    one = queries()
    for _ in range(3):
        director.post(f"/probe/{contract.pk}/message/", {"text": "more"})

    assert queries() == one
    assert one <= 18


def test_saving_changes_only_what_differs_and_leaves_its_event(director):
    contract = ContractFactory(project="Old", note="stays")

    response = director.post(f"/probe/{contract.pk}/edit/?i=0", typed(contract, project="New", amount_0="5"))

    assert response.status_code == 302
    assert response["Location"] == f"/probe/{contract.pk}/?i=0"
    contract.refresh_from_db()
    assert (contract.project, contract.amount, contract.note) == ("New", Money(5, "CNY"), "stays")
    event = events(contract).get()
    assert event.changes == {"project": ["Old", "New"], "amount": ["1200000.00 CNY", "5 CNY"]}
    assert event.by == director.user


def test_a_stale_save_is_refused_and_shows_both(director):
    contract = ContractFactory(project="Old")
    mine = typed(contract, project="Mine")
    director.post(f"/probe/{contract.pk}/edit/", typed(contract, project="Theirs"))

    response = director.post(f"/probe/{contract.pk}/edit/", mine)

    assert response.status_code == 422
    page = response.content.decode()
    assert "Somebody else changed this record meanwhile." in page
    assert 'value="Mine"' in page
    assert "stored now: Theirs" in page
    contract.refresh_from_db()
    assert contract.project == "Theirs"
    assert f'name="version" value="{contract.version}"' in page

    director.post(f"/probe/{contract.pk}/edit/", {**mine, "version": contract.version})
    contract.refresh_from_db()
    assert contract.project == "Mine"


def test_a_stale_save_with_mistakes_in_it_tells_of_both(director):
    contract = ContractFactory(project="Old")
    mine = typed(contract, project="Mine", number="")
    director.post(f"/probe/{contract.pk}/edit/", typed(contract, project="Theirs"))

    page = director.post(f"/probe/{contract.pk}/edit/", mine).content.decode()

    assert "Somebody else changed this record meanwhile." in page
    assert "This field is required." in page
    assert "stored now: Theirs" in page


def test_mistakes_are_shown_at_their_fields_and_what_was_typed_stays(director):
    contract = ContractFactory()

    response = director.post(f"/probe/{contract.pk}/edit/", typed(contract, signed_on="never", project="Typed"))

    assert response.status_code == 422
    assert "Enter a valid date." in response.content.decode()
    assert 'value="Typed"' in response.content.decode()


def test_a_refusal_of_the_operation_is_shown_at_its_field(director):
    contract = ContractFactory(project="Old")

    response = director.post(f"/probe/{contract.pk}/edit/", typed(contract, project="forbidden", note="Typed"))

    assert response.status_code == 422
    assert response.context["form"].errors == {"project": ["Not this one."]}
    assert "Typed" in response.content.decode()
    contract.refresh_from_db()
    assert contract.project == "Old"


def test_who_may_not_edit_gets_no_form(enter):
    contract = ContractFactory()

    assert enter("auditor").get(f"/probe/{contract.pk}/edit/").status_code == 403
    assert enter("auditor").post(f"/probe/{contract.pk}/edit/", typed(contract, project="x")).status_code == 403
    assert b"/edit/" not in enter("auditor").get(f"/probe/{contract.pk}/").content


def test_a_new_record_is_stored_with_its_event(director):
    customer = CustomerFactory()

    response = director.post(
        "/probe/new/",
        {"number": "HT-9", "customer": customer.pk, "amount_0": "10", "amount_1": "CNY", "signed_on": "2026-01-01"},
    )

    contract = Contract.objects.get(number="HT-9")
    assert response["Location"] == f"/probe/{contract.pk}/"
    assert events(contract).get().verb == "created"


def test_a_new_record_with_a_taken_number_is_refused_at_the_field(director):
    other = ContractFactory(number="HT-9")

    response = director.post(
        "/probe/new/",
        {
            "number": "HT-9",
            "customer": other.customer_id,
            "amount_0": "1",
            "amount_1": "CNY",
            "signed_on": "2026-01-01",
        },
    )

    assert response.status_code == 422
    assert "number" in response.context["form"].errors


def test_a_new_record_starts_with_what_the_address_says(director):
    customer = CustomerFactory(name="Known")

    page = director.get(f"/probe/new/?customer={customer.pk}&project=Given").content.decode()

    assert f'<option value="{customer.pk}" selected>Known</option>' in page
    assert 'value="Given"' in page


def test_a_relation_field_holds_only_its_own_option(director):
    contract = ContractFactory(customer__name="Chosen")
    CustomerFactory(name="Another")

    page = director.get(f"/probe/{contract.pk}/edit/").content.decode()

    assert "Chosen" in page
    assert "Another" not in page
    assert 'data-options="/probe/options/customer/"' in page


def test_empty_fields_are_folded_away_with_one_click_to_show_them(director):
    page = squeezed(director.get(f"/contracts/{ContractFactory(project='', note='Ask first').pk}/"))

    assert re.search(r'<div class="pair is-empty"> ?<dt>Project</dt>', page)
    assert re.search(r'<div class="pair( wide)?"> ?<dt>Note</dt>', page)
    folded = page.count('class="pair is-empty"') + page.count('class="pair wide is-empty"')
    assert f"Show {folded} empty fields" in page

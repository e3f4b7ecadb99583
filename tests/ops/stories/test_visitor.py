"""A person at the addresses: what the page says comes back as it is, and what is not theirs stays shut."""

import pytest
from django.contrib.auth.models import AnonymousUser

from base.accounts.models import Role
from contracts.models import Customer
from ops.stories.visitor import NO_LONGER, Data, Visitor
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager():
    return Visitor(UserFactory(role=Role.MANAGER), "en")


def test_a_page_is_asked_for_with_its_form(manager):
    answer = manager.ask("/customers/new/")

    assert "name" in answer.form.fields
    assert (answer.refused, answer.target) == ({}, None)


def test_a_form_that_is_taken_leads_on_and_says_so(manager):
    answer = manager.send("/customers/new/", Data({"name": ["Waterworks"], "language": ["en"]}))

    made = Customer.objects.get()
    assert (answer.target.url_name, answer.target.kwargs, answer.said) == (
        "sheet",
        {"pk": made.pk},
        ("Waterworks is stored.",),
    )


def test_a_form_that_is_not_taken_says_why_at_its_field(manager):
    assert manager.send("/customers/new/", Data({"name": [""]})).refused["name"] == "This field is required."


def test_the_language_is_the_reader_s():
    visitor = Visitor(UserFactory(role=Role.MANAGER), "zh-hans")

    assert visitor.send("/customers/new/", Data({"name": [""]})).refused["name"] == "这个字段是必填项。"


@pytest.mark.parametrize("address", ["/customers/999999/", "/customers/999999/edit/"])
def test_what_is_not_there_is_not_there(manager, address):
    assert list(manager.ask(address).refused) == ["record"]


def test_a_right_that_is_lacking_shuts_the_address():
    engineer = Visitor(UserFactory(role=Role.ENGINEER), "en")

    assert engineer.ask("/customers/new/").refused == {"form": "You may not do this."}


def test_a_guest_is_not_let_in():
    assert Visitor(AnonymousUser(), "en").ask("/customers/").refused == {"form": "You may not do this."}


def test_a_page_that_leads_on_asks_for_nothing():
    administrator = Visitor(UserFactory(role=Role.ADMINISTRATOR), "en")

    assert administrator.ask("/company/").refused == {"form": NO_LONGER}


def test_an_operation_s_no_comes_back_at_its_field(manager):
    made = manager.send("/customers/new/", Data({"name": ["Waterworks"], "language": ["en"]}))
    answer = manager.send(f"/customers/{made.target.kwargs['pk']}/message/", Data({"text": [" "]}))

    assert answer.refused == {"text": "Write something first."}


def test_messages_that_only_complain_are_a_refusal():
    administrator = Visitor(UserFactory(role=Role.ADMINISTRATOR), "en")
    answer = administrator.send("/mails/release/", Data({}))

    assert answer.refused == {"form": "Set a mail server first (EMAIL_URL)."}

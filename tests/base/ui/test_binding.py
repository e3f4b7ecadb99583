import pytest
from django.db import models

from base.accounts.models import User
from base.ui.columns import Badge, Column
from base.ui.filters import Choice, Relation
from base.ui.page import PAGES, ModelPage
from base.ui.parts import Actions, Board, Group
from contracts.models import Contract, Customer
from tests.base.ui.probe import ProbePage
from tests.factories import ContractFactory


@pytest.fixture
def declare():
    """Declare a page that is gone again after the test."""
    made = []

    def page(name, base, **said):
        made.append(said["slug"])
        return type(name, (base,), said)

    yield page
    for slug in made:
        PAGES.pop(slug, None)


def test_binding_gives_a_copy_and_leaves_the_declaration():
    column = Column("customer")

    bound = column.bind(Contract)

    assert (column.model, column.field, column.label) == (None, None, "")
    assert bound.field is Contract._meta.get_field("customer")
    assert bound.label == "Customer"


def test_a_bound_copy_does_not_change_any_more():
    column = Badge("status", {}).bind(Contract)
    chosen = Choice("status").bind(Contract)

    with pytest.raises(AttributeError, match="status is bound to Contract"):
        column.label = "another"
    with pytest.raises(AttributeError, match="status is bound to Contract"):
        chosen.name = "number"


def test_one_declaration_serves_two_models():
    name = Column("name", label="called")

    contact, customer = name.bind(Contract._meta.get_field("contact").related_model), name.bind(Customer)

    assert contact.field.model is not customer.field.model
    assert contact.label == customer.label == "Called"


def test_a_path_that_leads_nowhere_is_told_with_the_page(declare):
    said = {"model": Contract, "slug": "astray", "actions": Actions(view="contracts.view")}

    with pytest.raises(LookupError, match="AstrayPage: Contract has no customer__nothing"):
        declare("AstrayPage", ModelPage, **said, columns=[Column("customer__nothing")])


def test_what_is_not_bound_knows_no_model():
    with pytest.raises(LookupError, match="customer is not bound"):
        Relation("customer").target()


def test_a_derived_page_leaves_its_parents_columns_alone(declare):
    parent = declare(
        "PeoplePage",
        ModelPage,
        model=User,
        slug="parent",
        actions=Actions(view="users.view"),
        columns=[Column("language")],
        filters=[Choice("language")],
        sheet=[Group("All", ["language", Column("username")])],
        board=Board(fields=["language"]),
    )
    before = parent.own_parts

    derived = declare("CustomersPage", parent, model=Customer, slug="derived", sheet=[Group("All", ["language"])])

    assert parent.own_parts is before
    assert {each.model for each in (*before.columns, *before.filters, *before.groups[0].columns)} == {User}
    assert {each.model for each in (*derived.all_columns(), *derived.all_filters())} == {Customer}
    assert derived.all_columns()[0].field.model is Customer
    assert derived.all_groups()[0].columns[0].model is Customer
    assert derived.parts().board.lines[0].model is Customer


def test_a_page_cannot_be_added_to_by_changing_its_lists():
    assert isinstance(ProbePage.columns, tuple)
    assert isinstance(ProbePage.tabs, tuple)
    with pytest.raises(AttributeError):
        ProbePage.parts().tabs = ()


@pytest.mark.django_db
def test_no_request_binds_anything(director, monkeypatch):
    contract = ContractFactory()
    bound = []
    monkeypatch.setattr(Column, "bind", lambda self, model: bound.append(self.name))

    for address in ("/probe/", "/probe/board/", f"/probe/{contract.pk}/", f"/probe/{contract.pk}/edit/"):
        assert director.get(address).status_code == 200

    assert bound == []


def test_fields_of_a_group_are_bound_with_links():
    (group,) = [each for each in ProbePage.all_groups() if each.title == "Sale"]

    assert [each.name for each in group.columns] == ["number", "customer", "amount", "status"]
    assert all(each.link and isinstance(each.field, models.Field) for each in group.columns)

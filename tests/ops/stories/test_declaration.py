"""Pages, moves and forms speak: the list is whole, always the same, and what it names can be done."""

import json
from io import StringIO

import pytest
from django import forms
from django.core.management import CommandError, call_command

from config.roles import ACTIONS
from ops.stories.declaration import all_pages, described, fields_of
from ops.stories.pages import all_declared
from ops.stories.parts import parts_of
from ops.stories.player import SYSTEM

KINDS = {
    "text", "email", "number", "money", "percent", "lines", "day", "moment", "hour", "yes_no", "choice", "choices",
    "record", "records", "file", "signature",
}  # fmt: skip


def named(pieces, name):
    return next(each for each in pieces if each["name"] == name)


def test_every_page_is_listed_always_in_the_same_order():
    assert [each["page"] for each in all_pages()] == ["", *sorted(all_declared())]
    assert json.dumps(all_pages()) == json.dumps(all_pages())


def test_a_page_says_what_it_is_made_of_upper_floors_included():
    found = described(all_declared()["contracts"])

    assert (found["key"], found["record"]) == ("number", "contracts.contract")
    assert found["rights"] == {
        "view": "contracts.view", "create": "contracts.edit", "edit": "contracts.edit", "export": "contracts.export",
    }  # fmt: skip
    assert named(found["columns"], "amount")["right"] == "prices.view"
    assert named(found["columns"], "coverage_end")["label"] == "Coverage ends"
    assert named(found["filters"], "status")["kind"] == "choice"
    assert {"value": "active", "label": "active"} in found["states"]
    assert named(found["create"], "amount") == {
        "name": "amount", "label": "Amount", "kind": "money", "required": True, "choices": [], "right": "prices.view",
    }  # fmt: skip
    assert named(found["create"], "customer")["choices"] == ["customers:"]
    assert named(found["create"], "contact")["choices"] == ["contacts:"]
    accept = named(found["moves"], "accept")
    assert (accept["right"], [each["name"] for each in accept["fields"]]) == (
        "contracts.accept",
        ["accepted_on", "file"],
    )
    assert named(found["moves"], "correct")["previewed"]
    assert named(found["bulk"], "hand_over")["fields"][0]["choices"] == ["users:"]
    assert [each["name"] for each in found["parts"]] == ["message", "todo", "attach", "tick"]


def test_each_kind_of_field_is_a_word_a_reader_knows():
    fields = [
        field
        for page in all_pages()
        for group in (page["create"], page["edit"], *(each["fields"] for each in page["moves"] + page["bulk"] + page["parts"]))
        for field in group
    ]  # fmt: skip
    assert {each["kind"] for each in fields} <= KINDS
    assert all(each["label"] for each in fields)


def test_each_right_is_one_of_the_table():
    known = {action for actions in ACTIONS.values() for action in actions} | {"", "nobody", "anyone"}
    for page in all_pages():
        pieces = [each for kind in ("columns", "filters", "moves", "bulk", "parts") for each in page[kind]]
        assert {each["right"] for each in pieces} | set(page["rights"].values()) <= known


def test_each_key_is_a_field_of_its_model():
    for page in all_declared().values():
        if page.key:
            page.model._meta.get_field(page.key)


def test_no_page_uses_a_word_of_the_stories_for_its_own():
    words = {"create", "edit", "look", *SYSTEM}
    for page in all_declared().values():
        moves = {each.name for each in page.all_moves()}
        parts = {each.name for each in parts_of(page)}
        assert not (moves | {each.name for each in page.all_bulk()}) & words
        assert not parts & (words | moves)


class LimitedForm(forms.Form):
    grade = forms.ChoiceField(choices=[("", "–"), ("a", "A"), ("b", "B")], label="Grade")
    note = forms.CharField(required=False)


def test_choices_are_the_values_and_a_field_without_a_label_has_its_name():
    grade, note = fields_of(LimitedForm)

    assert (grade["choices"], grade["required"]) == (["a", "b"], True)
    assert (note["label"], note["required"]) == ("note", False)


def test_the_command_prints_one_page_or_all():
    out = StringIO()
    call_command("pages", "quotes", format="json", stdout=out)
    (page,) = json.loads(out.getvalue())
    assert page["page"] == "quotes"

    out = StringIO()
    call_command("pages", stdout=out)
    assert "contracts  Contracts" in out.getvalue()
    assert "  moves: accept (contracts.accept) accepted_on*, file" in out.getvalue()


def test_a_page_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(CommandError, match=r"no page contract; there are: .*contracts"):
        call_command("pages", "contract")

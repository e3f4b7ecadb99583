import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from base.ui import extension
from base.ui.columns import Column
from base.ui.extension import PageExtension, after, before, extended
from base.ui.filters import Choice
from base.ui.parts import Move, SmartButton, Tab, Tool
from contracts.models import Contract
from tests.base.ui.probe import ProbePage
from tests.factories import ContractFactory


def move(name):
    return Move(name, name, "contracts.edit", run=lambda record, data, **who: None)


def assembled(*extensions):
    return extended(ProbePage.own_parts, Contract, extensions)


def names(pieces):
    return [each.name for each in pieces]


class Lower(PageExtension):
    columns = after("customer", Column("engineer"))
    tabs = before("first", Tab("zero", "Zero", "ui/tab_probe.html"))
    moves = [after("close", move("reopen")), move("last")]
    filters = [Choice("renewal_mode")]
    tools = [Tool("Import", "file", "imports:create")]


class Upper(PageExtension):
    columns = after("customer", Column("project_manager"), Column("go_live_on"))
    tabs = [before("secret", Tab("half", "Half", "ui/tab_probe.html")), after("zero", Tab("quarter", "Quarter", ""))]
    moves = before("reopen", move("pause"))


def test_pieces_stand_where_the_extensions_say():
    parts = assembled(Lower, Upper)

    assert names(parts.columns)[1:5] == ["customer", "engineer", "project_manager", "go_live_on"]
    assert names(parts.tabs) == ["zero", "quarter", "first", "half", "secret"]
    assert names(parts.moves) == ["close", "pause", "reopen", "activate", "copy", "shown", "last"]
    assert names(parts.filters)[-1] == "renewal_mode"
    assert names(parts.tools) == ["imports:create"]


def test_added_columns_and_filters_are_bound_copies():
    parts = assembled(Lower)

    (column,) = [each for each in parts.columns if each.name == "engineer"]
    assert column.field is Contract._meta.get_field("engineer")
    assert Lower.columns.pieces[0].model is None
    assert parts.filters[-1].model is Contract


def test_the_page_itself_stays_as_it_was_declared():
    before_all = ProbePage.own_parts

    assembled(Lower, Upper)

    assert ProbePage.own_parts is before_all
    assert "zero" not in names(ProbePage.all_tabs())


def test_who_added_a_piece_is_known():
    parts = assembled(Lower, Upper)

    assert parts.sources["moves", "pause"] is Upper
    assert parts.sources["columns", "engineer"] is Lower
    assert ("columns", "customer") not in parts.sources


@pytest.mark.parametrize("place", [before, after])
def test_an_unknown_place_is_named_with_those_that_are_there(place):
    class Lost(PageExtension):
        moves = place("clsoe", move("new"))

    with pytest.raises(ImproperlyConfigured, match=r"Lost: .* nothing named clsoe among its moves; there are: close, "):
        assembled(Lost)


def test_a_name_is_taken_once():
    class Twin(PageExtension):
        buttons = [SmartButton("twice", "Twice", "x", count=lambda record, look: 1, url=lambda record, look: "")]

    with pytest.raises(ImproperlyConfigured, match=r"Twin: .* has twice among its buttons already"):
        assembled(Twin)


def test_after_the_start_no_extension_can_be_declared():
    with pytest.raises(ImproperlyConfigured, match="Late is declared after the product has started"):

        class Late(PageExtension, of="contracts"):
            moves = [move("late")]


@pytest.mark.django_db
def test_rows_and_preparation_of_extensions_follow_the_pages_own(monkeypatch, director):
    class Loud(PageExtension):
        columns = [Column("loud")]

        @classmethod
        def rows(cls, rows, user):
            return rows.annotate(twice=models.F("free_months") * 2)

        @classmethod
        def prepare(cls, records, look):
            for record in records:
                record.loud = f"{record.twice}!"

    ContractFactory(free_months=7)
    monkeypatch.setattr(extension, "_PARTS", {**extension._PARTS, "probe": assembled(Loud)})

    assert b"14!" in director.get("/probe/").content

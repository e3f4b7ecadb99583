"""A lower floor names no relation that an upper one owns, also not in a string (docs/structure.md).

Imports are held by import-linter, which does not see `contract.invoices` or `filter(plan__inspection__engineer=…)`.
"""

import ast
import re
from collections.abc import Iterator

import pytest
from django.db.models.base import ModelBase

from base.chatter.registry import our_models
from tests.house.source import FLOORS, ROOT, floor_of, modules

#: What stands under such a name without being the relation: a count in a page of the forecast.
OTHER_MEANINGS = {("warranty/pages/forecast.py", "visits")}


def _place(model: ModelBase) -> int:
    place = floor_of(model.__module__)
    assert place is not None
    return place


def _owned_above(floor: int) -> dict[str, str]:
    """The names by which models up to this floor reach rows of a higher one, and where they lead."""
    above, own = {}, set()
    for model in our_models():
        if _place(model) > floor:
            continue
        own |= {field.name for field in model._meta.get_fields() if field.concrete}
        for relation in model._meta.related_objects:
            name, there = relation.get_accessor_name(), floor_of(relation.related_model.__module__)
            if name is None or there is None:
                continue
            if there > floor:
                above[name] = f"{model.__name__} → {relation.related_model.__name__}"
            else:
                own.add(name)
    return {name: where for name, where in above.items() if name not in own}


def _names(node: ast.AST) -> set[str]:
    """The names a piece of code may reach a relation by; the plain keys of a dictionary are its own words."""
    match node:
        case ast.Attribute(attr=name):
            return {name}
        case ast.keyword(arg=str(name)):
            return set(name.split("__"))
        case ast.Constant(value=str(text)) if re.fullmatch(r"\w+", text):
            return set(text.split("__"))
    return set()


def _read(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for name in _names(node):
            yield getattr(node, "lineno", 0), name


@pytest.mark.parametrize("floor", FLOORS[:-1])
def test_code_names_no_relation_of_an_upper_floor(floor):
    above = _owned_above(FLOORS.index(floor))
    found = [
        f"{path}:{line}: {name} ({above[name]})"
        for path, tree in modules(floor)
        for line, name in _read(tree)
        if name in above and (path.as_posix(), name) not in OTHER_MEANINGS
    ]
    assert not found, "let the upper floor hear a signal, or register what it is asked:\n" + "\n".join(found)


@pytest.mark.parametrize("floor", FLOORS[1:-1])
def test_a_template_names_no_relation_of_an_upper_floor(floor):
    above = _owned_above(FLOORS.index(floor))
    folders = [ROOT / "templates" / floor, ROOT / floor / "templates"]
    found = [
        f"{path.relative_to(ROOT)}: {name} ({above[name]})"
        for folder in folders
        for path in sorted(folder.rglob("*.*"))
        if path.suffix in (".html", ".txt")
        for tag in re.findall(r"{[{%].*?[}%]}", path.read_text(encoding="utf-8"))
        for name in re.findall(r"\.(\w+)", tag)
        if name in above
    ]
    assert not found, "\n".join(found)


def test_the_names_are_found():
    contracts = _owned_above(FLOORS.index("contracts"))
    assert contracts.keys() >= {"invoices", "requests", "visits", "terms", "plan", "quotes"}
    assert _owned_above(FLOORS.index("warranty"))["quote"] == "MaintenanceTerm → RenewalQuote"
    code = 'drop.invoices.update()\nf(plan__inspection=1)\nF(f"{p}quotes__isnull")\nterm.origin == "quote"'
    assert {name for _line, name in _read(ast.parse(code))} >= {"invoices", "plan", "quotes", "quote"}

"""A to-do that the product makes is worded: without a wording people would read its code."""

import ast
from collections.abc import Iterator

from base.chatter.labels import todo_text
from tests.house.source import modules

#: What a person wrote is a to-do as it stands.
BY_PEOPLE = {"note"}


def todo_kinds(tree: ast.AST) -> Iterator[str]:
    """The kinds of to-do that code names: where one is made, and where a decision about a planned action names it."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        named = {word.arg: word.value for word in node.keywords}
        found = [named.get("todo")] if name == "Waits" else []
        found += node.args[:1] if name == "ByHand" else []
        found += [named.get("kind"), *node.args[2:3]] if name in ("make_todo", "_todo", "ask_to_invoice") else []
        for value in found:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def test_every_todo_is_worded():
    kinds = {kind for _path, tree in modules() for kind in todo_kinds(tree)}
    assert {"quote_to_review", "quote_by_hand", "quote_to_approve", "inspection_missed"} <= kinds
    assert [kind for kind in sorted(kinds - BY_PEOPLE) if todo_text(kind, {}) == kind] == []

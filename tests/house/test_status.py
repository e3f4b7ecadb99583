"""A status is written in declared moves only (docs/rules.md 7.1).

`base.chatter.operations` holds the ways to do it: `move`, `move_many` and `move_rows`, and `warranty.planning.moving` those
of planned actions; all ask a `StateTable`.
A new record is made in the state it begins in.
"""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import modules

#: Here the moves themselves are carried out.
WRITERS = ("base/lib/states.py", "base/chatter/operations.py", "warranty/planning/moving.py")
#: What shows or tells a status writes none: a page, a paper, what a command prints.
TELLERS = {"pages", "ui", "management", "stories", "documents", "timeline.py"}
#: Not a status: how one item of a check list was judged.
JUDGEMENTS = {
    "service/checks/entry.py",
    # The column of a ledger that is called so; what it says becomes a status by a move.
    "contracts/ledger/columns.py",
    "warranty/ledger/compare.py",
    "warranty/ledger/labels.py",
}
NAMES = {"status", "state"}
#: Calls whose keywords, or dictionaries, are written to a row.
UPDATES = {"update", "update_or_create", "change", "change_many", "move", "move_many", "move_rows", "setattr"}


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each place at which a status or state is written, and which of the two."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()) if name in NAMES and not _is_self(node):
                yield node.lineno, name
            case ast.Dict():
                keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
                yield from ((node.lineno, key) for key in keys if key in NAMES)
            case ast.Call() if _called(node) in UPDATES:
                yield from ((node.lineno, word.arg) for word in node.keywords if word.arg in NAMES)
                texts = [each.value for each in node.args if isinstance(each, ast.Constant)]
                yield from ((node.lineno, text) for text in texts if text in NAMES)


def _is_self(node: ast.Attribute) -> bool:
    """An object of the program keeps something of its own, which is no record."""
    return isinstance(node.value, ast.Name) and node.value.id == "self"


def test_a_status_is_written_in_declared_moves_only():
    found = []
    for path, tree in modules():
        if path.as_posix() in WRITERS or TELLERS & set(path.parts):
            continue
        for line, name in writes(tree):
            if name == "status" or path.as_posix() not in JUDGEMENTS:
                found.append(f"{path}:{line}: {name}")
    assert not found, "use move, move_many or move_rows of base.chatter.operations:\n" + "\n".join(found)


def test_no_exception_outlives_its_reason():
    writing = {path.as_posix() for path, tree in modules() for _line, name in writes(tree) if name == "state"}
    assert writing >= JUDGEMENTS


@pytest.mark.parametrize(
    "code",
    [
        "quote.status = 'sent'",
        "a, quote.status = 1, 'sent'",
        "rows.update(status='sent')",
        "change(quote, {'status': 'sent'})",
        "values = {'sent_at': at, 'status': 'sent'}",
        "setattr(quote, 'status', 'sent')",
    ],
)
def test_each_way_of_writing_is_seen(code):
    assert [name for _line, name in writes(ast.parse(code))] == ["status"]


@pytest.mark.parametrize("code", ["RenewalQuote(status='draft')", "rows.filter(status='draft')", "x = quote.status"])
def test_making_and_reading_are_none(code):
    assert list(writes(ast.parse(code))) == []

"""A tripwire for every test with a database: what an operation changes has its event.

`watch` looks at each statement that writes a row of a versioned model while code of the product is running. When the
operation is over, which is when the outermost function of the product has returned, each row it wrote must have an event
that was written meanwhile. Rows that a test makes for itself, by a factory or in SQL, are none of an operation's.
"""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

from django.apps import apps
from django.db import connection

from base.chatter.models import Event, Tracked
from tests.house.source import FLOORS, ROOT

#: Not operations, though they stand among them: models only store, and a demo or a story only calls operations.
_NO_OPERATION = re.compile(r"/(migrations|models|demo|stories)/|/(models|querysets)\.py$")

#: Rows that are written without an event of theirs: model → by which function, and why.
EXEMPT: dict[str, dict[str, str]] = {
    "Inspection": {
        "warranty/planning/writing.py:_write": "made and moved with its row of the plan, by rule and not by anybody; what "
        "a person does with it leaves its event",
    },
    "Commitment": {
        "service/promises/commitments.py:_notify_some": "only that the product looked at it on its day, which nobody reads; "
        "what lapsed has its event",
    },
    "MaintenanceTerm": {
        "warranty/ledger/load.py:_create": "told by the event of its contract, which came in the same row"
    },
    "Contact": {"warranty/ledger/load.py:_contacts": "told by the event of the contract it came with, in the same row"},
    "Contract": {
        "warranty/ledger/load.py:_remember": "what the ledger said last, where it says what is stored already"
    },
    "RenewalQuote": {"warranty/operations.py:cut_coverage": "loses its term, of which the event of the contract tells"},
    "Company": {"base/company/operations.py:set_up": "its first row, made by a migration before anybody can log in"},
    "User": {
        "base/ui/middleware.py:RefusalMiddleware.__call__": "the last log-in and a password chosen behind a link, which "
        "the parts that log people in write",
        "base/ui/operations.py:set_language": "how a person wants to read, which concerns nobody else",
        "base/ui/operations.py:set_theme": "how a person wants to read, which concerns nobody else",
    },
}


@dataclass
class Write:
    """One row that was written: as it was before (None: it is new), and by which function."""

    table: str
    key: int
    before: tuple[Any, ...] | None
    by: str


@dataclass
class Operation:
    """What ran since the outermost function of the product was called."""

    frame: FrameType
    writes: dict[tuple[str, int], Write] = field(default_factory=dict)
    #: The (content type, key) of each event.
    told: set[tuple[int, int]] = field(default_factory=set)


@cache
def _tables() -> dict[str, type[Tracked]]:
    return {model._meta.db_table: model for model in apps.get_models() if issubclass(model, Tracked)}


@cache
def _is_operation(filename: str) -> bool:
    path = Path(filename)
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in FLOORS:
        return False
    return not _NO_OPERATION.search(filename)


def _running() -> Iterator[FrameType]:
    """The functions of the product that are running, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_operation(frame.f_code.co_filename):
            yield frame
        frame = frame.f_back


def _name(frame: FrameType) -> str:
    return f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_code.co_qualname}"


def _writer(frames: list[FrameType]) -> str:
    """Who wrote: the innermost function that is not one of the ways in which all records change."""
    own = [frame for frame in frames if not frame.f_code.co_filename.endswith("base/chatter/operations.py")]
    return _name((own or frames)[0])


def _ask(sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
    """The rows of a query that no test counts."""
    with closing(connection.create_cursor()) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _condition(sql: str) -> tuple[str, int]:
    """The WHERE of an UPDATE, and how many parameters stand before it."""
    depth = 0
    for place, letter in enumerate(sql):
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and sql.startswith(" WHERE ", place):
            return sql[place:], sql[:place].count("%s")
    return "", sql.count("%s")


class Tripwire:
    """Given to `connection.execute_wrapper`. `problems` holds what was written without an event."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._operation: Operation | None = None

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        match = re.match(r'(UPDATE|INSERT INTO) "(\w+)"', sql)
        table = match.group(2) if match else ""
        if match and match.group(1) == "INSERT INTO" and table == Event._meta.db_table:
            self._hear(sql, params)
        if table not in _tables():
            return execute(sql, params, many, context)
        frames = list(_running())
        self._begin(frames[-1] if frames else None)
        if self._operation is None:
            return execute(sql, params, many, context)
        writer = _writer(frames)
        if match and match.group(1) == "UPDATE":
            condition, first = _condition(sql)
            rows = _ask(f'SELECT "id", * FROM "{table}"{condition}', tuple(params or ())[first:])
            result = execute(sql, params, many, context)
            written = [Write(table, key, tuple(row), writer) for key, *row in rows]
        else:
            [[last]] = _ask(f'SELECT COALESCE(MAX("id"), 0) FROM "{table}"')
            result = execute(sql, params, many, context)
            written = [
                Write(table, key, None, writer) for [key] in _ask(f'SELECT "id" FROM "{table}" WHERE "id" > {last}')
            ]
        for write in written:
            self._operation.writes.setdefault((table, write.key), write)
        return result

    def _hear(self, sql: str, params: Any) -> None:
        """Events are written: of which rows?"""
        frames = list(_running())
        self._begin(frames[-1] if frames else None)
        if self._operation is None:
            return
        columns = re.findall(r'"(\w+)"', sql[sql.index("(") : sql.index(")")])
        kind, target = columns.index("target_type_id"), columns.index("target_id")
        values = list(params)
        if isinstance(values[kind], list):  # PostgreSQL takes many rows as one array a column
            self._operation.told.update(zip(values[kind], values[target], strict=True))
            return
        for start in range(0, len(values), len(columns)):
            self._operation.told.add((values[start + kind], values[start + target]))

    def _begin(self, frame: FrameType | None) -> None:
        """A statement of another operation, or of none: the one before is over."""
        if self._operation is not None and self._operation.frame is frame:
            return
        self.settle()
        self._operation = Operation(frame) if frame is not None else None

    def settle(self) -> None:
        """The operation is over: look whether each row it wrote, and that stayed written, was told of."""
        operation, self._operation = self._operation, None
        if operation is None or not operation.writes:
            return
        kinds = {(app, model): key for key, app, model in _ask("SELECT id, app_label, model FROM django_content_type")}
        for write in operation.writes.values():
            model = _tables()[write.table]
            kind = kinds.get((model._meta.app_label, model._meta.model_name or ""))
            if (kind, write.key) in operation.told or write.by in EXEMPT.get(model.__name__, {}):
                continue
            now = _ask(f'SELECT * FROM "{write.table}" WHERE "id" = %s', (write.key,))
            if now and tuple(now[0]) != write.before:
                done = "made" if write.before is None else "changed"
                self.problems.append(f"{write.table} {write.key} was {done} without an event by {write.by}")

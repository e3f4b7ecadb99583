"""What a ledger on its way in holds: its columns, what is to be asked, what would change.

It is found out by a job and kept with the import, so that no page reads the file or compares its rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.ledger import FIELDS, Ledger, Problem, Table
from contracts.ledger.cells import is_blank, read_text
from warranty import imports
from warranty.ledger.compare import Comparison, Judged, Loadable, compared, loadable
from warranty.ledger.coverage import SAME_DAY
from warranty.models import LedgerImport

#: Lines kept of each kind; the figures beside them count all.
SHOWN: Final = 200
#: Without these a row cannot become a contract.
NEEDED: Final = ("number", "customer", "amount", "signed_on")
_SAMPLES: Final = 3
#: What the preview shows of a new contract.
_NEW: Final = ("number", "customer", "project", "amount", "signed_on", "final_acceptance_on", "covered_until")


def read_import(item: LedgerImport, heard: Callable[[], None]) -> dict[str, Any]:
    """Everything the wizard shows, as JSON; `heard` is called between its parts, and may raise."""
    ledger = imports.ledger_of(item)
    heard()
    judged = loadable(ledger, imports.answers_of(item))
    heard()
    found = compared(judged)
    return {
        "rows": ledger.row_count,
        "sheets": list(_sheets(ledger)),
        "missing": _missing(ledger),
        "questions": list(_questions(item, ledger, judged)),
        "counts": {name: len(rows) for name, rows in _parts(found).items()},
        "new": [_new(each) for each in found.new[:SHOWN]],
        "changed": [_differing(*each) for each in found.changed[:SHOWN]],
        "conflicts": [_differing(*each) for each in found.conflicts[:SHOWN]],
        "rejected": [imports.kept(each) for each in found.rejected[:SHOWN]],
        "warnings": [imports.kept(each) for each in found.warnings[:SHOWN]],
    }


def _parts(found: Comparison) -> dict[str, list[Any]]:
    names = ("new", "changed", "unchanged", "conflicts", "rejected", "warnings")
    return {name: getattr(found, name) for name in names}


# --- columns --------------------------------------------------------------------------------------------------------


def _sheets(ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Each sheet with its columns: the name of its input, its head, the field it was taken for, and some values."""
    for place, table in enumerate(ledger.tables):
        columns = [
            _column(f"{place}:{index}", header, table.mapping.get(index, ""), _samples(table, index))
            for index, header in enumerate(table.header)
            if header
        ]
        yield {"sheet": table.sheet, "rows": len(table.rows), "missed": False, "columns": columns}
    for place, (sheet, missed) in enumerate(ledger.skipped.items(), start=len(ledger.tables)):
        shown = enumerate(zip(missed.names, missed.examples, strict=True))
        if columns := [_column(f"{place}:{n}", name, "", such) for n, (name, such) in shown if name]:
            yield {"sheet": sheet, "rows": missed.rows, "missed": True, "columns": columns}


def _column(name: str, header: str, field: str, samples: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "header": header, "field": field, "samples": list(samples)}


def _samples(table: Table, index: int) -> list[str]:
    """The first values of a column that say something."""
    found: list[str] = []
    for row in table.rows:
        cell = row.cells[index] if index < len(row.cells) else None
        if not is_blank(cell) and (text := read_text(cell)) not in found:
            found.append(text[:40])
        if len(found) == _SAMPLES:
            break
    return found


def _missing(ledger: Ledger) -> list[str]:
    """Fields without which no row of some sheet can go in."""
    lacking = {name for table in ledger.tables for name in NEEDED if name not in table.mapping.values()}
    return [name for name in FIELDS if name in lacking]


# --- questions ------------------------------------------------------------------------------------------------------


def _questions(item: LedgerImport, ledger: Ledger, judged: Judged) -> Iterator[dict[str, Any]]:
    """What is not clear yet, and what was answered already, row by row."""
    _rows, found, _warnings = judged
    asked = {imports.key_of(each): each for each in found if each.problem == Problem.AMBIGUOUS}
    cells = _cells(ledger, [key.rsplit("/", 2) for key in [*item.answers, *asked]])
    for key in dict.fromkeys([*item.answers, *asked]):
        sheet, row, name = key.rsplit("/", 2)
        typed = cells.get((sheet, int(row)), {})
        yield {
            "key": key,
            "sheet": sheet,
            "row": int(row),
            "number": typed.get("number", ""),
            "customer": typed.get("customer", ""),
            "field": name,
            "value": typed.get("covered_until" if name == SAME_DAY else name, ""),
            "proposal": asked[key].proposal if key in asked else "",
        }


def _cells(ledger: Ledger, keys: Iterable[list[str]]) -> dict[tuple[str, int], dict[str, str]]:
    """(sheet, row) → every mapped cell as text, of the rows that are asked about."""
    wanted = {(sheet, int(row)) for sheet, row, _name in keys}
    found: dict[tuple[str, int], dict[str, str]] = {}
    for table in ledger.tables:
        for raw in table.rows:
            if (raw.sheet, raw.number) in wanted:
                texts = {name: read_text(raw.cells[index]) for index, name in table.mapping.items()}
                found[raw.sheet, raw.number] = texts
    return found


# --- preview --------------------------------------------------------------------------------------------------------


def _new(each: Loadable) -> dict[str, Any]:
    stored = each.stored()
    said = {name: _plain(getattr(each.row, name)) for name in _NEW}
    return said | {"amount": stored["amount"]}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)


def _differing(each: Loadable, differs: Mapping[str, list[Any]]) -> dict[str, Any]:
    return {"number": each.row.number, "customer": each.row.customer, "differs": dict(differs)}

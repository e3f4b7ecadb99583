"""What a ledger on its way in holds: its columns, what is to be asked, what would change.

It is found out by a job and kept with the import, so that no page reads the file or compares its rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.ledger import FIELDS, Ledger, Problem, Table
from contracts.ledger.check import SAME_CUSTOMER
from contracts.ledger.columns import proposed_mapping
from contracts.ledger.reader import examples
from contracts.ledger.rows import shown
from warranty import imports
from warranty.ledger.compare import Comparison, Judged, Loadable, compared, loadable
from warranty.ledger.coverage import SAME_DAY
from warranty.ledger.people import doubtful
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
    judged = loadable(ledger, imports.answers_of(item), item.people)
    heard()
    found = compared(judged)
    return {
        "rows": ledger.row_count,
        "sheets": list(_sheets(item, ledger)),
        "missing": _missing(ledger),
        "questions": list(_questions(item, ledger, judged)),
        "people": [imports.kept(each) for each in doubtful((each.row for each in judged[0]), {})],
        "gone": imports.gone(item, ledger)[:SHOWN],
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


def _sheets(item: LedgerImport, ledger: Ledger) -> Iterator[dict[str, Any]]:
    """Each sheet with its columns: the name of its input, its head, the field it was taken for, and some values.

    Of a sheet that is no ledger by its columns (`missed`) the fields are proposals.
    """
    for place, table in enumerate(ledger.tables):
        columns = [
            _column(f"{place}:{index}", header, table.mapping.get(index, ""), _samples(table, index))
            for index, header in enumerate(table.header)
            if header
        ]
        yield {
            "sheet": table.sheet, "rows": len(table.rows), "missed": False, "columns": columns, "hidden": table.hidden,
            "left_out": False, "hidden_rows": sum(row.hidden for row in table.rows),
        }  # fmt: skip
    for place, (sheet, missed) in enumerate(ledger.skipped.items(), start=len(ledger.tables)):
        fields = {} if missed.known else proposed_mapping(missed.names, item.mapping)
        named = enumerate(zip(missed.names, missed.examples, strict=True))
        columns = [_column(f"{place}:{n}", name, fields.get(n, ""), such) for n, (name, such) in named if name]
        yield {
            "sheet": sheet, "rows": missed.rows, "missed": not missed.known, "columns": columns, "hidden": missed.hidden,
            "left_out": missed.on_purpose or missed.hidden, "hidden_rows": 0,
        }  # fmt: skip


def _column(name: str, header: str, field: str, samples: Iterable[str]) -> dict[str, Any]:
    return {"name": name, "header": header, "field": field, "samples": list(samples)}


def _samples(table: Table, index: int) -> list[str]:
    """The first values of a column that say something."""
    return list(examples((row.cells[index] for row in table.rows if index < len(row.cells)), _SAMPLES))


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
            "value": typed.get(_ABOUT.get(name, name), ""),
            "proposal": asked[key].proposal if key in asked else "",
        }


#: The cell that a question shows which is about the row as a whole.
_ABOUT: Final = {SAME_DAY: "covered_until", SAME_CUSTOMER: "credit_code"}


def _cells(ledger: Ledger, keys: Iterable[list[str]]) -> dict[tuple[str, int], dict[str, str]]:
    """(sheet, row) → every mapped cell as text, of the rows that are asked about."""
    wanted = {(sheet, int(row)) for sheet, row, _name in keys}
    found: dict[tuple[str, int], dict[str, str]] = {}
    for table in ledger.tables:
        for raw in table.rows:
            if (raw.sheet, raw.number) in wanted:
                texts = {name: shown(raw.cells[index]) for index, name in table.mapping.items()}
                found[raw.sheet, raw.number] = texts
    return found


# --- preview --------------------------------------------------------------------------------------------------------


def _new(each: Loadable) -> dict[str, Any]:
    stored = each.stored()
    said = {name: _plain(getattr(each.row, name)) for name in _NEW}
    return said | _place(each) | {"life": each.row.life and str(each.row.life), "amount": stored["amount"]}


def _place(each: Loadable) -> dict[str, Any]:
    return {"sheet": each.row.sheet, "row": each.row.row, "hidden": each.row.hidden}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str) else str(value)


def _differing(each: Loadable, differs: Mapping[str, list[Any]]) -> dict[str, Any]:
    return {"number": each.row.number, "customer": each.row.customer, "differs": dict(differs)} | _place(each)

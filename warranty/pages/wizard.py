"""What each step of an import shows: columns, questions, preview, result."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from base.ui.look import Look
from contracts.ledger import FIELDS, Ledger, Problem, Rejection, Table
from contracts.ledger.cells import is_blank, read_text
from contracts.ledger.columns import header_key
from contracts.ledger.rows import Finding
from contracts.models import Contract
from warranty import imports
from warranty.ledger.compare import Comparison, Judged, compared, loadable
from warranty.ledger.coverage import SAME_DAY
from warranty.ledger.labels import field_label, problem_text
from warranty.models import LedgerImport

#: Lines shown of each kind; the figures above them count all.
SHOWN = 200
STEPS = ("columns", "questions", "preview")
#: Without these a row cannot become a contract.
NEEDED = ("number", "customer", "amount", "signed_on")
#: Columns that only count the lines of a sheet.
_RUNNING_NUMBERS = frozenset({"序号", "序", "行号", "no", "sn", "index"})
_SAMPLES = 3
_DATES = frozenset({"signed_on", "final_acceptance_on", "covered_until", "go_live_on", "preliminary_on"})
#: How an answer that is typed as a plain number is written so that it can be read in one way only.
_UNITS = {"free_months": "{}个月", "inspections_per_year": "{}次/年", "renewal_rate": "{}%"}
#: What the reader may not see without the right to see prices.
_PRICES = frozenset({"amount", "annual_fee", "renewal_rate", "terms"})


def step(item: LedgerImport, look: Look, wanted: str, chosen: "Columns | None" = None) -> dict[str, Any]:
    """The context of the wanted step, or of the first one that still asks for something."""
    chosen = chosen or Columns(item)
    judged = loadable(chosen.ledger, imports.answers_of(item))
    asked = list(questions(item, chosen.ledger, judged))
    unsettled = [each for each in asked if each.key not in item.answers]
    due = "columns" if chosen.unknown or chosen.missing else "questions" if unsettled else "preview"
    name = wanted if wanted in STEPS else due
    context: dict[str, Any] = {
        "item": item,
        "look": look,
        "step": name,
        "chosen": chosen,
        "question_count": len(unsettled),
    }
    if name == "questions":
        context |= {"questions": asked}
    elif name == "preview":
        context |= _preview(compared(judged), look)
    return context


# --- columns --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnChoice:
    """One column of a sheet: what stands in it, and what it was taken for."""

    name: str
    header: str
    field: str
    samples: list[str]
    unknown: bool
    clash: bool = False


@dataclass(frozen=True)
class SheetChoice:
    sheet: str
    rows: int
    columns: list[ColumnChoice]
    missed: bool = False

    @property
    def unknown(self) -> list[ColumnChoice]:
        return [each for each in self.columns if each.unknown or each.clash]

    @property
    def known(self) -> list[ColumnChoice]:
        return [each for each in self.columns if not each.unknown and not each.clash]


class Columns:
    """The columns of every sheet with their fields: as found, or as chosen in `data`."""

    def __init__(self, item: LedgerImport, data: QueryDict | None = None) -> None:
        self.item, self.data = item, data

    @cached_property
    def ledger(self) -> Ledger:
        return imports.ledger_of(self.item)

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [(name, field_label(name)) for name in FIELDS]

    @cached_property
    def sheets(self) -> list[SheetChoice]:
        found = [
            SheetChoice(table.sheet, len(table.rows), list(self._columns(place, table)))
            for place, table in enumerate(self.ledger.tables)
        ]
        for place, (sheet, missed) in enumerate(self.ledger.skipped.items(), start=len(found)):
            shown = enumerate(zip(missed.names, missed.examples, strict=True))
            columns = [self._column(f"{place}:{n}", name, "", list(such)) for n, (name, such) in shown if name]
            if columns:
                found.append(SheetChoice(sheet, missed.rows, columns, missed=True))
        return found

    def _columns(self, place: int, table: Table) -> Iterator[ColumnChoice]:
        taken: set[str] = set()
        for index, header in enumerate(table.header):
            if not header:
                continue
            column = self._column(f"{place}:{index}", header, table.mapping.get(index, ""), _samples(table, index))
            clash = bool(column.field) and column.field in taken
            taken.add(column.field)
            yield ColumnChoice(column.name, header, column.field, column.samples, column.unknown, clash)

    def _column(self, name: str, header: str, field: str, samples: list[str]) -> ColumnChoice:
        settled = {header_key(each) for each in self.item.mapping}
        chosen = self.data.get(name, field) if self.data is not None else field
        unknown = not field and header_key(header) not in settled | _RUNNING_NUMBERS
        return ColumnChoice(name, header, chosen, samples, unknown)

    @property
    def unknown(self) -> bool:
        """Whether there is a column nobody ever said anything about."""
        return any(each.unknown for sheet in self.sheets if not sheet.missed for each in sheet.columns)

    @property
    def missing(self) -> list[str]:
        """Fields without which no row of some sheet can go in."""
        lacking = {name for table in self.ledger.tables for name in NEEDED if name not in table.mapping.values()}
        return [field_label(name) for name in NEEDED if name in lacking]

    @property
    def clashes(self) -> bool:
        return any(each.clash for sheet in self.sheets for each in sheet.columns)

    @property
    def mapping(self) -> dict[str, str]:
        """Header → field: what differs from what the names say, and every column nobody knew."""
        assert self.data is not None
        found: dict[str, str] = {}
        for sheet in self.sheets:
            for each in sheet.columns:
                if each.unknown or each.field != self._found(each.name):
                    found[each.header] = each.field
        return found

    def _found(self, name: str) -> str:
        place, _colon, index = name.partition(":")
        if int(place) >= len(self.ledger.tables):
            return ""
        return self.ledger.tables[int(place)].mapping.get(int(index), "")


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


# --- questions ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A cell that can be read in several ways, with what it most likely means."""

    key: str
    sheet: str
    row: int
    number: str
    customer: str
    label: str
    value: str
    kind: str
    answer: str

    @property
    def input_type(self) -> str:
        return {"date": "date", "number": "number"}.get(self.kind, "text")


def open_questions(item: LedgerImport) -> Iterator[Question]:
    """The questions of an import as it stands."""
    ledger = imports.ledger_of(item)
    return questions(item, ledger, loadable(ledger, imports.answers_of(item)))


def questions(item: LedgerImport, ledger: Ledger, judged: Judged) -> Iterator[Question]:
    """What is not clear yet, and what was answered already, row by row."""
    _rows, found, _warnings = judged
    asked = {imports.key_of(each): each for each in found if each.problem == Problem.AMBIGUOUS}
    cells = _cells(ledger)
    for key in dict.fromkeys([*item.answers, *asked]):
        sheet, row, name = key.rsplit("/", 2)
        number, customer, typed = cells.get((sheet, int(row)), ("", "", {}))
        value = typed.get("covered_until" if name == SAME_DAY else name, "")
        stored = item.answers.get(key, "")
        proposal = asked[key].proposal if key in asked else ""
        yield Question(
            key,
            sheet,
            int(row),
            number,
            customer,
            field_label(name),
            value,
            _kind(name),
            _typed(name, stored or proposal),
        )


def _cells(ledger: Ledger) -> dict[tuple[str, int], tuple[str, str, dict[str, str]]]:
    """(sheet, row) → number, customer and every mapped cell as text."""
    found: dict[tuple[str, int], tuple[str, str, dict[str, str]]] = {}
    for table in ledger.tables:
        for raw in table.rows:
            texts = {name: read_text(raw.cells[index]) for index, name in table.mapping.items()}
            found[raw.sheet, raw.number] = (texts.get("number", ""), texts.get("customer", ""), texts)
    return found


def _kind(name: str) -> str:
    if name == SAME_DAY:
        return "yes_no"
    return "date" if name in _DATES else "number" if name in _UNITS else "text"


def _typed(name: str, answer: str) -> str:
    """An answer as its input shows it: without the unit it is stored with."""
    if name == SAME_DAY:
        return "yes" if answer == SAME_DAY else answer
    _head, _braces, unit = _UNITS.get(name, "{}").partition("{}")
    return answer.removesuffix(unit).removesuffix("%") if name in _UNITS else answer


def answers(data: QueryDict) -> dict[str, str]:
    """The answers of the form, as they are kept; empty where a row is to stay out."""
    found: dict[str, str] = {}
    for key in data.getlist("key"):
        name = key.rpartition("/")[2]
        typed = " ".join(data.get(f"answer:{key}", "").split())[:200]
        left_out = data.get(f"leave:{key}") == "1"
        found[key] = "" if left_out or not typed else _UNITS.get(name, "{}").format(typed.removesuffix("%"))
    return {key: value for key, value in found.items() if key.count("/") >= 2}


# --- preview and result ---------------------------------------------------------------------------------------------


def _preview(found: Comparison, look: Look) -> dict[str, Any]:
    return {
        "counts": [
            ("new", _("new"), len(found.new), "green"),
            ("changed", _("changed"), len(found.changed), "blue"),
            ("unchanged", _("unchanged"), len(found.unchanged), "secondary"),
            ("conflicts", _("left alone"), len(found.conflicts), "orange"),
            ("rejected", _("rejected"), len(found.rejected), "red"),
            ("warnings", _("warnings"), len(found.warnings), "orange"),
        ],
        "loads": len(found.new) + len(found.changed),
        "new": [each.row for each in found.new[:SHOWN]],
        "changed": [(each.row, list(_differs(differs, look))) for each, differs in found.changed[:SHOWN]],
        "conflicts": [(each.row, list(_differs(differs, look))) for each, differs in found.conflicts[:SHOWN]],
        "rejected": [_finding(each) for each in found.rejected[:SHOWN]],
        "warnings": [_finding(each) for each in found.warnings[:SHOWN]],
        "prices": look.may("prices.view"),
        "shown": SHOWN,
    }


def _differs(differs: Mapping[str, list[object]], look: Look) -> Iterator[tuple[str, str, str]]:
    """Field, before, after; without prices for those who may not see them."""
    for name, (before, after) in differs.items():
        if name in _PRICES and not look.may("prices.view"):
            continue
        yield field_label(name), _plain(before), _plain(after)


def _plain(value: object) -> str:
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case list():
            return "; ".join(
                " ".join(map(str, each)) if isinstance(each, list) else str(each) for each in value if each
            )
    return str(value)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "sheet": finding.sheet, "row": finding.row, "field": field_label(finding.field), "value": finding.value,
        "problem": problem_text(finding),
    }  # fmt: skip


def result(item: LedgerImport, look: Look) -> dict[str, Any]:
    """What a finished import did."""
    conflicts = item.result.get("conflicts", [])[:SHOWN]
    numbers = Contract.objects.visible_to(look.user).filter(number__in=[each["contract"] for each in conflicts])
    ids = dict(numbers.values_list("number", "pk"))
    return {
        "counts": [
            ("new", _("new"), item.result.get("created", 0), "green"),
            ("changed", _("changed"), item.result.get("updated", 0), "blue"),
            ("unchanged", _("unchanged"), item.result.get("unchanged", 0), "secondary"),
            ("conflicts", _("left alone"), len(item.result.get("conflicts", [])), "orange"),
            ("rejected", _("rejected"), len(item.result.get("rejected", [])), "red"),
            ("warnings", _("warnings"), len(item.result.get("warnings", [])), "orange"),
        ],
        "conflicts": [(each, ids.get(each["contract"]), list(_differs(each["fields"], look))) for each in conflicts],
        "rejected": [_finding(each) for each in list(imports.rejections_of(item))[:SHOWN]],
        "warnings": [_finding(_warning(each)) for each in item.result.get("warnings", [])[:SHOWN]],
        "shown": SHOWN,
    }


def _warning(kept: Mapping[str, Any]) -> Rejection:
    return Rejection(**{**kept, "problem": Problem(kept["problem"])})

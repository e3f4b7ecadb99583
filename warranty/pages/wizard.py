"""What each step of an import shows: columns, questions, preview, result. What was read is kept with the import."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from moneyed import Money

from base.lib.text import number_key
from base.ui.look import Look
from contracts.ledger import FIELDS, Problem, Rejection
from contracts.ledger.check import ANOTHER, RENAMED, SAME_CUSTOMER
from contracts.ledger.columns import header_key
from contracts.ledger.rows import Finding
from contracts.models import Contract
from warranty import imports
from warranty.ledger.coverage import SAME_DAY
from warranty.ledger.labels import field_label, problem_text
from warranty.ledger.people import by_name, name_key
from warranty.models import LedgerImport
from warranty.reading import SHOWN

STEPS = ("columns", "questions", "preview")
#: Columns that only count the lines of a sheet.
_RUNNING_NUMBERS = frozenset({"序号", "序", "行号", "no", "sn", "index"})
#: The column of reasons in a workbook of rejected rows that comes back.
_REASONS = frozenset({header_key("reason for rejection"), header_key("退回原因")})
#: Before the name in the key of a question about a person; and no key of a record is longer than this.
PERSON = "person:"
_LONGEST_KEY = 18
_DATES = frozenset({"signed_on", "final_acceptance_on", "covered_until", "go_live_on", "preliminary_on"})
#: How an answer that is typed as a plain number is written so that it can be read in one way only.
_UNITS = {"free_months": "{}个月", "inspections_per_year": "{}次/年", "renewal_rate": "{}%"}
#: What the reader may not see without the right to see prices.
_PRICES = frozenset({"amount", "annual_fee", "renewal_rate", "terms"})


def step(item: LedgerImport, look: Look, wanted: str, chosen: "Columns | None" = None) -> dict[str, Any]:
    """The context of the wanted step, or of the first one that still asks for something."""
    chosen = chosen or Columns(item)
    asked = [*_whose(item, look), *questions(item)]
    unsettled = [each for each in asked if not each.settled]
    unclear = chosen.unknown or chosen.missing or chosen.undecided
    due = "columns" if unclear else "questions" if unsettled else "preview"
    name = wanted if wanted in STEPS else due
    if name == "questions" and not asked:
        name = "preview"
    if name == "preview" and chosen.undecided:
        name = "columns"
    context: dict[str, Any] = {
        "item": item,
        "look": look,
        "step": name,
        "chosen": chosen,
        "question_count": len(unsettled),
    }
    if name == "questions":
        # Those that are open first; once they are answered, the next ones come.
        context |= {"questions": sorted(asked, key=lambda each: each.settled)[:SHOWN]}
    elif name == "preview":
        context |= _preview(item.reading, look)
        context |= {"left_out": [each for each in chosen.sheets if each.left_out]}
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
    hidden: bool = False
    left_out: bool = False
    hidden_rows: int = 0

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

    @property
    def fields(self) -> list[tuple[str, str]]:
        return [(name, field_label(name)) for name in FIELDS]

    @cached_property
    def sheets(self) -> list[SheetChoice]:
        return [
            SheetChoice(
                each["sheet"],
                each["rows"],
                list(self._columns(each)),
                each["missed"],
                each.get("hidden", False),
                each.get("left_out", False),
                each.get("hidden_rows", 0),
            )
            for each in self.item.reading["sheets"]
        ]

    def _columns(self, sheet: Mapping[str, Any]) -> Iterator[ColumnChoice]:
        settled = {header_key(each) for each in self.item.mapping}
        taken: set[str] = set()
        for each in sheet["columns"]:
            name, header, found = each["name"], each["header"], each["field"]
            chosen = self.data.get(name, found) if self.data is not None else found
            unknown = not found and header_key(header) not in settled | _RUNNING_NUMBERS | _REASONS
            clash = bool(chosen) and chosen in taken and not sheet["missed"]
            taken.add(chosen)
            yield ColumnChoice(name, header, chosen, each["samples"], unknown, clash)

    @property
    def unknown(self) -> bool:
        """Whether there is a column nobody ever said anything about."""
        read = [sheet for sheet in self.sheets if not sheet.missed and not sheet.left_out]
        return any(each.unknown for sheet in read for each in sheet.columns)

    @property
    def undecided(self) -> list[SheetChoice]:
        """Sheets nobody can read whose rows nobody left out on purpose yet."""
        return [each for each in self.sheets if each.missed and not each.left_out]

    @property
    def asked_again(self) -> bool:
        """Whether the columns were named already, and that was not enough."""
        return self.item.revision > 1

    @property
    def chosen(self) -> dict[str, bool]:
        """Sheet → whether it is read, as ticked in the form."""
        assert self.data is not None
        taken, left = self.data.getlist("take"), self.data.getlist("leave")
        known = {each.sheet: each.sheet in taken for each in self.sheets if not each.missed}
        return known | {each.sheet: False for each in self.sheets if each.missed and each.sheet in left}

    @property
    def missing(self) -> list[str]:
        """Fields without which no row of some sheet can go in."""
        return [field_label(name) for name in self.item.reading["missing"]]

    @property
    def clashes(self) -> bool:
        return any(each.clash for sheet in self.sheets for each in sheet.columns)

    @property
    def mapping(self) -> dict[str, str]:
        """Header → field: what differs from what the names say, and every column nobody knew."""
        assert self.data is not None
        was = {each["name"]: each["field"] for sheet in self.item.reading["sheets"] for each in sheet["columns"]}
        found: dict[str, str] = {}
        left = self.data.getlist("leave")
        for sheet in self.sheets:
            for each in () if sheet.sheet in left or (sheet.left_out and not sheet.missed) else sheet.columns:
                if each.unknown or sheet.missed or each.field != was[each.name]:
                    found[each.header] = each.field
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
    settled: bool
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def input_type(self) -> str:
        return {"date": "date", "number": "number"}.get(self.kind, "text")


def questions(item: LedgerImport) -> Iterator[Question]:
    """What is not clear yet, and what was answered already, row by row."""
    for each in item.reading["questions"]:
        name = each["field"]
        answer = _typed(name, item.answers.get(each["key"], "") or each["proposal"])
        yield Question(
            each["key"],
            each["sheet"],
            each["row"],
            each["number"],
            each["customer"],
            field_label(name),
            each["value"],
            _kind(name),
            answer,
            each["key"] in item.answers,
            _choices(name),
        )


def _choices(name: str) -> tuple[tuple[str, str], ...]:
    """The answers to choose from, where a cell's meaning is one of a few."""
    if name == "state":
        return (
            ("active", _("in force")),
            ("over", _("done or run out: only its dates count")),
            ("terminated", _("terminated: nothing more happens")),
        )
    if name == SAME_CUSTOMER:
        return (
            (RENAMED, _("the same customer under a new name")),
            (ANOTHER, _("another customer with the same code")),
        )
    return ()


def _whose(item: LedgerImport, look: Look) -> Iterator[Question]:
    """A name that fits no account manager, or several: whose contracts are these?"""
    people = sorted((user for users in by_name().values() for user in users), key=str)
    me = [(str(look.user.pk), _("me"))] if look.user in people else []
    others = [(str(user.pk), f"{user} ({user.username})") for user in people if user != look.user]
    choices = (*me, *others, ("0", _("nobody: the contracts stay unassigned")))
    for each in item.reading.get("people", []):
        key = name_key(each["value"])
        answer = item.people.get(key)
        yield Question(
            f"{PERSON}{key}", each["sheet"], each["row"], "", "", field_label("manager"), each["value"], "choice",
            "0" if answer is None else str(answer), answer is not None, choices,
        )  # fmt: skip


def people(data: QueryDict) -> dict[str, int]:
    """Whom names mean, as chosen in the form."""
    keys = [key for key in data.getlist("key") if key.startswith(PERSON)]
    chosen = {key.removeprefix(PERSON): data.get(f"answer:{key}", "0") for key in keys}
    return {name: int(pk) for name, pk in chosen.items() if pk.isascii() and pk.isdigit() and len(pk) < _LONGEST_KEY}


def _kind(name: str) -> str:
    if name == SAME_DAY:
        return "yes_no"
    if name in ("state", SAME_CUSTOMER):
        return "choice"
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
    for key in (key for key in data.getlist("key") if not key.startswith(PERSON)):
        name = key.rpartition("/")[2]
        typed = " ".join(data.get(f"answer:{key}", "").split())[:200]
        left_out = data.get(f"leave:{key}") == "1"
        found[key] = "" if left_out or not typed else _UNITS.get(name, "{}").format(typed.removesuffix("%"))
    return {key: value for key, value in found.items() if key.count("/") >= 2}


# --- preview and result ---------------------------------------------------------------------------------------------


def _counts(of: Mapping[str, int]) -> list[tuple[str, str, int, str]]:
    labels = {
        "new": (_("new"), "green"),
        "changed": (_("changed"), "blue"),
        "unchanged": (_("unchanged"), "secondary"),
        "conflicts": (_("left alone"), "orange"),
        "rejected": (_("rejected"), "red"),
        "warnings": (_("warnings"), "orange"),
    }
    return [(name, label, of.get(name, 0), colour) for name, (label, colour) in labels.items()]


def _preview(found: Mapping[str, Any], look: Look) -> dict[str, Any]:
    counts = found["counts"]
    return {
        "counts": _counts(counts),
        "loads": counts["new"] + counts["changed"],
        "new": [_new(each) for each in found["new"]],
        "changed": [(each, list(_differs(each["differs"], look))) for each in found["changed"]],
        "conflicts": [(each, list(_differs(each["differs"], look))) for each in found["conflicts"]],
        "rejected": [_finding(_kept(each)) for each in found["rejected"]],
        "warnings": [_finding(_kept(each)) for each in found["warnings"]],
        "prices": look.may("prices.view"),
        "gone": found.get("gone", []),
        "shown": SHOWN,
    }


def _new(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A new contract as its line shows it: sums and days as such."""
    number, _blank, currency = (kept["amount"] or "").partition(" ")
    days = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in kept if name in _DATES}
    return {**kept, **days, "amount": Money(Decimal(number), currency) if number else None}


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
    keys = {number_key(each["contract"]): each["contract"] for each in conflicts}
    numbers = Contract.objects.visible_to(look.user).filter(number_key__in=keys)
    ids = {keys[key]: pk for key, pk in numbers.values_list("number_key", "pk")}
    found = item.result
    counts = {
        "new": found.get("created", 0),
        "changed": found.get("updated", 0),
        "unchanged": found.get("unchanged", 0),
        **{name: len(found.get(name, [])) for name in ("conflicts", "rejected", "warnings")},
    }
    return {
        "counts": _counts(counts),
        "conflicts": [(each, ids.get(each["contract"]), list(_differs(each["fields"], look))) for each in conflicts],
        "rejected": [_finding(each) for each in list(imports.rejections_of(item))[:SHOWN]],
        "warnings": [_finding(_kept(each)) for each in item.result.get("warnings", [])[:SHOWN]],
        "gone": item.result.get("gone", [])[:SHOWN],
        "shown": SHOWN,
    }


def _kept(kept: Mapping[str, Any]) -> Rejection:
    return Rejection(**{**kept, "problem": Problem(kept["problem"])})

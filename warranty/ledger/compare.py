"""What a checked ledger would do: which rows are new, which change what, which are left alone (docs/rules.md 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from moneyed import Money

from base.chatter.operations import plain
from base.lib.uscc import is_valid
from contracts.ledger.cells import Cell, read_yes_no
from contracts.ledger.check import check_ledger
from contracts.ledger.life import Life
from contracts.ledger.reader import Ledger
from contracts.ledger.rows import Finding, LedgerRow, Problem, Rejection
from contracts.models import Contract, Customer
from warranty.agreements import with_offer
from warranty.ledger.coverage import SAME_DAY, NotCoverage, Stretch, stretches
from warranty.ledger.export import written
from warranty.ledger.people import doubtful, name_key

#: What the ledger says of a contract, by the contract's field.
CONTRACT_FIELDS = (
    "project",
    "amount",
    "signed_on",
    "go_live_on",
    "preliminary_acceptance_on",
    "final_acceptance_on",
    "free_months",
    "renewal_rate",
    "inspections_per_year",
    "project_manager",
    "note",
)
_BATCH = 1000


@dataclass(frozen=True)
class Loadable:
    """A good row with the coverage it describes."""

    row: LedgerRow
    terms: list[Stretch]
    same_day: bool

    def values(self) -> dict[str, Any]:
        """What the row says, by the contract's field."""
        row = self.row
        # Under the ledger's own headings: a note says the same in whatever language it is read.
        noted = (f"{row.headings.get(name) or name}: {words}" for name, words in row.notes)
        note = "\n".join(filter(None, [row.note, *noted]))
        return {
            "project": row.project,
            "amount": row.amount,
            "signed_on": row.signed_on,
            "go_live_on": row.go_live_on,
            "preliminary_acceptance_on": row.preliminary_on,
            "final_acceptance_on": row.final_acceptance_on,
            "free_months": row.free_months,
            "renewal_rate": row.renewal_rate,
            "inspections_per_year": row.inspections_per_year,
            "project_manager": row.project_manager,
            "note": note,
            "same_day": self.same_day,
        }

    def stored(self) -> dict[str, Any]:
        """The row as it is kept with the contract, to know a later change by."""
        values = {name: _kept(value) for name, value in self.values().items()}
        row = self.row
        return values | {
            "customer": row.customer_key,
            "manager": name_key(row.manager),
            "contact": [row.contact, row.phone, row.email],
            "terms": [
                [str(t.kind), str(t.period.first_day), str(t.period.last_day), _kept(t.price)] for t in self.terms
            ],
        }


def _kept(value: object) -> object:
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case Money():
            return f"{value.amount:.2f} {value.currency.code}"
    return plain(value)


@dataclass
class Comparison:
    """What importing would do. `changed` names each differing field as old and new."""

    new: list[Loadable] = field(default_factory=list)
    changed: list[tuple[Loadable, dict[str, list[Any]]]] = field(default_factory=list)
    unchanged: list[Loadable] = field(default_factory=list)
    conflicts: list[tuple[Loadable, dict[str, list[Any]]]] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.new) + len(self.changed) + len(self.unchanged) + len(self.conflicts)


#: The good rows, the rejections and the warnings of a ledger.
Judged: TypeAlias = tuple[list[Loadable], list[Rejection], list[Finding]]


def loadable(
    ledger: Ledger, answers: Mapping[tuple[str, int, str], Cell], people: Mapping[str, int] | None = None
) -> Judged:
    """Check the rows and work out their coverage; all in workbook order. `people` says whom names mean (`people.py`)."""
    codes = {
        key: code
        for key, code in Customer.objects.exclude(credit_code="").values_list("key", "credit_code")
        if is_valid(code)
    }
    checked = check_ledger(ledger, answers=answers, codes=codes)
    rows: list[Loadable] = []
    rejected = list(checked.rejected)
    for row in checked.rows:
        same_day = read_yes_no(answers.get((row.sheet, row.row, SAME_DAY), row.cells.get(SAME_DAY)))
        try:
            rows.append(Loadable(row, stretches(row, same_day=same_day), bool(same_day)))
        except NotCoverage as fault:
            found = row.reject("covered_until", fault.problem)
            rejected.append(
                Rejection(found.sheet, found.row, found.field, found.value, found.problem, proposal=fault.proposal)
            )
        except (ValueError, OverflowError):
            rejected.append(row.reject("covered_until", Problem.IMPOSSIBLE))
    order = {table.sheet: n for n, table in enumerate(ledger.tables)}
    rejected.sort(key=lambda each: (order[each.sheet], each.row))
    bad = {(each.sheet, each.row) for each in rejected}
    warnings = [each for each in checked.warnings if (each.sheet, each.row) not in bad]
    warnings += doubtful((each.row for each in rows), people or {})
    return rows, rejected, warnings


def compare(
    ledger: Ledger,
    answers: Mapping[tuple[str, int, str], Cell] | None = None,
    people: Mapping[str, int] | None = None,
) -> Comparison:
    """The preview: nothing is written."""
    return compared(loadable(ledger, answers or {}, people))


def compared(judged: Judged) -> Comparison:
    """The preview of a ledger that was judged already."""
    result = Comparison()
    rows, result.rejected, result.warnings = judged
    for start in range(0, len(rows), _BATCH):
        sort_out(rows[start : start + _BATCH], result)
    return result


def sort_out(rows: Iterable[Loadable], result: Comparison) -> dict[str, Contract]:
    """Put each row where it belongs; returns the stored contracts by the key of their number.

    A contract to which something was offered here, or whose state the ledger sees otherwise, is not corrected by a
    ledger any more, but listed.
    """
    rows = list(rows)
    known = {
        contract.number_key: contract
        for contract in Contract.objects.filter(number_key__in=[each.row.number_key for each in rows])
        .select_related("customer", "manager", "contact")
        .prefetch_related("terms")
    }
    offered = with_offer([contract.pk for contract in known.values()])
    for each in rows:
        contract = known.get(each.row.number_key)
        if contract is None:
            result.new.append(each)
        elif each.row.life in _STATED and each.row.life != contract.status:
            state: dict[str, list[Any]] = {"state": [str(contract.status), str(each.row.life)]}
            result.conflicts.append((each, differences(each, contract) | state))
        elif not (differs := differences(each, contract)):
            result.unchanged.append(each)
        elif contract.pk in offered:
            result.conflicts.append((each, differs))
        else:
            result.changed.append((each, differs))
    return known


#: What a ledger can say of a contract's state here; of one that is over its dates tell enough.
_STATED = frozenset({Life.ACTIVE, Life.TERMINATED})


def differences(each: Loadable, contract: Contract) -> dict[str, list[object]]:
    """What the ledger says differently from last time; for a contract no ledger knew, from what is stored.

    What is stored here already is no difference, whatever the last ledger said.
    """
    said, now = said_of(each, contract), _as_stored(contract)
    before = contract.ledger_values or now
    found = {
        name: [before.get(name), value]
        for name, value in said.items()
        if _comparable(name, before.get(name)) != value and now.get(name) != value
    }
    terms = sorted(contract.terms.all(), key=lambda term: term.first_day)
    anchored = found.keys().isdisjoint({"final_acceptance_on", "free_months", "same_day"})
    if anchored and written(terms) == (each.row.covered_until, each.row.annual_fee):
        found.pop("terms", None)
    return found


def _comparable(name: str, value: object) -> object:
    """People's names were once kept as they are typed."""
    return name_key(value) if name == "manager" and isinstance(value, str) else value


#: What a file without such a column says nothing about, though a new contract gets the usual value: field → column.
_OWN_COLUMNS = {name: name for name in CONTRACT_FIELDS if name != "note"} | {
    "preliminary_acceptance_on": "preliminary_on",
    "manager": "manager",
}


#: Without one of these a file tells no contract's terms anew; a changed acceptance it does tell.
_TERM_COLUMNS = {"final_acceptance_on", "free_months", "covered_until", "annual_fee"}


def said_of(each: Loadable, contract: Contract) -> dict[str, Any]:
    """The row as it is kept with its contract: of columns the file does not have, what was said last time."""
    last = contract.ledger_values or _as_stored(contract)
    said, columns = each.stored(), each.row.cells.keys()
    said |= {name: last.get(name) for name, column in _OWN_COLUMNS.items() if column not in columns}
    if not columns >= _TERM_COLUMNS and said["final_acceptance_on"] == last.get("final_acceptance_on"):
        said["terms"] = last.get("terms")
    return said


def _as_stored(contract: Contract) -> dict[str, Any]:
    contact = contract.contact
    terms = sorted(contract.terms.all(), key=lambda term: term.first_day)
    return {name: _kept(getattr(contract, name)) for name in (*CONTRACT_FIELDS, "same_day")} | {
        "customer": contract.customer.key,
        "manager": name_key(str(contract.manager) if contract.manager else contract.manager_name),
        "contact": [contact.name, contact.phone, contact.email] if contact else ["", "", ""],
        "terms": [[term.kind, str(term.first_day), str(term.last_day), _kept(term.price)] for term in terms],
    }

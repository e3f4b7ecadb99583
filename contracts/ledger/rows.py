"""What a checked ledger is made of: typed rows, rejections and warnings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from moneyed import Money

from contracts.ledger.cells import Cell, gettext_noop, read_text


class Problem(StrEnum):
    """What is wrong with a cell, in the words of the command line; screens translate them."""

    MISSING = gettext_noop("missing")
    DUPLICATE = gettext_noop("duplicate")
    TOO_LONG = gettext_noop("too long")
    NOT_POSITIVE = gettext_noop("not a positive amount")
    TOO_LARGE = gettext_noop("too large")
    NOT_A_DATE = gettext_noop("not a date")
    AFTER_IMPORT = gettext_noop("after the import day")
    BEFORE_SIGNING = gettext_noop("before signing")
    BEFORE_ACCEPTANCE = gettext_noop("before final acceptance")
    WITHOUT_ACCEPTANCE = gettext_noop("without final acceptance")
    IMPOSSIBLE = gettext_noop("impossible")
    ABOVE_RATE_CAP = gettext_noop("above the %(cap)s cap")
    ABOVE_CAP = gettext_noop("above the cap")
    AMBIGUOUS = gettext_noop("ambiguous")
    NO_ADDRESS = gettext_noop("not an address")
    DAMAGED = gettext_noop("damaged")
    CHECK_FAILED = gettext_noop("check failed")


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that was not taken as typed: of a rejected row, or with a warning. `row` is Excel's number."""

    sheet: str
    row: int
    field: str
    value: str
    problem: Problem
    cap: str = ""

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The problem in words; `translate` turns the English ones into the user's."""
        words = translate(self.problem.value)
        return words % {"cap": self.cap} if self.cap else words

    def as_dict(self) -> dict[str, str | int]:
        """For the command line: sheet, row, field, value, problem."""
        where: dict[str, str | int] = {"sheet": self.sheet, "row": self.row, "field": self.field}
        return where | {"value": self.value, "problem": self.text()}


@dataclass(frozen=True, slots=True)
class Rejection(Finding):
    """Why a row stays out; `proposal` is what an ambiguous cell most likely means, ready to be an answer."""

    proposal: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One contract as the ledger has it.

    `renewal_rate` is a fraction, None where none was agreed; `notes` are words found where a value was
    looked for, as (field, words); `cells` are the row's own, by field.
    """

    sheet: str
    row: int
    number: str
    project: str
    customer: str
    customer_key: str
    credit_code: str
    amount: Money
    signed_on: date
    final_acceptance_on: date | None
    go_live_on: date | None
    preliminary_on: date | None
    free_months: int
    renewal_rate: Decimal | None
    inspections_per_year: int
    covered_until: date | None
    annual_fee: Money | None
    manager: str
    project_manager: str
    contact: str
    phone: str
    email: str
    note: str
    notes: tuple[tuple[str, str], ...] = ()
    cells: Mapping[str, Cell] = field(default_factory=dict, compare=False, repr=False)

    def reject(self, name: str, problem: Problem) -> Rejection:
        """The rejection of this row for a fault that only a floor above can see."""
        return Rejection(self.sheet, self.row, name, shown(self.cells.get(name)), problem)


@dataclass(frozen=True, slots=True)
class CheckedLedger:
    """The good rows, one rejection for each bad row, and warnings about good ones, in workbook order."""

    rows: tuple[LedgerRow, ...]
    rejected: tuple[Rejection, ...]
    warnings: tuple[Finding, ...]


def shown(raw: Cell) -> str:
    """A cell as a person would quote it."""
    return raw.strip() if isinstance(raw, str) else read_text(raw)

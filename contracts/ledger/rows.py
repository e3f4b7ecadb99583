"""What a checked ledger is made of: typed rows, rejections and warnings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from moneyed import Money

from base.lib.text import number_key
from contracts.ledger.cells import Cell, Shown, gettext_noop, read_text
from contracts.ledger.life import Life


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
    UNKNOWN = gettext_noop("unknown value")
    NOBODY = gettext_noop("nobody of this name")
    SEVERAL = gettext_noop("several people of this name")


@dataclass(frozen=True, slots=True)
class Finding:
    """A cell that was not taken as typed: of a rejected row, or with a warning. `row` is Excel's number.

    `cap` and `more` are figures for its reason: the share or sum allowed, the row that it doubles.
    """

    sheet: str
    row: int
    field: str
    value: str
    problem: Problem
    cap: str = ""
    more: str = ""

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

    def as_dict(self) -> dict[str, str | int]:
        """As of any finding; with the proposal, where it is a value."""
        # What asks about the row as a whole has a word for the screen instead.
        proposed = {"proposal": self.proposal} if any(map(str.isdigit, self.proposal)) else {}
        return {**Finding.as_dict(self), **proposed}


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One contract as the ledger has it.

    `renewal_rate` is a fraction, None where none was agreed; `notes` are words found where a value was
    looked for, as (field, words); `cells` are the row's own, by field. `life` is what a column of the contract's state
    says, `renamed_from` the key of the customer's name before, where the user said that it has a new one.
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
    life: Life | None = None
    renamed_from: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    hidden: bool = field(default=False, compare=False)
    headings: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    cells: Mapping[str, Cell] = field(default_factory=dict, compare=False, repr=False)

    @property
    def number_key(self) -> str:
        """By which the contract is known, however its number is typed."""
        return number_key(self.number)

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
    match raw:
        case str():
            return raw.strip()
        case Shown():
            return f"{raw:.15g} ({raw.sign})"
        case datetime() if raw.time() != time():
            return raw.isoformat(" ", "seconds")
    return read_text(raw)

"""Judging a ledger's rows: typed values, or the first fault of a row (docs/ledger.md 7)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final, NamedTuple, NoReturn, Protocol, TypeAlias, TypeVar

from moneyed import Currency, CurrencyDoesNotExist, Money, get_currency

from base.lib.dates import add_months, months_between
from base.lib.money import minor_digits
from base.lib.text import match_key, number_key
from contracts.ledger.amounts import BASIS_POINT, Sum, is_open, read_amount, read_fee, read_rate, written
from contracts.ledger.cells import (
    Cell,
    Reading,
    Shown,
    is_blank,
    is_unknown,
    plain,
    read_credit_code,
    read_email,
    read_lines,
    read_name,
)
from contracts.ledger.columns import CURRENCIES, PLAIN, Unit
from contracts.ledger.dates import is_promise, read_date
from contracts.ledger.life import read_life
from contracts.ledger.periods import read_inspections, read_months
from contracts.ledger.reader import Ledger, RawRow, Table
from contracts.ledger.rows import CheckedLedger, Finding, LedgerRow, Problem, Rejection, shown
from contracts.rules import MAX_CAP_RATE, renewal_cap

FREE_MONTHS: Final = 12
INSPECTIONS_PER_YEAR: Final = 2
HOME_CURRENCY: Final = "CNY"

# What the models store, in characters.
_LONGEST: Final = {
    "number": 60, "customer": 100, "project": 150,
    "manager": 60, "project_manager": 60, "contact": 60, "phone": 50,
}  # fmt: skip
_LONGEST_ADDRESS: Final = 254
_TOO_MUCH: Final = Decimal("99999999999.995")

#: What only describes a contract, and decides nothing here.
_DESCRIBING: Final = frozenset(["project", "project_manager", "manager", "contact", "phone", "email", "note"])
#: The answer whether a customer with the code of another one is that one under a new name.
SAME_CUSTOMER: Final = "same_customer"
RENAMED: Final = "renamed"
ANOTHER: Final = "another"

T = TypeVar("T")
#: What the user answered about ambiguous cells: (sheet, row, field) -> what the cell should say.
Answers: TypeAlias = Mapping[tuple[str, int, str], Cell]

_key = lru_cache(maxsize=16384)(match_key)


def check_ledger(
    ledger: Ledger,
    *,
    cap_rate: Decimal = MAX_CAP_RATE,
    answers: Answers | None = None,
    codes: Mapping[str, str] | None = None,
) -> CheckedLedger:
    """Judge every row, as of the ledger's import day; all results are in workbook and row order.

    `codes` are the valid credit codes of the customers known already, by `match_key` of their name: another
    valid code under one of these names is ambiguous.
    """
    rows: list[LedgerRow] = []
    rejected: list[Rejection] = []
    warnings: list[Finding] = []
    judge = _Judge(ledger.on, cap_rate, dict(codes or {}))
    for key, code in (codes or {}).items():
        judge.owners.setdefault(code, []).append(key)
    for table in ledger.tables:
        for raw in table.rows:
            row = _Row.of(table, raw, answers or {})
            try:
                rows.append(judge.contract(row))
            except _Fault as fault:
                rejected.append(fault.rejection)
            else:
                warnings += row.warnings
    return CheckedLedger(tuple(rows), tuple(rejected), tuple(warnings))


class _Fault(Exception):
    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection)
        self.rejection = rejection


@dataclass(slots=True)
class _Row:
    """The cells of one row by field, and what is noticed while they are read."""

    sheet: str
    number: int
    cells: dict[str, Cell]
    units: Mapping[str, Unit]
    headings: Mapping[str, str]
    hidden: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, table: Table, raw: RawRow, answers: Answers) -> "_Row":
        cells = {name: raw.cells[index] for index, name in table.mapping.items()}
        headings = {name: table.header[index] for index, name in table.mapping.items()}
        if answers:
            here = (raw.sheet, raw.number)
            cells |= {name: cell for (sheet, row, name), cell in answers.items() if (sheet, row) == here}
        return cls(raw.sheet, raw.number, cells, table.units, headings, raw.hidden)

    def fail(self, name: str, problem: Problem, *, cap: str = "", more: str = "", proposal: object = None) -> NoReturn:
        value = shown(self.cells.get(name))
        asked = "" if proposal is None else str(proposal)
        raise _Fault(Rejection(self.sheet, self.number, name, value, problem, cap, more, asked))

    def cell(self, name: str) -> Cell:
        """The cell as typed. One that nobody can tell from the file is asked about, unless it only describes."""
        raw = self.cells.get(name)
        if not is_unknown(raw):
            return raw
        if name not in _DESCRIBING:
            self.fail(name, Problem.AMBIGUOUS)
        self.warn(name, Problem.UNKNOWN)
        return ""

    def warn(self, name: str, problem: Problem) -> None:
        self.warnings.append(Finding(self.sheet, self.number, name, shown(self.cells.get(name)), problem))

    def value(self, name: str, reading: Reading[T]) -> T | None:
        """What was read; a fault when it is unreadable or ambiguous."""
        if reading.problem:
            self.fail(name, Problem(reading.problem), proposal=reading.proposal)
        if reading.note:
            self.notes.append((name, reading.note))
        return reading.value

    def words(self, name: str) -> str:
        """A cell of words, cut to what is stored; the whole is then a note."""
        raw = self.cell(name)
        if raw is None or raw == "":
            return ""
        text = read_name(raw)
        if len(text) > _LONGEST[name]:
            self.notes.append((name, text))
        return text[: _LONGEST[name]]


class _ReadCount(Protocol):
    def __call__(self, raw: Cell, *, unit: Unit | None = None) -> Reading[int]: ...


class _Dates(NamedTuple):
    signed_on: date
    final_acceptance_on: date | None
    covered_until: date | None
    go_live_on: date | None
    preliminary_on: date | None


@dataclass(slots=True)
class _Judge:
    """Reads rows in order and remembers what must not come twice; raises a row's first fault."""

    on: date
    cap_rate: Decimal
    codes: dict[str, str]
    numbers: dict[str, str] = field(default_factory=dict)
    #: The names under which each code was met, the first one first; and of a new name the one before.
    owners: dict[str, list[str]] = field(default_factory=dict)
    renamed: dict[str, str] = field(default_factory=dict)

    def contract(self, row: _Row) -> LedgerRow:
        number = self._number(row)
        amount = _amount(row)
        dates = self._dates(row)
        free_months = _count(row, "free_months", read_months)
        rate = self._rate(row)
        inspections = _count(row, "inspections_per_year", read_inspections)
        fee = self._fee(row, amount)
        customer, key = _customer(row)
        code = self._credit_code(row, key)
        if fee and dates.covered_until is None and is_promise(row.cell("covered_until")):
            months = FREE_MONTHS if free_months is None else free_months
            row.fail("covered_until", Problem.AMBIGUOUS, proposal=self._year_that_runs(dates, months))
        life = row.value("state", read_life(row.cell("state")))
        contact, phone = _person(row)
        return LedgerRow(
            sheet=row.sheet,
            row=row.number,
            number=number,
            project=row.words("project"),
            customer=customer,
            customer_key=key,
            credit_code=code,
            amount=amount,
            signed_on=dates.signed_on,
            final_acceptance_on=dates.final_acceptance_on,
            go_live_on=dates.go_live_on,
            preliminary_on=dates.preliminary_on,
            covered_until=dates.covered_until,
            free_months=FREE_MONTHS if free_months is None else free_months,
            renewal_rate=rate,
            inspections_per_year=INSPECTIONS_PER_YEAR if inspections is None else inspections,
            annual_fee=fee,
            manager=row.words("manager"),
            project_manager=row.words("project_manager"),
            contact=contact,
            phone=phone,
            email=_email(row),
            note=read_lines(row.cell("note")),
            life=life,
            renamed_from=self.renamed.get(key, ""),
            hidden=row.hidden,
            headings=row.headings,
            notes=tuple(row.notes),
            cells=row.cells,
        )

    def _year_that_runs(self, dates: _Dates, free_months: int) -> date | None:
        """The last day of the year of coverage in which the import falls: what is paid for when no end is written."""
        if dates.final_acceptance_on is None:
            return None
        over = months_between(dates.final_acceptance_on, self.on) - free_months
        return add_months(dates.final_acceptance_on, free_months + max(0, -(-over // 12) * 12))

    def _number(self, row: _Row) -> str:
        """Seen numbers are remembered whatever else is wrong with their rows."""
        number = read_name(row.cell("number"))
        if not number or is_open(number):
            row.fail("number", Problem.MISSING)
        if len(number) > _LONGEST["number"]:
            row.fail("number", Problem.TOO_LONG)
        key = number_key(number)
        if key in self.numbers:
            row.fail("number", Problem.DUPLICATE, more=self.numbers[key])
        self.numbers[key] = f"{row.sheet} {row.number}"
        return number

    def _dates(self, row: _Row) -> _Dates:
        def read(name: str, *, end: bool = False) -> date | None:
            raw = row.cell(name)
            return None if raw is None or raw == "" else row.value(name, read_date(raw, end=end))

        signed_on = read("signed_on")
        if signed_on is None:
            row.fail("signed_on", Problem.NOT_A_DATE)
        accepted_on = read("final_acceptance_on")
        if accepted_on and accepted_on > self.on:
            row.fail("final_acceptance_on", Problem.AFTER_IMPORT)
        covered_until = read("covered_until", end=True)
        dates = _Dates(signed_on, accepted_on, covered_until, read("go_live_on"), read("preliminary_on"))
        if accepted_on and accepted_on < signed_on:
            row.fail("final_acceptance_on", Problem.BEFORE_SIGNING)
        if covered_until and accepted_on is None:
            row.fail("covered_until", Problem.WITHOUT_ACCEPTANCE)
        if covered_until and accepted_on and covered_until < accepted_on:
            row.fail("covered_until", Problem.BEFORE_ACCEPTANCE)
        return dates

    def _rate(self, row: _Row) -> Decimal | None:
        rate = row.value("renewal_rate", read_rate(row.cell("renewal_rate")))
        if rate is None:
            return None
        if rate > self.cap_rate:
            row.fail("renewal_rate", Problem.ABOVE_RATE_CAP, cap=f"{(self.cap_rate * 100).normalize():f}%")
        kept = rate.quantize(BASIS_POINT, ROUND_FLOOR)
        if kept != rate:
            row.fail("renewal_rate", Problem.AMBIGUOUS, proposal=f"{(kept * 100).normalize():f}%" if kept else None)
        return kept

    def _fee(self, row: _Row, amount: Money) -> Money | None:
        """Words instead of a fee, and a zero, name none; a computed cell's third decimal is cut."""
        raw = _without_sign(row.cell("annual_fee"), amount.currency.code)
        reading = read_fee(raw, unit=row.units.get("annual_fee", PLAIN))
        if reading.problem and (is_open(raw) or is_promise(raw)):
            row.notes.append(("annual_fee", shown(raw)))
            return None
        found = reading.value or Sum(Decimal(0))
        if reading.problem or found.number < 0 or found.currency not in ("", amount.currency.code):
            row.fail("annual_fee", Problem.AMBIGUOUS, proposal=reading.proposal and written(reading.proposal))
        if not found.number:
            return None
        cap = renewal_cap(amount, self.cap_rate, 12)
        if found.number >= _TOO_MUCH:
            row.fail("annual_fee", Problem.ABOVE_CAP, more=f"{cap.amount:,} {cap.currency.code}")
        fee = Money(_to_minor(found.number, amount.currency, ROUND_FLOOR), amount.currency)
        if fee > cap:
            row.fail("annual_fee", Problem.ABOVE_CAP, more=f"{cap.amount:,} {cap.currency.code}")
        return fee

    def _credit_code(self, row: _Row, customer_key: str) -> str:
        reading = read_credit_code(row.cell("credit_code"))
        if reading.problem:
            row.warn("credit_code", Problem(reading.problem))
        code = reading.value or ""
        if code and self.codes.setdefault(customer_key, code) != code:
            row.fail("credit_code", Problem.AMBIGUOUS, proposal=self.codes[customer_key])
        if code:
            self._one_owner(row, code, customer_key)
        return code

    def _one_owner(self, row: _Row, code: str, key: str) -> None:
        """One code under another name: the customer was renamed, or it is another, which is then known by this code too."""
        owners = self.owners.setdefault(code, [])
        if key in owners:
            return
        if owners:
            said = row.cells.get(SAME_CUSTOMER)
            if said not in (RENAMED, ANOTHER):
                row.fail("credit_code", Problem.AMBIGUOUS, proposal=RENAMED)
            if said == RENAMED:
                self.renamed[key] = owners[0]
        owners.append(key)


def _count(row: _Row, name: str, read: _ReadCount) -> int | None:
    return row.value(name, read(row.cell(name), unit=row.units.get(name)))


def _amount(row: _Row) -> Money:
    stated = plain(row.cells.get("currency"))
    raw = _without_sign(row.cell("amount"), _CURRENCY_NAMES.get(stated, stated.upper()))
    reading = read_amount(raw, unit=row.units.get("amount", PLAIN))
    if reading.proposal:
        row.fail("amount", Problem.AMBIGUOUS, proposal=written(reading.proposal))
    found = reading.value or Sum(Decimal(0))
    if found.number <= 0:
        row.fail("amount", Problem.NOT_POSITIVE)
    if found.number >= _TOO_MUCH:
        row.fail("amount", Problem.TOO_LARGE)
    currency = _currency_of(row, found.currency)
    amount = Money(_to_minor(found.number, currency, ROUND_HALF_UP), currency)
    if not amount:
        row.fail("amount", Problem.NOT_POSITIVE)
    return amount


def _without_sign(raw: Cell, currency: str) -> Cell:
    """A number whose format shows the currency that is stated anyway is a plain number."""
    return float(raw) if isinstance(raw, Shown) and raw.sign == currency else raw


def _currency_of(row: _Row, named: str) -> Currency:
    """The currency column's, which the sign of the sum may not contradict; ¥ stands for yen too."""
    raw = row.cell("currency")
    if is_blank(raw):
        return _currency(named or HOME_CURRENCY)
    stated = _CURRENCY_NAMES.get(plain(raw), plain(raw).upper())
    try:
        currency = _currency(stated)
    except CurrencyDoesNotExist:
        row.fail("currency", Problem.AMBIGUOUS)
    if named not in ("", stated) and (named, stated) != ("CNY", "JPY"):
        row.fail("currency", Problem.AMBIGUOUS, proposal=named)
    return currency


_CURRENCY_NAMES: Final = {word: code or HOME_CURRENCY for word, code in CURRENCIES.items()}
_currency = lru_cache(maxsize=64)(get_currency)


def _to_minor(number: Decimal, currency: Currency, rounding: str) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-minor_digits(currency)), rounding)


def _customer(row: _Row) -> tuple[str, str]:
    """The name as printed, and the key it is matched by."""
    customer = read_name(row.cell("customer"))
    if not customer:
        row.fail("customer", Problem.MISSING)
    if len(customer) > _LONGEST["customer"]:
        row.fail("customer", Problem.TOO_LONG)
    return customer, _key(customer)


def _email(row: _Row) -> str:
    reading = read_email(row.cell("email"))
    if reading.problem or len(reading.value or "") > _LONGEST_ADDRESS:
        row.warn("email", Problem.NO_ADDRESS)
        return ""
    return row.value("email", reading) or ""


_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}(?:-\d{1,6})?")
_AROUND_PHONE: Final = " ,;:、，；：/()（）-"


def _person(row: _Row) -> tuple[str, str]:
    """Contact and phone; of a cell that holds both (张三 13800000000) each gets its part."""
    contact, phone = row.words("contact"), row.words("phone")
    both = contact if not phone else "" if contact else phone
    found = _PHONE.search(both)
    if not found:
        return contact, phone
    name = both.replace(found[0], " ").strip(_AROUND_PHONE)
    return (name, found[0]) if name and not _PHONE.search(name) else (contact, phone)

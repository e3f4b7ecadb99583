"""The terms a ledger row describes: free maintenance, then the paid years up to the day it names. Pure.

See docs/rules.md 6.
"""

from dataclasses import dataclass

from moneyed import Money

from contracts.ledger.rows import LedgerRow, Problem
from warranty.enums import TermKind
from warranty.rules import DAY, Period, first_period, next_period, with_last_day


@dataclass(frozen=True)
class Stretch:
    """One term as the ledger knows it."""

    kind: TermKind
    period: Period
    price: Money


class NotCoverage(Exception):
    """The row's days cannot be; `problem` says how."""

    def __init__(self, problem: Problem, proposal: str = "") -> None:
        super().__init__(problem)
        self.problem, self.proposal = problem, proposal


#: The answer that the acceptance day itself counts on this contract.
SAME_DAY = "same_day"


def stretches(row: LedgerRow, *, same_day: bool | None = None) -> list[Stretch]:
    """Free term and paid years of a row, each year at the row's yearly fee.

    A last day one before the anchor's asks whether the acceptance day counts (`same_day` answers); any other day off
    the anchor is a hand-set end. Without a fee the free term itself ends on the day named. Raises `NotCoverage`.
    """
    if row.final_acceptance_on is None:
        return []
    nothing = Money(0, row.amount.currency)
    until = row.covered_until
    if not row.free_months:
        if until and row.annual_fee is None:
            raise NotCoverage(Problem.IMPOSSIBLE)
        return _paid(row, None, same_day) if until else []
    free = first_period(row.final_acceptance_on, row.free_months, same_day=bool(same_day))
    if until is None or until == free.last_day:
        return [Stretch(TermKind.FREE, free, nothing)]
    if until + DAY == free.last_day and same_day is None:
        raise NotCoverage(Problem.AMBIGUOUS, SAME_DAY)
    if row.annual_fee is None or until < free.last_day:
        return [Stretch(TermKind.FREE, with_last_day(free, until), nothing)]
    return [Stretch(TermKind.FREE, free, nothing), *_paid(row, free, same_day)]


def _paid(row: LedgerRow, free: Period | None, same_day: bool | None) -> list[Stretch]:
    """The paid years from the end of the free term, or from acceptance where there was none, to the day named."""
    assert row.final_acceptance_on
    assert row.covered_until
    assert row.annual_fee
    until, fee = row.covered_until, row.annual_fee
    years: list[Period] = []
    year = next_period(free, 12) if free else first_period(row.final_acceptance_on, 12, same_day=bool(same_day))
    while year.last_day < until:
        years.append(year)
        year = next_period(year, 12)
    if same_day is None and year.last_day == until + DAY:
        raise NotCoverage(Problem.AMBIGUOUS, SAME_DAY)
    # Between two boundaries the nearer one was meant: that year's end was written by hand.
    if years and until - years[-1].last_day < year.last_day - until:
        years[-1] = with_last_day(years[-1], until)
    else:
        years.append(with_last_day(year, until))
    return [Stretch(TermKind.PAID, year, fee) for year in years]

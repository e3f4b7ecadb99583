"""The commitment letter 服务承诺书 and the fulfilment report 服务履约报告."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from moneyed import Money

from base.documents.base import Paper


@dataclass(frozen=True, slots=True)
class Times:
    """The promised times of a class, in words; empty where nothing is promised."""

    phase: str
    name: str
    definition: str
    response: str
    arrival: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Pledge:
    """One promise with who answers for it."""

    text: str
    promised: str = ""
    responsible: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """What being late costs: `rate` of `base` a `unit` after `grace` units, at most `cap_rate` of it."""

    rate: Decimal
    unit: str
    base: str
    grace: int
    cap_rate: Decimal


@dataclass(frozen=True, kw_only=True)
class CommitmentLetterPaper(Paper):
    """服务承诺书 from the contract's own terms."""

    template: ClassVar[str] = "service/papers/commitment_letter.html"

    project: str
    contract_number: str
    free_months: int
    final_on: date | None
    free_until: date | None
    inspections_per_year: int
    cap_rate: Decimal
    project_manager: str
    hotline: str
    times: Sequence[Times]
    pledges: Sequence[Pledge]
    clause: Clause | None = None
    copies: int = 2


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise beside what was given for it; `tone` is good, bad or empty."""

    text: str
    promised: str
    given: str
    standing: str
    tone: str


@dataclass(frozen=True, slots=True)
class LegLine:
    """A leg's figures, in words where they are times or shares."""

    name: str
    kept: int
    broken: int
    share: str
    mean: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of the chart in hundredths of its height: kept below, broken on top of it.

    `top` is where its number stands, in the picture's own units from above.
    """

    label: str
    x: float
    width: float
    kept: float
    broken: float
    total: int
    top: float


@dataclass(frozen=True, slots=True)
class VisitLine:
    window: tuple[date, date]
    visited_on: date | None
    engineer: str
    result: str
    late: bool


@dataclass(frozen=True, slots=True)
class GivenLine:
    title: str
    kind: str
    first_day: date
    last_day: date
    detail: str
    proven: bool


@dataclass(frozen=True, slots=True)
class BreachLine:
    number: str
    title: str
    leg: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class FulfilmentReportPaper(Paper):
    """服务履约报告 of a period."""

    template: ClassVar[str] = "service/papers/fulfilment_report.html"

    project: str
    contract_number: str
    first_day: date
    last_day: date
    coverage: str
    summary: str
    promises: Sequence[PromiseLine]
    classes: Sequence[tuple[str, int]]
    legs: Sequence[LegLine]
    bars: Sequence[Bar]
    visits: Sequence[VisitLine]
    given: Sequence[GivenLine]
    asked: int
    answered: int
    mean: str
    content: str
    comments: Sequence[tuple[date, str, str]]
    open_points: Sequence[tuple[str, str, date]]
    breaches: Sequence[BreachLine]
    credited: Money | None

"""The inspection report 巡检报告 as it is printed (docs/documents.md 8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from base.documents.base import Paper


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One item: `state` is `normal`, `abnormal`, `na`, or empty where nobody looked."""

    text: str
    method: str
    state: str
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AreaPart:
    """One kind of system with its items."""

    name: str
    lines: Sequence[CheckLine]

    @property
    def abnormal(self) -> int:
        return sum(1 for line in self.lines if line.state == "abnormal")

    @property
    def looked_at(self) -> int:
        return sum(1 for line in self.lines if line.state in ("normal", "abnormal"))


@dataclass(frozen=True, slots=True)
class ProblemLine:
    number: int
    grade: str
    text: str
    advice: str = ""
    in_charge: str = ""
    due_on: date | None = None
    #: `data:` addresses.
    photos: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A finding of an earlier inspection, and what was seen of it."""

    visited_on: date | None
    text: str
    outcome: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class InspectionReportPaper(Paper):
    """巡检报告. The signatures are `data:` addresses; without one there is room to sign by hand."""

    template: ClassVar[str] = "service/papers/inspection_report.html"

    project: str
    contract_number: str
    year: int
    quarter: int
    visited_on: date | None
    engineer: str = ""
    engineer_phone: str = ""
    parts: Sequence[AreaPart] = ()
    problems: Sequence[ProblemLine] = ()
    reviews: Sequence[ReviewLine] = ()
    #: `normal`, `mostly_normal`, `abnormal`; empty before it is reported. `conclusions` are all three with their words.
    result: str = ""
    conclusions: Sequence[tuple[str, str]] = ()
    conclusion: str = ""
    #: What the engineer wrote besides the problems listed.
    findings: str = ""
    signer: str = ""
    signed_on: date | None = None
    signature: str = ""
    engineer_signature: str = ""

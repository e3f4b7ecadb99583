"""The papers that warranty writes (docs/documents.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from moneyed import Money

from base.documents.base import Paper


@dataclass(frozen=True, slots=True)
class PanelMember:
    """Somebody who signs the acceptance by hand."""

    name: str
    organisation: str = ""
    duty: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptanceCertificatePaper(Paper):
    """终验证书 with the free term it starts. Without a panel, blank rows are printed to sign in."""

    template: ClassVar[str] = "warranty/papers/acceptance_certificate.html"

    project: str
    contract_number: str
    contract_amount: Money
    supervisor: str = ""
    signed_on: date
    go_live_on: date | None = None
    preliminary_on: date | None = None
    final_on: date
    grounds: Sequence[str] = ()
    scope: Sequence[tuple[str, str]] = ()
    deliverables: Sequence[str] = ()
    remaining: Sequence[str] = ()
    first_day: date
    last_day: date
    months: int
    same_day: bool = False
    inspections_per_year: int
    panel: Sequence[PanelMember] = ()
    copies: int = 2


@dataclass(frozen=True, kw_only=True)
class LapseLetterPaper(Paper):
    """脱保告知函: coverage ended on `last_day`, nothing covers `lapsed_on` and later."""

    template: ClassVar[str] = "warranty/papers/lapse_letter.html"

    project: str
    contract_number: str
    last_day: date
    lapsed_on: date

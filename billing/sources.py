"""What invoices are made from: the floor that owns a source says what it bills and whether it still may be billed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from moneyed import Money

from billing.lines import LineInput
from billing.models import Invoice
from billing.states import INVOICE_GONE
from contracts.models import Contract


@dataclass(frozen=True)
class Source:
    """What is billed: the kind its owner registered, and the key of the owner's record."""

    kind: str
    id: int


@dataclass(frozen=True, kw_only=True)
class InvoiceDraft:
    """An invoice about to be made. `cap_base` and `cap_rate` only where the sum stands under the renewal cap."""

    contract: Contract
    source: Source
    lines: Sequence[LineInput]
    service_first: date
    service_last: date
    months: int
    remark: str
    cap_base: Money | None = None
    cap_rate: Decimal | None = None


class SourceOwner(Protocol):
    """What an upper floor tells billing of the records it bills."""

    def may_be_billed(self, source_id: int) -> bool:
        """Whether the source still asks for an invoice."""
        ...

    def draft(self, source_id: int) -> InvoiceDraft | None:
        """What the source bills now, its row locked; None when it bills nothing any more."""
        ...


_owners: dict[str, SourceOwner] = {}


def register_source(kind: str, owner: SourceOwner) -> None:
    """Name the owner of a kind of source; called once, from the owner's `AppConfig.ready`."""
    _owners[kind] = owner


def owner_of(kind: str) -> SourceOwner | None:
    """Who answers for a kind of source; None where nobody does."""
    return _owners.get(kind)


def live_invoices(source: Source) -> bool:
    """Whether an invoice of the source still asks for money."""
    rows = Invoice.objects.filter(source_kind=source.kind, source_id=source.id)
    return rows.exclude(status__in=INVOICE_GONE).exists()

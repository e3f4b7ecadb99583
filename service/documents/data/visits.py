"""The paper of on-site service 服务单 (docs/documents.md 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from django.utils.functional import Promise
from moneyed import Money

from base.documents.base import Paper

#: A choice as it is printed: its words, and whether its box is ticked.
Box = tuple[str | Promise, bool]


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part that was changed; `cost` is of all its pieces."""

    name: str
    model: str
    old_serial: str
    new_serial: str
    quantity: int
    cost: Money | None
    charged: bool


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """What somebody at the customer said yes to before the work."""

    text: str
    amount: Money
    agreed_by: str
    agreed_on: date


@dataclass(frozen=True, kw_only=True)
class ServiceRecordPaper(Paper):
    """服务单. Moments are in the company's time zone; signatures are `data:` addresses, empty where one signs by hand."""

    template: ClassVar[str] = "service/papers/service_record.html"

    phone: str = ""
    address: str = ""
    system: str = ""
    contract_number: str = ""
    project: str = ""
    covered: bool
    kinds: Sequence[Box]
    request_number: str = ""
    request_class: str | Promise = ""
    reported_at: datetime | None = None
    answered_at: datetime | None = None
    planned_at: datetime
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    restored_at: datetime | None = None
    trouble: str
    details: str = ""
    cause: str = ""
    work: str = ""
    parts: Sequence[PartRow] = ()
    next_steps: str = ""
    fee: Money | None = None
    free_because: str = ""
    parts_charge: Money
    charge: Money
    agreed: Sequence[AgreedPrice] = ()
    agreed_sum: Money
    satisfaction: Sequence[Box]
    remark: str = ""
    engineer: str
    engineer_signature: str = ""
    signer: str = ""
    signature: str = ""
    signed_on: date | None = None

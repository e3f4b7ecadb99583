"""What the papers of renewals hold (docs/documents.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from moneyed import Money

from base.documents.base import Paper


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A priced line of a quote; `tax_rate` is a fraction, `gross` = `net` + `tax`."""

    text: str
    tax_rate: Decimal
    net: Money
    tax: Money
    gross: Money


@dataclass(frozen=True, slots=True)
class RenewalOffer:
    """The quote a letter is about."""

    quote_number: str
    first_day: date
    last_day: date
    price: Money
    valid_until: date


@dataclass(frozen=True, kw_only=True)
class RenewalQuotePaper(Paper):
    """维保服务报价单. `contract_amount` is the one in force, by which the cap is reckoned, `signed_amount` the one of the
    contract where it differs; `gap`: first and last day without coverage before the quoted term; `credit`: granted for late service,
    set off against the invoice and not taken off the price."""

    template: ClassVar[str] = "renewals/papers/renewal_quote.html"

    project: str
    contract_number: str
    contract_amount: Money
    signed_amount: Money | None = None
    first_day: date
    last_day: date
    months: int
    gap: tuple[date, date] | None = None
    cap_base: Money
    cap_rate: Decimal
    cap: Money
    lines: Sequence[PaperLine]
    net: Money
    tax: Money
    gross: Money
    credit: Money | None = None
    valid_until: date
    services: Sequence[str] = ()
    terms: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ReminderLetterPaper(Paper):
    """续保提醒函: coverage ends on `last_day`, and a quote is open."""

    template: ClassVar[str] = "renewals/papers/reminder_letter.html"

    project: str
    contract_number: str
    last_day: date
    offer: RenewalOffer
    reply_by: date

"""Contracts, quotes and invoices further along their way, each brought there by the product's own operations."""

from datetime import UTC, date, datetime
from typing import Any

from moneyed import Money

from base.accounts.models import Role
from base.chatter.operations import events_of
from base.lib.official_days import seed_days
from base.lib.worktime import STANDARD_WINDOWS, DayRule, WorkCalendar
from billing import invoices
from billing.models import Invoice
from contracts.models import Contract
from renewals import decisions, quotes, sending
from renewals.invoicing import invoices_of, quotes_of
from renewals.models import RenewalQuote
from tests.factories import ContactFactory, ContractFactory, CustomerFactory, UserFactory
from warranty.enums import TermKind
from warranty.models import MaintenanceTerm, PlannedAction
from warranty.operations import add_term, record_acceptance

#: A Sunday, ten in the morning in Shanghai.
ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

_DAYS, _YEARS = seed_days()
#: The official days known at install; 2027 is provisional.
CALENDAR = WorkCalendar(STANDARD_WINDOWS, {on: DayRule(kind, name, "official") for on, kind, name in _DAYS}, _YEARS)


def day(text: str) -> date:
    return date.fromisoformat(text)


def cny(amount: str) -> Money:
    return Money(amount, "CNY")


def at(on: date) -> datetime:
    """Ten in the morning of a day in Shanghai."""
    return datetime(on.year, on.month, on.day, 2, tzinfo=UTC)


def signed(**values: Any) -> Contract:
    """With an account manager and somebody who reads renewal mail; signed long ago, not accepted yet."""
    if "customer" not in values:
        values["customer"] = CustomerFactory()
    if "manager" not in values:
        values["manager"] = UserFactory(role=Role.MANAGER)
    if "contact" not in values:
        values["contact"] = ContactFactory(customer=values["customer"])
    return ContractFactory(**{"signed_on": date(2022, 1, 10), **values})


def accepted(accepted_on: date = date(2026, 1, 15), *, planned_on: date | None = None, **values: Any) -> Contract:
    """Final acceptance was recorded on that day itself, or later where `planned_on` says so."""
    contract = signed(**values)
    on = planned_on or accepted_on
    record_acceptance(contract=contract, accepted_on=accepted_on, by=None, at=at(on), on=on)
    return Contract.objects.get(pk=contract.pk)


def paid_term(contract: Contract, price: str, *, on: date = ON, months: int = 12, **values: Any) -> MaintenanceTerm:
    """The next paid stretch, agreed by hand."""
    money = Money(price, contract.amount.currency)
    given = {"kind": TermKind.PAID, "origin": "ledger", **values}
    return add_term(contract=contract, months=months, price=money, by=None, at=at(on), on=on, **given)


def drafted(contract: Contract | None = None, *, on: date = ON, **values: Any) -> RenewalQuote:
    """A draft for the contract's next term, made by its account manager."""
    contract = contract or accepted()
    return quotes.draft_quote(contract=contract, by=contract.manager, at=at(on), on=on, **values)


def sent(contract: Contract | None = None, *, on: date = ON, **values: Any) -> RenewalQuote:
    quote = drafted(contract, on=on, **values)
    sending.send_quote(quote=quote, by=quote.contract.manager, at=at(on), on=on)
    return RenewalQuote.objects.get(pk=quote.pk)


def renewed(contract: Contract | None = None, *, on: date = ON, **values: Any) -> RenewalQuote:
    """A quote that was sent and accepted on one day."""
    quote = sent(contract, on=on, **values)
    decisions.accept_quote(quote=quote, by=quote.contract.manager, at=at(on), on=on)
    return RenewalQuote.objects.get(pk=quote.pk)


def invoiced(contract: Contract | None = None, *, on: date = ON) -> Invoice:
    """The draft invoice of an accepted quote."""
    return invoices_of(renewed(contract, on=on)).get()


def issued(contract: Contract | None = None, *, on: date = ON, number: str = "26312000000123456789") -> Invoice:
    """An invoice whose tax invoice is recorded."""
    invoice = invoiced(contract, on=on)
    finance = UserFactory(role=Role.FINANCE)
    invoices.request_invoice(invoice=invoice, by=invoice.contract.manager, at=at(on), on=on)
    invoices.issue_invoice(invoice=invoice, tax_invoice_number=number, tax_invoice_on=on, by=finance, at=at(on), on=on)
    return invoice


def row(contract: Contract, kind: str, step: str = "") -> PlannedAction:
    """The row of a kind in the plan of the contract's last term that has one."""
    return contract.plan.filter(kind=kind, step=step).order_by("-term__first_day")[0]


def verbs(record: Any) -> list[str]:
    """What happened to a record, oldest first."""
    return list(events_of(record).order_by("pk").values_list("verb", flat=True))


def quote_behind_invoice(invoice):
    """The quote an invoice was made from."""
    [quote] = quotes_of([invoice])[invoice.pk]
    return quote

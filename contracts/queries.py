"""Questions about contracts: what is in force on a day, who reads its mail, which number is free."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from moneyed import Money

from base.mail.queue import Reader
from contracts.models import Amendment, Contact, Contract, Customer
from contracts.rules import greeting


@dataclass(frozen=True)
class Agreed:
    """What a contract says on one day, amendments included."""

    amount: Money
    renewal_rate: Decimal | None
    inspections_per_year: int


def in_force(contract: Contract, day: date) -> Agreed:
    """The terms in force on `day`, by the amendments recorded so far (docs/rules.md 2.1)."""
    return agreed_by(contract, contract.amendments.all(), day)


def agreed_by(contract: Contract, amendments: Iterable[Amendment], day: date) -> Agreed:
    """The terms in force on `day` if the contract had these amendments and no others; a later one wins."""
    amount, rate, inspections = contract.amount, contract.renewal_rate, contract.inspections_per_year
    for amendment in sorted(amendments, key=lambda each: (each.effective_on, each.pk)):
        if amendment.effective_on <= day:
            amount = amendment.amount if amendment.amount is not None else amount
            rate = amendment.renewal_rate if amendment.renewal_rate is not None else rate
            inspections = amendment.inspections_per_year if amendment.inspections_per_year is not None else inspections
    return Agreed(amount, rate, inspections)


def amount_in_force(day: date | OuterRef, contract: str = "") -> Case:
    """The amount in force on a day as the database finds it, of rows with a contract at that path (such as `contract__`)."""
    stated = {"contract": OuterRef(f"{contract}pk"), "effective_on__lte": day, "amount__isnull": False}
    latest = Subquery(Amendment.objects.filter(**stated).order_by("-effective_on", "-pk").values("amount")[:1])
    # Few contracts have amendments: the others are not looked up one by one.
    amended = Q(**{f"{contract}pk__in": Amendment.objects.filter(amount__isnull=False).order_by().values("contract")})
    return Case(When(amended, then=Coalesce(latest, F(f"{contract}amount"))), default=F(f"{contract}amount"))


def reader_of(contract: Contract) -> Reader:
    """The contract's renewal reader; without an address when the customer wants no mail or none is known."""
    customer, contact = contract.customer, contract.contact
    if contact is None:
        return Reader("", "", customer.language, greeting("", "", customer.language))
    return reader_at(contact, customer)


def reader_at(contact: Contact, customer: Customer, language: str = "") -> Reader:
    """Somebody at a customer as a mail addresses them, in their own language unless another is given."""
    language = language or contact.language or customer.language
    email = "" if customer.no_mail else contact.email
    return Reader(contact.name, email, language, greeting(contact.name, contact.salutation, language))


def next_number(on: date) -> str:
    """The next free contract number in the hand of the newest one: WB-2025-0107 → WB-2026-0001 in a new year."""
    newest = Contract.objects.order_by("-pk").values_list("number", flat=True).first() or f"HT-{on.year}-0000"
    found = re.fullmatch(r"(.*?)(\d{1,9})", newest)
    prefix, digits = found.groups() if found else (f"{newest}-", "0")
    prefix = re.sub(r"(?<!\d)20\d\d(?!\d)", str(on.year), prefix)
    taken = Contract.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    used = {int(rest) for rest in (number[len(prefix) :] for number in taken) if rest.isascii() and rest.isdigit()}
    return f"{prefix}{max(used, default=0) + 1:0{len(digits)}d}"

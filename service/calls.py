"""Who is calling: customers, contacts and contracts found from what a caller says of themselves."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Replace

from base.accounts.models import User
from base.ui.search import matches
from contracts.enums import Coverage
from contracts.models import Contact, Contract, Customer
from service.models import ServiceRequest
from service.queries import open_requests
from service.querysets import sees_all
from warranty.queries import coverage_on

#: Lines that are shown: a longer list is not read while somebody is on the phone.
LIMIT = 8
#: Fewer digits would find half of all numbers.
_DIGITS = 4
#: People write numbers with these between the digits.
_BETWEEN = (" ", "-", "(", ")", "（", "）", "+")


@dataclass(frozen=True)
class Match:
    """Somebody who may be calling, about something; without a contract only where one may be helped without."""

    customer: Customer
    contact: Contact | None
    contract: Contract | None
    coverage: Coverage | None
    #: An earlier call, where it is by that they were found.
    earlier: ServiceRequest | None = None


def who_calls(text: str, *, user: User, on: date) -> list[Match]:
    """The likeliest callers for a phone number, a name, a customer, a system or a contract number; at most `LIMIT`.

    Only what the user may see. The best covered contracts of each come first; nothing for an empty text.
    """
    text = " ".join(unicodedata.normalize("NFKC", text).split())[:100]
    if not text:
        return []
    people = _people(text, user)
    named = _customers(text, user) if not _digits(text) else []
    contracts = _contracts(text, user, {each.customer_id for each in people} | {each.pk for each in named})
    found = list(_matches(people, named, contracts, on))
    if not found and _digits(text):
        found = list(_earlier(_digits(text), user, on))
    if sees_all(user):
        known = {each.customer.pk for each in found}
        found += [Match(each.customer, each, None, None) for each in people if each.customer_id not in known] + [
            Match(each, None, None, None) for each in named if each.pk not in known
        ]
    return found[:LIMIT]


def _digits(text: str) -> str:
    """The digits of a text that can be a phone number; empty for any other."""
    bare = "".join(each for each in text if each not in _BETWEEN)
    return _core(bare) if re.fullmatch(rf"[0-9]{{{_DIGITS},20}}", bare) else ""


def _core(digits: str) -> str:
    """The number as everybody writes it: without the country's prefix (0086, 86), and without the 0 before an area."""
    without = re.sub(r"^(?:0086|86)(?=\d{10,12}$)", "", digits)
    return re.sub(r"^0(?=\d{9,11}$)", "", without)


def _bare(field: str) -> Any:
    """A stored number without what people write between its digits."""
    bare: Any = F(field)
    for each in _BETWEEN:
        bare = Replace(bare, Value(each))
    return bare


def _earlier(digits: str, user: User, on: date) -> Iterable[Match]:
    """Who rang before from a number that nobody wrote down as a contact's, the latest call of each first."""
    rows = ServiceRequest.objects.visible_to(user).alias(bare=_bare("phone")).filter(bare__contains=digits)
    seen = set()
    for request in rows.select_related("customer", "contract__customer", "contact").order_by("-reported_at")[
        : LIMIT * 4
    ]:
        key = request.customer_id, request.contract_id, request.caller
        if key in seen:
            continue
        seen.add(key)
        contract = request.contract
        if contract is None and not sees_all(user):
            continue
        coverage = coverage_on(contract, list(contract.terms.order_by("first_day")), on) if contract else None
        yield Match(request.customer, request.contact, contract, coverage, earlier=request)


def open_of(contracts: Iterable[Contract], user: User) -> dict[int, list[ServiceRequest]]:
    """Each contract's open requests that the person may see, the newest first: perhaps they call about one of these."""
    found: dict[int, list[ServiceRequest]] = {contract.pk: [] for contract in contracts}
    rows = open_requests(ServiceRequest.objects.visible_to(user).filter(contract__in=found))
    for request in rows.select_related("assignee").order_by("-reported_at")[: LIMIT * LIMIT]:
        if request.contract_id and len(found[request.contract_id]) < LIMIT:
            found[request.contract_id].append(request)
    return found


def _people(text: str, user: User) -> list[Contact]:
    rows: QuerySet[Contact] = Contact.objects.visible_to(user).select_related("customer")
    if digits := _digits(text):
        rows = rows.alias(bare=_bare("phone")).filter(bare__contains=digits)
    else:
        rows = rows.filter(name__icontains=text)
    return list(rows.order_by("name", "pk")[:LIMIT])


def _customers(text: str, user: User) -> list[Customer]:
    rows: QuerySet[Customer] = Customer.objects.visible_to(user)
    for word in text.split():
        rows = rows.filter(matches(Customer, ["search"], word))
    return list(rows[:LIMIT])


def _contracts(text: str, user: User, customers: set[int]) -> list[Contract]:
    """Contracts of the number or system that was said, and those of whoever was found otherwise."""
    said = Q()
    for word in text.split():
        said &= matches(Contract, ["search", "customer__search"], word)
    # Looked for apart: an OR across tables looks at every row.
    keys = set(Contract.objects.visible_to(user).filter(said).order_by().values_list("pk", flat=True)[: LIMIT * 4])
    if not keys and (number := _number(text)):
        bare: Any = Replace(Replace(F("number"), Value("-")), Value(" "))
        like = Contract.objects.visible_to(user).alias(bare=bare).filter(bare__icontains=number)
        keys = set(like.order_by().values_list("pk", flat=True)[: LIMIT * 4])
    of_them = Contract.objects.visible_to(user).filter(customer__in=customers).order_by()
    keys |= set(of_them.values_list("pk", flat=True)[: LIMIT * 4])
    rows = (
        Contract.objects.filter(pk__in=keys).select_related("customer", "contact", "engineer").prefetch_related("terms")
    )
    return list(rows.order_by("number"))


def _number(text: str) -> str:
    """A contract's number as it is said: without dashes and blanks; empty for what can be none."""
    bare = re.sub(r"[\s\-–—_/]", "", text)
    return bare if len(bare) >= _DIGITS and re.search(r"\d", bare) else ""


def _matches(
    people: Sequence[Contact], named: Sequence[Customer], contracts: Iterable[Contract], on: date
) -> Iterable[Match]:
    found: list[tuple[tuple[int, int], Match]] = []
    of_customer = {each.pk: place for place, each in enumerate(named)}
    for contract in contracts:
        terms = sorted(contract.terms.all(), key=lambda term: term.first_day)
        coverage = coverage_on(contract, terms, on)
        rank = 1 if coverage in (Coverage.LAPSED, Coverage.GAP) else 0
        callers: list[Contact] = [each for each in people if each.customer_id == contract.customer_id]
        persons: Sequence[Contact | None] = callers or [contract.contact]
        for contact in persons:
            place = 0 if callers else 1 if contract.customer_id in of_customer else 2
            found.append(((place, rank), Match(contract.customer, contact, contract, coverage)))
    return [match for _key, match in sorted(found, key=lambda each: each[0])]

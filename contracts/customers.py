"""Operations on customers: their names, contacts and invoice titles; two made one, and one made two."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, change_many, create, hang_on, record
from base.company.queries import today
from base.lib.errors import Refused
from base.lib.text import clean, compact, match_key
from contracts.models import Contact, Contract, Customer, InvoiceTitle
from contracts.signals import contracts_moved, customer_changed, customers_merged

P = TypeVar("P", Contact, InvoiceTitle)


class Merging(Enum):
    """What becomes of a field when two customers are made one."""

    KEPT = "the one that stays keeps its own"
    FILLED = "taken from the other where it was empty"
    EITHER = "true when it was true of one of them"
    JOINED = "both texts, one below the other"


#: Every field of a customer; `tests/house/test_field_lists.py` fails when one is missing.
MERGING: Final = {
    "name": Merging.KEPT,
    "key": Merging.KEPT,
    "initials": Merging.KEPT,
    "pinyin": Merging.KEPT,
    "credit_code": Merging.FILLED,
    "address": Merging.FILLED,
    "region": Merging.FILLED,
    "language": Merging.KEPT,
    "budget_funded": Merging.EITHER,
    "no_mail": Merging.EITHER,
    "note": Merging.JOINED,
}

#: What a customer made by splitting has from the one before: how it is written to. It is another organisation, so that
#: who it is and where it stands are not taken along.
SPLIT_TAKES: Final = ("language", "budget_funded", "no_mail")
SPLIT_LEAVES: Final = ("name", "key", "initials", "pinyin", "credit_code", "address", "region", "note")


def initials_of(name: str) -> str:
    """The pinyin initials a person types to find a Chinese name: 明珠港务 → mzgw."""
    # Its dictionary takes half a second to load, which most processes never need.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:100]


def pinyin_of(name: str) -> str:
    """A Chinese name in full pinyin: 明珠港务 → mingzhugangwu."""
    from pypinyin import lazy_pinyin

    return "".join(lazy_pinyin(name)).lower()[:600]


def name_keys(name: str) -> dict[str, str]:
    """By what a customer of this name is known and found."""
    return {"key": match_key(name), "initials": initials_of(name), "pinyin": pinyin_of(name)}


def contact_keys(name: str, phone: str, email: str) -> str:
    """What else a person types to find a contact: initials and pinyin, the number however it is spaced, the address."""
    digits = "".join(filter(str.isdecimal, compact(phone))).removeprefix("86")
    return "\n".join(filter(None, [initials_of(name), pinyin_of(name)[:300], digits and f"+86{digits}", email]))[:500]


@transaction.atomic
def save_customer(
    *, customer: Customer, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None
) -> Customer:
    """Create or change a customer. Refuses a name that another customer has already, after normalising."""
    require(by, "customers.edit")
    values = dict(values)
    if "name" in values:
        values["name"] = clean(values["name"])
        same = Customer.objects.filter(key=match_key(values["name"])).exclude(pk=customer.pk).first()
        if same:
            raise Refused(
                _("There is a customer of this name: %(name)s.") % {"name": same.name}, field="name", code="duplicate"
            )
        values |= name_keys(values["name"])
    if customer.pk is None:
        for name, value in values.items():
            setattr(customer, name, value)
        return create(customer, by=by, at=at)
    replanned = values.get("budget_funded", customer.budget_funded) != customer.budget_funded
    change(customer, values, by=by, at=at, seen=seen)
    if replanned:
        customer_changed.send(Customer, customer=customer, by=by, at=at, on=today(at))
    return customer


@transaction.atomic
def save_customer_part(
    *, part: Contact | InvoiceTitle, values: Mapping[str, Any], by: User | None, at: datetime, seen: int | None = None
) -> Contact | InvoiceTitle:
    """Create or change a contact or an invoice title; a new default title replaces the old one."""
    require(by, "customers.edit")
    if isinstance(part, Contact):
        said = (str(values.get(field, getattr(part, field))) for field in ("name", "phone", "email"))
        values = {**values, "keys": contact_keys(*said)}
    if isinstance(part, InvoiceTitle) and values.get("is_default"):
        others = InvoiceTitle.objects.filter(customer=part.customer, is_default=True).exclude(pk=part.pk)
        change_many(others, {"is_default": False}, by=by, at=at)
    if part.pk is None:
        for name, value in values.items():
            setattr(part, name, value)
        create(part, by=by, at=at)
    else:
        change(part, values, by=by, at=at, seen=seen)
    return part


@transaction.atomic
def merge_customers(*, keep: Customer, drop: Customer, by: User, at: datetime) -> None:
    """Make two customers one: what belongs to `drop` moves to `keep`, on every floor, and so does what only it knew.

    Its events stay in the log under its own name. Raises `Refused` for one customer given twice.
    """
    require(by, "customers.edit")
    if keep.pk == drop.pk:
        raise Refused(_("Choose another customer to merge with."), field="drop")
    for rows in (drop.contracts.all(), drop.contacts.all()):
        change_many(rows, {"customer": keep}, by=by, at=at, verb="customer_changed")
    change_many(drop.titles.all(), {"customer": keep, "is_default": False}, by=by, at=at, verb="customer_changed")
    customers_merged.send(Customer, keep=keep, drop=drop, by=by, at=at)
    hang_on(keep, instead_of=drop)
    record(keep, "merged", by=by, at=at, changes={"name": [drop.name, keep.name]}, note=drop.credit_code)
    change(keep, _filled(keep, drop), by=by, at=at)
    drop.delete()
    customer_changed.send(Customer, customer=keep, by=by, at=at, on=today(at))


def _filled(keep: Customer, drop: Customer) -> dict[str, Any]:
    """What the customer that stays holds from now on."""
    values: dict[str, Any] = {}
    for name, way in MERGING.items():
        own, other = getattr(keep, name), getattr(drop, name)
        match way:
            case Merging.FILLED | Merging.EITHER:
                values[name] = own or other
            case Merging.JOINED:
                values[name] = "\n".join(filter(None, [own, other]))
    return values


@transaction.atomic
def split_customer(
    *, contracts: Sequence[Contract], by: User, at: datetime, to: Customer | None = None, name: str = ""
) -> Customer:
    """Give contracts to another customer, or to a new one of this name that is written to in the same way.

    Their contacts and invoice titles go along: moved when no contract that stays needs them, else copied. Sent quotes
    and issued tax invoices stay as they were printed. Raises `Refused` for no name, or one that is taken.
    """
    require(by, "customers.edit")
    if to is None:
        if not clean(name):
            raise Refused(_("Choose a customer, or type the name of a new one."), field="name")
        values = {"name": name} | {field: getattr(contracts[0].customer, field) for field in SPLIT_TAKES}
        to = save_customer(customer=Customer(), values=values, by=by, at=at)
    going = [contract for contract in contracts if contract.customer_id != to.pk]
    moved = {contract.pk for contract in going}
    before = {contract.customer for contract in going}
    parts: dict[tuple[str, int], Contact | InvoiceTitle] = {}
    for contract in going:
        values = {"customer": to}
        for field in ("contact", "title"):
            if part := getattr(contract, field):
                key = (field, part.pk)
                if key not in parts:
                    parts[key] = _taken_along(part, to, moved, by=by, at=at)
                values[field] = parts[key]
        change(contract, values, by=by, at=at, verb="customer_changed")
    contracts_moved.send(Contract, contracts=going, to=to, by=by, at=at)
    for customer in [*before, to] if going else []:
        customer_changed.send(Customer, customer=customer, by=by, at=at, on=today(at))
    return to


def _taken_along(part: P, to: Customer, moved: set[int], *, by: User, at: datetime) -> P:
    """The contact or title as one of the other customer; a default of the old one is none of the new."""
    values: dict[str, Any] = {"customer": to}
    if isinstance(part, InvoiceTitle):
        values["is_default"] = False
    if not part.contracts.exclude(pk__in=moved).exists():
        change(part, values, by=by, at=at)
        return part
    copy = type(part)(
        **{
            field.name: getattr(part, field.name)
            for field in part._meta.fields
            if field.name not in ("id", "version") and not field.generated
        }
        | values
    )
    return create(copy, by=by, at=at)

"""Operations on what customers owe: it comes into being, is waived, and falls away with what it is owed for.

See docs/rules.md 7.6.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, change_many, create
from base.company.queries import today
from base.lib.errors import Refused
from billing.lines import LineInput, Owed
from billing.models import Charge
from billing.queries import renewal_tax
from billing.rules.payment import unserved
from billing.sources import Source
from billing.work import owed_for, settle_work
from contracts.models import Contract, Customer
from service.models import ServiceRequest, Visit

_PARTS = ("invoiced", "waived", "unserved")


def sums(charge: Charge, **parts: Money) -> dict[str, Money]:
    """These parts of a charge with what then waits: the four always make its gross.

    Raises `Refused` for more than there is.
    """
    now = {name: parts.get(name, getattr(charge, name)) for name in _PARTS}
    waiting = charge.gross - now["invoiced"] - now["waived"] - now["unserved"]
    if waiting.amount < 0:
        raise _beyond(charge)
    return {**parts, "waiting": waiting}


def _beyond(charge: Charge) -> Refused:
    return Refused(_("More would be invoiced than is owed for “%(what)s”.") % {"what": charge}, code="beyond")


@transaction.atomic
def owe(
    *,
    source: Source,
    customer: Customer,
    contract: Contract | None,
    owed: Sequence[Owed],
    by: User | None,
    at: datetime,
    on: date,
) -> list[Charge]:
    """What the source's owner says is owed for it. Said again, it takes the place of what was said before.

    Raises `Refused` where less is owed than was invoiced meanwhile.
    """
    known = {charge.position: charge for charge in locked(Charge.objects.of_source(source.kind, source.id))}
    made = []
    for position, each in enumerate(owed, 1):
        values = _values(each)
        charge = known.pop(position, None)
        if charge is None:
            nothing = Money(0, each.line.gross.currency)
            charge = Charge(
                source_kind=source.kind, source_id=source.id, position=position, customer=customer, contract=contract,
                on=on, invoiced=nothing, waived=nothing, unserved=nothing, waiting=each.line.gross, **values,
            )  # fmt: skip
            made.append(create(charge, by=by, at=at))
        else:
            rest = each.line.gross - charge.invoiced
            if rest.amount < 0:
                raise _beyond(charge)
            nothing = Money(0, rest.currency)
            values |= {"waived": nothing, "unserved": nothing, "waiting": rest, "reason": ""}
            change(charge, values, by=by, at=at)
            made.append(charge)
    drop(list(known.values()), reason="", by=by, at=at)
    return made


@transaction.atomic
def charge_work(work: ServiceRequest | Visit, *, at: datetime) -> None:
    """What the customer agreed to pay is owed from now on, at the usual rate of tax; a person may correct that."""
    tax = renewal_tax(today(at))
    for source, text, gross, specification, quantity in owed_for(work):
        line = LineInput(text, tax.rate, tax.tax_code, gross)
        owe(
            source=source,
            customer=work.customer,
            contract=work.contract,
            owed=[Owed(line=line, specification=specification, quantity=quantity)],
            by=None,
            at=at,
            on=today(at),
        )


def _values(owed: Owed) -> dict[str, Any]:
    return {
        "text": owed.line.text,
        "tax_rate": owed.line.tax_rate,
        "tax_code": owed.line.tax_code,
        "gross": owed.line.gross,
        "specification": owed.specification,
        "unit": owed.unit,
        "quantity": owed.quantity,
        "service_first": owed.service_first,
        "service_last": owed.service_last,
    }


def locked(charges: Any) -> list[Charge]:
    """These charges as they are now, held until the transaction ends, in one order for everybody."""
    return list(charges.select_for_update(of=("self",)).order_by("pk"))


def drop(charges: Iterable[Charge], *, reason: str, by: User | None, at: datetime) -> None:
    """What they are owed for is no more: what is not invoiced is not owed."""
    change_many(
        charges,
        lambda charge: {**sums(charge, waived=charge.waived + charge.waiting), "reason": reason[:200]},
        by=by,
        at=at,
        verb="charge_dropped",
        note=reason,
    )


@transaction.atomic
def edit_charge(*, charge: Charge, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None) -> None:
    """Word what is owed, and correct its tax, as long as nothing of it stands on an invoice."""
    require(by, "invoices.edit")
    if charge.invoiced.amount:
        raise Refused(_("It stands on an invoice: that one says what it is for."), code="invoiced")
    change(charge, values, by=by, at=at, seen=seen)


@transaction.atomic
def waive_charge(*, charge: Charge, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """What still waits is not invoiced at all, and why."""
    require(by, "charges.waive")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if not charge.waiting.amount:
        raise Refused(_("Nothing of it waits to be invoiced."), code="nothing")
    values = {**sums(charge, waived=charge.waived + charge.waiting), "reason": reason.strip()[:200]}
    change(charge, values, by=by, at=at, seen=seen, verb="charge_waived", note=reason.strip())
    settle_work([charge], by=by, at=at)


@transaction.atomic
def claim_charge(*, charge: Charge, by: User, at: datetime, seen: int | None = None) -> None:
    """What was waived is owed after all."""
    require(by, "charges.waive")
    if not charge.waived.amount:
        raise Refused(_("Nothing of it was waived."), code="nothing")
    values = {**sums(charge, waived=Money(0, charge.gross.currency)), "reason": ""}
    change(charge, values, by=by, at=at, seen=seen, verb="charge_claimed")


def end_charges(*, contract: Contract, ends_on: date, by: User | None, at: datetime) -> None:
    """A contract ended: of what was not invoiced yet, the days after its end are not owed."""

    def rest(charge: Charge) -> Mapping[str, Any]:
        assert charge.service_first
        assert charge.service_last
        share = unserved(charge.waiting, charge.service_first, charge.service_last, ends_on)
        return sums(charge, unserved=charge.unserved + share.amount)

    rows = Charge.objects.waits().filter(contract=contract, service_last__gt=ends_on)
    change_many(locked(rows), rest, by=by, at=at, verb="charge_ended")


def resume_charges(*, contract: Contract, by: User | None, at: datetime) -> None:
    """The contract goes on after all: the days after its end are owed again."""
    rows = Charge.objects.filter(contract=contract, unserved__gt=0)
    change_many(
        locked(rows), lambda charge: sums(charge, unserved=Money(0, charge.gross.currency)), by=by, at=at,
        verb="charge_resumed",
    )  # fmt: skip

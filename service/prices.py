"""What work outside coverage costs: offered, agreed by somebody at the customer, and invoiced once it is closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.labels import kept
from base.chatter.operations import change, create, make_todo, move, record, write_todos
from base.company.queries import start_of, today
from base.lib.errors import Refused
from service.choices import ConsentStatus
from service.clock import agree_price
from service.enums import RequestStatus
from service.models import PriceConsent, PriceLine, ServiceRequest, Visit
from service.money import agreed_for, check_sum
from service.signals import work_to_invoice
from service.states import CONSENT


@transaction.atomic
def save_price(
    *, line: PriceLine, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> PriceLine:
    """Add or change a price of a request's work; `agreed_at` (or only its day, `agreed_on`) and `agreed_by` go together, or are both empty.

    Raises `Refused` on a closed request, for an agreement in the future or by nobody, and for a sum of nothing or in
    another currency than the contract's.
    """
    require(by, "requests.price")
    values = _with_day(values)
    _check(line.request, values, at)
    if line.pk is None:
        for name, value in values.items():
            setattr(line, name, value)
        create(line, by=by, at=at)
        record(line.request, "price_added", by=by, at=at, changes={"price": [None, _text(line)]})
        _offer_changed(line.request, by=by, at=at)
        return line
    before = _text(line)
    if change(line, values, by=by, at=at, seen=seen):
        record(line.request, "price_changed", by=by, at=at, changes={"price": [before, _text(line)]})
        _offer_changed(line.request, by=by, at=at)
    return line


def _with_day(values: Mapping[str, Any]) -> dict[str, Any]:
    """The day follows from the moment, where that is known."""
    values = dict(values)
    if "agreed_at" in values:
        values["agreed_on"] = today(values["agreed_at"]) if values["agreed_at"] else None
    return values


def _offer_changed(request: ServiceRequest, *, by: User, at: datetime) -> None:
    """The customer is not asked about prices that are no more; once all are agreed to, the other legs begin."""
    withdraw_offer(request, by=by, at=at, note=_("offered anew"))
    _begin_if_agreed(request, by=by, at=at)


def withdraw_offer(request: ServiceRequest, *, by: User | None, at: datetime, note: str) -> None:
    """The link of a question that waits for its answer leads nowhere from now on."""
    for consent in PriceConsent.objects.filter(request=request, status=ConsentStatus.ASKED):
        move(consent, CONSENT, "withdrawn", by=by, at=at, note=note)


def _begin_if_agreed(request: ServiceRequest, *, by: User | None, at: datetime) -> None:
    lines = list(request.prices.all())
    if lines and all(line.agreed_on for line in lines):
        moments = [line.agreed_at or start_of(line.agreed_on) for line in lines if line.agreed_on]
        agree_price(request=request, agreed_at=max(moments), by=by, at=at, note=lines[0].agreed_by)


@transaction.atomic
def agree_lines(*, request: ServiceRequest, name: str, agreed_at: datetime, by: User | None, at: datetime) -> None:
    """The customer agreed to all prices that were offered: called by the consent, which was asked for its right."""
    values = {"agreed_at": agreed_at, "agreed_on": today(agreed_at), "agreed_by": name[:80]}
    for line in request.prices.filter(agreed_on=None):
        before = _text(line)
        change(line, values, by=by, at=at)
        record(request, "price_changed", by=by, at=at, changes={"price": [before, _text(line)]})
    _begin_if_agreed(request, by=by, at=at)


@transaction.atomic
def remove_price(*, line: PriceLine, by: User, at: datetime) -> None:
    """Take a price off; what the customer agreed to stays."""
    require(by, "requests.price")
    _check_open(line.request)
    if line.agreed_on:
        raise Refused(_("The customer agreed to this price: it stays."), code="agreed")
    record(line.request, "price_removed", by=by, at=at, changes={"price": [_text(line), None]})
    request = line.request
    line.delete()
    _offer_changed(request, by=by, at=at)


def settle_prices(request: ServiceRequest, *, at: datetime) -> None:
    """The request is closed: what was agreed for it is now the account manager's to invoice, what was not is void."""
    withdraw_offer(request, by=None, at=at, note=_("The matter is settled."))
    lines = [line for line in request.prices.all() if line.agreed_on]
    if lines:
        ask_to_invoice(request, agreed_for(request, lines), kind="request_to_invoice", name="request", at=at)


def ask_to_invoice(work: ServiceRequest | Visit, total: Money, *, kind: str, name: str, at: datetime) -> None:
    """What the customer agreed to pay for it is the account manager's to invoice, a director's where there is none.

    `name` is what the wording of the to-do calls the work's number.
    """
    manager = work.contract.manager if work.contract else None
    todo = make_todo(
        work,
        kind=kind,
        due_on=today(at),
        at=at,
        assignee=manager,
        role="" if manager else Role.DIRECTOR,
        cause=f"{kind}:{work.pk}",
        params={name: work.number, "customer": work.customer.name, "sum": kept(total)},
    )
    write_todos([todo])
    work_to_invoice.send(type(work), work=work, at=at)


def _check(request: ServiceRequest, values: Mapping[str, Any], at: datetime) -> None:
    _check_open(request)
    check_sum(values["amount"], request.contract, "amount")
    if not values["amount"].amount:
        raise Refused(_("Say how much it costs."), field="amount")
    agreed_on, agreed_by = values.get("agreed_on"), (values.get("agreed_by") or "").strip()
    field = "agreed_at" if "agreed_at" in values else "agreed_on"
    if values.get("agreed_at") and values["agreed_at"] > at:
        raise Refused(_("It cannot have been agreed in the future."), field=field)
    if agreed_on and agreed_on > today(at):
        raise Refused(_("It cannot have been agreed in the future."), field=field)
    if agreed_on and not agreed_by:
        raise Refused(_("Say who at the customer agreed."), field="agreed_by")
    if agreed_by and not agreed_on:
        raise Refused(_("Say when it was agreed."), field=field)


def _check_open(request: ServiceRequest) -> None:
    if request.status == RequestStatus.CLOSED:
        raise Refused(_("A closed request never changes again."), code="closed")


def _text(line: PriceLine) -> str:
    said = f" ({line.agreed_by}, {line.agreed_on})" if line.agreed_on else ""
    return f"{line.text}: {line.amount.amount} {line.amount.currency.code}{said}"

"""What work outside coverage costs: offered, agreed by somebody at the customer, and invoiced once it is closed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.labels import kept
from base.chatter.operations import change, create, make_todo, record, write_todos
from base.company.queries import today
from base.lib.errors import Refused
from service.enums import RequestStatus
from service.models import PriceLine, ServiceRequest
from service.money import agreed_for, check_sum


@transaction.atomic
def save_price(
    *, line: PriceLine, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> PriceLine:
    """Add or change a price of a request's work; `agreed_on` and `agreed_by` go together, or are both empty.

    Raises `Refused` on a closed request, for an agreement in the future or by nobody, and for a sum of nothing or in
    another currency than the contract's.
    """
    require(by, "requests.price")
    _check(line.request, values, at)
    if line.pk is None:
        for name, value in values.items():
            setattr(line, name, value)
        create(line, by=by, at=at)
        record(line.request, "price_added", by=by, at=at, changes={"price": [None, _text(line)]})
        return line
    before = _text(line)
    if change(line, values, by=by, at=at, seen=seen):
        record(line.request, "price_changed", by=by, at=at, changes={"price": [before, _text(line)]})
    return line


@transaction.atomic
def remove_price(*, line: PriceLine, by: User, at: datetime) -> None:
    """Take a price off; what the customer agreed to stays."""
    require(by, "requests.price")
    _check_open(line.request)
    if line.agreed_on:
        raise Refused(_("The customer agreed to this price: it stays."), code="agreed")
    record(line.request, "price_removed", by=by, at=at, changes={"price": [_text(line), None]})
    line.delete()


def ask_to_invoice(request: ServiceRequest, *, at: datetime) -> None:
    """The request is closed: what was agreed for it is now the account manager's to invoice."""
    lines = [line for line in request.prices.all() if line.agreed_on]
    if not lines:
        return
    manager = request.contract.manager if request.contract else None
    total = agreed_for(request, lines)
    todo = make_todo(
        request,
        kind="request_to_invoice",
        due_on=today(at),
        at=at,
        assignee=manager,
        role="" if manager else Role.DIRECTOR,
        cause=f"request_to_invoice:{request.pk}",
        params={"request": request.number, "customer": request.customer.name, "sum": kept(total)},
    )
    write_todos([todo])


def _check(request: ServiceRequest, values: Mapping[str, Any], at: datetime) -> None:
    _check_open(request)
    check_sum(values["amount"], request.contract, "amount")
    if not values["amount"].amount:
        raise Refused(_("Say how much it costs."), field="amount")
    agreed_on, agreed_by = values.get("agreed_on"), (values.get("agreed_by") or "").strip()
    if agreed_on and agreed_on > today(at):
        raise Refused(_("It cannot have been agreed in the future."), field="agreed_on")
    if agreed_on and not agreed_by:
        raise Refused(_("Say who at the customer agreed."), field="agreed_by")
    if agreed_by and not agreed_on:
        raise Refused(_("Say when it was agreed."), field="agreed_on")


def _check_open(request: ServiceRequest) -> None:
    if request.status == RequestStatus.CLOSED:
        raise Refused(_("A closed request never changes again."), code="closed")


def _text(line: PriceLine) -> str:
    said = f" ({line.agreed_by}, {line.agreed_on})" if line.agreed_on else ""
    return f"{line.text}: {line.amount.amount} {line.amount.currency.code}{said}"

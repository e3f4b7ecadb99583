"""Going to a customer: planned, moved, held, reported, called off (issue: on-site service). Signing is `visit_signing.py`.

Two visits of one engineer at the same time are refused, not only warned of: nobody is in two places, and a visit
without an engineer who can come is a promise broken.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _
from moneyed import Money

from base.accounts.access import may, require
from base.accounts.models import Role, User
from base.chatter.files import add_attachment
from base.chatter.operations import change, create, make_todo, move, record, settle_todos, write_todos
from base.company.queries import today
from base.documents.numbers import draw
from base.lib.errors import NotAllowed, Refused
from contracts.enums import ContractStatus, Coverage
from contracts.models import Contact, Contract, Customer
from service import operations, times
from service.complaints import check_handler
from service.documents.builders.visits import ENGINEERS_SIGNATURE
from service.enums import Happening, VisitKind
from service.models import ServiceRequest, Visit, VisitPart
from service.money import check_sum
from service.states import OPEN, UNDER_WAY, UNSIGNED, VISIT
from service.visits.notifications import notify_of_visit
from warranty.queries import coverage_on

PREFIX = "FD"
#: How far from today a visit may lie (written down afterwards, or planned ahead), and how long it may last.
_HORIZON, _LONGEST = timedelta(days=366), timedelta(days=31)
_OPEN_DAYS = frozenset({Coverage.NONE, Coverage.TRIAL, Coverage.FREE, Coverage.PAID, Coverage.GOODWILL})


@transaction.atomic
def plan_visit(
    *,
    values: Mapping[str, Any],
    contract: Contract | None = None,
    customer: Customer | None = None,
    request: ServiceRequest | None = None,
    by: User,
    at: datetime,
) -> Visit:
    """Plan a visit for a request, a contract, or a customer without one; the customer is told, the engineer asked.

    `values` are the visit's own fields: `planned_at`, `planned_until` and `engineer` at least. What is not said of
    contact, address and system follows from the request or the contract. Raises `Refused` for an end before the
    beginning, somebody who is no engineer, one who is elsewhere then, and another customer's contact.
    """
    require(by, "visits.plan_own")
    _check_planner(by, values["engineer"])
    if request:
        check_handler(request, values["engineer"], field="engineer")
        contract, customer = request.contract, request.customer
    if contract:
        customer = contract.customer
    if customer is None:
        raise Refused(_("Say whom the visit is for."), field="contract")
    if contract and contract.status == ContractStatus.TERMINATED:
        raise Refused(_("The contract has ended."), field="contract")
    on = today(values["planned_at"])
    [number] = draw(PREFIX, on.year)
    visit = Visit(
        **{**known(request, contract, customer), **_said(values)},
        number=number,
        customer=customer,
        contract=contract,
        request=request,
        planned_on=on,
        covered=covered_on(contract, on),
    )
    _check_contact(visit.contact, customer)
    _check_time(visit, visit.planned_at, visit.planned_until, visit.engineer, at)
    create(visit, by=by, at=at, verb="visit_planned")
    if request:
        record(request, "visit_planned", by=by, at=at, note=number)
    _ask_engineer(visit, at=at)
    notify_of_visit(visit, "visit_planned", at=at)
    return visit


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a person left empty follows from the request or the contract."""
    return {name: value for name, value in values.items() if value not in (None, "")}


def known(request: ServiceRequest | None, contract: Contract | None, customer: Customer) -> dict[str, Any]:
    """What a visit is, where and with whom, as far as the request or the contract say."""
    contact = (request.contact if request else None) or (contract.contact if contract else None)
    return {
        "kind": VisitKind.FAULT,
        "title": request.title if request else "",
        "system": (request.system if request else "") or (contract.project if contract else ""),
        "contact": contact,
        "contact_name": (request.caller if request else "") or (contact.name if contact else ""),
        "phone": (request.phone if request else "") or (contact.phone if contact else ""),
        "address": customer.address,
    }


def covered_on(contract: Contract | None, on: date) -> bool:
    """Whether a day's work on a contract is paid for by what was agreed; before final acceptance it is."""
    return contract is not None and coverage_on(contract, list(contract.terms.order_by("first_day")), on) in _OPEN_DAYS


@transaction.atomic
def reschedule_visit(
    *,
    visit: Visit,
    planned_at: datetime,
    planned_until: datetime,
    engineer: User,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Another time, or another engineer: the customer is told of it, and the to-do goes along."""
    require(by, "visits.plan_own")
    _check_planner(by, visit.engineer)
    _check_planner(by, engineer)
    _check_state(visit, VISIT.move("came").sources)
    _check_time(visit, planned_at, planned_until, engineer, at)
    values = {
        "planned_at": planned_at, "planned_until": planned_until, "planned_on": today(planned_at), "engineer": engineer,
    }  # fmt: skip
    if change(visit, values, by=by, at=at, verb="rescheduled", seen=seen):
        settle_todos(visit, "visit_to_hold", by=by, at=at)
        _ask_engineer(visit, at=at)
        notify_of_visit(visit, "visit_moved", at=at)


@transaction.atomic
def arrive_at_visit(*, visit: Visit, arrived_at: datetime, by: User, at: datetime, seen: int | None = None) -> None:
    """The engineer is on site; the clock of the request it is for is told, unless somebody was there before."""
    require(by, "visits.work")
    _check_stay(visit, arrived_at, None, at)
    move(visit, VISIT, "came", by=by, at=at, values={"arrived_at": arrived_at, "arrival_by": by}, seen=seen)
    request = visit.request
    if (
        request
        and request.status in OPEN
        and not request.happenings.filter(kind=Happening.ARRIVED, taken_back=False).exists()
    ):
        operations.record_arrival(request=request, arrived_at=arrived_at, by=by, at=at)


@transaction.atomic
def take_back_arrival(*, visit: Visit, by: User, at: datetime, seen: int | None = None) -> None:
    """The arrival was tapped by mistake: who tapped it takes it back until the report is written, for the request's
    clock too."""
    require(by, "visits.work")
    _check_state(visit, VISIT.move("arrival_taken_back").sources)
    if visit.arrival_by_id != by.pk:
        raise Refused(_("Only who noted the arrival takes it back; others correct its time."), code="person")
    request, arrived_at = visit.request, visit.arrived_at
    move(visit, VISIT, "arrival_taken_back", by=by, at=at, values={"arrived_at": None, "arrival_by": None}, seen=seen)
    if request and arrived_at and request.status in OPEN:
        told = request.happenings.filter(kind=Happening.ARRIVED, at=arrived_at, by=by, taken_back=False)
        if told.exists():
            times.take_back_arrival(request=request, by=by, at=at)


@transaction.atomic
def leave_visit(
    *,
    visit: Visit,
    left_at: datetime,
    values: Mapping[str, Any],
    solved: bool = False,
    signature: "File[bytes] | None" = None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The engineer leaves and says what was done: `work`, and as far as there is any `cause`, `next_steps`, `fee`.

    `solved`: the work solved the request, at the moment of leaving. A drawn signature of the engineer is kept with the
    visit. Raises `Refused` for a leaving before the arrival or in the future, for nothing done, and for work outside
    coverage with neither a fee nor a word why it is free.
    """
    require(by, "visits.work")
    _check_state(visit, VISIT.move("left").sources)
    _check_stay(visit, visit.arrived_at, left_at, at)
    values = _priced(visit, values)
    move(visit, VISIT, "left", by=by, at=at, values={**values, "left_at": left_at}, seen=seen)
    if signature is not None:
        add_attachment(target=visit, upload=signature, by=by, at=at, label=ENGINEERS_SIGNATURE)
    settle_todos(visit, "visit_to_hold", by=by, at=at)
    if solved and visit.request and visit.request.status in OPEN:
        operations.resolve_request(request=visit.request, solution=values["work"], solved_at=left_at, by=by, at=at)
    todo = make_todo(
        visit,
        kind="visit_to_sign",
        due_on=today(left_at),
        at=at,
        assignee=visit.engineer,
        cause=f"visit_to_sign:{visit.pk}",
        params=_params(visit),
    )
    write_todos([todo])


@transaction.atomic
def correct_visit_times(
    *,
    visit: Visit,
    arrived_at: datetime,
    left_at: datetime | None,
    reason: str,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Somebody came or left at another time than was written down; what the request's clock was told is corrected too.

    For whoever plans visits, until the record is signed. Raises `Refused` once the request is closed, as its clock
    never changes again.
    """
    require(by, "visits.plan")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if visit.arrived_at is None or visit.status not in UNSIGNED:
        raise Refused(_("That is not possible as it stands."), code="wrong_state")
    _check_stay(visit, arrived_at, left_at, at)
    request = visit.request
    told = request and request.happenings.filter(kind=Happening.ARRIVED, at=visit.arrived_at, taken_back=False).exists()
    moved = visit.arrived_at != arrived_at
    values = {"arrived_at": arrived_at} | ({"left_at": left_at} if visit.left_at else {})
    change(visit, values, by=by, at=at, verb="times_corrected", seen=seen, note=reason)
    if request and told and moved:
        times.correct_times(request=request, moments={Happening.ARRIVED: arrived_at}, reason=reason, by=by, at=at)


@transaction.atomic
def edit_visit(*, visit: Visit, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None) -> None:
    """Correct what is written down of a visit, until it is signed; times and engineer have operations of their own."""
    require(by, "visits.work")
    _check_state(visit, UNSIGNED)
    if visit.status == VISIT.move("left").target:
        values = _priced(visit, values)
    check_sum(values.get("fee"), visit.contract, "fee")
    _check_contact(values.get("contact"), visit.customer)
    change(visit, values, by=by, at=at, seen=seen)


@transaction.atomic
def call_off_visit(*, visit: Visit, reason: str, by: User | None, at: datetime, seen: int | None = None) -> None:
    """Nobody goes, or somebody went in vain: the customer is told why."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    move(visit, VISIT, "called_off", by=by, at=at, values={"reason": reason.strip()}, seen=seen, note=reason)
    settle_todos(visit, by=by, at=at)
    notify_of_visit(visit, "visit_cancelled", at=at, text=reason)


# --- parts -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_visit_part(
    *, part: VisitPart, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> VisitPart:
    """Add or change a part that was put in. Raises `Refused` once the visit is signed, and for a charge without a sum."""
    require(by, "visits.work")
    _check_state(part.visit, UNSIGNED)
    check_sum(values.get("cost"), part.visit.contract, "cost")
    if values.get("charged") and values.get("cost") is None:
        raise Refused(_("Say how much it costs."), field="cost")
    if part.pk is None:
        for name, value in values.items():
            setattr(part, name, value)
        create(part, by=by, at=at)
        record(part.visit, "part_added", by=by, at=at, changes={"part": [None, _part_text(part)]})
        return part
    before = _part_text(part)
    if change(part, values, by=by, at=at, seen=seen):
        record(part.visit, "part_changed", by=by, at=at, changes={"part": [before, _part_text(part)]})
    return part


@transaction.atomic
def remove_visit_part(*, part: VisitPart, by: User, at: datetime) -> None:
    """Take a part off the list; the event keeps what it was."""
    require(by, "visits.work")
    _check_state(part.visit, UNSIGNED)
    record(part.visit, "part_removed", by=by, at=at, changes={"part": [_part_text(part), None]})
    part.delete()


def _part_text(part: VisitPart) -> str:
    serials = " → ".join(filter(None, [part.old_serial, part.new_serial]))
    cost = f"{part.cost.amount} {part.cost.currency.code}" if part.cost is not None else ""
    return " · ".join(filter(None, [f"{part.quantity} × {part.name}", part.model, serials, cost]))


# --- what all of them do ---------------------------------------------------------------------------------------------


def _check_state(visit: Visit, states: frozenset[str]) -> None:
    if visit.status not in states:
        raise Refused(_("That is not possible as it stands."), code="wrong_state")


def _check_stay(visit: Visit, arrived_at: datetime | None, left_at: datetime | None, at: datetime) -> None:
    for moment, field in ((arrived_at, "arrived_at"), (left_at, "left_at")):
        if moment and moment > at:
            raise Refused(_("This cannot lie in the future."), field=field)
    if arrived_at and visit.planned_at - arrived_at > _LONGEST:
        raise Refused(_("That is long before the visit was planned."), field="arrived_at")
    if left_at and (arrived_at is None or left_at <= arrived_at):
        raise Refused(_("The leaving lies after the arrival."), field="left_at")


def _priced(visit: Visit, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is written of a visit that is over, whole: what was done, and what it costs where nothing covers it."""
    said = {name: values.get(name, getattr(visit, name)) for name in ("work", "fee", "free_because", "covered")}
    if not said["work"].strip():
        raise Refused(_("Say what was done."), field="work")
    check_sum(said["fee"], visit.contract, "fee")
    if not is_priced(said["covered"], said["fee"], said["free_because"]):
        raise Refused(_("Not covered: enter the fee, or say why it is free."), field="fee", code="unpriced")
    # What is charged, or covered, is not free for a reason.
    costs = said["covered"] or (said["fee"] is not None and said["fee"].amount)
    return {**values, "free_because": "" if costs else said["free_because"].strip()}


def is_priced(covered: bool, fee: Money | None, free_because: str) -> bool:
    """Work outside coverage has a fee, or says why it is free."""
    return bool(covered or (fee is not None and fee.amount) or free_because.strip())


def _check_planner(by: User, engineer: User) -> None:
    """An engineer plans only what they hold themselves."""
    if engineer.pk != by.pk and not may(by, "visits.plan"):
        raise NotAllowed(_("Plan your own visits; those of colleagues are planned by the service manager."))


def _check_contact(contact: Contact | None, customer: Customer) -> None:
    if contact and contact.customer_id != customer.pk:
        raise Refused(_("Choose a contact of this customer."), field="contact")


def _check_time(visit: Visit, start: datetime, end: datetime, engineer: User, at: datetime) -> None:
    """The engineer's row is locked, so that two visits planned at once do not both find the time free."""
    if abs(start - at) > _HORIZON or end - start > _LONGEST:
        raise Refused(_("Plan it within a year of today, and for at most 31 days."), field="planned_at")
    if end <= start:
        raise Refused(_("It ends after it begins."), field="planned_until")
    if engineer.role not in (Role.ENGINEER, Role.SERVICE_MANAGER) or not engineer.is_active:
        raise Refused(_("Choose an active engineer."), field="engineer")
    User.objects.select_for_update().get(pk=engineer.pk)
    meanwhile = Visit.objects.filter(
        engineer=engineer, status__in=UNDER_WAY, planned_at__lt=end, planned_until__gt=start
    )
    if other := meanwhile.exclude(pk=visit.pk).select_related("customer").first():
        raise Refused(
            _("%(engineer)s is with %(customer)s then (%(visit)s).")
            % {"engineer": engineer, "customer": other.customer, "visit": other.number},
            field="engineer",
            code="overlap",
        )


def _ask_engineer(visit: Visit, *, at: datetime) -> None:
    todo = make_todo(
        visit,
        kind="visit_to_hold",
        due_on=visit.planned_on,
        at=at,
        assignee=visit.engineer,
        cause=f"visit_to_hold:{visit.pk}:{visit.version}",
        params=_params(visit),
    )
    write_todos([todo])


def _params(visit: Visit) -> dict[str, str]:
    return {"visit": visit.number, "customer": visit.customer.name, "title": visit.title}

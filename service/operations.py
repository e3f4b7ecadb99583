"""Everything that happens to a service request: told to the clock, which tells the deadlines (docs/rules.md 4)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.operations import change, create, make_todo, move, record, settle_todos, stale, write_todos
from base.company.queries import today
from base.documents.numbers import draw
from base.lib.errors import Refused
from contracts.models import Contact, Contract, Customer
from service.alarms import set_alarms, set_escalation
from service.checks import findings
from service.clock import begin, evaluated, happened
from service.complaints import check_handler, concerned
from service.enums import Channel, Happening, Phase, RequestClass, RequestStatus
from service.models import ServiceRequest, SlaVersion
from service.notifications import notify_customer
from service.prices import settle_prices
from service.queries import classes_of, term_on, version_for
from service.querysets import sees_all
from service.rules import coverage_phase
from service.sentences import mail_moment, moment_text
from service.signals import request_closed
from service.states import OPEN, REQUEST
from service.times import check_moment
from warranty.queries import coverage_on

PREFIX = "FW"
#: What is reported later than this is another matter.
_OLDEST = timedelta(days=366)
#: Taken also where a contract's own policy does not know them.
_ALWAYS = (RequestClass.QUESTION, RequestClass.COMPLAINT)
#: To-dos that an answer settles.
_ANSWERED = ("request_to_answer", "request_not_taken_up", "response_at_risk", "response_late")
#: May happen again while it is open, without moving any state.
_ANY_TIME = (Happening.ANSWERED, Happening.ARRIVED)


@transaction.atomic
def take_request(
    *,
    contract: Contract | None,
    customer: Customer | None = None,
    values: Mapping[str, Any],
    reported_at: datetime,
    by: User | None,
    at: datetime,
) -> ServiceRequest:
    """Take a request down: what covers it that day is found and kept, and the clock runs from the report.

    An engineer who takes a call works on it until somebody assigns it.

    `values` are the request's own fields. A known customer without a contract is helped too, by whoever sees all
    requests: by the default policy, as after final acceptance, and not covered. Raises `Refused` for a report in the
    future, a class nothing is promised for in the phase, and another customer's contact.
    """
    require(by, "requests.take")
    if contract is None and by is not None and not sees_all(by):
        raise Refused(_("Choose the contract, or the customer where there is none."), field="contract")
    return write_down(contract=contract, customer=customer, values=values, reported_at=reported_at, by=by, at=at)


def write_down(
    *,
    contract: Contract | None,
    customer: Customer | None = None,
    values: Mapping[str, Any],
    reported_at: datetime,
    by: User | None,
    at: datetime,
) -> ServiceRequest:
    """The same for whoever else may take one down: who calls this has asked for the right, inside a transaction."""
    customer = contract.customer if contract else customer
    if customer is None:
        raise Refused(_("Choose the contract, or the customer where there is none."), field="contract")
    _check_contact(values.get("contact"), customer.pk)
    on = today(reported_at)
    [number] = draw(PREFIX, on.year)
    if reported_at > at:
        raise Refused(_("It cannot have been reported in the future."), field="reported_at")
    if at - reported_at > _OLDEST or (contract and on < contract.signed_on):
        raise Refused(_("It cannot have been reported so long ago."), field="reported_at")
    phase = coverage_phase(contract.final_acceptance_on, on) if contract else Phase.MAINTENANCE
    version = version_for(contract, on)
    if values["request_class"] in _ALWAYS and values["request_class"] not in classes_of(version, phase):
        version = version_for(None, on)  # who is not content is heard, whatever a policy of their own says of it
    request_class = _class_in(values["request_class"], version, phase)
    terms = list(contract.terms.order_by("first_day")) if contract else []
    assignee = values.get("assignee") or (by if by is not None and by.role == Role.ENGINEER else None)
    request = ServiceRequest(
        **{**values, "request_class": request_class, "assignee": assignee},
        number=number,
        customer=customer,
        contract=contract,
        term=term_on(terms, on),
        coverage=coverage_on(contract, terms, on).value if contract else "",
        phase=phase,
        sla=version,
        reported_at=reported_at,
    )
    check_handler(request, request.assignee, field="assignee")
    create(request, by=by, at=at)
    happened(request, Happening.REPORTED, at=reported_at, by=by, request_class=request_class)
    begin(request, at=at)
    set_escalation(request, at=at)
    request.save()
    _ask_for_answer(request, due_on=on, at=at)
    notify_customer(request, "request_taken" if request.is_covered else "request_taken_uncovered", at=at)
    return request


def _ask_for_answer(request: ServiceRequest, *, due_on: date, at: datetime) -> None:
    """The to-do of whoever it is assigned to, else of the service manager."""
    todo = make_todo(
        request,
        kind="request_to_answer",
        due_on=due_on,
        at=at,
        assignee=request.assignee,
        role="" if request.assignee else Role.SERVICE_MANAGER,
        cause=f"request_to_answer:{request.pk}:{request.version}",
        params={"request": request.number, "customer": request.customer.name, "title": request.title},
    )
    write_todos([todo])


def _class_in(name: str, version: SlaVersion, phase: Phase) -> RequestClass:
    if name not in classes_of(version, phase):
        raise Refused(_("Nothing is promised for this class in this phase."), field="request_class", code="class")
    return RequestClass(name)


@transaction.atomic
def edit_request(
    *, request: ServiceRequest, values: Mapping[str, Any], by: User, at: datetime, seen: int | None = None
) -> None:
    """Change what was written down of a request; times and class have operations of their own."""
    require(by, "requests.work")
    _check_open(request)
    _check_contact(values.get("contact"), request.customer_id)
    if (about := values.get("about")) and about.pk == request.assignee_id and not request.assigned_because:
        text = _("It is assigned to %(person)s: give it to a colleague first.")
        raise Refused(text % {"person": about}, field="about", code="concerned")
    change(request, values, by=by, at=at, seen=seen)


@transaction.atomic
def assign_request(
    *, request: ServiceRequest, to: User | None, reason: str = "", by: User, at: datetime, seen: int | None = None
) -> None:
    """Give a request to an engineer, with its to-do. A complaint goes to whom it is about only for a `reason`."""
    require(by, "requests.assign")
    _check_open(request)
    if to and (to.role not in (Role.ENGINEER, Role.SERVICE_MANAGER) or not to.is_active):
        raise Refused(_("Choose an active engineer."), field="engineer")
    check_handler(request, to, reason=reason, field="reason")
    because = reason.strip() if to and to.pk in concerned(request) else ""
    values = {"assignee": to, "assigned_because": because}
    change(request, values, by=by, at=at, verb="assigned", seen=seen, note=because)
    if to and request.status == RequestStatus.NEW:
        settle_todos(request, "request_to_answer", by=by, at=at)
        _ask_for_answer(request, due_on=today(request.respond_by or at), at=at)


@transaction.atomic
def answer_request(
    *,
    request: ServiceRequest,
    text: str,
    channel: Channel = Channel.MAIL,
    answered_at: datetime | None = None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Answer the customer: by mail, which is then written, or what was said on the phone or in person, which is only
    noted. `answered_at` is when (None: now). Only the first answer counts for the clock.

    Raises `Refused` for a moment before the report or to come.
    """
    _say_something(text)
    if answered_at:
        check_moment(request, Happening.ANSWERED, answered_at, at)
    _record_event(
        request, Happening.ANSWERED, by=by, at=at, happened_at=answered_at, note=text, channel=channel, seen=seen
    )
    settle_todos(request, *_ANSWERED, by=by, at=at)
    if channel == Channel.MAIL:
        notify_customer(request, "request_answered", at=at, text=text)


@transaction.atomic
def record_arrival(
    *, request: ServiceRequest, arrived_at: datetime, by: User, at: datetime, seen: int | None = None
) -> None:
    """An engineer is on site."""
    check_moment(request, Happening.ARRIVED, arrived_at, at)
    _record_event(request, Happening.ARRIVED, by=by, at=at, happened_at=arrived_at, seen=seen)
    settle_todos(request, "request_not_taken_up", "arrival_at_risk", "arrival_late", by=by, at=at)


@transaction.atomic
def pause_request(*, request: ServiceRequest, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Wait for the customer: the resolution clock stands until it is resumed."""
    _say_something(reason, "reason")
    _record_event(request, Happening.PAUSED, by=by, at=at, note=reason, seen=seen)
    notify_customer(request, "request_paused", at=at, text=reason)


@transaction.atomic
def resume_request(*, request: ServiceRequest, by: User, at: datetime, seen: int | None = None) -> None:
    """The customer did what was waited for; the pause is given back."""
    _record_event(request, Happening.RESUMED, by=by, at=at, seen=seen)
    settle_todos(request, "pause_forgotten", by=by, at=at)


@transaction.atomic
def reclassify_request(
    *, request: ServiceRequest, request_class: str, reason: str, by: User, at: datetime, seen: int | None = None
) -> None:
    """Another class: its times count from the report, and no pause is forgotten."""
    require(by, "requests.work")
    _check_open(request)
    _say_something(reason, "reason")
    found = _class_in(request_class, request.sla, Phase(request.phase))
    if found == request.request_class:
        raise Refused(_("It is of this class already."), field="request_class")
    happened(request, Happening.RECLASSIFIED, at=at, by=by, request_class=found, note=reason)
    before, request.request_class = request.request_class, found
    values = evaluated(request, at)
    request.request_class = before
    change(request, values | {"request_class": found}, by=by, at=at, verb="reclassified", seen=seen, note=reason)
    set_alarms(request, at=at)


@transaction.atomic
def resolve_request(
    *,
    request: ServiceRequest,
    solution: str,
    solved_at: datetime | None = None,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Solved, at `solved_at` (None: now): the customer is told, and may have it opened again.

    Raises `Refused` for a moment before the report or the last reopening, or to come.
    """
    _say_something(solution, "solution")
    if solved_at:
        check_moment(request, Happening.RESOLVED, solved_at, at)
    _record_event(
        request, Happening.RESOLVED, by=by, at=at, happened_at=solved_at, note=solution, seen=seen,
        values={"solution": solution},
    )  # fmt: skip
    settle_todos(request, by=by, at=at)
    findings.request_ended(request, solution, by=by, at=at)
    notify_customer(request, "request_solved", at=at, text=solution)


@transaction.atomic
def tell_delay(
    *, request: ServiceRequest, expected_at: datetime, reason: str, by: User, at: datetime, seen: int | None = None
) -> None:
    """The customer is told before it is late that it will be, why, and when it is expected; the clock runs on."""
    require(by, "requests.work")
    _check_open(request)
    check_handler(request, by)
    _say_something(reason, "reason")
    if expected_at <= at:
        raise Refused(_("Name a time that is still to come."), field="expected_at")
    if seen is not None and seen != request.version:
        raise stale()
    record(request, "delay_told", by=by, at=at, note=f"{moment_text(expected_at)}: {reason.strip()}")
    cause = f"request_delayed:{request.pk}:{int(at.timestamp())}"
    notify_customer(request, "request_delayed", at=at, text=reason.strip(), cause=cause, said=lambda: {
        "what": "", "due": "", "expected": mail_moment(expected_at)})  # fmt: skip


@transaction.atomic
def reopen_request(*, request: ServiceRequest, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """Not solved after all: the time since the solution counts as a pause."""
    _say_something(reason, "reason")
    _record_event(request, Happening.REOPENED, by=by, at=at, note=reason, seen=seen)
    findings.request_reopened(request, reason, by=by, at=at)


@transaction.atomic
def close_request(
    *, request: ServiceRequest, reason: str = "", by: User, at: datetime, seen: int | None = None
) -> None:
    """Close it for good; one that is not solved needs a reason. A closed request never changes again."""
    if request.status != RequestStatus.SOLVED:
        _say_something(reason, "reason")
    _record_event(request, Happening.CLOSED, by=by, at=at, note=reason, seen=seen)
    settle_todos(request, by=by, at=at)
    findings.request_ended(request, reason or request.solution, by=by, at=at)
    settle_prices(request, at=at)
    request_closed.send(ServiceRequest, request=request, by=by, at=at)


@transaction.atomic
def merge_requests(
    *, request: ServiceRequest, into: ServiceRequest, by: User, at: datetime, seen: int | None = None
) -> None:
    """The same thing reported twice: the later report is closed and points to the earlier one, whose clock goes on.

    What was the same as the later one is the same as the earlier one from then on.
    """
    require(by, "requests.close")
    if into.pk == request.pk or into.customer_id != request.customer_id:
        raise Refused(_("Choose another request of the same customer."), field="into")
    if into.merged_into_id:
        raise Refused(_("That one is itself the same as another."), field="into")
    _check_open(into)
    if into.contract_id != request.contract_id and request.contract_id:
        raise Refused(_("Choose another request of the same contract."), field="into")
    if into.reported_at > request.reported_at:
        raise Refused(_("That one was reported later: merge it into this one, so that no time is lost."), field="into")
    _record_event(request, Happening.CLOSED, by=by, at=at, note=str(into), seen=seen, values={"merged_into": into})
    for same in request.duplicates.all():
        change(same, {"merged_into": into}, by=by, at=at, verb="merged")
    settle_todos(request, by=by, at=at)
    findings.request_merged(request, into, by=by, at=at)
    settle_prices(request, at=at)


# --- what all of them do ---------------------------------------------------------------------------------------------


def _say_something(text: str, field: str = "text") -> None:
    if not text.strip():
        raise Refused(_("Write something first."), field=field)


def _check_open(request: ServiceRequest) -> None:
    if request.status == RequestStatus.CLOSED:
        raise Refused(_("A closed request never changes again."), code="closed")


def _check_contact(contact: Contact | None, customer_id: int) -> None:
    if contact and contact.customer_id != customer_id:
        raise Refused(_("Choose a contact of this customer."), field="contact")


def _record_event(
    request: ServiceRequest,
    kind: Happening,
    *,
    by: User,
    at: datetime,
    seen: int | None,
    happened_at: datetime | None = None,
    note: str = "",
    channel: str = "",
    values: Mapping[str, Any] | None = None,
) -> None:
    """Write what happened, and the deadlines that follow, in one change of the request."""
    require(by, "requests.work")
    _check_open(request)
    check_handler(request, by)
    moves = request.status in REQUEST.move(kind).sources
    if not moves and (kind not in _ANY_TIME or request.status not in OPEN):
        raise Refused(_("That is not possible as it stands."), code="wrong_state")
    if seen is not None and seen != request.version:
        raise stale()
    happened(request, kind, at=happened_at or at, by=by, note=note, channel=channel)
    told = evaluated(request, at) | dict(values or {})
    if moves:
        move(request, REQUEST, kind, by=by, at=at, values=told, seen=seen, note=note)
    elif not change(request, told, by=by, at=at, verb=kind.value, seen=seen, note=note):
        record(request, kind.value, by=by, at=at, note=note)
    set_alarms(request, at=at)

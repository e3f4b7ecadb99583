"""What happens because time goes by: alarms ring, and a changed calendar moves open deadlines."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from base.accounts.models import Role, User
from base.chatter.labels import kept
from base.chatter.models import Todo
from base.chatter.operations import make_todo, settle_todos, write_todos
from base.company.queries import calendar, today
from service.clock import reevaluate_request
from service.complaints import is_kept_from
from service.enums import Happening, Leg, RequestStatus
from service.models import Alarm, Escalation, RequestEvent, ServiceRequest
from service.notifications import notify_customer, notify_of_lateness
from service.promises import commitments, consents, surveys
from service.queries import LEG_FIELDS, open_requests
from service.rules import NoReport

#: So many alarms are rung in one transaction.
_CHUNK = 200
#: Working days that a request waits for the customer before somebody is reminded.
_PATIENCE = 3


def ring(at: datetime) -> int:
    """Tell people of every leg that has come to three quarters of its time, or to its end; how many alarms rang.

    At the end the promise is broken: the person, and the service manager. What an end at `at` itself still allows is
    in time.
    """
    rung = 0
    while chunk := _ring_some(at):
        rung += chunk
    return rung


@transaction.atomic
def _ring_some(at: datetime) -> int:
    due = Alarm.objects.filter(rung_at=None, due_at__lt=at).order_by("due_at", "pk")
    found = list(due.select_for_update(skip_locked=True, of=("self",))[:_CHUNK])
    holder = ServiceRequest.objects.filter(pk=OuterRef("request")).values("assignee")
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in found]).update(rung_at=at, held_by=Subquery(holder))
    requests = ServiceRequest.objects.select_related("customer", "assignee").in_bulk({a.request_id for a in found})
    write_todos(todo for alarm in found for todo in _todos(alarm, requests[alarm.request_id], at))
    ended = [alarm for alarm in found if alarm.is_end]
    for leg in {alarm.leg for alarm in ended}:
        late = [requests[alarm.request_id] for alarm in ended if alarm.leg == leg]
        settle_todos(late, f"{leg}_at_risk", by=None, at=at)
    for pk in {alarm.request_id for alarm in ended}:
        reevaluate_request(request=requests[pk], at=at)
    for alarm in ended:
        notify_of_lateness(requests[alarm.request_id], Leg(alarm.leg), due=alarm.due_at, at=at)
    return len(found)


@transaction.atomic
def escalate(at: datetime) -> int:
    """Tell every active service manager, once, of each new request that nobody took up; how many requests."""
    due = Escalation.objects.filter(rung_at=None, due_at__lt=at).select_related("request__customer")
    found = list(due.select_for_update(skip_locked=True, of=("self",))[:_CHUNK])
    waiting = [each.request for each in found if each.request.status == RequestStatus.NEW]
    managers = list(User.objects.filter(role=Role.SERVICE_MANAGER, is_active=True)) if waiting else []
    write_todos(
        make_todo(
            request,
            kind="request_not_taken_up",
            due_on=today(at),
            at=at,
            assignee=manager,
            cause=f"request_not_taken_up:{request.pk}:{manager.pk}",
            params={"request": request.number, "customer": request.customer.name, "title": request.title},
        )
        for request in waiting
        for manager in managers
        if not is_kept_from(request, manager)
    )
    Escalation.objects.filter(pk__in=[each.pk for each in found]).update(rung_at=at)
    return len(waiting)


def _todos(alarm: Alarm, request: ServiceRequest, at: datetime) -> list[Todo]:
    kind = f"{alarm.leg}_{'late' if alarm.is_end else 'at_risk'}"
    to: list[tuple[User | None, str]] = [(request.assignee, "" if request.assignee else Role.SERVICE_MANAGER)]
    if alarm.is_end and request.assignee:
        to.append((None, Role.SERVICE_MANAGER))
    return [
        make_todo(
            request,
            kind=kind,
            due_on=today(alarm.due_at),
            at=at,
            assignee=person,
            role=role,
            cause=f"{kind}:{alarm.pk}:{int(alarm.due_at.timestamp())}:{role or 'person'}",
            params={"request": request.number, "customer": request.customer.name},
        )
        for person, role in to
    ]


def remind_of_pauses(at: datetime) -> int:
    """Requests that have waited for the customer for three working days: we are told, and the customer asked again, once
    for each pause; how many wait so long."""
    days, found = calendar(), 0
    waiting = ServiceRequest.objects.filter(status=RequestStatus.WAITING).select_related("customer", "assignee")
    for request in waiting.prefetch_related("happenings"):
        pauses = [each for each in request.happenings.all() if each.kind == Happening.PAUSED]
        if not pauses or days.add_working_days_at(pauses[-1].at, _PATIENCE).at >= at:
            continue
        found += 1
        _remind(request, pauses[-1], at)
    return found


@transaction.atomic
def _remind(request: ServiceRequest, pause: RequestEvent, at: datetime) -> None:
    cause = f"pause_forgotten:{request.pk}:{pause.pk}"
    todo = make_todo(
        request,
        kind="pause_forgotten",
        due_on=today(at),
        at=at,
        assignee=request.assignee,
        role="" if request.assignee else Role.SERVICE_MANAGER,
        cause=cause,
        params={"request": request.number, "customer": request.customer.name, "day": kept(today(pause.at))},
    )
    write_todos([todo])
    notify_customer(request, "request_paused_again", at=at, text=pause.note, cause=f"request_paused_again:{pause.pk}")


def pass_day(at: datetime) -> None:
    """What a new day brings: promises that lapse, questions nobody answered, the yearly question, agreed changes.

    Each looks only at rows that are due, and does each thing once however often the day is passed.
    """
    on = today(at)
    commitments.notify_of_lapsed(on=on, at=at)
    remind_of_pauses(at)
    consents.expire_consents(on=on, at=at)
    consents.take_effect(changes=consents.effect_due(on), on=on, by=None, at=at)
    surveys.expire_surveys(on=on, at=at)
    surveys.ask_yearly(on=on, at=at)


def calendar_changed(at: datetime) -> list[tuple[ServiceRequest, datetime | None, datetime | None]]:
    """Compute every open deadline anew; each that moved, with its request and the moments before and after."""
    moved = []
    for request in open_requests(ServiceRequest.objects.all()):
        before = [getattr(request, by) for by, _state in LEG_FIELDS.values()]
        try:
            changed = reevaluate_request(request=request, at=at)
        except NoReport:  # a history that cannot be: `check_integrity` names it, and the others go on
            continue
        after = [getattr(request, by) for by, _state in LEG_FIELDS.values()]
        moved += [(request, was, now) for was, now in zip(before, after, strict=True) if changed and was != now]
    return moved

"""What happens because time goes by: alarms ring, and a changed calendar moves open deadlines."""

from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from base.accounts.models import Role, User
from base.chatter.models import Todo
from base.chatter.operations import make_todo, settle_todos, write_todos
from base.company.queries import today
from service.models import Alarm, ServiceRequest
from service.operations import reevaluate_requests
from service.promises import commitments, consents, surveys
from service.queries import LEG_FIELDS, open_requests
from service.rules import NoReport

#: So many alarms are rung in one transaction.
_CHUNK = 200


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
        reevaluate_requests(request=requests[pk], at=at)
    return len(found)


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


def pass_day(at: datetime) -> None:
    """What a new day brings: promises that lapse, questions nobody answered, the yearly question, agreed changes.

    Each looks only at rows that are due, and does each thing once however often the day is passed.
    """
    on = today(at)
    commitments.notify_of_lapsed(on=on, at=at)
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
            changed = reevaluate_requests(request=request, at=at)
        except NoReport:  # a history that cannot be: `check_integrity` names it, and the others go on
            continue
        after = [getattr(request, by) for by, _state in LEG_FIELDS.values()]
        moved += [(request, was, now) for was, now in zip(before, after, strict=True) if changed and was != now]
    return moved

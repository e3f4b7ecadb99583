"""The moments at which somebody is told: written with every change, so that a sweep looks only at what is due."""

from datetime import datetime

from base.company.queries import calendar
from service.enums import Leg, LegState, Unit
from service.models import Alarm, Escalation, ServiceRequest
from service.queries import LEG_FIELDS, history_at, leg_clocks, promise_of
from service.rules import Target, deadline, warning
from service.states import OPEN

#: So long a new request may wait for somebody to take it up, in the hours in which an answer is promised.
TAKE_UP = 10


def set_escalation(request: ServiceRequest, *, at: datetime) -> None:
    """Say when every service manager is told, unless somebody takes the request up before."""
    answer = promise_of(request).get(Leg.RESPONSE)
    if answer is None:
        return
    unit = Unit.CLOCK if answer.unit == Unit.CLOCK else Unit.BUSINESS
    due = deadline(at, Target(unit, TAKE_UP), (), calendar()).at
    Escalation.objects.create(request=request, due_at=due)


def set_alarms(request: ServiceRequest, *, at: datetime) -> None:
    """Bring the alarms of a stored request to what its deadlines are; what has rung already does not ring again.

    A leg that is done, broken or standing has none. One that ends later than it did rings anew.
    """
    wanted: dict[tuple[str, bool], datetime] = {}
    if request.status in OPEN:
        days = calendar()
        for leg, clock in leg_clocks(request, history_at(request, at)).items():
            by_field, state_field = LEG_FIELDS[leg]
            by = getattr(request, by_field)
            if by and getattr(request, state_field) == LegState.PENDING:
                wanted[leg, True] = by
                wanted[leg, False] = warning(clock.since, by, clock.target, clock.pauses, days)
    for alarm in request.alarms.all():
        due = wanted.pop((alarm.leg, alarm.is_end), None)
        if due is None:
            if alarm.rung_at is None:
                alarm.delete()
        elif due != alarm.due_at:
            rung = alarm.rung_at if alarm.rung_at and due <= alarm.rung_at else None
            Alarm.objects.filter(pk=alarm.pk).update(due_at=due, rung_at=rung)
    Alarm.objects.bulk_create(
        [Alarm(request=request, leg=leg, is_end=is_end, due_at=due) for (leg, is_end), due in wanted.items()],
        ignore_conflicts=True,
    )

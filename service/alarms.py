"""The moments at which somebody is told: written with every change, so that a sweep looks only at what is due."""

from datetime import datetime

from base.company.queries import calendar
from service.enums import Leg, LegState
from service.models import Alarm, ServiceRequest
from service.queries import LEG_FIELDS, history_at, promise_of
from service.rules import warning
from service.states import OPEN


def set_alarms(request: ServiceRequest, *, at: datetime) -> None:
    """Bring the alarms of a stored request to what its deadlines are; what has rung already does not ring again.

    A leg that is done, broken or standing has none. One that ends later than it did rings anew.
    """
    wanted: dict[tuple[str, bool], datetime] = {}
    if request.status in OPEN:
        promise, history, days = promise_of(request), history_at(request, at), calendar()
        for leg, (by_field, state_field) in LEG_FIELDS.items():
            by = getattr(request, by_field)
            if by and getattr(request, state_field) == LegState.PENDING:
                wanted[leg, True] = by
                pauses = history.pauses if leg == Leg.RESOLUTION else ()
                wanted[leg, False] = warning(request.reported_at, by, promise[leg], pauses, days)
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

"""Service requests: their stored deadlines are what their history tells (docs/rules.md 4)."""

from collections.abc import Iterator
from datetime import date

from base.company.queries import calendar
from ops.integrity.finding import Fault, named
from service.clock import LAW
from service.enums import RequestStatus
from service.models import ServiceRequest
from service.queries import LEG_FIELDS, history_at, promise_of
from service.rules import NoReport, evaluate_clock

_CHUNK = 500


def clocks(on: date) -> Iterator[Fault]:
    """A closed one is as its history left it; of an open one the deadlines, for its states change with the hour.

    One that was computed by an earlier wording of the rules keeps what was stored, and is not held against today's.
    """
    days = calendar()
    for request in ServiceRequest.objects.prefetch_related("happenings").order_by("pk").iterator(chunk_size=_CHUNK):
        happenings = list(request.happenings.all())
        try:
            history = history_at(request, max((each.at for each in happenings), default=request.reported_at))
        except NoReport:
            yield Fault(named(request), "no report stands at the beginning of its history")
            continue
        if history.reported != request.reported_at or history.request_class != request.request_class:
            yield Fault(named(request), "its report or its class is not what its history tells")
        if request.law < LAW:
            continue
        told = evaluate_clock(history, promise_of(request), days)
        for leg, found in zip(LEG_FIELDS, told, strict=True):
            by, state = LEG_FIELDS[leg]
            if getattr(request, by) != found.by:
                yield Fault(named(request), f"{by} is {getattr(request, by)}, but its history tells {found.by}")
            if request.status == RequestStatus.CLOSED and getattr(request, state) != found.state:
                yield Fault(
                    named(request), f"{state} is {getattr(request, state)}, but its history tells {found.state}"
                )

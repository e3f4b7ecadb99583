"""Questions of the service desk."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Case, Count, DateField, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Least, TruncMonth

from base.company.queries import calendar, start_of
from contracts.models import Contract
from service.enums import Leg, LegState, Phase, RequestClass, Unit
from service.models import ServiceRequest, SlaVersion
from service.rules import Event, History, Pause, Promise, Table, Target, counted_pauses, deadline, history_of
from service.states import OPEN
from warranty.models import MaintenanceTerm


def version_for(contract: Contract | None, on: date) -> SlaVersion:
    """The wording in force on a day: of the contract's own policy, else of the default one.

    SlaVersion.DoesNotExist when no policy was in force yet.
    """
    in_force = SlaVersion.objects.filter(valid_from__lte=on).order_by("-number")
    if contract and (own := in_force.filter(policy__contracts__contract=contract).first()):
        return own
    return in_force.filter(policy__is_default=True)[:1].get()


def table_of(version: SlaVersion) -> Table:
    """All promised times of a version, as the rules know them."""
    table: dict[tuple[Phase, RequestClass], dict[Leg, Target]] = {}
    for row in version.targets.all():
        promise = table.setdefault((Phase(row.phase), RequestClass(row.request_class)), {})
        promise[Leg(row.leg)] = Target(Unit(row.unit), row.amount)
    return table


def promise_of(request: ServiceRequest) -> Promise:
    """What its class was promised in its phase; nothing for a class the table does not know."""
    rows = request.sla.targets.filter(phase=request.phase, request_class=request.request_class)
    return {Leg(row.leg): Target(Unit(row.unit), row.amount) for row in rows}


def classes_of(version: SlaVersion, phase: Phase) -> list[RequestClass]:
    """The classes that something is promised for in a phase."""
    known = set(version.targets.filter(phase=phase).values_list("request_class", flat=True))
    return [each for each in RequestClass if each in known]


def history_at(request: ServiceRequest, now: datetime) -> History:
    """What happened to a request, as far as it is known at a moment."""
    events = [
        Event(row.at, row.kind, RequestClass(row.request_class) if row.request_class else None)
        for row in request.happenings.all()
        if not row.taken_back
    ]
    return history_of(events, now, covered=request.is_covered)


class LegClock(NamedTuple):
    """What a leg of a request runs by: from when, to which target, and the pauses it is given back."""

    since: datetime
    target: Target
    pauses: tuple[Pause, ...]

    @property
    def due(self) -> datetime:
        """By when it was promised, told also while the clock stands."""
        return deadline(self.since, self.target, self.pauses, calendar()).at


def leg_clocks(request: ServiceRequest, history: History) -> dict[Leg, LegClock]:
    """The legs that something is promised for; without those that wait for a price to be agreed."""
    promise, days = promise_of(request), calendar()
    found = {}
    for leg in LEG_FIELDS:
        target, since = promise.get(leg), history.since(leg)
        if target and since:
            found[leg] = LegClock(since, target, counted_pauses(history, leg, target, days))
    return found


def term_on(terms: Iterable[MaintenanceTerm], on: date) -> MaintenanceTerm | None:
    """The one of a contract's terms that covers a day."""
    return next((term for term in terms if term.first_day <= on <= term.last_day), None)


def open_requests(rows: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    return rows.filter(status__in=OPEN)


#: Each leg with its stored deadline and state.
LEG_FIELDS = {
    Leg.RESPONSE: ("respond_by", "response"),
    Leg.ARRIVAL: ("arrive_by", "arrival"),
    Leg.RESOLUTION: ("resolve_by", "resolution"),
}


#: Later than any deadline: what has none stands last.
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def next_due() -> Least:
    """The deadline that is nearest, or longest over, of what still has to be done: by it a queue is ordered.

    An answer or arrival that came too late is done; a solution that is late is not, while the request is open.
    """
    waiting = {Leg.RESOLUTION: (LegState.PENDING, LegState.BREACHED)}
    never = Value(_NEVER, DateTimeField())
    legs = [
        Case(
            When(**{f"{state}__in": waiting.get(leg, (LegState.PENDING,)), f"{by}__isnull": False}, then=F(by)),
            default=never,
        )
        for leg, (by, state) in LEG_FIELDS.items()
    ]
    return Least(*(Case(When(status__in=OPEN, then=leg), default=never) for leg in legs))


def nearest(request: ServiceRequest) -> datetime | None:
    """The same of a request in hand; None where nothing runs."""
    if request.status not in OPEN:
        return None
    found = [
        getattr(request, by)
        for leg, (by, state) in LEG_FIELDS.items()
        if getattr(request, by)
        and (
            getattr(request, state) == LegState.PENDING
            or (leg == Leg.RESOLUTION and getattr(request, state) == LegState.BREACHED)
        )
    ]
    return min(found, default=None)


def overdue(now: datetime) -> Q:
    """A leg of an open request is past its time, whether the alarm has rung already or not."""
    found = Q()
    for by, state in LEG_FIELDS.values():
        found |= Q(**{f"{by}__lt": now, state: LegState.PENDING}) | Q(**{state: LegState.BREACHED})
    return Q(status__in=OPEN) & found


def due_within(now: datetime, span: timedelta) -> Q:
    """A running leg of an open request ends soon."""
    found = Q()
    for by, state in LEG_FIELDS.values():
        found |= Q(**{f"{by}__range": (now, now + span), state: LegState.PENDING})
    return Q(status__in=OPEN) & found


def legs_by_month(rows: QuerySet[ServiceRequest], first: date) -> dict[tuple[date, Leg], tuple[int, int]]:
    """How often a leg was kept and broken so far, by the first day of the month of the report, from a day on."""
    figures = {
        f"{state}_{judged}": Count("pk", filter=Q(**{state: judged}))
        for _by, state in LEG_FIELDS.values()
        for judged in (LegState.MET, LegState.BREACHED)
    }
    months = rows.filter(reported_at__gte=start_of(first)).order_by().select_related(None)
    found = {}
    counted: Any = months.values(month=TruncMonth("reported_at", output_field=DateField())).annotate(**figures)
    for row in counted:
        for leg, (_by, state) in LEG_FIELDS.items():
            found[row["month"], leg] = (row[f"{state}_{LegState.MET}"], row[f"{state}_{LegState.BREACHED}"])
    return found


def similar(request: ServiceRequest, rows: QuerySet[ServiceRequest], limit: int = 10) -> Iterable[ServiceRequest]:
    """Earlier requests of the same system that were solved, newest first: what helped then may help now."""
    same = Q(contract=request.contract_id) if request.contract_id else Q(customer=request.customer_id)
    if request.system:
        same |= Q(system__iexact=request.system)
    return rows.filter(same).exclude(pk=request.pk).exclude(solution="").order_by("-reported_at")[:limit]

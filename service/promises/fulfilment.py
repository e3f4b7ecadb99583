"""What a fulfilment report says of a contract and a period: promised, given, and how it can be proven."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import fmean

from moneyed import Money

from base.company.queries import today
from base.lib.dates import add_months
from base.lib.money import total
from contracts.models import Contract
from service.choices import PenaltyStatus, Score, SurveyStatus
from service.enums import Happening, Leg, LegState
from service.models import Commitment, Penalty, RequestEvent, ServiceRequest, Survey
from service.promises.commitment_status import Kept, Records, keep, records_of
from service.queries import LEG_FIELDS
from service.states import OPEN


@dataclass(frozen=True)
class LegFigures:
    """How often a leg was kept and broken, and how long it took on the average where that is known."""

    kept: int
    broken: int
    mean: timedelta | None = None

    @property
    def share(self) -> float | None:
        return self.kept / (self.kept + self.broken) if self.kept + self.broken else None


@dataclass(frozen=True)
class Content:
    """What customers said: of `asked`, `answered` did, with the mean score and how many were content."""

    asked: int
    answered: int
    mean: float | None
    content: int


@dataclass(frozen=True)
class Fulfilment:
    """All that a report tells."""

    promises: Sequence[tuple[Commitment, Kept]]
    records: Records
    #: class → requests of it, in the order of the classes.
    classes: Mapping[str, Sequence[ServiceRequest]]
    legs: Mapping[Leg, LegFigures]
    #: (first day of a month, legs kept, legs broken), every month of the period.
    months: Sequence[tuple[date, int, int]]
    surveys: Content
    comments: Sequence[Survey]
    open_requests: Sequence[ServiceRequest]
    broken: Sequence[tuple[ServiceRequest, Leg]]
    penalties: Sequence[Penalty]
    credited: Money | None


def fulfilment(contract: Contract, first: date, last: date, on: date) -> Fulfilment:
    """The facts of a period, as known on a day; a promise is judged as of the period's last day, or of `on` before it."""
    as_of = min(last, on)
    records = records_of(contract, as_of, first)
    # What was promised before or for the whole of the contract is proven by what was ever given.
    whole = records_of(contract, as_of)
    promises = [
        (each, keep(each, records if each.kind in _OF_THE_PERIOD else whole))
        for each in contract.commitments.select_related("responsible")
    ]
    surveys = list(contract.surveys.filter(asked_at__date__range=(first, last)).exclude(status=SurveyStatus.WITHDRAWN))
    penalties = list(contract.penalties.filter(due_at__date__range=(first, last)).select_related("request"))
    sums = [each.amount for each in penalties if each.status in (PenaltyStatus.GRANTED, PenaltyStatus.CREDITED)]
    classes: dict[str, list[ServiceRequest]] = defaultdict(list)
    for request in records.requests:
        classes[request.request_class].append(request)
    return Fulfilment(
        promises=promises,
        records=records,
        classes=dict(classes),
        legs=_legs(records.requests),
        months=_months(records.requests, first, as_of),
        surveys=_content(surveys),
        comments=[each for each in surveys if each.comment],
        open_requests=[each for each in records.requests if each.status in OPEN],
        broken=[
            (each, leg)
            for each in records.requests
            for leg, (_by, state) in LEG_FIELDS.items()
            if getattr(each, state) == LegState.BREACHED
        ],
        penalties=penalties,
        credited=total(sums, sums[0].currency) if sums else None,
    )


#: Kinds that a period has its own share of.
_OF_THE_PERIOD = frozenset({"inspections", "in_time", "answers", "upgrades", "manager"})


def _legs(requests: Sequence[ServiceRequest]) -> dict[Leg, LegFigures]:
    """Each leg's figures; how long it took is told from the report to the deed, waiting and nights included."""
    done = _done(requests)
    found = {}
    for leg, (_by, state) in LEG_FIELDS.items():
        states = [getattr(each, state) for each in requests]
        took = [(done[leg][each.pk] - each.reported_at).total_seconds() for each in requests if each.pk in done[leg]]
        mean = timedelta(seconds=round(fmean(took) / 60) * 60) if took else None
        found[leg] = LegFigures(states.count(LegState.MET), states.count(LegState.BREACHED), mean)
    return found


def _done(requests: Sequence[ServiceRequest]) -> dict[Leg, dict[int, datetime]]:
    """When each request was first answered and visited, and last solved."""
    legs = {Happening.ANSWERED: Leg.RESPONSE, Happening.ARRIVED: Leg.ARRIVAL, Happening.RESOLVED: Leg.RESOLUTION}
    done: dict[Leg, dict[int, datetime]] = {leg: {} for leg in Leg}
    events = RequestEvent.objects.filter(
        request__in=[each.pk for each in requests], kind__in=list(legs), taken_back=False
    )
    for event in events.order_by("at", "pk"):
        leg = legs[Happening(event.kind)]
        if leg == Leg.RESOLUTION:
            done[leg][event.request_id] = event.at
            done[Leg.RESPONSE].setdefault(event.request_id, event.at)  # who solves it has answered
        else:
            done[leg].setdefault(event.request_id, event.at)
    return done


def _months(requests: Sequence[ServiceRequest], first: date, last: date) -> list[tuple[date, int, int]]:
    """Legs kept and broken by the month of the report, months without any included."""
    counts: dict[date, list[int]] = {}
    month = first.replace(day=1)
    while month <= last:
        counts[month] = [0, 0]
        month = add_months(month, 1)
    for request in requests:
        states = [getattr(request, state) for _by, state in LEG_FIELDS.values()]
        here = counts.get(today(request.reported_at).replace(day=1))
        if here is not None:
            here[0] += states.count(LegState.MET)
            here[1] += states.count(LegState.BREACHED)
    return [(month, kept, broken) for month, (kept, broken) in counts.items()]


def _content(surveys: Sequence[Survey]) -> Content:
    scores = [each.score for each in surveys if each.score is not None]
    content = len([score for score in scores if score >= Score.SATISFIED])
    return Content(len(surveys), len(scores), fmean(scores) if scores else None, content)

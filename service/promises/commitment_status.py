"""How a contract's promises stand, counted from the records that prove them and not ticked by hand."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from base.chatter.models import Event
from base.company.queries import start_of, today
from base.lib.dates import daterange
from contracts.models import Contract
from service.choices import CommitmentKind, CommitmentUnit, DeliveryKind
from service.enums import LegState, RequestClass, VisitKind
from service.models import Commitment, Delivery, ServiceRequest, Visit
from service.queries import LEG_FIELDS
from service.rules import Count, Standing, standing
from warranty.enums import ActionState
from warranty.models import Inspection

T = TypeVar("T")
#: Days after go-live in which presence counts for the week that was promised.
_GO_LIVE_WEEK = timedelta(days=7)
#: Answered, not repaired: their promise is the answer.
_ASKED = (RequestClass.QUESTION, RequestClass.COMPLAINT)


@dataclass(frozen=True)
class Records:
    """What proves or breaks a contract's promises, as of a day."""

    contract: Contract
    on: date
    deliveries: Sequence[Delivery] = ()
    #: Those whose window is over, or that were held.
    inspections: Sequence[Inspection] = ()
    #: The same thing only once.
    requests: Sequence[ServiceRequest] = ()
    #: Days on which somebody was stationed at the customer, by the service records of visits.
    stationed: Collection[date] = ()
    #: How often another project manager was written down without the customer's consent.
    managers_changed: int = 0
    #: The day the contract came in by a ledger; None for one whose life is recorded here from its beginning.
    since: date | None = None
    #: Windows of inspections that are over and were left out: nothing is known of them, or nobody was to go.
    windows_skipped: int = 0

    def given(self, *kinds: str) -> list[Delivery]:
        return [each for each in self.deliveries if each.kind in kinds]


def gather(contracts: Iterable[Contract], on: date, first: date | None = None) -> dict[int, Records]:
    """The records of contracts as of a day, with `first` only of what happened since; seven queries for any number."""
    known = {contract.pk: contract for contract in contracts}
    deliveries = _by_contract(_deliveries(known, on, first), lambda each: each.contract_id)
    inspections = _by_contract(_inspected(known, on, first), lambda each: each.action.contract_id)
    requests = _by_contract(_requested(known, on, first), lambda each: each.contract_id or 0)
    stationed = _by_contract(_stationed(known, on), lambda each: each.contract_id or 0)
    changed = Counter(event.target_id for event in _renamed(known, on) if event.changes["project_manager"][0])
    since, skipped = _since(known), _skipped(known, on, first)
    for pk, day in since.items():
        # Of a window that was over before our records begin nobody here can say whether it was held.
        recorded = [each for each in inspections[pk] if each.reported_at or each.window_last >= day]
        skipped[pk] += len(inspections[pk]) - len(recorded)
        inspections[pk] = recorded
    return {
        pk: Records(
            contract,
            on,
            deliveries[pk],
            inspections[pk],
            requests[pk],
            set(_days(stationed[pk])),
            changed[pk],
            since.get(pk),
            skipped[pk],
        )
        for pk, contract in known.items()
    }


def records_of(contract: Contract, on: date, first: date | None = None) -> Records:
    """The records of one contract."""
    return gather([contract], on, first)[contract.pk]


def _by_contract(rows: Iterable[T], key: Callable[[T], int]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _deliveries(contracts: Iterable[int], on: date, first: date | None) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(contract__in=contracts, first_day__lte=on).select_related("by")
    return rows.filter(last_day__gte=first) if first else rows


def _inspected(contracts: Iterable[int], on: date, first: date | None) -> QuerySet[Inspection]:
    rows = Inspection.objects.filter(action__contract__in=contracts).select_related("action", "engineer")
    counted = Q(visited_on__lte=on) | Q(window_last__lt=on, action__state=ActionState.PLANNED)
    rows = rows.filter(counted, ~Q(action__state=ActionState.CANCELLED))
    if first:
        rows = rows.filter(Q(visited_on__gte=first) | Q(visited_on=None, window_last__gte=first))
    return rows.order_by("window_first")


def _requested(contracts: Iterable[int], on: date, first: date | None) -> QuerySet[ServiceRequest]:
    """Reported in the period, in the company's time."""
    end = start_of(on + timedelta(days=1))
    rows = ServiceRequest.objects.filter(contract__in=contracts, reported_at__lt=end, merged_into=None)
    if first:
        rows = rows.filter(reported_at__gte=start_of(first))
    return rows.select_related("assignee").order_by("reported_at")


def _stationed(contracts: Iterable[int], on: date) -> QuerySet[Visit]:
    rows = Visit.objects.filter(contract__in=contracts, kind=VisitKind.STATIONING, left_at__isnull=False)
    return rows.filter(planned_on__lte=on)


def _days(visits: Iterable[Visit]) -> Iterator[date]:
    for each in visits:
        if each.arrived_at and each.left_at:
            yield from daterange(today(each.arrived_at), today(each.left_at))


def _renamed(contracts: Iterable[int], on: date) -> QuerySet[Event]:
    target = ContentType.objects.get_for_model(Contract)
    events = Event.objects.filter(target_type=target, target_id__in=contracts, at__date__lte=on)
    return events.filter(changes__has_key="project_manager").exclude(verb="manager_changed")


def _since(contracts: Iterable[int]) -> dict[int, date]:
    """The day each contract came in by a ledger, where that is how its records here begin."""
    target = ContentType.objects.get_for_model(Contract)
    begun = Event.objects.filter(target_type=target, target_id__in=contracts, verb__in=("created", "imported"))
    first: dict[int, Event] = {}
    for event in begun.order_by("at", "pk"):
        first.setdefault(event.target_id, event)
    return {pk: today(event.at) for pk, event in first.items() if event.verb == "imported"}


def _skipped(contracts: Iterable[int], on: date, first: date | None) -> Counter[int]:
    rows = Inspection.objects.filter(action__contract__in=contracts, action__state=ActionState.SKIPPED)
    rows = rows.filter(window_last__lt=on, **({"window_last__gte": first} if first else {}))
    return Counter(rows.values_list("action__contract", flat=True))


def legs_of(requests: Iterable[ServiceRequest]) -> tuple[int, int]:
    """(kept, broken) of all legs of some requests."""
    states = [getattr(each, state) for each in requests for _by, state in LEG_FIELDS.values()]
    return states.count(LegState.MET), states.count(LegState.BREACHED)


@dataclass(frozen=True)
class Kept:
    """How one promise stands: `given` of what was promised, `evidence` naming the page that lists what proves it."""

    standing: Standing
    given: Decimal | None
    broken: int = 0
    evidence: str = ""
    #: No record can prove it: a person says so.
    by_hand: bool = False
    #: Windows of inspections that were left out: neither kept nor broken.
    skipped: int = 0


def keep(commitment: Commitment, records: Records) -> Kept:
    """How a promise stands as of the records' day."""
    counted = _COUNTS.get(CommitmentKind(commitment.kind))
    if counted is None:
        over = commitment.confirmed_on is not None
        found = Count(None, Decimal(0), over=over)
        return Kept(standing(found, commitment.due_on, records.on, records.since), None, by_hand=True)
    count, evidence = counted
    found = count(commitment, records)
    stands = standing(found, commitment.due_on, records.on, records.since)
    skipped = records.windows_skipped if commitment.kind == CommitmentKind.INSPECTIONS else 0
    return Kept(stands, found.given, found.broken, evidence, skipped=skipped)


def keep_all(contract: Contract, on: date, first: date | None = None) -> list[tuple[Commitment, Kept]]:
    """All promises of a contract with how each stands; as many queries for one as for twenty."""
    promises = list(contract.commitments.select_related("responsible"))
    records = records_of(contract, on, first) if promises else None
    return [(each, keep(each, records)) for each in promises if records]


def _by_due(rows: Iterable[Delivery], commitment: Commitment) -> list[Delivery]:
    """Proven, and in time where there is a time."""
    due = commitment.due_on
    return [each for each in rows if each.proven and (due is None or each.last_day <= due)]


def _sessions(commitment: Commitment, records: Records) -> Count:
    held = _by_due(records.given(DeliveryKind.TRAINING), commitment)
    return Count(commitment.amount, Decimal(len(held)))


def _training_days(commitment: Commitment, records: Records) -> Count:
    held = _by_due(records.given(DeliveryKind.TRAINING), commitment)
    return Count(commitment.amount, sum((each.days or Decimal(0) for each in held), Decimal(0)))


def _presence(commitment: Commitment, records: Records) -> Count:
    """Days on site in the week after go-live, each day once: written down, or by the records of stationing visits."""
    live = records.contract.go_live_on
    if live is None:
        return Count(commitment.amount, Decimal(0))
    given = records.given(DeliveryKind.PRESENCE)
    days = {day for each in given for day in daterange(each.first_day, each.last_day)} | set(records.stationed)
    return Count(commitment.amount, Decimal(len([day for day in days if live <= day <= live + _GO_LIVE_WEEK])))


def _development(commitment: Commitment, records: Records) -> Count:
    """How many developers were there, each once; of a promise in days, on how many days somebody was."""
    rows = records.given(DeliveryKind.DEVELOPMENT)
    if commitment.unit == CommitmentUnit.DAYS:
        days = {day for each in rows for day in daterange(each.first_day, each.last_day)}
        return Count(commitment.amount, Decimal(len(days)))
    return Count(commitment.amount, Decimal(len({each.by_id or each.by_name for each in rows})))


def _documents(commitment: Commitment, records: Records) -> Count:
    return Count(commitment.amount, Decimal(len(_by_due(records.given(DeliveryKind.DOCUMENTS), commitment))))


def _inspections(commitment: Commitment, records: Records) -> Count:
    """A window that passed without a report is broken, whatever came after."""
    held = [each for each in records.inspections if each.reported_at]
    late = [each for each in held if each.visited_on and each.visited_on > each.window_last]
    return Count(None, Decimal(len(held)), broken=len(records.inspections) - len(held) + len(late))


def _in_time(commitment: Commitment, records: Records) -> Count:
    kept, broken = legs_of(each for each in records.requests if each.request_class not in _ASKED)
    return Count(None, Decimal(kept), broken=broken)


def _answers(commitment: Commitment, records: Records) -> Count:
    kept, broken = legs_of(each for each in records.requests if each.request_class in _ASKED)
    return Count(None, Decimal(kept), broken=broken)


def _upgrades(commitment: Commitment, records: Records) -> Count:
    return Count(None, Decimal(len(records.given(DeliveryKind.UPGRADE))))


def _manager(commitment: Commitment, records: Records) -> Count:
    return Count(None, Decimal(0), broken=records.managers_changed)


#: How each kind is counted, and which page lists what is counted. What is not here a person confirms.
_COUNTS: dict[CommitmentKind, tuple[Callable[[Commitment, Records], Count], str]] = {
    CommitmentKind.TRAINING_SESSIONS: (_sessions, "deliveries"),
    CommitmentKind.TRAINING_DAYS: (_training_days, "deliveries"),
    CommitmentKind.GO_LIVE_PRESENCE: (_presence, "deliveries"),
    CommitmentKind.DEVELOPER: (_development, "deliveries"),
    CommitmentKind.DOCUMENTS: (_documents, "deliveries"),
    CommitmentKind.INSPECTIONS: (_inspections, "inspections"),
    CommitmentKind.IN_TIME: (_in_time, "requests"),
    CommitmentKind.ANSWERS: (_answers, "requests"),
    CommitmentKind.UPGRADES: (_upgrades, "deliveries"),
    CommitmentKind.MANAGER: (_manager, "manager-changes"),
}

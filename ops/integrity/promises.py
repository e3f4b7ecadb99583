"""Promises beside faults: days, sums and answers are what the rules make of what is stored."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, F, OuterRef, Q

from billing.models import CreditNote
from ops.integrity.finding import Fault, faulty, named, sum_text
from service.choices import ConsentStatus, PenaltyStatus, SurveyStatus
from service.models import Commitment, ManagerChange, Penalty, RemoteSession, Survey
from service.models.penalties import UNITS
from service.promises.surveys import BAD
from service.rules import LateFee, late_fee

_CHUNK = 2000


def commitments(on: date) -> Iterator[Fault]:
    """Each is due so many days after its contract's station, or has no day while the contract has not come to it."""
    for each in Commitment.objects.select_related("contract").order_by("pk").iterator(chunk_size=_CHUNK):
        reached = getattr(each.contract, f"{each.milestone}_on") if each.milestone else None
        due = reached + timedelta(days=each.offset_days) if reached else None
        if due != each.due_on:
            yield Fault(named(each), f"it is due on {each.due_on}, but its contract's station makes it {due}")


def penalties(on: date) -> Iterator[Fault]:
    """The sum follows from the base, the rate and the units it was judged by; what was set off, a credit note says."""
    rows = Penalty.objects.order_by("pk")
    for each in rows.iterator(chunk_size=_CHUNK):
        wanted = late_fee(each.base, each.units, LateFee(UNITS[each.unit], each.rate, cap_rate=each.cap_rate))
        if wanted != each.amount:
            yield Fault(named(each), f"it is {sum_text(each.amount)}, but its clause makes it {sum_text(wanted)}")
    noted = CreditNote.objects.filter(number=OuterRef("credited_by"), gross=OuterRef("amount"))
    credited = Q(status=PenaltyStatus.CREDITED)
    yield from faulty(
        Penalty,
        {
            "it is set off, but no credit note of its sum is there": credited & ~Exists(noted),
            "it is not set off, but names a credit note": ~credited & ~Q(credited_by=""),
        },
    )


def answers(on: date) -> Iterator[Fault]:
    """Nobody was on a system outside of what was agreed, and what customers answered had its effect."""
    outside = Q(started_at__lt=F("access__starts_at")) | Q(started_at__gte=F("access__ends_at"))
    yield from faulty(
        RemoteSession,
        {
            "it was started outside of the time agreed": outside,
            "it was started before the customer agreed": Q(access__answered_at=None)
            | Q(started_at__lt=F("access__answered_at")),
            "it ended before it began": Q(ended_at__lt=F("started_at")),
        },
    )
    agreed = Q(status=ConsentStatus.AGREED)
    yield from faulty(
        ManagerChange, {"it is in effect, but the customer did not agree": Q(in_effect_since__isnull=False) & ~agreed}
    )
    answered = Q(status=SurveyStatus.ANSWERED)
    yield from faulty(
        Survey,
        {
            "it is answered, but has no score": answered & Q(score=None),
            "its score is bad, but no complaint was opened": Q(score__lte=BAD, complaint=None),
            "whoever did the work took the answer down": Q(taken_by=F("about")),
        },
    )

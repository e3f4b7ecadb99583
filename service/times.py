"""When it really happened: moments that were noted wrongly are put right, and a mistaken arrival is taken back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import change, move, record, stale
from base.lib.errors import Refused
from service.alarms import set_alarms
from service.clock import evaluated, reevaluate_request
from service.enums import Happening, RequestStatus
from service.labels import HAPPENINGS
from service.models import RequestEvent, ServiceRequest
from service.sentences import moment_text
from service.states import OPEN, REQUEST

#: What may be corrected, by the field it is typed in.
FIELDS = {Happening.ANSWERED: "answered_at", Happening.ARRIVED: "arrived_at", Happening.RESOLVED: "solved_at"}
#: What shows that somebody has taken a request up.
_TAKEN_UP = (Happening.ANSWERED, Happening.ARRIVED, Happening.PAUSED, Happening.RESUMED, Happening.RESOLVED)


def noted(request: ServiceRequest) -> dict[Happening, RequestEvent]:
    """What the clock goes by, of what may be corrected: the first answer, the first arrival, the last solution."""
    found: dict[Happening, RequestEvent] = {}
    for event in request.happenings.filter(kind__in=list(FIELDS), taken_back=False).order_by("at", "pk"):
        if event.kind == Happening.RESOLVED or event.kind not in found:
            found[Happening(event.kind)] = event
    return found


def check_moment(request: ServiceRequest, kind: Happening, moment: datetime, at: datetime) -> None:
    """Raise `Refused` for a moment before the report or to come; a solution also lies after the last reopening."""
    field = FIELDS[kind]
    if not request.reported_at <= moment <= at:
        raise Refused(_("It must lie between the report and now."), field=field)
    reopened = request.happenings.filter(kind=Happening.REOPENED).order_by("-at").first()
    if kind == Happening.RESOLVED and reopened and moment < reopened.at:
        raise Refused(_("It was opened again after that: the solution lies later."), field=field)


@transaction.atomic
def correct_times(
    *,
    request: ServiceRequest,
    moments: Mapping[Happening, datetime],
    reason: str,
    by: User,
    at: datetime,
    seen: int | None = None,
) -> None:
    """It was answered, or somebody was there, or it was solved, at another time than was written down.

    For whoever assigns the work, not who did it; what was noted before stays in the events.
    """
    require(by, "requests.assign")
    if request.status == RequestStatus.CLOSED:
        raise Refused(_("A closed request never changes again."), code="closed")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if seen is not None and seen != request.version:
        raise stale()
    found, told = noted(request), []
    for kind, moment in moments.items():
        if kind not in found:
            raise Refused(_("Nothing was noted that could be corrected."), code="wrong_state")
        if moment == found[kind].at:
            continue
        check_moment(request, kind, moment, at)
        told.append(f"{dict(HAPPENINGS)[kind]} {moment_text(found[kind].at)} → {moment_text(moment)}")
        found[kind].at = moment
        found[kind].save(update_fields=["at"])
    if told:
        record(request, "times_corrected", by=by, at=at, note=f"{'; '.join(told)}: {reason.strip()}")
        reevaluate_request(request=request, by=by, at=at)


@transaction.atomic
def take_back_arrival(*, request: ServiceRequest, by: User, at: datetime, seen: int | None = None) -> None:
    """The arrival was noted by mistake: whoever noted it takes it back while the request is open.

    If nothing else took the request up, it is new again.
    """
    require(by, "requests.work")
    arrival = noted(request).get(Happening.ARRIVED)
    if arrival is None or request.status not in OPEN:
        raise Refused(_("That is not possible as it stands."), code="wrong_state")
    if arrival.by_id != by.pk:
        raise Refused(_("Only who noted the arrival takes it back; others correct its time."), code="person")
    if seen is not None and seen != request.version:
        raise stale()
    arrival.taken_back = True
    arrival.save(update_fields=["taken_back"])
    told = evaluated(request, at)
    taken_up = request.happenings.filter(kind__in=_TAKEN_UP, taken_back=False).exists()
    if request.status == RequestStatus.WORKING and not taken_up:
        move(request, REQUEST, "arrival_taken_back", by=by, at=at, values=told)
    else:
        record(request, "arrival_taken_back", by=by, at=at)
        change(request, told, by=by, at=at, verb="retold")
    set_alarms(request, at=at)

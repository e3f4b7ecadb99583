"""Which moves a service request (each named by the happening that the clock is told) and a visit allow."""

from base.lib.states import Move, StateTable
from service.enums import Happening as H  # noqa: N817 (stands in every line below)
from service.enums import RequestStatus as S
from service.enums import VisitStatus as V

#: Somebody works on it, or should.
OPEN = frozenset({S.NEW, S.WORKING, S.WAITING})

REQUEST = StateTable(
    [
        # Who answers or arrives takes it up; later ones change no state.
        Move(H.ANSWERED, frozenset({S.NEW}), S.WORKING, "requests.work"),
        Move(H.ARRIVED, frozenset({S.NEW}), S.WORKING, "requests.work"),
        Move(H.PAUSED, frozenset({S.NEW, S.WORKING}), S.WAITING, "requests.work"),
        Move(H.RESUMED, frozenset({S.WAITING}), S.WORKING, "requests.work"),
        Move(H.RESOLVED, OPEN, S.SOLVED, "requests.work"),
        Move(H.REOPENED, frozenset({S.SOLVED}), S.WORKING, "requests.work"),
        Move(H.CLOSED, OPEN | {S.SOLVED}, S.CLOSED, "requests.close"),
    ]
)

#: Somebody is to go there, or is there: it takes up the engineer's time.
UNDER_WAY = frozenset({V.PLANNED, V.ON_SITE})
#: What is written down of it may still be changed.
UNSIGNED = UNDER_WAY | {V.DONE}

VISIT = StateTable(
    [
        Move("came", frozenset({V.PLANNED}), V.ON_SITE, "visits.work"),
        Move("left", frozenset({V.ON_SITE}), V.DONE, "visits.work"),
        Move("signed", frozenset({V.DONE}), V.SIGNED, "visits.work"),
        Move("called_off", UNDER_WAY, V.CANCELLED, "visits.plan"),
    ]
)

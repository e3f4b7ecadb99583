"""Which moves a service request allows; each is named by the happening that the clock is told."""

from base.lib.states import Move, StateTable
from service.enums import Happening as H  # noqa: N817 (stands in every line below)
from service.enums import RequestStatus as S

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

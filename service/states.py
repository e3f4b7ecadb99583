"""Which moves the desk's records allow; those of a request are named by the happening that the clock is told."""

from base.accounts.access import NOBODY
from base.lib.states import Move, StateTable
from service.choices import ConsentStatus as C
from service.choices import PenaltyStatus as P
from service.choices import SurveyStatus as Y
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
        # Only from the first arrival, noted by mistake, when nothing else took it up.
        Move("arrival_taken_back", frozenset({S.WORKING}), S.NEW, "requests.work"),
        Move(H.REOPENED, frozenset({S.SOLVED}), S.WORKING, "requests.work"),
        Move(H.CLOSED, OPEN | {S.SOLVED}, S.CLOSED, "requests.close"),
    ]
)

#: The customer answers by the link (nobody of ours), or by a letter that somebody of ours takes down.
CONSENT = StateTable(
    [
        Move("agreed", frozenset({C.ASKED}), C.AGREED, "consents.record"),
        Move("refused", frozenset({C.ASKED}), C.REFUSED, "consents.record"),
        Move("expired", frozenset({C.ASKED}), C.EXPIRED, NOBODY),
        Move("withdrawn", frozenset({C.ASKED, C.AGREED}), C.WITHDRAWN, "consents.ask"),
    ]
)

SURVEY = StateTable(
    [
        Move("survey_answered", frozenset({Y.ASKED, Y.EXPIRED}), Y.ANSWERED, "surveys.record"),
        Move("expired", frozenset({Y.ASKED}), Y.EXPIRED, NOBODY),
        Move("withdrawn", frozenset({Y.ASKED, Y.EXPIRED}), Y.WITHDRAWN, "surveys.ask"),
    ]
)

PENALTY = StateTable(
    [
        Move("granted", frozenset({P.PROPOSED, P.WAIVED}), P.GRANTED, "penalties.decide"),
        Move("waived", frozenset({P.PROPOSED, P.GRANTED}), P.WAIVED, "penalties.decide"),
        Move("credited", frozenset({P.GRANTED}), P.CREDITED, NOBODY),
    ]
)

#: Somebody is to go there, or is there: it takes up the engineer's time.
UNDER_WAY = frozenset({V.PLANNED, V.ON_SITE})
#: What is written down of it may still be changed.
UNSIGNED = UNDER_WAY | {V.DONE}

VISIT = StateTable(
    [
        Move("came", frozenset({V.PLANNED}), V.ON_SITE, "visits.work"),
        Move("arrival_taken_back", frozenset({V.ON_SITE}), V.PLANNED, "visits.work"),
        Move("left", frozenset({V.ON_SITE}), V.DONE, "visits.work"),
        Move("signed", frozenset({V.DONE}), V.SIGNED, "visits.work"),
        Move("called_off", UNDER_WAY, V.CANCELLED, "visits.plan"),
    ]
)

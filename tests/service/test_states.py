"""The moves of the desk's records: from where, to where, and who may."""

from service.enums import RequestStatus as S
from service.enums import VisitStatus as V
from service.states import CONSENT, OPEN, PENALTY, REQUEST, SURVEY, UNDER_WAY, UNSIGNED, VISIT
from tests.tables import lines


def test_moves_of_a_request():
    assert lines(REQUEST) == [
        "answered: new > working (requests.work)",
        "arrived: new > working (requests.work)",
        "paused: new working > waiting (requests.work)",
        "resumed: waiting > working (requests.work)",
        "resolved: new waiting working > solved (requests.work)",
        "arrival_taken_back: working > new (requests.work)",
        "reopened: solved > working (requests.work)",
        "closed: new solved waiting working > closed (requests.close)",
    ]


def test_moves_of_a_consent():
    assert lines(CONSENT) == [
        "agreed: asked > agreed (consents.record)",
        "refused: asked > refused (consents.record)",
        "expired: asked > expired (nobody)",
        "withdrawn: agreed asked > withdrawn (consents.ask)",
    ]


def test_moves_of_a_survey():
    assert lines(SURVEY) == [
        "survey_answered: asked expired > answered (surveys.record)",
        "expired: asked > expired (nobody)",
        "withdrawn: asked expired > withdrawn (surveys.ask)",
    ]


def test_moves_of_a_penalty():
    assert lines(PENALTY) == [
        "granted: proposed waived > granted (penalties.decide)",
        "waived: granted proposed > waived (penalties.decide)",
        "credited: granted > credited (nobody)",
    ]


def test_moves_of_a_visit():
    assert lines(VISIT) == [
        "came: planned > on_site (visits.work)",
        "arrival_taken_back: on_site > planned (visits.work)",
        "left: on_site > done (visits.work)",
        "signed: done > signed (visits.work)",
        "called_off: on_site planned > cancelled (visits.plan)",
    ]


def test_what_is_still_to_be_worked_on():
    assert {S.NEW, S.WORKING, S.WAITING} == OPEN
    assert {V.PLANNED, V.ON_SITE} == UNDER_WAY
    assert {V.PLANNED, V.ON_SITE, V.DONE} == UNSIGNED

"""Moments as they were, not as somebody came to write them down (docs/rules.md 4)."""

from datetime import timedelta

import pytest

from base.chatter.operations import events_of
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from service import operations
from service.enums import Channel, Happening
from service.models import ServiceRequest
from service.times import correct_times, noted, take_back_arrival
from tests.chain import AT, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
REPORTED = AT - 10 * MINUTE
LATER = AT + timedelta(hours=9)


def fresh(request):
    return ServiceRequest.objects.get(pk=request.pk)


def field_of(act, **how):
    with pytest.raises(Refused) as no:
        act(**how)
    return no.value.field or no.value.code


def test_what_was_said_on_the_phone_counts_from_then_and_is_not_mailed(taken, engineer):
    """Taken down an hour and a half after the call, answered during it: kept, not broken."""
    request = taken(at=REPORTED + timedelta(minutes=95), reported_at=REPORTED)
    before = OutgoingMail.objects.count()
    operations.answer_request(
        request=request, text="Restart the client.", channel=Channel.PHONE, answered_at=REPORTED + 2 * MINUTE,
        by=engineer, at=LATER,
    )  # fmt: skip
    assert fresh(request).response == "met"
    assert request.happenings.get(kind="answered").channel == "phone"
    assert OutgoingMail.objects.count() == before


@pytest.mark.parametrize("moment", [REPORTED - MINUTE, LATER + MINUTE])
def test_nothing_happens_before_the_report_or_later_than_now(taken, engineer, moment):
    request, how = taken(), {"by": engineer, "at": LATER}
    assert field_of(operations.answer_request, request=request, text="x", answered_at=moment, **how) == "answered_at"
    assert field_of(operations.record_arrival, request=request, arrived_at=moment, **how) == "arrived_at"
    assert field_of(operations.resolve_request, request=request, solution="x", solved_at=moment, **how) == "solved_at"
    assert [each.kind for each in request.happenings.all()] == ["reported"]


def test_a_solution_is_told_for_when_it_worked_again(taken, engineer, desk):
    request = taken()
    operations.resolve_request(request=request, solution="Restarted", solved_at=AT, by=engineer, at=LATER)
    assert noted(request)[Happening.RESOLVED].at == AT
    assert (fresh(request).response, fresh(request).arrival, fresh(request).resolution) == ("met", "none", "met")
    operations.reopen_request(request=request, reason="Down again", by=desk, at=LATER)
    how = {"request": request, "solution": "x", "by": engineer, "at": LATER + MINUTE}
    assert field_of(operations.resolve_request, solved_at=LATER - MINUTE, **how) == "solved_at"
    operations.resolve_request(solved_at=LATER, **how)
    assert fresh(request).status == "solved"


def test_all_moments_are_put_right_by_who_assigns_and_with_a_reason(taken, engineer, desk):
    request = taken()
    operations.answer_request(request=request, text="x", by=engineer, at=LATER)
    operations.record_arrival(request=request, arrived_at=LATER, by=engineer, at=LATER)
    operations.resolve_request(request=request, solution="x", by=engineer, at=LATER)
    assert (fresh(request).response, fresh(request).arrival) == ("breached", "breached")
    moments = {Happening.ANSWERED: AT, Happening.ARRIVED: AT + MINUTE, Happening.RESOLVED: AT + 2 * MINUTE}
    how = {"request": fresh(request), "moments": moments, "at": LATER}
    with pytest.raises(NotAllowed):
        correct_times(reason="x", by=engineer, **how)
    assert field_of(correct_times, reason=" ", by=desk, **how) == "reason"
    correct_times(reason="Written down in the evening", by=desk, **how)
    assert (fresh(request).response, fresh(request).arrival, fresh(request).resolution) == ("met", "met", "met")
    assert "Written down in the evening" in events_of(request).get(verb="times_corrected").note
    told = verbs(request)
    correct_times(reason="x", by=desk, **{**how, "request": fresh(request)})
    assert verbs(request) == told, "what was right already leaves nothing"


def test_an_arrival_noted_by_mistake_is_taken_back_by_who_noted_it(taken, engineer, desk):
    request = taken()
    operations.record_arrival(request=request, arrived_at=AT, by=engineer, at=AT)
    assert (request.status, request.arrival) == ("working", "met")
    with pytest.raises(Refused) as no:
        take_back_arrival(request=fresh(request), by=desk, at=AT)
    assert no.value.code == "person"
    take_back_arrival(request=fresh(request), by=engineer, at=AT)
    assert (fresh(request).status, fresh(request).arrival) == ("new", "pending")
    assert request.happenings.get(kind="arrived").taken_back
    assert "arrival_taken_back" in verbs(request)
    assert field_of(take_back_arrival, request=fresh(request), by=engineer, at=AT) == "wrong_state"
    operations.record_arrival(request=fresh(request), arrived_at=LATER, by=engineer, at=LATER)
    assert fresh(request).arrival == "breached"


def test_what_somebody_else_took_up_stays_taken_up(taken, engineer):
    request = taken()
    operations.answer_request(request=request, text="x", by=engineer, at=AT)
    operations.record_arrival(request=request, arrived_at=AT, by=engineer, at=AT)
    take_back_arrival(request=fresh(request), by=engineer, at=AT)
    assert fresh(request).status == "working"
    with pytest.raises(NotAllowed):
        take_back_arrival(request=fresh(request), by=UserFactory(role="finance"), at=AT)

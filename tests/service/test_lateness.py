"""What is late, or waits too long, is told: to the customer, and to us (docs/rules.md 4)."""

from datetime import timedelta

import pytest

from base.chatter.models import Todo
from base.chatter.operations import events_of
from base.company.queries import company
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from service import operations
from service.watch import pass_day, ring
from tests.chain import AT, at, day

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def late():
    return list(OutgoingMail.objects.filter(kind="request_late").order_by("pk"))


def test_the_customer_is_told_once_of_each_promise_that_broke(taken):
    request = taken()
    ring(AT + HOUR)
    [mail] = late()
    assert mail.target_id == request.pk
    assert mail.next_attempt_at == AT + HOUR + timedelta(minutes=10), "time to hold or reword it"
    ring(AT + 2 * HOUR)
    assert len(late()) == 1
    ring(AT + 7 * HOUR)
    assert len(late()) == 2


def test_a_company_may_keep_it_to_itself(taken):
    our_company = company()
    our_company.tell_lateness = False
    our_company.save()
    taken()
    ring(AT + HOUR)
    assert late() == []


def test_what_will_be_late_is_told_by_who_knows(taken, engineer):
    request, how = taken(), {"by": engineer, "at": AT}
    for values, field in (
        ({"expected_at": AT, "reason": "x"}, "expected_at"),
        ({"expected_at": AT + HOUR, "reason": " "}, "reason"),
    ):
        with pytest.raises(Refused) as no:
            operations.tell_delay(request=request, **values, **how)
        assert no.value.field == field
    before = request.resolve_by
    operations.tell_delay(request=request, expected_at=AT + 48 * HOUR, reason="A part is on its way", **how)
    mail = OutgoingMail.objects.get(kind="request_delayed")
    assert "A part is on its way" in mail.text
    assert "2026年11月24日 10:00" in mail.text
    request.refresh_from_db()
    assert request.resolve_by == before
    assert events_of(request).filter(verb="delay_told").exists()


def test_a_forgotten_pause_reminds_once(taken, engineer):
    request = taken()
    operations.pause_request(request=request, reason="Send the log", by=engineer, at=AT)
    pass_day(at(day("2026-11-25")))
    assert not Todo.objects.filter(kind="pause_forgotten").exists(), "three working days have not passed"
    for moment in ("2026-11-26", "2026-11-27"):
        pass_day(at(day(moment)))
    assert Todo.objects.get(kind="pause_forgotten").assignee == engineer
    assert "Send the log" in OutgoingMail.objects.get(kind="request_paused_again").text
    operations.resume_request(request=request, by=engineer, at=at(day("2026-11-27")))
    operations.pause_request(request=request, reason="The other log", by=engineer, at=at(day("2026-11-27")))
    pass_day(at(day("2026-12-04")))
    assert Todo.objects.filter(kind="pause_forgotten").count() == 2

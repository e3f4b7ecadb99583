"""Our own people are told by mail: what cannot wait at once, the rest in the morning (docs/rules.md 7)."""

from datetime import timedelta

import pytest

from base.audit.sealing import head, seal
from base.chatter.models import Event, Todo
from base.chatter.operations import make_todo, write_todos
from base.company.queries import company
from base.lib.errors import NotAllowed
from base.mail.models import OutgoingMail
from base.mail.queries import due
from console.briefing.at_once import tell
from console.briefing.morning import brief
from console.briefing.operations import choose_mail
from console.models import Morning, When
from service.operations import take_request
from tests.chain import AT, ON, accepted, at, day
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
#: A Monday, ten in the morning.
MONDAY = at(day("2026-11-23"))


@pytest.fixture
def sending(settings, db):
    """A server and a sender are set; mail to customers is on hold."""
    settings.EMAIL_URL = "smtp://mail.example.com"
    our_company = company()
    our_company.sender_email = "service@example.com"
    our_company.save()
    assert our_company.mail_on_hold


def mails(kind="todo_now"):
    return {mail.to_email: mail for mail in OutgoingMail.objects.filter(kind=kind)}


def request_for(assignee, desk, **values):
    values = {"title": "Search is down", "request_class": "critical", "assignee": assignee, **values}
    return take_request(contract=accepted(), values=values, reported_at=AT, by=desk, at=AT)


def test_who_is_assigned_is_told_at_once_and_only_once(sending, engineer):
    desk = UserFactory(role="service_manager")
    request = request_for(engineer, desk)
    assert tell(AT + MINUTE) == 1
    mail = mails()[engineer.email]
    assert f"/requests/{request.pk}/" in mail.text
    assert request.number in mail.subject
    assert mail.internal
    assert tell(AT + 2 * MINUTE) == 0
    assert list(mails()) == [engineer.email]


def test_it_leaves_although_mail_to_customers_is_on_hold(sending, engineer):
    request_for(engineer, UserFactory(role="service_manager"))
    tell(AT)
    assert {mail.kind for mail in OutgoingMail.objects.filter(status="queued")} == {"request_taken", "todo_now"}
    assert [mail.kind for mail in due(AT)] == ["todo_now"]
    engineer.is_active = False
    engineer.save()
    assert not due(AT).exists(), "who left the house is not written to"


def test_what_nobody_has_is_told_to_everybody_of_the_role(sending):
    desk, other = UserFactory(role="service_manager"), UserFactory(role="service_manager")
    UserFactory(role="service_manager", is_active=False)
    request_for(None, desk)
    tell(AT)
    assert set(mails()) == {desk.email, other.email}


def test_each_chooses_per_kind(sending, engineer):
    choose_mail(user=engineer, choices={"assigned": When.MORNING, "nonsense": When.NEVER}, by=engineer, at=AT)
    assert Event.objects.get(verb="mail_chosen").changes == {"assigned": ["at_once", "morning"]}
    request_for(engineer, UserFactory(role="service_manager"))
    assert tell(AT) == 0
    assert brief(MONDAY) == 1
    assert "Search is down" in mails("todo_morning")[engineer.email].text
    with pytest.raises(NotAllowed):
        choose_mail(user=engineer, choices={}, by=UserFactory(role="administrator"), at=AT)


def test_never_is_not_in_the_morning_either(sending, engineer):
    choose_mail(user=engineer, choices={"other": When.NEVER}, by=engineer, at=AT)
    note = make_todo(engineer, kind="note", due_on=ON, at=AT, assignee=engineer, text="Order discs", cause="x")
    write_todos([note])
    assert brief(MONDAY) == 0


def test_without_a_server_nothing_gathers(engineer, settings):
    settings.EMAIL_URL = ""
    request_for(engineer, UserFactory(role="service_manager"))
    tell(AT)
    assert not mails()
    assert not Todo.objects.filter(told_at=None).exists(), "and nobody is flooded once there is one"
    assert brief(MONDAY) == 0


def test_one_mail_in_the_morning_of_a_working_day(sending, engineer):
    for number in range(3):
        todo = make_todo(
            engineer, kind="note", due_on=ON, at=AT, assignee=engineer, text=f"Job {number}", cause=f"x{number}"
        )
        write_todos([todo])
    later = make_todo(
        engineer, kind="note", due_on=ON + timedelta(days=5), at=AT, assignee=engineer, text="Next", cause="y"
    )
    write_todos([later])
    assert brief(AT) == 0, "a Sunday"
    assert brief(MONDAY - timedelta(hours=3)) == 0, "seven in the morning"
    assert brief(MONDAY) == 1
    text = mails("todo_morning")[engineer.email].text
    assert [word for word in ("Job 0", "Job 1", "Job 2", "Next") if word not in text] == []
    assert Morning.objects.get().on == day("2026-11-23")
    Morning.objects.all().delete()
    assert brief(MONDAY + MINUTE) == 0, "killed before its end, it writes nobody twice"


def test_who_may_not_see_prices_reads_no_sum(sending, engineer, desk_todo):
    desk_todo(engineer)
    tell(AT)
    brief(MONDAY)
    assert engineer.email not in mails("todo_morning")


@pytest.fixture
def desk_todo():
    def make(person):
        params = {"request": "FW-1", "customer": "X", "sum": {"amount": "2800.00", "currency": "CNY"}}
        todo = make_todo(person, kind="request_to_invoice", due_on=ON, at=AT, assignee=person, cause="z", params=params)
        write_todos([todo])

    return make


def test_whoever_reads_the_log_has_its_newest_seal_in_the_morning(sending, director, engineer):
    accepted()
    seal(at=AT)
    brief(MONDAY)
    found = mails("todo_morning")
    assert str(head()) in found[director.email].text
    assert all(head().hash not in mail.text for reader, mail in found.items() if reader != director.email)

"""What the customer must agree to: asked once, answered once, and nothing done without it."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Attachment, Todo
from base.lib.errors import NotAllowed, Refused
from base.mail.models import OutgoingMail
from base.mail.occasions import words_of
from contracts.operations import save_contract, terminate_contract
from service.models import ManagerChange, RemoteAccess
from service.promises import consents, sessions
from service.promises.notifications import link_of
from service.watch import pass_day
from tests.access.world import PDF
from tests.chain import AT, ON, accepted, day, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(engineer):
    def asked(contract=None, **values):
        given = {
            "system": "Search", "purpose": "Build the index anew", "engineer": engineer, "starts_at": AT + HOUR,
            "ends_at": AT + 3 * HOUR, "by": engineer, "at": AT,
        }  # fmt: skip
        return consents.ask_access(contract=contract or accepted(), **given | values)

    return asked


@pytest.fixture
def change(manager):
    def asked(contract=None, **values):
        contract = contract or accepted(project_manager="张磊", manager=manager)
        given = {"incoming": "何敏", "reason": "He moves away", "effective_on": ON, "by": manager, "at": AT}
        return consents.ask_manager_change(contract=contract, **given | values)

    return asked


def agree(consent, at=AT, **values):
    consents.agree_to_consent(consent=consent, **{"name": "王女士", "by": None, "at": at} | values)


# Remote access


def test_the_customer_is_asked_by_mail_with_a_link(ask):
    access = ask()
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("access_asked", access.contract.contact.email)
    assert link_of(access) in words_of(mail)
    assert consents.consent_behind(consents.token_of(access)) == access
    assert consents.token_of(access) not in access.token_hash
    assert access.expires_on == ON


def test_nothing_starts_without_the_customers_word(ask, engineer):
    access = ask()
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    assert no.value.code == "no_consent"
    consents.refuse_consent(consent=access, name="王女士", reason="Not now", by=None, at=AT)
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    assert no.value.code == "no_consent"
    assert not access.sessions.exists()


def test_only_in_the_time_agreed_by_the_person_agreed_and_one_at_a_time(ask, engineer):
    access = ask()
    agree(access)
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=UserFactory(role="director"), at=AT + HOUR)
    assert no.value.code == "person"
    for moment in (AT, AT + 3 * HOUR, AT + 30 * HOUR):
        with pytest.raises(Refused) as no:
            sessions.start_session(access=access, by=engineer, at=moment)
        assert no.value.code == "time"
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=UserFactory(role="engineer"), at=AT + HOUR)
    assert no.value.code == "person"
    with pytest.raises(NotAllowed):
        sessions.start_session(access=access, by=UserFactory(role="manager"), at=AT + HOUR)
    session = sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    with pytest.raises(Refused) as no:
        sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    assert no.value.code == "session"
    with pytest.raises(Refused) as no:
        sessions.end_session(access=access, done=" ", by=engineer, at=AT + 2 * HOUR)
    assert no.value.field == "done"
    sessions.end_session(access=access, done="Index built", by=engineer, at=AT + 2 * HOUR)
    session.refresh_from_db()
    assert (session.started_at, session.ended_at, session.done) == (AT + HOUR, AT + 2 * HOUR, "Index built")
    assert verbs(access) == ["asked", "agreed", "session_started", "session_ended"]
    sessions.start_session(access=access, by=engineer, at=AT + 2 * HOUR)
    assert access.sessions.count() == 2


def test_what_was_agreed_can_be_taken_back_but_not_under_somebodys_hands(ask, engineer):
    access = ask()
    agree(access)
    sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    with pytest.raises(Refused) as no:
        consents.withdraw_consent(consent=access, reason="x", by=engineer, at=AT + HOUR)
    assert no.value.code == "session"
    sessions.end_session(access=access, done="x", by=engineer, at=AT + HOUR)
    consents.withdraw_consent(consent=access, reason="The customer called", by=engineer, at=AT + HOUR)
    with pytest.raises(Refused):
        sessions.start_session(access=access, by=engineer, at=AT + HOUR)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ends_at": AT + HOUR}, "ends_at"),
        ({"starts_at": AT - 3 * HOUR, "ends_at": AT - HOUR}, "ends_at"),
        ({"engineer": "finance"}, "engineer"),
    ],
)
def test_what_makes_no_sense_is_not_asked(ask, values, field):
    values = {name: UserFactory(role=value) if value == "finance" else value for name, value in values.items()}
    with pytest.raises(Refused) as no:
        ask(**values)
    assert no.value.field == field
    assert not RemoteAccess.objects.exists()


def test_a_link_answers_once_and_not_after_its_day(ask):
    access = ask()
    agree(access)
    with pytest.raises(Refused) as no:
        consents.refuse_consent(consent=access, name="x", reason="", by=None, at=AT)
    assert no.value.code == "wrong_state"
    late = ask()
    with pytest.raises(Refused) as no:
        agree(late, at=AT + timedelta(days=1))
    assert no.value.code == "expired"
    pass_day(AT + timedelta(days=1))
    late.refresh_from_db()
    assert late.status == "expired"


def test_a_letter_is_as_good_as_the_link_and_is_kept(ask, manager, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    access = ask(accepted(manager=manager))
    with pytest.raises(Refused) as no:
        agree(access, by=manager)
    assert no.value.field == "letter"
    agree(access, by=manager, letter=SimpleUploadedFile("letter.pdf", PDF))
    assert (access.status, access.channel, access.answered_by) == ("agreed", "letter", "王女士")
    assert Attachment.objects.get().label == "letter"


def test_where_no_mail_goes_a_letter_is_to_be_brought(ask):
    access = ask(accepted(contact=None))
    assert not OutgoingMail.objects.exists()
    todo = Todo.objects.get(kind="consent_by_letter")
    assert (todo.assignee, todo.target) == (access.asked_by, access)


def test_who_stays_on_a_system_too_long_is_told_to_leave_once(ask, engineer):
    access = ask()
    agree(access)
    sessions.start_session(access=access, by=engineer, at=AT + HOUR)
    for moment in (AT + 3 * HOUR, AT + 4 * HOUR, AT + 5 * HOUR):
        sessions.alarm_overrun_sessions(at=moment)
    told = Todo.objects.filter(kind="session_overrun")
    assert sorted((str(todo.assignee), todo.role) for todo in told) == [
        ("None", "service_manager"),
        (str(engineer), ""),
    ]
    with pytest.raises(Refused) as no:
        sessions.end_session(access=access, done="x", by=UserFactory(role="engineer"), at=AT + 5 * HOUR)
    assert no.value.code == "person"


def test_nobody_agrees_to_what_is_over_or_without_end(ask):
    access = ask()
    with pytest.raises(Refused) as no:
        agree(access, at=AT + 3 * HOUR)
    assert no.value.code == "expired"
    with pytest.raises(Refused) as no:
        ask(ends_at=AT + timedelta(days=40))
    assert no.value.field == "ends_at"


# The project manager


def test_another_project_manager_waits_for_the_customer(change, manager):
    asked = change()
    contract = asked.contract
    contract.refresh_from_db()
    assert contract.project_manager == "张磊"
    with pytest.raises(Refused) as no:
        save_contract(contract=contract, values={"project_manager": "何敏"}, by=manager, at=AT)
    assert (no.value.field, no.value.code) == ("project_manager", "consent")
    agree(asked)
    contract.refresh_from_db()
    assert (contract.project_manager, asked.in_effect_since) == ("何敏", ON)
    assert verbs(contract)[-1] == "manager_changed"
    assert Todo.objects.get(kind="consent_agreed").assignee == manager


def test_the_first_project_manager_is_just_written_down(manager):
    contract = accepted(manager=manager)
    save_contract(contract=contract, values={"project_manager": "张磊"}, by=manager, at=AT)
    assert contract.project_manager == "张磊"


def test_a_later_day_is_waited_for(change):
    asked = change(effective_on=day("2026-12-01"))
    agree(asked)
    asked.contract.refresh_from_db()
    assert (asked.contract.project_manager, asked.in_effect_since) == ("张磊", None)
    pass_day(AT + timedelta(days=8))
    assert ManagerChange.objects.get().in_effect_since is None
    for _twice in range(2):
        pass_day(AT + timedelta(days=10))
    asked.contract.refresh_from_db()
    assert asked.contract.project_manager == "何敏"
    assert verbs(asked).count("took_effect") == 1


def test_refused_nothing_changes(change):
    asked = change()
    consents.refuse_consent(consent=asked, name="王女士", reason="We want to keep him", by=None, at=AT)
    asked.contract.refresh_from_db()
    assert (asked.contract.project_manager, asked.status, asked.answer) == ("张磊", "refused", "We want to keep him")


def test_one_change_at_a_time_and_a_real_one(change):
    asked = change()
    for values in ({}, {"incoming": "李四"}):
        with pytest.raises(Refused) as no:
            change(asked.contract, **values)
        assert no.value.code == "open"
    other = accepted(project_manager="张磊")
    for values, field in (({"incoming": " 张磊 "}, "incoming"), ({"reason": " "}, "reason")):
        with pytest.raises(Refused) as no:
            change(other, **values)
        assert no.value.field == field
    with pytest.raises(Refused):
        change(accepted())


def test_a_terminated_contract_asks_nobody_any_more(change, ask, director):
    asked = change()
    access = ask(asked.contract)
    terminate_contract(contract=asked.contract, on=ON, reason="Sold", by=director, at=AT)
    for consent in (asked, access):
        consent.refresh_from_db()
        assert consent.status == "withdrawn"


def test_a_file_that_is_no_letter_leaves_the_question_open(change, manager):
    asked = change()
    with pytest.raises(Refused):
        agree(asked, by=manager, letter=ContentFile(b"MZ", name="letter.exe"))
    asked.refresh_from_db()
    assert asked.status == "asked"


# On the phone


def call(number="138 0000 1111", at=AT + HOUR):
    return consents.Call(number, at)


def test_an_answer_on_the_phone_names_who_when_and_which_number(ask, engineer):
    """At two in the night nothing but the telephone works; the customer reads by mail what was noted."""
    access = ask()
    how = {"consent": access, "name": "王女士", "by": engineer, "at": AT + 2 * HOUR}
    for wrong, field in (
        (call(number="-"), "number"),
        (call(at=AT - HOUR), "answered_at"),
        (call(at=AT + 3 * HOUR), "answered_at"),
    ):
        with pytest.raises(Refused) as no:
            consents.agree_to_consent(call=wrong, **how)
        assert no.value.field == field
    consents.agree_to_consent(call=call(), **how)
    access.refresh_from_db()
    assert (access.status, access.channel, access.number) == ("agreed", "phone", "138 0000 1111")
    assert access.answered_at == AT + HOUR
    mail = OutgoingMail.objects.get(kind="consent_confirmed")
    assert "138 0000 1111" in mail.text
    assert "王女士" in mail.text


def test_a_refusal_on_the_phone_is_confirmed_too(ask, engineer):
    access = ask()
    consents.refuse_consent(
        consent=access, name="王女士", reason="Not today", call=call(), by=engineer, at=AT + 2 * HOUR
    )
    assert "Not today" in OutgoingMail.objects.get(kind="consent_confirmed").text

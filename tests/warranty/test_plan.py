"""What the run does with the rows warranty owns: notices, alarms, the end of coverage (docs/rules.md 5)."""

import pytest

from base.chatter.models import Todo
from base.mail.models import OutgoingMail
from base.mail.queue import record_bounce
from contracts.models import Contract
from tests.chain import accepted, at, day, paid_term, row, verbs
from tests.factories import UserFactory
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


def run(on: str):
    return run_day(on=day(on), by=None, at=at(day(on)))


def mails(kind: str) -> list[tuple[str, str]]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk").values_list("to_email", "subject"))


def todos(kind: str) -> list[tuple]:
    return list(Todo.objects.filter(kind=kind).order_by("pk").values_list("assignee__username", "role", "due_on"))


def inspection(contract: Contract, step: str) -> Inspection:
    return Inspection.objects.get(action__contract=contract, action__step=step)


# Notices: the first visit of a contract accepted 2026-01-15 is planned for 2026-06-15


def test_engineer_and_customer_are_told_of_a_visit(engineer):
    contract = accepted(engineer=engineer)
    assert run("2026-05-31").actions == {}
    assert run("2026-06-01").actions == {"inspection_notice": {"done": 1, "skipped": 0, "failed": 0}}
    [(to, subject)] = mails("inspection_notice")
    assert to == contract.contact.email
    assert "2026年6月15日" in subject
    assert [to for to, _subject in mails("inspection_notice_engineer")] == [engineer.email]
    assert todos("inspection_due") == [(engineer.username, "", day("2026-06-15"))]
    run("2026-06-08")
    assert len(mails("inspection_notice")) == 2
    assert len(todos("inspection_due")) == 1


def test_without_an_engineer_the_service_manager_has_to_send_one():
    accepted(contact=None)
    run("2026-06-01")
    assert todos("inspection_due") == [(None, "service_manager", day("2026-06-15"))]
    assert not OutgoingMail.objects.exists()


def test_of_notices_missed_only_the_later_is_given():
    contract = accepted()
    assert run("2026-06-10").actions["inspection_notice"] == {"done": 1, "skipped": 1, "failed": 0}
    assert len(mails("inspection_notice")) == 1
    assert row(contract, "inspection_notice", "1/14").state == "skipped"
    assert row(contract, "inspection_notice", "1/7").state == "done"


def test_nobody_is_told_of_a_visit_that_was_held(engineer):
    contract = accepted()
    report_inspection(
        inspection=inspection(contract, "1"), visited_on=day("2026-03-02"), result=InspectionResult.NORMAL, findings="",
        by=engineer, at=at(day("2026-03-02")), on=day("2026-03-02"),
    )  # fmt: skip
    assert run("2026-06-15").actions == {}
    assert not OutgoingMail.objects.exclude(kind="survey_asked").exists()


# Missed


def test_a_missed_inspection_alarms_engineer_and_service_manager(engineer):
    contract = accepted(engineer=engineer)
    run("2026-07-15")
    assert todos("inspection_missed") == []
    run("2026-07-16")
    assert todos("inspection_missed") == [
        (engineer.username, "", day("2026-07-16")),
        (None, "service_manager", day("2026-07-16")),
    ]
    assert row(contract, "inspection", "1").state == "planned", "it can still be held and reported"


def test_it_alarms_after_the_term_too():
    contract = accepted()
    run("2027-03-01")
    assert len(todos("inspection_missed")) == 2
    assert row(contract, "inspection_missed", "2").state == "done"


def test_a_window_that_was_over_before_it_was_planned_alarms_nobody():
    """Imported the day after the first window ended: its visit is history."""
    contract = accepted(day("2026-01-15"), planned_on=day("2026-07-16"))
    run("2026-07-16")
    assert todos("inspection_missed") == []
    assert row(contract, "inspection_missed", "1").state == "skipped"


# The end of coverage


def test_a_lapse_is_told_to_customer_and_manager():
    contract = accepted()
    run("2027-01-15")
    assert mails("coverage_lapsed") == []
    run("2027-01-16")
    [(to, _subject)] = mails("coverage_lapsed")
    assert to == contract.contact.email
    assert OutgoingMail.objects.get(kind="coverage_lapsed").papers == [
        ["warranty.lapse_letter", contract.terms.get().pk]
    ]
    assert todos("coverage_lapsed") == [(contract.manager.username, "manager", day("2027-01-16"))]
    assert verbs(contract)[-1] == "coverage_lapsed"


def test_without_a_reader_the_manager_hands_the_letter_over():
    contract = accepted(contact=None)
    run("2027-01-16")
    assert not OutgoingMail.objects.exists()
    assert todos("letter_by_hand") == [(contract.manager.username, "manager", day("2027-01-16"))]


def test_where_a_term_follows_it_starts_and_nobody_is_alarmed():
    contract = accepted()
    paid_term(contract, "100000.00", on=day("2026-10-01"))
    run("2027-01-16")
    assert not OutgoingMail.objects.filter(kind="coverage_lapsed").exists()
    assert todos("coverage_lapsed") == []
    assert verbs(contract)[-1] == "term_started"


def test_where_coverage_was_taken_up_later_the_gap_was_a_lapse():
    contract = accepted()
    paid_term(contract, "100000.00", on=day("2026-10-01"), first_day=day("2027-03-01"))
    run("2027-01-16")
    assert len(mails("coverage_lapsed")) == 1


def test_a_bounced_reader_is_not_written_to():
    contract = accepted()
    record_bounce(email=contract.contact.email, by=None, at=at(day("2026-05-01")))
    assert run("2026-06-01").failures == []
    assert not OutgoingMail.objects.exists()
    assert Todo.objects.filter(kind="mail_address_dead", assignee=contract.manager).exists()


def test_mails_speak_the_readers_language():
    contract = accepted()
    contract.contact.language = "en"
    contract.contact.save()
    UserFactory()
    run("2026-06-01")
    [(_to, subject)] = mails("inspection_notice")
    assert "15 June 2026" in subject

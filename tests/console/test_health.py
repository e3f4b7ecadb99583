import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from base.accounts.models import Role, User
from base.company.models import CalendarYear, Company
from base.company.queries import company
from base.jobs.models import Job
from base.jobs.run import LEASE
from base.jobs.work import claim_next
from base.mail.models import OutgoingMail
from config.celery import app
from console import health, tasks
from console.health import Check, Level
from console.models import Heartbeat
from console.pages import health as health_pages

pytestmark = pytest.mark.django_db

AT = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


def level(name, at=AT):
    (check,) = [check for check in health.health(at) if check.name == name]
    assert check.text
    return check.level


@pytest.fixture
def alive():
    for name in ("worker", "beat", "jobs"):
        tasks.note(name, at=AT)


@pytest.fixture
def mail_may_leave(settings):
    settings.EMAIL_URL = "smtp://mail.example.com"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example.com", 25
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = None
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    Company.objects.update(sender_email="service@example.com", mail_on_hold=False)


def mail(**values):
    return OutgoingMail.objects.create(
        target=company(), cause=f"t:{OutgoingMail.objects.count()}", queued_at=AT, next_attempt_at=AT, **values
    )


def test_the_database_and_its_version():
    assert level("database") == level("migrations") == Level.OK
    call_command("migrate", "console", "zero", fake=True, verbosity=0)
    assert level("migrations") == Level.BAD


def test_a_database_from_before_the_house_is_refused_in_words():
    MigrationRecorder(connection).record_applied("contracts", "0001_initial")
    assert level("migrations") == Level.BAD
    (check,) = [check for check in health.health(AT) if check.name == "migrations"]
    assert "before 0.2" in check.text


def test_the_broker_can_be_reached_or_not(settings, tmp_path, monkeypatch):
    assert level("broker") == Level.OK
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "gone")}
    assert level("broker") == Level.BAD
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    monkeypatch.setitem(app.conf, "broker_url", "amqp://127.0.0.1:1//")
    assert level("broker") == Level.BAD


def test_a_process_that_was_not_seen_for_three_minutes_is_missed(alive):
    assert level("processes") == Level.OK
    assert level("processes", AT + timedelta(minutes=3)) == Level.OK
    assert level("processes", AT + timedelta(minutes=3, seconds=1)) == Level.BAD
    Heartbeat.objects.filter(name="beat").delete()
    assert level("processes") == Level.BAD


def test_the_message_of_the_beat_is_noted_by_who_sends_it_and_by_who_gets_it(monkeypatch, tmp_path):
    monkeypatch.setitem(app.conf, "broker_url", "memory://")
    app.send_task("console.tasks.beat")
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"beat"}
    tasks.beat()
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"beat", "worker"}
    tasks.beat()
    assert Heartbeat.objects.count() == 2


def test_the_beat_table_names_the_heartbeat_task():
    assert app.conf.beat_schedule["heartbeat"]["task"] == tasks.beat.name


def test_mail_that_does_not_leave(mail_may_leave, settings):
    assert level("mail") == Level.OK
    mail()
    assert level("mail", AT + timedelta(minutes=29)) == Level.OK
    assert level("mail", AT + timedelta(minutes=30)) == Level.WARN
    for values in ({"mail_on_hold": True}, {"sender_email": ""}):
        Company.objects.update(**values)
        assert level("mail") == Level.WARN
    settings.EMAIL_URL = ""
    assert level("mail") == Level.WARN


def test_an_uncertain_mail_is_shown_until_somebody_found_out():
    assert level("uncertain") == Level.OK
    first = mail(status="uncertain")
    assert level("uncertain") == Level.WARN
    mail(resend_of=first)
    assert level("uncertain") == Level.OK


@pytest.mark.parametrize(
    ("day", "expected"),
    [((10, 31), Level.OK), ((11, 1), Level.WARN), ((12, 14), Level.WARN), ((12, 15), Level.BAD), ((12, 31), Level.BAD)],
)
def test_next_years_official_days_are_missed_from_november(day, expected):
    at = datetime(2026, *day, 4, tzinfo=UTC)
    assert level("calendar", at) == expected
    CalendarYear.objects.create(year=2027, source="notice")
    assert level("calendar", at) == Level.OK


def test_this_years_official_days_must_be_there():
    assert level("calendar", datetime(2027, 2, 1, tzinfo=UTC)) == Level.BAD


def test_the_day_is_the_companys():
    assert level("calendar", datetime(2026, 10, 31, 16, tzinfo=UTC)) == Level.WARN


def test_a_company_without_a_name():
    assert level("company") == Level.WARN
    Company.objects.update(name="维保科技")
    assert level("company") == Level.OK


def test_fonts_that_lack_characters(monkeypatch, tmp_path):
    health._glyphs_complete.cache_clear()
    monkeypatch.setattr("base.documents.pdf.FONTS", tmp_path)
    assert level("papers") == Level.BAD


def test_a_check_that_breaks_is_bad_and_hides_no_other(monkeypatch):
    def fine(at):
        return Check("fine", Level.WARN, f"{at:%Y}")

    def broken(at):
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(health, "_CHECKS", (broken, fine))
    *_, first, second = health.health(AT)
    assert first == Check("broken", Level.BAD, "ZeroDivisionError: oops")
    assert second == Check("fine", Level.WARN, "2026")


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr(health_pages, "_last", [])
    with time_machine.travel(AT, tick=False) as now:
        yield now


def ask(rf, view, user=None, **query):
    request = rf.get("/health/", query)
    request.user = user or AnonymousUser()
    return view(request)


def test_strangers_learn_only_whether_all_is_well(rf, alive, now):
    assert health_pages.check.action == "public"
    response = ask(rf, health_pages.check)
    assert (response.status_code, response.content) == (200, b"ok\n")
    Heartbeat.objects.all().delete()
    assert ask(rf, health_pages.check).content == b"ok\n", "the last answer still holds"
    now.shift(10)
    response = ask(rf, health_pages.check)
    assert (response.status_code, response.content) == (503, b"bad\n")


@pytest.mark.parametrize("user", [None, User(role=Role.MANAGER)])
def test_strangers_get_no_details(rf, user):
    with pytest.raises(PermissionDenied):
        ask(rf, health_pages.check, user, format="json")


def test_who_may_see_the_health_gets_all_of_it(rf, alive, now):
    auditor = User(role=Role.AUDITOR)
    response = ask(rf, health_pages.check, auditor, format="json")
    told = json.loads(response.content)
    assert (response.status_code, told["status"]) == (200, "warn")
    assert [check["name"] for check in told["checks"]] == [check.name for check in health.health(AT)]
    assert {
        "name": "processes",
        "status": "ok",
        "text": "Worker, beat and the worker of the jobs are at work.",
    } in told["checks"]
    Heartbeat.objects.all().delete()
    assert ask(rf, health_pages.check, auditor, format="json").status_code == 503
    assert health_pages.page.action == "health.view"


def test_while_a_job_runs_its_claim_is_the_sign_of_life(alive, manager):
    Heartbeat.objects.filter(name="jobs").delete()
    assert level("processes") == Level.BAD

    job = Job.objects.create(kind="export_list", by=manager, language="en", created_at=AT)
    assert claim_next("a", AT) == job
    assert level("processes") == Level.OK
    assert level("processes", AT + LEASE + timedelta(seconds=1)) == Level.BAD


def test_a_job_that_waits_for_an_hour_is_told_of(manager):
    Job.objects.create(kind="export_list", by=manager, language="en", created_at=AT)
    assert level("jobs") == Level.OK
    assert level("jobs", AT + timedelta(hours=1)) == Level.OK
    assert level("jobs", AT + timedelta(hours=1, seconds=1)) == Level.WARN


def test_the_worker_of_the_jobs_notes_that_it_is_alive(alive):
    Heartbeat.objects.filter(name="jobs").delete()
    tasks.jobs_beat()
    assert Heartbeat.objects.filter(name="jobs").exists()

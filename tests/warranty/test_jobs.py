"""What of warranty is a job: the day by hand, what it would do, the ledger as a file."""

import io
from contextlib import closing
from datetime import date, timedelta

import openpyxl
import pytest
from django.test import Client

from base.jobs import run as runs
from base.jobs.models import Job
from base.jobs.operations import ask_job, stop_job
from base.jobs.work import work_off_jobs
from contracts.customers import save_customer
from contracts.operations import hand_over_contracts
from tests.chain import AT, ON, accepted
from tests.factories import UserFactory
from warranty import receivers
from warranty.models import DailyRun, PlannedAction
from warranty.pages import ledger_export
from warranty.planning import run as planning

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def each_step_beats(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(runs, "BEAT", 0.0)


@pytest.fixture
def enter(db):
    def client_of(role):
        client = Client()
        client.user = UserFactory(role=role)
        client.force_login(client.user)
        return client

    return client_of


def work():
    return work_off_jobs(lambda: AT)


def due():
    last = ON + timedelta(days=90)
    return accepted(date(last.year - 1, last.month, last.day), planned_on=ON)


def test_a_run_that_is_stopped_leaves_the_rest_to_the_next(director, monkeypatch):
    monkeypatch.setattr(planning, "CHUNK", 1)
    first, second = due(), due()
    job = ask_job(kind="run_today", by=director, at=AT)
    taken = []

    def stop(run, done, total):
        taken.append((done, total))
        stop_job(job=job, by=director, at=AT)
        return plain(run, done, total)

    plain = runs.JobRun.step
    monkeypatch.setattr(runs.JobRun, "step", stop)
    work()
    monkeypatch.undo()
    job.refresh_from_db()
    assert (job.status, len(taken)) == ("stopped", 1)
    assert DailyRun.objects.get().finished_at is None

    ask_job(kind="run_today", by=director, at=AT)
    work()
    assert {each.quotes.count() for each in (first, second)} == {1}


def test_few_contracts_are_written_at_once(enter):
    accepted(date(2026, 1, 15))
    with closing(enter("director").get("/contracts/ledger.xlsx")) as answer:
        assert answer["Content-Disposition"].startswith("attachment")


def test_many_are_written_by_a_job_and_kept_back_once_one_is_somebody_else_s(enter, director, monkeypatch):
    monkeypatch.setattr(ledger_export, "AT_ONCE", 1)
    manager = enter("manager")
    for number in ("HT-1", "HT-2"):
        contract = accepted(date(2026, 1, 15), number=number, manager=manager.user)

    assert "more than 1 row" in manager.get("/contracts/ledger.xlsx").content.decode()
    assert not Job.objects.exists()
    answer = manager.post("/contracts/ledger.xlsx")
    work()
    job = Job.objects.get()
    assert (answer["Location"], job.result) == (f"/jobs/{job.pk}/", "2 rows.")
    with closing(manager.get(f"/jobs/{job.pk}/file/")) as fetched:
        book = openpyxl.load_workbook(io.BytesIO(b"".join(fetched.streaming_content)))
    assert [row[0] for row in book.active.iter_rows(values_only=True)] == ["合同编号", "HT-1", "HT-2"]

    hand_over_contracts(contracts=[contract], to=UserFactory(role="manager"), by=director, at=AT)
    assert manager.get(f"/jobs/{job.pk}/file/").status_code == 409


def test_a_customer_of_many_contracts_is_planned_anew_by_a_job(director, monkeypatch):
    monkeypatch.setattr(receivers, "AT_ONCE", 1)
    customer = accepted(date(2026, 1, 15)).customer
    accepted(date(2026, 1, 15), customer=customer)
    season = PlannedAction.objects.filter(kind="budget_notice", contract__customer=customer)
    save_customer(customer=customer, values={"note": "x"}, by=director, at=AT)
    assert not Job.objects.exists()
    save_customer(customer=customer, values={"budget_funded": True}, by=director, at=AT)
    assert not season.exists()
    work()
    assert season.count() == 2
    assert Job.objects.get().status == "done"

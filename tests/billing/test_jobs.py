"""A batch of many invoices: its number, its file and the end of its job hold together."""

import pytest
from django.test import Client

from base.documents.numbers import draw
from base.jobs import run as runs
from base.jobs.models import Job
from base.jobs.operations import stop_job
from base.jobs.run import LEASE
from base.jobs.work import claim_next, work_off_jobs
from billing import exports
from billing.exports import export_invoices
from billing.jobs import EXPORT_INVOICES
from billing.models import ExportBatch, Invoice
from billing.pages import exports as pages
from tests.chain import AT, ON, invoiced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def much(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(pages, "AT_ONCE", 0)
    monkeypatch.setattr(exports, "_CHUNK", 1)
    monkeypatch.setattr(runs, "BEAT", 0.0)


@pytest.fixture
def client(finance):
    found = Client()
    found.force_login(finance)
    return found


def ask(client):
    days = {"first": ON.isoformat(), "last": ON.isoformat(), "file_format": "csv"}
    answer = client.post("/exports/make/", days)
    return answer, Job.objects.latest("pk")


def test_many_invoices_are_exported_by_a_job(client):
    invoiced()
    answer, job = ask(client)
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert not ExportBatch.objects.exists()

    work_off_jobs(lambda: AT)
    batch, job = ExportBatch.objects.get(), Job.objects.get()
    assert (job.status, job.result, job.result_url) == ("done", f"{batch.number}: 1 row.", f"/exports/{batch.pk}/")
    assert (batch.rows, batch.by_id) == (1, job.by_id)
    answer, _job = ask(client)
    assert "nothing to export" in answer.content.decode()
    assert Job.objects.count() == 1


def test_what_somebody_else_took_meanwhile_is_not_taken_twice(client):
    invoice = invoiced()
    _answer, job = ask(client)
    export_invoices(invoices=Invoice.objects.filter(pk=invoice.pk), file_format="csv", by=None, at=AT, on=ON)
    work_off_jobs(lambda: AT)

    job.refresh_from_db()
    assert (job.status, ExportBatch.objects.count()) == ("failed", 1)
    assert "nothing to export" in job.error


def test_who_is_killed_before_the_end_has_drawn_no_number(client, monkeypatch):
    invoiced()
    _answer, job = ask(client)
    killed = claim_next("killed", AT)
    with monkeypatch.context() as patched:
        patched.setattr(runs.JobRun, "finish", lambda run, outcome: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            EXPORT_INVOICES.carry_out(runs.JobRun(killed, runs.Claim(killed, "killed"), at=AT))
    assert not ExportBatch.objects.exists()

    work_off_jobs(lambda: AT + 2 * LEASE)
    job.refresh_from_db()
    assert (job.status, job.attempts, ExportBatch.objects.get().number) == ("done", 2, f"DC-{ON.year}-0001")


def test_one_that_is_stopped_leaves_no_gap(client, finance, monkeypatch):
    invoiced()
    _answer, job = ask(client)
    plain = runs.JobRun.step

    def stop(run, done):
        stop_job(job=job, by=finance, at=AT)
        return plain(run, done)

    monkeypatch.setattr(runs.JobRun, "step", stop)
    work_off_jobs(lambda: AT)
    job.refresh_from_db()
    assert (job.status, ExportBatch.objects.count()) == ("stopped", 0)
    assert draw("DC", ON.year) == [f"DC-{ON.year}-0001"]

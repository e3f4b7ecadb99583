"""My jobs: nobody else's, how far each is, its file, and the notice of what ended."""

from contextlib import closing

import pytest

from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.work import claim_next, work_off_jobs
from tests.chain import AT
from tests.factories import ContractFactory

pytestmark = pytest.mark.django_db


def ask(user, query=""):
    parameters = {"page": "contracts", "query": query, "kind": "csv"}
    return ask_job(kind="export_list", subject="Contracts (csv)", parameters=parameters, by=user, at=AT)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def manager(enter):
    return enter("manager")


def test_one_sees_ones_own_only(enter, manager):
    director = enter("director")
    job = ask(manager.user)
    work_off_jobs(lambda: AT)

    assert "Contracts (csv)" in text(manager.get("/jobs/"))
    assert "Contracts (csv)" not in text(director.get("/jobs/"))
    for address in ("", "progress/", "file/"):
        assert director.get(f"/jobs/{job.pk}/{address}").status_code == 404
    assert manager.get(f"/jobs/{job.pk}/").status_code == 200
    with closing(manager.get(f"/jobs/{job.pk}/file/")) as answer:
        assert answer["Content-Disposition"].startswith("attachment")
    assert director.post(f"/jobs/{job.pk}/move/stop/", {"asked": "1"}).status_code == 404


def test_how_far_it_is_is_asked_for_until_it_is_over(manager):
    job = ask(manager.user)
    assert "Waiting for its turn" in text(manager.get(f"/jobs/{job.pk}/progress/"))

    claim_next("a", AT)
    Job.objects.update(done=500, total=2000, step="writing")
    answer = text(manager.get(f"/jobs/{job.pk}/progress/"))
    assert "500 of 2000" in answer
    assert "writing" in answer
    assert 'hx-trigger="every 1s"' in text(manager.get(f"/jobs/{job.pk}/"))

    Job.objects.update(status="done")
    assert manager.get(f"/jobs/{job.pk}/progress/").headers["HX-Refresh"] == "true"
    assert "every 1s" not in text(manager.get(f"/jobs/{job.pk}/"))


def test_it_is_stopped_on_its_sheet(manager):
    job = ask(manager.user)
    manager.post(f"/jobs/{job.pk}/move/stop/", {"asked": "1"})

    assert Job.objects.get().status == "stopped"
    assert "It was stopped." in text(manager.get(f"/jobs/{job.pk}/"))


def test_why_it_failed_is_said(manager):
    job = ask(manager.user)
    Job.objects.update(status="failed", error="There is nothing to export.")

    assert "There is nothing to export." in text(manager.get(f"/jobs/{job.pk}/"))
    assert "There is nothing to export." in text(manager.get("/jobs/"))


def test_whoever_asked_is_told_on_the_page_they_are_on(enter, manager):
    assert "job-notice" not in text(manager.get("/contracts/"))
    ContractFactory(manager=manager.user)
    ask(manager.user)
    assert "job-notice" in text(manager.get("/contracts/"))
    assert "job-notice" not in text(enter("director").get("/contracts/"))
    assert "beforeend:#messages" not in text(manager.get("/jobs/notice/"))

    work_off_jobs(lambda: AT)
    answer = text(manager.get("/jobs/notice/"))
    assert "beforeend:#messages" in answer
    assert "1 row." in answer
    manager.post("/jobs/told/")

    answer = text(manager.get("/jobs/notice/"))
    assert "beforeend:#messages" not in answer
    assert "hx-get" not in answer
    assert "job-notice" not in text(manager.get("/contracts/"))

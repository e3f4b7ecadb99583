"""Daily runs through the screens: looked at, started by hand, taken again for what failed."""

from datetime import date, timedelta

import pytest

from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from billing.models import TaxRate
from renewals.models import RenewalQuote
from tests.chain import AT, ON, accepted, row
from warranty.models import DailyRun
from warranty.pages import runs
from warranty.planning.run import run_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(db):
    """Its renewal quote is due today."""
    last = ON + timedelta(days=90)
    return accepted(date(last.year - 1, last.month, last.day), planned_on=ON, number="HT-9")


def test_a_dry_run_says_what_would_be_done_and_the_button_does_it(enter, due):
    director = enter("director")

    page = director.get("/runs/today/")
    assert "The day was not run yet." in page.content.decode()
    assert page.context["preview"] is None
    director.post("/runs/today/", {"preview": "1"})
    work_off_jobs(lambda: AT)
    page = director.get("/runs/today/")
    assert {each["kind"]: each["done"] for each in page.context["preview"]["kinds"]}["renewal quote is drafted"] == 1
    assert enter("administrator").get("/runs/today/").context["preview"] is None
    assert not RenewalQuote.objects.exists()
    assert not DailyRun.objects.exists()

    answer = director.post("/runs/today/")
    job = Job.objects.get(kind="run_today")
    assert answer.url == f"/jobs/{job.pk}/"
    work_off_jobs(lambda: AT)
    run, job = DailyRun.objects.get(), Job.objects.get(pk=job.pk)
    assert (job.status, job.result_url, run.by, run.whole) == ("done", f"/runs/{run.pk}/", director.user, True)
    assert RenewalQuote.objects.exists()
    assert "The day was run already" in director.get("/runs/today/").content.decode()


def test_a_failure_is_listed_with_its_reason_and_run_again_once_it_is_mended(enter, due):
    TaxRate.objects.update(valid_from=date(2030, 1, 1))
    run_day(on=ON, by=None, at=AT)
    run = DailyRun.objects.get()
    director = enter("director")

    page = director.get(f"/runs/{run.pk}/").content.decode()
    assert "no tax rate is valid" in page
    assert f'href="/contracts/{due.pk}/?tab=plan"' in page
    assert [each.pk for each in director.get("/runs/?quick=failed").context["listing"].records] == [run.pk]
    still = director.post(f"/runs/{run.pk}/move/again/", {"version": ""}, follow=True)
    assert "no tax rate is valid" in still.content.decode()

    TaxRate.objects.update(valid_from=date(2020, 1, 1))
    newest = DailyRun.objects.order_by("-pk")[0]
    director.post(f"/runs/{newest.pk}/move/again/")
    assert row(due, "renewal_quote").state == "done"
    assert director.get(f"/runs/{newest.pk}/").context["move_states"] == []


def test_many_failures_are_run_again_by_a_job(enter, due, monkeypatch):
    monkeypatch.setattr(runs, "AT_ONCE", 0)
    TaxRate.objects.update(valid_from=date(2030, 1, 1))
    run_day(on=ON, by=None, at=AT)
    TaxRate.objects.update(valid_from=date(2020, 1, 1))
    director = enter("director")
    answer = director.post(f"/runs/{DailyRun.objects.get().pk}/move/again/")

    assert answer.url == f"/jobs/{Job.objects.get().pk}/"
    work_off_jobs(lambda: AT)
    assert row(due, "renewal_quote").state == "done"
    assert Job.objects.get().status == "done"


def test_who_may_look_and_who_may_start(enter, due):
    assert enter("auditor").get("/runs/").status_code == 200
    assert enter("auditor").post("/runs/today/").status_code == 403
    for role in ("manager", "finance", "service_manager", "engineer"):
        assert enter(role).get("/runs/").status_code == 403
    assert not DailyRun.objects.exists()

"""The forecast as a workbook: at once while it is short, else by a job."""

import io

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from base.accounts.models import Role, User
from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from tests.factories import UserFactory
from tests.warranty.pages.test_plan import contract_due
from warranty.pages import forecast as forecast_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(db):
    def client_of(role):
        client = Client()
        client.force_login(UserFactory(role=role))
        return client

    return client_of


def test_the_forecast_is_taken_away_as_a_workbook(enter):
    contract = contract_due(number="HT-9")

    answer = enter("director").get("/forecast/export.xlsx?from=2026-11-22&to=2027-03-01")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:4] == ("due on", "what", "contract", "customer")
    assert {each[2] for each in rows[1:]} == {"HT-9"}
    assert len(rows) - 1 == len(enter("director").get("/forecast/?from=2026-11-22&to=2027-03-01").context["lines"])
    assert contract.number == "HT-9"


def test_a_long_forecast_is_written_by_a_job_and_kept_from_who_lost_the_prices(enter, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(forecast_page, "AT_ONCE", 0)
    contract_due(number="HT-9")
    director, address = enter("director"), "/forecast/export.xlsx?from=2026-11-22&to=2027-03-01"
    assert "written in the background" in director.get(address).content.decode()
    answer = director.post(address)
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    work_off_jobs(timezone.now)

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(director.get(f"/jobs/{job.pk}/file/").streaming_content))).active
    lines = director.get("/forecast/?from=2026-11-22&to=2027-03-01").context["lines"]
    assert [row[2] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["HT-9"] * len(lines)
    User.objects.filter(pk=job.by_id).update(role=Role.SERVICE_MANAGER)
    assert director.get(f"/jobs/{job.pk}/file/").status_code == 409

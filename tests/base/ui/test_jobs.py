"""A long list is written by a job, and its file handed out while its person may see all that is in it."""

import csv
import io
from contextlib import closing

import pytest

from base.accounts.models import User
from base.jobs.models import Job
from base.jobs.queries import hides_rows
from base.jobs.work import work_off_jobs
from base.ui.models import ColumnChoice
from base.ui.views import export
from contracts.models import Contract
from contracts.operations import hand_over_contracts
from contracts.pages.contracts import ContractPage
from tests.chain import AT
from tests.factories import ContractFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_from_three(monkeypatch):
    monkeypatch.setattr(export, "AT_ONCE", 2)


def contracts(manager, count=3):
    return [ContractFactory(number=f"HT-{number}", manager=manager) for number in range(count)]


def asked(client, kind="csv", query=""):
    answer = client.post(f"/contracts/export.{kind}{query}")
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    work_off_jobs(lambda: AT)
    job.refresh_from_db()
    return job


def stored(job):
    with job.file.open() as file:
        return file.read()


def fetched(client, job):
    with closing(client.get(f"/jobs/{job.pk}/file/")) as answer:
        return b"".join(answer.streaming_content)


def lines(job):
    return list(csv.reader(io.StringIO(stored(job).decode("utf-8-sig"))))


def test_a_short_list_is_written_at_once_however_it_is_asked_for(enter, long_from_three):
    manager = enter("manager")
    contracts(manager.user, 2)

    for answer in (manager.get("/contracts/export.csv"), manager.post("/contracts/export.csv")):
        assert answer["Content-Disposition"].startswith("attachment")
    assert not Job.objects.exists()


def test_looking_at_the_address_of_a_long_one_asks_first(enter, long_from_three):
    manager = enter("manager")
    contracts(manager.user)
    answer = manager.get("/contracts/export.xlsx?sort=number")

    assert answer.status_code == 200
    assert 'action="/contracts/export.xlsx?sort=number"' in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_one_is_written_by_a_job(enter, long_from_three, kind):
    manager = enter("manager")
    contracts(manager.user)
    job = asked(manager, kind, "?sort=-number")

    assert (job.status, job.done, job.total, job.result) == ("done", 3, 3, "3 rows.")
    assert job.file_name == f"Contracts 2026-11-22.{kind}"
    assert fetched(manager, job) == stored(job)


def test_it_holds_what_the_list_showed(enter, long_from_three):
    manager = enter("manager")
    ColumnChoice.objects.create(owner=manager.user, page="contracts", columns=["number"])
    contracts(manager.user)
    ContractFactory(number="HT-9", manager=UserFactory(role="manager"))

    job = asked(manager, query="?sort=-number")
    assert lines(job) == [["Number"], ["HT-2"], ["HT-1"], ["HT-0"]]


def test_rows_that_went_to_somebody_else_keep_the_file_back(enter, long_from_three, director):
    manager = enter("manager")
    rows = contracts(manager.user)
    job = asked(manager)
    other = UserFactory(role="manager")
    hand_over_contracts(contracts=rows[:1], to=other, by=director.user, at=AT)

    answer = manager.get(f"/jobs/{job.pk}/file/")
    assert answer.status_code == 409
    assert "rows that you may no longer see" in answer.content.decode()


def test_rows_that_are_no_more_do_not(enter, long_from_three):
    manager = enter("manager")
    rows = contracts(manager.user)
    job = asked(manager)
    rows[0].delete()

    assert fetched(manager, job) == stored(job)


def test_another_role_that_sees_no_prices_keeps_it_back(enter, long_from_three):
    manager = enter("manager")
    contracts(manager.user)
    job = asked(manager)
    User.objects.filter(pk=manager.user.pk).update(role="administrator")

    answer = manager.get(f"/jobs/{job.pk}/file/")
    assert answer.status_code == 409
    assert "no longer handed out" in answer.content.decode()


def test_a_column_one_may_no_longer_see_keeps_it_back(enter, long_from_three, monkeypatch):
    manager = enter("manager")
    contracts(manager.user)
    job = asked(manager)
    monkeypatch.setattr(ContractPage, "guards", {**ContractPage.guards, "number": "users.edit"})

    answer = manager.get(f"/jobs/{job.pk}/file/")
    assert answer.status_code == 409
    assert "columns" in answer.content.decode()


def test_who_sees_all_is_asked_by_two_counts(director, django_assert_num_queries):
    keys = sorted(each.pk for each in contracts(UserFactory(role="manager"), 5))
    with django_assert_num_queries(2):
        assert not hides_rows(ContractPage.rows(director.user), keys)
    assert not hides_rows(ContractPage.rows(director.user), [])
    assert Contract.objects.count() == 5

"""Papers of many records in one archive."""

import io
import zipfile
from contextlib import closing

import pytest
from django.test import Client

from base.jobs.models import Job
from base.jobs.work import work_off_jobs
from contracts.operations import hand_over_contracts
from renewals.pages.quotes import QuotePage
from tests.chain import AT, accepted, drafted, sent
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(manager):
    found = Client()
    found.force_login(manager)
    return found


def asked(client, quotes):
    answer = client.post("/quotes/bulk/papers/", {"id": [each.pk for each in quotes], "query": ""})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    work_off_jobs(lambda: AT)
    job.refresh_from_db()
    return job


def test_each_quote_s_paper_is_in_it_as_it_left_the_house_or_as_it_would(client, manager):
    quotes = [drafted(accepted(manager=manager)), sent(accepted(manager=manager))]
    job = asked(client, quotes)

    assert (job.status, job.result, job.done) == ("done", "2 papers.", 1)
    with closing(client.get(f"/jobs/{job.pk}/file/")) as answer:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert len(archive.namelist()) == 2
    assert all(archive.read(name).startswith(b"%PDF") for name in archive.namelist())


def test_it_is_kept_back_once_a_quote_is_somebody_else_s(client, manager, director):
    quote = drafted(accepted(manager=manager))
    job = asked(client, [quote])
    hand_over_contracts(contracts=[quote.contract], to=UserFactory(role="manager"), by=director, at=AT)

    assert client.get(f"/jobs/{job.pk}/file/").status_code == 409
    assert not QuotePage.rows(manager).exists()


def test_records_without_a_paper_are_told_of(client, manager, monkeypatch):
    quote = drafted(accepted(manager=manager))
    monkeypatch.setattr("base.documents.jobs.papers_of", lambda record: [])
    answer = client.post("/quotes/bulk/papers/", {"id": [quote.pk], "query": ""}, follow=True)

    assert "None of these has a paper." in answer.content.decode()
    assert not Job.objects.exists()

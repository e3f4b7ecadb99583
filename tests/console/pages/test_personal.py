"""A person is found by name, number or address, taken away as a file, and erased by whoever may."""

import json
from contextlib import closing
from datetime import timedelta

import pytest
from django.utils import timezone

from base.accounts.models import Role
from base.audit.models import Access
from base.jobs.models import Job
from base.jobs.queries import overdue_files
from base.jobs.work import work_off_jobs
from console.pages import personal
from contracts.models import Contact
from tests.chain import accepted

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact():
    return Contact.objects.create(
        customer=accepted().customer, name="王小芳", phone="13800138000", email="w@example.com"
    )


@pytest.mark.parametrize("text", ["王小", "138001", "w@example"])
def test_a_person_is_found(enter, contact, text):
    shown = enter("administrator").get("/personal-data/", {"q": text}).content.decode()
    assert "王小芳" in shown
    assert str(contact.customer) in shown


def test_nobody_is_found_by_what_nobody_has_and_too_short_a_text_looks_for_nobody(enter, contact):
    administrator = enter("administrator")
    assert "Nobody is known by this." in administrator.get("/personal-data/?q=nobody").content.decode()
    assert "王小芳" not in administrator.get("/personal-data/?q=王").content.decode()
    assert administrator.get("/personal-data/?q=%00%00").status_code == 200


def test_what_is_kept_is_taken_away_and_that_is_written_down(enter, contact):
    administrator = enter("administrator")
    asked = {"customer": contact.customer_id, "name": contact.name}
    told = json.loads(administrator.post("/personal-data/export/", asked).content)
    assert told["rows"][0]["values"]["phone"] == "13800138000"
    assert Access.objects.filter(kind="export", by=administrator.user).exists()


def test_erasing_wants_a_tick_and_happens_once(enter, contact):
    administrator = enter("administrator")
    asked = {"customer": contact.customer_id, "name": contact.name}
    administrator.post("/personal-data/erase/", asked)
    contact.refresh_from_db()
    assert contact.name == "王小芳"
    administrator.post("/personal-data/erase/", asked | {"sure": "1"})
    contact.refresh_from_db()
    assert (contact.phone, contact.email) == ("", "")
    assert administrator.post("/personal-data/erase/", asked | {"sure": "1"}).status_code == 409


@pytest.mark.parametrize("values", [{"customer": "x", "name": "a"}, {"customer": "999999", "name": "a"}, {}])
def test_what_leads_nowhere_is_refused(enter, values):
    for path in ("export", "erase"):
        assert enter("director").post(f"/personal-data/{path}/", values | {"sure": "1"}).status_code == 409


@pytest.mark.parametrize("role", Role)
def test_who_may(enter, role):
    expected = 200 if role in (Role.DIRECTOR, Role.ADMINISTRATOR) else 403
    assert enter(role).get("/personal-data/").status_code == expected


def test_of_a_large_customer_it_is_a_job_and_what_was_taken_away_goes_with_the_person(
    enter, contact, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(personal, "AT_ONCE", 0)
    administrator = enter("administrator")
    asked = {"customer": contact.customer_id, "name": contact.name}
    answer = administrator.post("/personal-data/export/", asked)
    job = Job.objects.get()
    assert (answer["Location"], job.subject) == (f"/jobs/{job.pk}/", str(contact.customer))
    work_off_jobs(timezone.now)
    with closing(administrator.get(f"/jobs/{job.pk}/file/")) as file:
        told = json.loads(b"".join(file.streaming_content))
    assert "13800138000" in [row["values"].get("phone") for row in told["rows"]]

    administrator.post("/personal-data/erase/", asked | {"sure": "1"})
    work_off_jobs(timezone.now)
    contact.refresh_from_db()
    assert (contact.phone, contact.email) == ("", "")
    assert administrator.get(f"/jobs/{job.pk}/file/").status_code == 409
    assert "王小芳" not in json.dumps(list(Job.objects.values("parameters", "subject", "result")), ensure_ascii=False)
    assert list(overdue_files(timezone.now() + timedelta(seconds=1))) == [job]

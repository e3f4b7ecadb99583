"""Asking for a job, stopping it, and fetching its file."""

from datetime import timedelta

import pytest

from base.accounts.models import User
from base.jobs.models import Job
from base.jobs.operations import MOST_OPEN, ask_job, check_file, mark_told, stop_job
from base.jobs.wake import kept
from base.jobs.work import work_off_jobs
from base.lib.errors import NotAllowed, Refused
from tests.chain import AT

pytestmark = pytest.mark.django_db


def ask(by, kind="copy", **parameters):
    return ask_job(kind=kind, subject="list", parameters=parameters, by=by, at=AT)


def work():
    return work_off_jobs(lambda: AT)


def test_what_is_asked_for_wakes_the_worker_of_the_jobs(acts, manager):
    with kept() as tasks:
        job = ask(manager, page="contracts")

    assert tasks == ["base.jobs.tasks.work_off_jobs"]
    assert (job.status, job.by, job.parameters, job.created_at) == ("waiting", manager, {"page": "contracts"}, AT)
    assert str(job) == "Copy: list"


def test_the_same_is_not_asked_for_twice_while_it_is_open(acts, manager, director):
    job = ask(manager, page="contracts")

    assert ask(manager, page="contracts") == job
    assert ask(manager, page="customers") != job
    assert ask(director, page="contracts") != job
    work()
    assert ask(manager, page="contracts") != job


def test_a_person_has_only_so_many_open(acts, manager, director):
    for number in range(MOST_OPEN):
        ask(manager, number=number)

    with pytest.raises(Refused) as refusal:
        ask(manager, number=MOST_OPEN)
    assert refusal.value.code == "too_many"
    ask(director, number=MOST_OPEN)


def test_it_takes_the_right_of_its_kind(acts, manager):
    with pytest.raises(NotAllowed):
        ask(manager, kind="mend")
    with pytest.raises(KeyError):
        ask(manager, kind="nothing of this name")


def test_one_that_waits_is_stopped_at_once(acts, manager):
    job = ask(manager)
    stop_job(job=job, by=manager, at=AT)

    job.refresh_from_db()
    assert (job.status, job.finished_at) == ("stopped", AT)
    assert acts.gave_up == ["stopped"]
    assert work() == 0
    with pytest.raises(Refused) as refusal:
        stop_job(job=job, by=manager, at=AT)
    assert refusal.value.code == "wrong_state"


def test_nobody_stops_or_fetches_for_another(acts, manager, director):
    job = ask(manager)
    work()
    job.refresh_from_db()

    with pytest.raises(NotAllowed):
        stop_job(job=job, by=director, at=AT)
    with pytest.raises(NotAllowed):
        check_file(job=job, by=director)


def test_the_file_is_handed_out_while_its_person_may_see_what_is_in_it(acts, manager):
    job = ask(manager)
    work()
    job.refresh_from_db()
    check_file(job=job, by=manager)

    acts.hidden = "The rows are somebody else's now."
    with pytest.raises(Refused, match="somebody else's"):
        check_file(job=job, by=manager)


def test_the_right_is_asked_again_when_the_file_is_fetched(acts):
    administrator = User.objects.create(username="a", email="a@example.org", role="administrator")
    job = ask(administrator, kind="mend")
    work()
    job.refresh_from_db()
    check_file(job=job, by=administrator)

    administrator.role = "manager"
    with pytest.raises(Refused) as refusal:
        check_file(job=job, by=administrator)
    assert refusal.value.code == "not_allowed"


def test_a_closed_log_in_fetches_nothing(acts, manager):
    job = ask(manager)
    work()
    job.refresh_from_db()
    manager.is_active = False

    with pytest.raises(NotAllowed):
        check_file(job=job, by=manager)


def test_a_removed_file_is_told_of(acts, manager):
    job = ask(manager)
    work()
    work_off_jobs(lambda: AT + timedelta(days=8))
    job.refresh_from_db()

    with pytest.raises(Refused) as refusal:
        check_file(job=job, by=manager)
    assert refusal.value.code == "removed"


def test_a_person_is_told_once_and_not_of_what_is_open(acts, manager):
    ended = ask(manager, number=1)
    work()
    still_open = ask(manager, number=2)
    mark_told(by=manager, at=AT)

    assert Job.objects.get(pk=ended.pk).told_at == AT
    assert Job.objects.get(pk=still_open.pk).told_at is None

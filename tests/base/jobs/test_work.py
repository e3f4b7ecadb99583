"""Jobs claimed, carried out, stopped, broken off and taken up again."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, transaction
from django.utils import timezone, translation

from base.accounts.models import User
from base.company.models import Company
from base.jobs import run as runs
from base.jobs.keys import unpack_keys
from base.jobs.models import FOLDER, Job
from base.jobs.operations import ask_job, stop_job
from base.jobs.queries import at_work
from base.jobs.run import LEASE, JobLost, Outcome
from base.jobs.work import TRIES, claim_next, drop_files, settle_lost, work_off_jobs
from tests.chain import AT

pytestmark = pytest.mark.django_db
LATER = AT + LEASE + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _each_step_beats(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(runs, "BEAT", 0.0)


def ask(by, kind="copy", number=0):
    return ask_job(kind=kind, subject="list", parameters={"number": number}, by=by, at=AT)


def work(at=AT):
    return work_off_jobs(lambda: at)


def again(job):
    return Job.objects.get(pk=job.pk)


def test_it_is_carried_out_in_the_language_and_time_zone_of_its_person(acts, manager):
    seen = []

    def act(run):
        seen.append((translation.get_language(), str(timezone.get_current_timezone()), run.by, run.at, run.parameters))
        return Outcome("done")

    acts.act = act
    with translation.override("zh-hans"):
        ask(manager, number=7)
    assert work() == 1

    assert seen == [("zh-hans", "Asia/Shanghai", manager, AT, {"number": 7})]


def test_what_came_of_it_is_kept(acts, manager):
    job = ask(manager)
    assert work() == 1

    job = again(job)
    assert (job.status, job.result, job.finished_at, job.attempts, job.told_at) == ("done", "written", AT, 1, None)
    assert (job.file_name, job.size, job.delete_after) == ("list.csv", 5, AT + timedelta(days=7))
    with job.file.open() as stored:
        assert stored.read() == b"three"
    assert unpack_keys(bytes(job.keys)) == [1, 2, 3]
    assert work() == 0


def test_one_after_the_other_in_the_order_of_asking(acts, manager, director):
    jobs = [ask(manager, number=1), ask(director, number=2), ask(manager, number=3)]

    assert work() == 3
    assert acts.done == [job.pk for job in jobs]


def test_two_workers_never_take_the_same(acts, manager):
    first, second = ask(manager, number=1), ask(manager, number=2)

    assert claim_next("a", AT) == first
    assert claim_next("b", AT) == second
    assert claim_next("a", AT) is None


def test_progress_is_written_down_and_the_claim_renewed(acts, manager, monkeypatch):
    seen = []

    def act(run):
        run.step(3, 9, "reading")
        job = again(run.job)
        seen.append((job.done, job.total, job.step, at_work(AT)))
        return Outcome()

    acts.act = act
    ask(manager)
    work()

    assert seen == [(3, 9, "reading", True)]
    assert not at_work(AT)


def test_one_that_runs_stops_at_its_next_step(acts, manager):
    def act(run):
        run.step(2, 5)
        stop_job(job=run.job, by=manager, at=AT)
        run.step(3, 5)
        raise AssertionError("it went on")

    acts.act = act
    job = ask(manager)
    work()

    job = again(job)
    assert (job.status, job.done, job.total, job.file, job.told_at) == ("stopped", 3, 5, "", None)
    assert acts.gave_up == ["stopped"]


def test_a_refusal_is_told_in_its_words(acts, manager):
    acts.refuse("There is nothing to export.")
    job = ask(manager)
    work()

    assert (again(job).status, again(job).error) == ("failed", "There is nothing to export.")
    assert acts.gave_up == ["failed"]


def test_a_fault_of_the_program_ends_one_job_only(acts, manager):
    def act(run):
        if run.parameters["number"] == 1:
            raise ZeroDivisionError("by zero")
        return Outcome("well")

    acts.act = act
    broken, well = ask(manager, number=1), ask(manager, number=2)
    assert work() == 2

    assert again(broken).status == "failed"
    assert "ZeroDivisionError: by zero" in again(broken).error
    assert again(well).status == "done"


def test_who_lost_the_right_before_it_began_is_told(acts):
    administrator = User.objects.create(username="a", email="a@example.org", role="administrator")
    job = ask(administrator, kind="mend")
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    work()

    assert again(job).status == "failed"
    assert acts.done == []


def test_effect_and_end_are_committed_together(acts, manager):
    """Who is told that the claim is gone keeps nothing of what it did."""

    def act(run):
        Job.objects.filter(pk=run.job.pk).update(worker="another")
        with transaction.atomic():
            Company.objects.update(phone="123")
            run.finish(Outcome("done"))

    acts.act = act
    job = ask(manager)
    work()

    assert again(job).status == "running"
    assert Company.objects.get().phone == ""


def test_a_kind_that_finishes_by_itself_is_done(acts, manager):
    def act(run):
        with transaction.atomic():
            run.finish(Outcome("number 7", url="/exports/7/", data={"seven": 7}))

    acts.act = act
    job = ask(manager)
    work()

    job = again(job)
    assert (job.status, job.result, job.result_url, job.outcome) == ("done", "number 7", "/exports/7/", {"seven": 7})


def test_a_step_after_the_claim_was_lost_ends_it(acts, manager):
    def act(run):
        Job.objects.filter(pk=run.job.pk).update(worker="another")
        with pytest.raises(JobLost):
            run.step(1, 2)
        run.step(2, 2)

    acts.act = act
    job = ask(manager)
    work()

    assert again(job).status == "running"


def lose(job):
    """Its worker is killed in the middle."""
    claim_next("killed", AT)
    assert again(job).status == "running"


def test_while_the_claim_holds_nobody_takes_it(acts, manager):
    job = ask(manager)
    lose(job)
    settle_lost(AT + LEASE)

    assert again(job).status == "running"


def test_a_repeatable_kind_begins_again(acts, manager):
    job = ask(manager)
    lose(job)
    assert work(LATER) == 1

    assert (again(job).status, again(job).attempts) == ("done", 2)


def test_what_takes_its_process_with_it_each_time_is_given_up(acts, manager):
    job = ask(manager)
    for attempt in range(TRIES):
        at = AT + attempt * (LEASE + timedelta(seconds=1))
        settle_lost(at)
        assert claim_next("killed", at) == job
    assert work(AT + TRIES * (LEASE + timedelta(seconds=1))) == 0

    assert again(job).status == "failed"
    assert "each time" in again(job).error
    assert acts.gave_up == ["failed"]


def test_any_other_kind_is_told_of(acts, manager):
    job = ask(manager, kind="once")
    lose(job)
    assert work(LATER) == 0

    job = again(job)
    assert (job.status, job.told_at) == ("failed", None)
    assert "in the middle" in job.error
    assert acts.gave_up == ["failed"]
    assert acts.done == []


def test_one_that_was_to_stop_when_it_was_killed_is_stopped(acts, manager):
    job = ask(manager)
    lose(job)
    stop_job(job=job, by=manager, at=AT)
    assert work(LATER) == 0

    assert again(job).status == "stopped"


def test_a_database_that_is_busy_leaves_it_to_the_next_sweep(acts, manager):
    acts.break_off(OperationalError("database is locked"))
    job = ask(manager)
    work()
    assert again(job).status == "running"

    acts.act = lambda run: Outcome("done")
    work(LATER)
    assert again(job).status == "done"


def test_a_kind_this_version_does_not_know_fails(acts, manager):
    job = ask(manager)
    Job.objects.filter(pk=job.pk).update(kind="of tomorrow")
    work()

    assert again(job).status == "failed"
    assert again(job).label == "of tomorrow"


def test_files_are_kept_as_long_as_the_company_wants(acts, manager):
    Company.objects.update(job_file_days=2)
    job = ask(manager)
    work()
    name = again(job).file.name

    drop_files(AT + timedelta(days=2))
    assert default_storage.exists(name)
    drop_files(AT + timedelta(days=2, seconds=1))
    assert not default_storage.exists(name)
    assert (again(job).file, again(job).keys, again(job).status) == ("", b"", "done")


def test_the_file_of_a_job_that_did_not_get_to_its_end_is_removed(acts, manager):
    def act(run):
        with transaction.atomic():
            run.finish(Outcome(file=io.BytesIO(b"half"), file_name="half.csv"))
            raise ZeroDivisionError

    acts.act = act
    ask(manager)
    work()
    assert default_storage.listdir(FOLDER)[1]

    drop_files(AT)
    assert default_storage.listdir(FOLDER)[1] == []

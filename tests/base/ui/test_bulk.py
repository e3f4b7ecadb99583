"""A bulk move over many rows is a job; whatever happens to it, no row is moved twice."""

import pytest

from base.chatter.models import Event
from base.jobs import run as runs
from base.jobs.models import Job
from base.jobs.operations import stop_job
from base.jobs.run import LEASE
from base.jobs.work import claim_next, work_off_jobs
from base.ui import bulk
from base.ui.views import move
from contracts.models import Contract, Customer
from contracts.pages import customers
from tests.chain import AT
from tests.factories import ContractFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def many_from_three(monkeypatch):
    monkeypatch.setattr(move, "AT_ONCE", 2)
    monkeypatch.setattr(runs, "BEAT", 0.0)


@pytest.fixture
def contracts():
    owner = UserFactory(role="manager")
    customer = CustomerFactory()
    return [ContractFactory(number=f"HT-{number}", manager=owner, customer=customer) for number in range(4)]


def hand_over(client, contracts, to, **more):
    data = {"id": [each.pk for each in contracts], "to": to.pk, "asked": 1, "query": "q=HT", **more}
    return client.post("/contracts/bulk/hand_over/", data)


def work():
    return work_off_jobs(lambda: AT)


def test_few_rows_are_moved_at_once(director, contracts):
    to = UserFactory(role="manager")
    hand_over(director, contracts[:2], to)

    assert Contract.objects.filter(manager=to).count() == 2
    assert not Job.objects.exists()


def test_many_are_moved_by_a_job_that_leads_back_to_the_list(director, contracts):
    to = UserFactory(role="manager")
    answer = hand_over(director, contracts, to)
    job = Job.objects.get()

    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert not Contract.objects.filter(manager=to).exists()
    work()
    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.result) == ("done", 4, 4, "Hand over: 4 rows.")
    assert job.result_url == "/contracts/?q=HT"
    assert Contract.objects.filter(manager=to).count() == 4


def test_all_of_a_search_are_those_it_found_when_it_was_asked(director, contracts):
    to = UserFactory(role="manager")
    hand_over(director, [], to, all=1)
    later = ContractFactory(number="HT-9")
    work()

    assert set(Contract.objects.filter(manager=to)) == {*contracts}
    assert Contract.objects.get(pk=later.pk).manager != to


def test_what_is_refused_is_told_with_its_reason(director, contracts):
    to = UserFactory(role="manager")
    hand_over(director, contracts, to)
    contracts[0].delete()
    work()

    job = Job.objects.get()
    assert job.result == "Hand over: 3 rows. 1 was refused."
    assert "no longer there" in director.get(f"/jobs/{job.pk}/").content.decode()


def test_a_form_that_no_longer_holds_fails_before_anything_is_moved(director, contracts):
    to = UserFactory(role="manager")
    hand_over(director, contracts, to)
    to.is_active = False
    to.save()
    work()

    assert Job.objects.get().status == "failed"
    assert not Contract.objects.filter(manager=to).exists()


def test_one_that_is_stopped_keeps_what_it_did(director, contracts, monkeypatch):
    to = UserFactory(role="manager")
    hand_over(director, contracts, to)
    job = Job.objects.get()
    steps = []

    def stop(run, done, total):
        steps.append(done)
        if done == 2:
            stop_job(job=job, by=director.user, at=AT)
        return plain(run, done, total)

    plain = runs.JobRun.step
    monkeypatch.setattr(runs.JobRun, "step", stop)
    work()

    job.refresh_from_db()
    assert (job.status, steps, Contract.objects.filter(manager=to).count()) == ("stopped", [1, 2], 2)


def test_a_killed_one_goes_on_with_the_next_row(director, contracts, monkeypatch):
    to = UserFactory(role="manager")
    hand_over(director, contracts, to)
    job = claim_next("killed", AT)
    run = runs.JobRun(job, runs.Claim(job, "killed"), at=AT)
    monkeypatch.setattr(runs.JobRun, "step", lambda run, done, total: 1 / 0 if done == 3 else None)
    with pytest.raises(ZeroDivisionError):
        bulk.BULK.carry_out(run)
    monkeypatch.undo()
    assert Contract.objects.filter(manager=to).count() == 3

    work_off_jobs(lambda: AT + 2 * LEASE)
    job.refresh_from_db()
    assert (job.status, job.result) == ("done", "Hand over: 4 rows.")
    assert Event.objects.filter(verb="handed_over", target_id__in=[each.pk for each in contracts]).count() == 4


def test_rows_together_are_moved_with_the_end_of_the_job(director, contracts):
    data = {"id": [each.pk for each in contracts[:3]], "name": "Another", "asked": 1, "query": ""}
    director.post("/contracts/bulk/split/", data)
    work()

    job, other = Job.objects.get(), Customer.objects.get(name="Another")
    assert (job.status, job.result_url) == ("done", "/contracts/")
    assert other.contracts.count() == 3


def test_a_single_move_about_much_is_a_job(director, contracts, monkeypatch):
    monkeypatch.setattr(customers, "AT_ONCE", 2)
    keep, drop = contracts[0].customer, CustomerFactory()
    few = CustomerFactory()
    answer = director.post(f"/customers/{few.pk}/move/merge/", {"drop": drop.pk, "asked": 1, "confirmed": 1})
    assert answer["Location"] == f"/customers/{few.pk}/"
    assert not Job.objects.exists()

    answer = director.post(f"/customers/{keep.pk}/move/merge/", {"drop": few.pk, "asked": 1, "confirmed": 1})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert Customer.objects.filter(pk=few.pk).exists()
    work()

    job.refresh_from_db()
    assert (job.status, job.result, job.result_url) == ("done", "The customers are one now.", f"/customers/{keep.pk}/")
    assert not Customer.objects.filter(pk=few.pk).exists()


def test_a_single_move_that_is_shut_by_then_fails(director, contracts, monkeypatch):
    monkeypatch.setattr(customers, "AT_ONCE", 2)
    keep, drop = contracts[0].customer, CustomerFactory()
    director.post(f"/customers/{keep.pk}/move/merge/", {"drop": drop.pk, "asked": 1, "confirmed": 1})
    drop.delete()
    work()

    assert Job.objects.get().status == "failed"

"""Workers in processes of their own: they race, and are killed in the middle."""

import signal

from tests.base.processes import answer

_KINDS = """
import time
from base.accounts.access import ANYONE
from base.accounts.models import User
from base.company.models import Company
from base.jobs import kinds
from base.jobs.kinds import JobKind
from base.jobs.models import Job
from base.jobs.operations import ask_job
from base.jobs.run import Outcome
from base.jobs.wake import kept
from base.jobs.work import work_off_jobs
def slow(run):
    print("begun", flush=True)
    time.sleep(60)
def count(run):
    with transaction.atomic():
        phone = Company.objects.select_for_update().get().phone or "0"
        Company.objects.update(phone=str(int(phone) + 1))
        run.finish(Outcome("counted"))
def act(run):
    return (slow if run.job.attempts == 1 and run.parameters.get("slow") else count)(run)
kinds.register(
    JobKind("again", "Again", ANYONE, act, repeatable=True), JobKind("once", "Once", ANYONE, act, repeatable=False)
)
def ask(kind, count, slow=False):
    with kept():
        for n in range(count):
            person = User.objects.create(username=f"{kind}{n}", email=f"{kind}{n}@example.org", role="manager")
            ask_job(kind=kind, parameters={"n": n, "slow": slow}, by=person, at=timezone.now())
"""
_WORK = """
while not Job.objects.exists():
    time.sleep(0.02)
print(json.dumps(work_off_jobs(timezone.now, own_beat=True)))
"""
_LATER = """
from datetime import timedelta
work_off_jobs(lambda: timezone.now() + timedelta(minutes=2), own_beat=True)
print(json.dumps([list(Job.objects.values_list("kind", "status", "attempts")), Company.objects.get().phone]))
"""


def test_two_workers_carry_each_job_out_once(installation):
    workers = [installation.start(_KINDS + _WORK), installation.start(_KINDS + "ask('again', 30)" + _WORK)]
    assert sum(answer(worker) for worker in workers) == 30

    jobs, counted = answer(installation.start(_KINDS + _LATER))
    assert (jobs, counted) == ([["again", "done", 1]] * 30, "30")


def killed(installation, kind):
    worker = installation.start(_KINDS + f"ask('{kind}', 1, slow=True)" + _WORK)
    assert worker.stdout.readline() == "begun\n"
    worker.send_signal(signal.SIGKILL)
    worker.communicate()


def test_a_killed_worker_s_job_begins_again_if_nothing_can_be_doubled(installation):
    killed(installation, "again")

    assert answer(installation.start(_KINDS + _LATER)) == [[["again", "done", 2]], "1"]


def test_any_other_has_failed(installation):
    killed(installation, "once")

    assert answer(installation.start(_KINDS + _LATER)) == [[["once", "failed", 1]], ""]


def test_the_claim_is_renewed_beside_work_that_takes_no_step(installation):
    code = """
from base.jobs import run, work
work.BEAT = run._RENEW = 0.1
def act(run):
    before = Job.objects.get().lease_until
    time.sleep(1)
    assert Job.objects.get().lease_until > before
    Job.objects.update(stop_asked_at=timezone.now())
    time.sleep(1)
    run.step()
    raise AssertionError
kinds.register(JobKind("busy", "Busy", ANYONE, act, repeatable=True))
ask("busy", 1)
work_off_jobs(timezone.now, own_beat=True)
print(json.dumps(Job.objects.get().status))
"""
    assert answer(installation.start(_KINDS + code)) == "stopped"

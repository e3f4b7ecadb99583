"""Working jobs off: claimed one by one, carried out, and never lost however the process ends (docs/rules.md 7.7)."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog
from django.core.files.storage import default_storage
from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from base.accounts.access import may
from base.chatter.operations import move_rows
from base.company.queries import zone
from base.jobs.kinds import JobKind, find_kind
from base.jobs.models import FOLDER, Job, JobStatus
from base.jobs.queries import lost, open_jobs, overdue_files, waiting
from base.jobs.run import BEAT, LEASE, Claim, JobLost, JobRun, JobStopped
from base.jobs.states import JOBS
from base.lib.errors import Refused

log = structlog.get_logger(__name__)

#: A job that takes its process with it this often is given up.
TRIES: Final = 3


def work_off_jobs(now: Callable[[], datetime], *, own_beat: bool = False) -> int:
    """Carry out what waits, one after the other. Returns how many were taken.

    `own_beat` renews the claims by a thread with a connection of its own, as a worker does; without it, each step does.
    """
    worker, taken = secrets.token_hex(16), 0
    settle_lost(now())
    drop_files(now())
    while job := claim_next(worker, now()):
        carry_out(job, worker, now, own_beat=own_beat)
        taken += 1
    return taken


def claim_next(worker: str, at: datetime) -> Job | None:
    """The job that is next, held by this worker; None when nothing waits. Two workers never take the same."""
    while (pk := waiting().values_list("pk", flat=True).first()) is not None:
        rows = Job.objects.filter(pk=pk, status=JobStatus.WAITING)
        if move_rows(
            rows, JOBS, "begin", worker=worker, lease_until=at + LEASE, started_at=at, attempts=F("attempts") + 1
        ):
            return Job.objects.select_related("by").get(pk=pk)
    return None


def carry_out(job: Job, worker: str, now: Callable[[], datetime], *, own_beat: bool = False) -> None:
    """Do a claimed job, in its person's language, and write down how it ended."""
    kind, claim = find_kind(job.kind), Claim(job, worker)
    run = JobRun(job, claim, at=now(), own_beat=own_beat)
    with translation.override(job.language), timezone.override(zone()):
        if kind is None:
            _end(job, claim, "fail", now(), _("This version does not know this kind of job."))
        elif not may(job.by, kind.needs(job.parameters)):
            _end(job, claim, "fail", now(), _("You may no longer do this."))
        else:
            _carried_out(run, kind, now)


def _carried_out(run: JobRun, kind: JobKind, now: Callable[[], datetime]) -> None:
    job, claim = run.job, run.claim
    try:
        with _beating(claim, now) if run.own_beat else _quiet():
            outcome = kind.carry_out(run)
        if outcome is not None:
            run.finish(outcome, at=now())
    except JobLost:
        log.warning("job_lost", job=job.pk, kind=job.kind)
    except JobStopped:
        _end(job, claim, "stop", now())
    except Refused as refusal:
        _end(job, claim, "fail", now(), str(refusal.message))
    except (OperationalError, InterfaceError):
        # The database is busy or away. The claim runs out, and the next sweep decides.
        log.warning("job_database", job=job.pk, kind=job.kind, exc_info=True)
    except Exception as problem:
        log.exception("job_failed", job=job.pk, kind=job.kind)
        text = _("A fault of the program, which is in its log: %(problem)s")
        _end(job, claim, "fail", now(), text % {"problem": f"{type(problem).__name__}: {problem}"[:300]})
    else:
        log.info("job_done", job=job.pk, kind=job.kind)


@transaction.atomic
def _end(job: Job, claim: Claim, name: str, at: datetime, error: str = "") -> None:
    """Write down that it failed or was stopped, unless it is somebody else's by now."""
    if move_rows(claim.row, JOBS, name, finished_at=at, error=error, done=claim.done, total=claim.total, step=""):
        _give_up(job)


def _give_up(job: Job) -> None:
    job.refresh_from_db()
    if kind := find_kind(job.kind):
        kind.gave_up(job)


def settle_lost(at: datetime) -> None:
    """Jobs whose worker is gone: begun again where nothing can be doubled by it, else given up, and the person told."""
    for job in lost(at):
        kind = find_kind(job.kind)
        with transaction.atomic(), translation.override(job.language):
            rows = Job.objects.filter(
                pk=job.pk, status=JobStatus.RUNNING, worker=job.worker, lease_until=job.lease_until
            )
            if job.stop_asked_at is not None:
                won, ended = move_rows(rows, JOBS, "stop", finished_at=at, step=""), True
            elif kind is not None and kind.repeatable and job.attempts < TRIES:
                won, ended = move_rows(rows, JOBS, "put_back", worker="", lease_until=None, done=0, step=""), False
            else:
                won, ended = move_rows(rows, JOBS, "fail", finished_at=at, step="", error=_why(kind)), True
            if won and ended:
                _give_up(job)
        log.warning("job_claim_ran_out", job=job.pk, kind=job.kind, again=not ended)


def _why(kind: JobKind | None) -> str:
    if kind is not None and kind.repeatable:
        return _("Its process was ended from outside each time it was tried. Nothing of it was stored.")
    return _("Its process was ended in the middle. See what is stored before you ask for it again.")


def drop_files(at: datetime) -> None:
    """Remove the files that were kept as long as the company wants, and those whose job did not get to its end."""
    for job in overdue_files(at):
        Job.objects.filter(pk=job.pk).update(file="", keys=b"")
    if not default_storage.exists(FOLDER):
        return
    names = [f"{FOLDER}/{name}" for name in default_storage.listdir(FOLDER)[1]]
    kept = set(Job.objects.exclude(file="").values_list("file", flat=True))
    # One that runs may just be storing its own.
    open_ones = {str(pk) for pk in open_jobs().values_list("pk", flat=True)}
    for name in names:
        if name not in kept and name.removeprefix(f"{FOLDER}/").partition("-")[0] not in open_ones:
            default_storage.delete(name)


@contextmanager
def _quiet() -> Iterator[None]:
    """Each step beats by itself."""
    yield


@contextmanager
def _beating(claim: Claim, now: Callable[[], datetime]) -> Iterator[None]:
    """Beat once a second beside the work, whatever that is busy with and whatever transaction it is in."""
    over = threading.Event()

    def beat() -> None:
        try:
            while not over.wait(BEAT):
                try:
                    claim.beat(now())
                except DatabaseError:  # away for a moment: the claim holds longer than that
                    log.warning("job_beat_missed", job=claim.pk, exc_info=True)
                    connection.close()
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name=f"job-{claim.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

"""Asking for a job, stopping it, and fetching what it made."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from base.accounts.access import ANYONE, require
from base.accounts.models import User
from base.chatter.operations import move_rows
from base.jobs.kinds import find_kind
from base.jobs.models import OPEN, Job, JobStatus
from base.jobs.states import JOBS
from base.jobs.wake import wake
from base.lib.errors import NotAllowed, Refused

#: So many jobs of one person may be open at once: the others' wait behind them.
MOST_OPEN = 5
_TASK = "base.jobs.tasks.work_off_jobs"


def ask_job(
    *, kind: str, subject: str = "", parameters: Mapping[str, Any] | None = None, by: User | None, at: datetime
) -> Job:
    """Have something done by a process of its own. Who asks for the same while it is open gets the one there is.

    Raises `NotAllowed`, `Refused` when too many of this person's jobs are open, and KeyError for an unknown kind.
    """
    declared = find_kind(kind)
    if declared is None:
        raise KeyError(kind)
    given = dict(parameters or {})
    require(by, declared.needs(given))
    mark = _mark(kind, given)
    mine = Job.objects.filter(by=by, status__in=OPEN)
    if same := mine.filter(mark=mark).first():
        return same
    if by is not None and mine.count() >= MOST_OPEN:
        text = _("%(most)s of your jobs are not done yet. Wait for one of them, or stop it.") % {"most": MOST_OPEN}
        raise Refused(text, code="too_many")
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                subject=subject[:200],
                by=by,
                language=translation.get_language() or "en",
                parameters=given,
                mark=mark,
                created_at=at,
            )
            wake(_TASK)
    except IntegrityError:  # the other click was faster
        return mine.get(mark=mark)
    return job


def _mark(kind: str, parameters: Mapping[str, Any]) -> str:
    text = json.dumps([kind, parameters], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def stop_job(*, job: Job, by: User, at: datetime) -> None:
    """End a job before it is done. One that waits ends at once, one that runs as soon as it looks.

    Raises `Refused` when it ended already.
    """
    _require_own(job, by)
    kind = find_kind(job.kind)
    rows = Job.objects.filter(pk=job.pk)
    if move_rows(rows.filter(status=JobStatus.WAITING), JOBS, "stop", finished_at=at, stop_asked_at=at, told_at=at):
        if kind is not None:
            job.refresh_from_db()
            kind.gave_up(job)
        return
    if not rows.filter(status=JobStatus.RUNNING).update(stop_asked_at=at):
        raise Refused(_("This job has ended already."), code="wrong_state")


@transaction.atomic
def mark_told(*, by: User, at: datetime) -> None:
    """The person has been told of whatever ended."""
    require(by, ANYONE)
    Job.objects.filter(by=by, told_at=None).exclude(status__in=OPEN).update(told_at=at)


def check_file(*, job: Job, by: User) -> None:
    """Ask again, when the file is fetched, whether this person may have it.

    Raises `Refused` when it was removed, or when the person may no longer do or see what it took.
    """
    _require_own(job, by)
    if not job.file:
        raise Refused(_("The file was removed. Ask for it again."), code="removed")
    kind = find_kind(job.kind)
    if kind is None:
        raise Refused(_("This version does not know this kind of job."), code="unknown")
    try:
        require(by, kind.needs(job.parameters))
    except NotAllowed as refusal:
        text = _("You asked for this file when you still had the right to it. It is no longer handed out.")
        raise Refused(text, code="not_allowed") from refusal
    if reason := kind.refuses(job, by):
        raise Refused(reason, code="rows")


def _require_own(job: Job, by: User) -> None:
    """A job is its person's alone. Raises `NotAllowed`."""
    require(by, ANYONE)
    if job.by_id != by.pk:
        raise NotAllowed(_("You may not do this."))

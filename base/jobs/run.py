"""What a job sees of itself while it is carried out: how far it is, whether it is to stop, and how it ends."""

import hashlib
import mimetypes
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path, PurePath
from time import monotonic
from typing import IO, Any, Final

from django.core.files.base import File
from django.db.models import QuerySet
from django.utils import timezone

from base.accounts.models import User
from base.chatter.operations import move_rows
from base.company.queries import company
from base.jobs.keys import pack_keys
from base.jobs.models import Job, JobStatus
from base.jobs.states import JOBS

#: How long a silent worker keeps a job to itself.
LEASE: Final = timedelta(seconds=90)
#: Seconds between two looks whether the job is to stop, and two notes of how far it is.
BEAT: Final = 1.0
#: Seconds after which the claim is renewed, though there is nothing new to note.
_RENEW: Final = 10.0


class JobStopped(Exception):
    """The person wants it to end."""


class JobLost(Exception):
    """Another worker has it by now, or it was given up: nothing more is to be done for it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a job: a sentence, where to see it, a file to fetch with the keys of the records it tells of."""

    sentence: str = ""
    url: str = ""
    #: An open file, read from its beginning; it is closed once it is stored.
    file: IO[bytes] | None = None
    file_name: str = ""
    keys: Iterable[int] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


class Claim:
    """A worker's hold on a job. `beat` renews it, notes how far the job is, and sees whether it is to stop."""

    def __init__(self, job: Job, worker: str) -> None:
        self.pk, self.worker = job.pk, worker
        self.done, self.total, self.text = 0, 0, ""
        self.stop_asked = self.is_lost = False
        self._noted: tuple[int, int, str] | None = None
        self._renewed = self._looked = monotonic()

    @property
    def row(self) -> QuerySet[Job]:
        """The job as a query, for as long as it is this worker's."""
        return Job.objects.filter(pk=self.pk, worker=self.worker, status=JobStatus.RUNNING)

    @property
    def is_due(self) -> bool:
        return monotonic() - self._looked >= BEAT

    def beat(self, at: datetime) -> None:
        """At most two short queries."""
        self._looked = monotonic()
        found = list(self.row.values_list("stop_asked_at", flat=True))
        if not found:
            self.is_lost = True
            return
        self.stop_asked = found[0] is not None
        now = (self.done, self.total, self.text)
        if now != self._noted or self._looked - self._renewed >= _RENEW:
            self.row.update(done=now[0], total=now[1], step=now[2], lease_until=at + LEASE)
            self._noted, self._renewed = now, self._looked


class JobRun:
    """Handed to `JobKind.carry_out`. `own_beat` is whether a thread beats beside it; else each step does."""

    def __init__(self, job: Job, claim: Claim, *, at: datetime, own_beat: bool = False) -> None:
        self.job, self.claim, self.at, self.own_beat = job, claim, at, own_beat

    @property
    def by(self) -> User | None:
        return self.job.by

    @property
    def on(self) -> date:
        """The company's day, whose time zone is in force."""
        return timezone.localdate(self.at)

    @property
    def parameters(self) -> Mapping[str, Any]:
        given: Mapping[str, Any] = self.job.parameters
        return given

    def step(self, done: int | None = None, total: int | None = None, text: str = "") -> None:
        """Say how far it is: cheap, and called as often as one likes.

        Raises `JobStopped` when the person wants it to end, and `JobLost`; what is not committed is undone by it.
        """
        claim = self.claim
        claim.done = claim.done if done is None else done
        claim.total = claim.total if total is None else total
        claim.text = text[:200] or claim.text
        if not self.own_beat and claim.is_due:
            claim.beat(self.at)
        if claim.is_lost:
            raise JobLost
        if claim.stop_asked:
            raise JobStopped

    def keep(self, data: Mapping[str, Any]) -> None:
        """Note how far it got, inside the transaction of what that was: begun again, it finds this as `job.outcome`.

        Raises `JobLost` when the claim is somebody else's by now.
        """
        if not self.claim.row.update(outcome=dict(data)):
            raise JobLost

    def finish(self, outcome: Outcome, *, at: datetime | None = None) -> None:
        """Write down that it is done, once: called inside the transaction of what it changed, both hold or neither.

        Raises `JobLost` when the claim is somebody else's by now; the transaction is then to be undone.
        """
        ended = at or self.at
        values: dict[str, Any] = {
            "result": outcome.sentence[:300],
            "result_url": outcome.url,
            "outcome": dict(outcome.data),
            "finished_at": ended,
            "done": self.claim.done,
            "total": self.claim.total,
            "step": "",
        }
        if outcome.file is not None:
            values |= self._stored(outcome, ended)
        if not move_rows(self.claim.row, JOBS, "finish", **values):
            raise JobLost
        self.job.refresh_from_db()

    def _stored(self, outcome: Outcome, at: datetime) -> dict[str, Any]:
        """Keep the file under a name nobody guesses; the columns that tell of it."""
        assert outcome.file is not None
        with outcome.file as content:
            content.seek(0)
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
            size = content.seek(0, os.SEEK_END)
            content.seek(0)
            stored = Job._meta.get_field("file")
            name = stored.generate_filename(
                self.job, f"{self.job.pk}-{secrets.token_hex(8)}{PurePath(outcome.file_name).suffix}"
            )
            kept = stored.storage.save(name, File(content))
        return {
            "file": kept,
            "file_name": outcome.file_name[:200],
            "size": size,
            "sha256": sha256,
            "delete_after": at + timedelta(days=company().job_file_days),
            "keys": pack_keys(outcome.keys),
        }


def mime_of(name: str) -> str:
    """The type of a job's file, by its name."""
    known = {
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".csv": "text/csv; charset=utf-8",
    }
    suffix = Path(name).suffix.lower()
    return known.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"

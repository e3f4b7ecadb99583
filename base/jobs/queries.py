"""Which jobs are due, lost, or a person's own."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Model, Q, QuerySet

from base.accounts.models import User
from base.jobs.models import OPEN, Job, JobStatus

#: Keys named in one query.
_AT_ONCE = 5000


def of_person(user: User) -> QuerySet[Job]:
    """The jobs a person asked for: nobody else sees them."""
    return Job.objects.filter(by=user)


def untold(user: User) -> QuerySet[Job]:
    """What is open, and what ended without the person having been told."""
    return of_person(user).filter(told_at=None)


def open_jobs(kind: str = "") -> QuerySet[Job]:
    """What waits or runs, of one kind or of all."""
    rows = Job.objects.filter(status__in=OPEN)
    return rows.filter(kind=kind) if kind else rows


def waiting() -> QuerySet[Job]:
    """What is next, in the order in which it was asked for."""
    return Job.objects.filter(status=JobStatus.WAITING).order_by("created_at", "pk")


def lost(at: datetime) -> QuerySet[Job]:
    """What is said to run, but whose worker no longer renews its claim."""
    return Job.objects.filter(status=JobStatus.RUNNING, lease_until__lt=at)


def at_work(at: datetime) -> bool:
    """Whether a worker has just renewed its claim on a job."""
    return Job.objects.filter(status=JobStatus.RUNNING, lease_until__gte=at).exists()


def overdue_files(at: datetime) -> QuerySet[Job]:
    """Ended jobs whose file was kept long enough."""
    return Job.objects.filter(~Q(file=""), delete_after__lt=at)


def parts(keys: Sequence[int], size: int = _AT_ONCE) -> Iterator[Sequence[int]]:
    """The keys in pieces of at most `size`."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def hides_rows(seen: QuerySet[Model], keys: Sequence[int]) -> bool:
    """Whether a record with one of these keys, in order, is there and not among `seen`; what was removed hides nothing.

    Who sees all there is between the first and the last costs two counts, whatever their number.
    """
    if not keys:
        return False
    span = {"pk__gte": keys[0], "pk__lte": keys[-1]}
    there, seen = seen.model._default_manager.filter(**span), seen.order_by().filter(**span)
    if there.count() == seen.count():
        return False
    missing = set(keys).difference(seen.prefetch_related(None).values_list("pk", flat=True).iterator())
    return any(there.filter(pk__in=part).exists() for part in parts(sorted(missing)))

"""What the beat and every job that is asked for wake: in a worker of its own, on the queue `jobs`."""

from celery import shared_task

from base.company import clock
from base.jobs import wake, work


# A message only wakes: it is done with as soon as it is taken, however long the work is.
@shared_task(acks_late=False)  # type: ignore[untyped-decorator]
def work_off_jobs() -> int:
    """Carry out what waits; the rows say what that is, so it does no harm to be woken twice or in vain."""
    return work.work_off_jobs(clock.now, own_beat=not wake.is_kept())

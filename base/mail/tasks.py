"""What the beat and every freshly written mail wake."""

from celery import shared_task

from base.company import clock
from base.mail import delivery


@shared_task  # type: ignore[untyped-decorator]
def send_due_mail() -> dict[str, int]:
    """Send what is due; the rows say what that is, so it does no harm to be woken twice or in vain."""
    return dict(delivery.send_due(clock.now))

"""One mail as the product queues many."""

from datetime import datetime
from typing import Any

from base.mail.models import OutgoingMail
from base.mail.queue import MailDraft, write_mails


def write_mail(*, at: datetime, **draft: Any) -> OutgoingMail | None:
    """The row that one draft becomes: the one there was already for a cause that was told before, None if none can be."""
    written = write_mails([MailDraft(**draft)], at=at)
    return next(iter(written.new + written.known), None)

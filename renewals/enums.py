"""The states of quotes and invoices (docs/rules.md 7.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The origin of a term that an accepted quote became (`warranty.agreements`).
TERM_ORIGIN = "quote"


class QuoteStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SENT = "sent", _("sent")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    SUPERSEDED = "superseded", _("superseded")
    CANCELLED = "cancelled", _("cancelled")

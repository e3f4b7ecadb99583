"""Papers and mails about a record: shown before they leave, kept as they left.

A floor says which papers its records have (`offer`), gives the sheet the tab, and its addresses the routes.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.mail.models import OutgoingMail
from base.ui.parts import Tab


def mails_about(record: models.Model) -> models.QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(target_type=ContentType.objects.get_for_model(record), target_id=record.pk)


def mails_tab() -> Tab:
    """What was and will be written to the customer about the record."""
    return Tab(
        "mails",
        _("Mails"),
        "mail_pages/record_mails.html",
        context=lambda record, look: {"mails": mails_about(record)},
        action="mails.view",
        count=lambda record, look: mails_about(record).count(),
    )

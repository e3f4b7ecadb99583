"""The mails about a record: a tab that any floor may give its sheets."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.mail.models import OutgoingMail
from base.ui.parts import CountOf, Tab


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
        count=CountOf(lambda record, look: mails_about(record)),
    )

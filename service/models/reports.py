"""Reports that were made for a customer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from contracts.models import Contract
from contracts.querysets import ThroughContract


class FulfilmentReport(Tracked):
    """What was promised and given in a period: the paper for the renewal talk. What it says is told when it leaves."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    contract = models.ForeignKey(Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="reports")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    summary = models.TextField(_("summary"), blank=True, help_text=_("Your words at the head of the report."))
    with_quote = models.BooleanField(
        _("goes with the renewal quote"), default=False, help_text=_("The next quote that leaves by mail carries it.")
    )
    made_on = models.DateField(_("made on"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("fulfilment report")
        verbose_name_plural = _("fulfilment reports")
        ordering = ["-made_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="report_starts_before_it_ends"),
        ]
        indexes = [models.Index(fields=["contract"], name="report_enclosed", condition=Q(with_quote=True))]

    def __str__(self) -> str:
        return self.number

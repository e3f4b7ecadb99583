"""What finance took away."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice


class ExportBatch(models.Model):
    """A file finance took away: kept byte for byte."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    format = models.CharField(_("format"), max_length=4, choices=[("xlsx", "XLSX"), ("csv", "CSV")])
    file = models.FileField(upload_to="exports/%Y/%m/", max_length=250)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    rows = models.PositiveIntegerField(_("rows"))
    invoices = models.ManyToManyField(Invoice, related_name="exports")

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.number

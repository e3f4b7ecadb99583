"""Money received."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.models.invoices import Invoice
from billing.querysets import ThroughInvoice
from contracts.models import money


class Payment(models.Model):
    """Money received for an invoice; a wrong one is taken back by a negative row, never changed."""

    invoice = models.ForeignKey(Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="payments")
    on = models.DateField(_("received on"))
    amount = money(_("amount"))
    reference = models.CharField(_("bank reference"), max_length=100, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("recorded at"))

    objects = ThroughInvoice.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-on", "-id"]

    def __str__(self) -> str:
        return f"{self.on} {self.amount}"

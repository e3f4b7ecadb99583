"""Red invoices with what they take from each line, and the credits that are proposed because a contract ended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from billing.enums import CreditGround, CreditStatus
from billing.models.invoices import Invoice, InvoiceLine
from billing.querysets import ThroughInvoice
from contracts.models import Contract, money
from contracts.querysets import ThroughContract


class CreditNote(Tracked):
    """A red invoice 红字发票: takes back all or part of an issued one, line by line."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="credit_notes"
    )
    on = models.DateField(_("day"))
    gross = money(_("gross"))
    net = money(_("net"))
    tax = money(_("tax"))
    ground = models.CharField(_("ground"), max_length=10, choices=CreditGround)
    tax_invoice_number = models.CharField(_("red invoice number"), max_length=20, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ThroughInvoice.as_manager()

    class Meta:
        verbose_name = _("credit note")
        verbose_name_plural = _("credit notes")
        ordering = ["-on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(gross__gt=0), name="creditnote_positive")]

    def __str__(self) -> str:
        return self.number


class CreditLine(models.Model):
    """What a credit note takes from one line of its invoice: never more than is left of it."""

    note = models.ForeignKey(CreditNote, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="credits")
    gross = money(_("gross"))
    net = money(_("net"))
    tax = money(_("tax"))

    class Meta:
        verbose_name = _("credited line")
        verbose_name_plural = _("credited lines")
        ordering = ["line__position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(gross__gt=0, net__gte=0, tax__gte=0), name="creditline_positive"),
            models.UniqueConstraint(fields=["note", "line"], name="creditline_once_a_note"),
        ]

    def __str__(self) -> str:
        return f"{self.note} · {self.line}"


class CreditProposal(Tracked):
    """Days that were invoiced beyond the end of a contract: proposed by the product, decided by a person.

    The numbers stay as they were judged; only the amount follows what was left to credit when it was granted.
    """

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="credit_proposals"
    )
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="credit_proposals"
    )
    status = models.CharField(_("state"), max_length=10, choices=CreditStatus, default=CreditStatus.PROPOSED)
    on = models.DateField(_("proposed on"))
    ends_on = models.DateField(_("last day served"))
    days_left = models.PositiveIntegerField(_("days not served"))
    days = models.PositiveIntegerField(_("days invoiced"))
    price = money(_("invoiced"))
    amount = money(_("credit"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    credit_note = models.OneToOneField(
        CreditNote, verbose_name=_("credit note"), null=True, on_delete=models.PROTECT, related_name="proposal"
    )

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("proposed credit")
        verbose_name_plural = _("proposed credits")
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="creditproposal_positive"),
            models.CheckConstraint(condition=Q(amount__lte=F("price")), name="creditproposal_at_most_price"),
            models.CheckConstraint(
                condition=Q(status="granted", credit_note__isnull=False) | Q(~Q(status="granted"), credit_note=None),
                name="creditproposal_granted_by_note",
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(status="proposed"), name="creditproposal_one_open_an_invoice"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.ends_on}"

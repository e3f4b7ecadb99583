"""Invoices and their lines."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from base.ui.search import found_by
from billing.enums import InvoiceStatus, InvoiceType
from billing.models.charges import Charge
from billing.models.rates import Line
from billing.querysets import InvoiceQuerySet
from contracts.models import Contract, Customer, InvoiceTitle, money


class Invoice(Tracked):
    """What finance exports and gets paid: an application to issue (开票申请), then the tax invoice's record."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    #: The one contract its lines are of; none where they are of several, or of a customer without.
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), null=True, on_delete=models.PROTECT, related_name="invoices"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="invoices"
    )
    status = models.CharField(_("state"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    on = models.DateField(_("made on"))
    due_on = models.DateField(_("payment due on"))
    service_first = models.DateField(_("service from"), null=True)
    service_last = models.DateField(_("service to"), null=True)

    gross = money(_("gross"))
    net = money(_("net"))
    tax = money(_("tax"))
    paid = money(_("paid so far"), default=0)
    credited = money(_("credited"), default=0)

    #: The buyer's title as it was when the invoice was made.
    title = models.ForeignKey(
        InvoiceTitle,
        verbose_name=_("invoice title"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    buyer_name = models.CharField(_("buyer"), max_length=100)
    buyer_tax_number = models.CharField(_("buyer's tax number"), max_length=20, blank=True)
    buyer_address = models.CharField(_("buyer's address"), max_length=100, blank=True)
    buyer_phone = models.CharField(_("buyer's phone"), max_length=50, blank=True)
    buyer_bank_name = models.CharField(_("buyer's bank"), max_length=100, blank=True)
    buyer_bank_account = models.CharField(_("buyer's bank account"), max_length=100, blank=True)
    buyer_email = models.EmailField(_("buyer's email"), blank=True)

    invoice_type = models.CharField(
        _("kind of invoice"), max_length=10, choices=InvoiceType, default=InvoiceType.SPECIAL
    )
    tax_invoice_number = models.CharField(_("tax invoice number"), max_length=20, blank=True)
    tax_invoice_on = models.DateField(_("issued on"), null=True, blank=True)
    note = models.CharField(_("remark"), max_length=230, blank=True)
    search = found_by("number", "tax_invoice_number", "buyer_name")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tax_invoice_number"], condition=~Q(tax_invoice_number=""), name="invoice_tax_number_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "requested", "void"])
                | Q(~Q(tax_invoice_number=""), tax_invoice_on__isnull=False),
                name="invoice_issued_has_tax_number",
            ),
            models.CheckConstraint(
                condition=Q(gross__gte=0, paid__gte=0, credited__gte=0), name="invoice_sums_not_negative"
            ),
            # Each by itself, not their sum: what was paid may be credited afterwards.
            models.CheckConstraint(condition=Q(paid__lte=F("gross")), name="invoice_paid_at_most_gross"),
            models.CheckConstraint(condition=Q(credited__lte=F("gross")), name="invoice_credited_at_most_gross"),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="invoice_status")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether its tax invoice is out and money is still to come."""
        return self.status in (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID)


class InvoiceLine(Line):
    """What of a charge an invoice asks for; the unit price follows from the two."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="lines")
    specification = models.CharField(_("specification"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=22, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=13, decimal_places=4, null=True, blank=True)
    net = money(_("net"))
    tax = money(_("tax"))

    class Meta(Line.Meta):
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")

    def __str__(self) -> str:
        return self.text

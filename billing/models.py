"""Invoices, what was paid and credited on them, and the rates of tax."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from base.ui.search import found_by
from billing.enums import CreditStatus, InvoiceStatus, InvoiceType
from billing.querysets import ThroughInvoice
from contracts.constraints import under_cap
from contracts.models import Contract, Customer, InvoiceTitle, money, rate
from contracts.querysets import ThroughContract


class TaxRate(Tracked):
    """A rate of VAT with its tax code, valid for a stretch of days."""

    name = models.CharField(_("name"), max_length=60)
    rate = rate(_("rate"))
    tax_code = models.CharField(_("tax code"), max_length=19)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_default = models.BooleanField(_("default for renewals"), default=False)

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["-is_default", "name"]

    def __str__(self) -> str:
        return self.name


class Line(models.Model):
    """A priced line, tax included; net and tax are split per line and never apart (docs/rules.md 2.4)."""

    position = models.PositiveSmallIntegerField(default=1)
    text = models.CharField(_("text"), max_length=200)
    tax_rate = rate(_("tax rate"))
    tax_code = models.CharField(_("tax code"), max_length=19, blank=True)
    gross = money(_("gross"))

    class Meta:
        abstract = True
        ordering = ["position", "id"]


class Invoice(Tracked):
    """What finance exports and gets paid: an application to issue (开票申请), then the tax invoice's record."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="invoices"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="invoices"
    )
    #: What it bills, by its owner on an upper floor (`billing/sources.py`).
    source_kind = models.CharField(max_length=20, blank=True, editable=False)
    source_id = models.PositiveBigIntegerField(null=True, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=InvoiceStatus, default=InvoiceStatus.DRAFT)
    on = models.DateField(_("made on"))
    due_on = models.DateField(_("payment due on"))
    service_first = models.DateField(_("service from"))
    service_last = models.DateField(_("service to"))
    months = models.PositiveSmallIntegerField(_("months"))

    gross = money(_("gross"))
    net = money(_("net"))
    tax = money(_("tax"))
    paid = money(_("paid so far"), default=0)
    credited = money(_("credited"), default=0)
    #: What the sum was judged by, where it stands under the renewal cap; else empty.
    cap_base = money(_("cap base"), null=True, blank=True)
    cap_rate = rate(_("cap rate"), null=True, blank=True)

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

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id"],
                condition=~Q(status__in=["void", "credited"]) & ~Q(source_kind=""),
                name="invoice_one_a_source",
            ),
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
            models.CheckConstraint(
                condition=Q(cap_base__isnull=True, cap_rate__isnull=True)
                | Q(cap_base__isnull=False, cap_rate__isnull=False),
                name="invoice_cap_whole_or_none",
            ),
            under_cap(
                "invoice_gross_under_cap",
                price="gross",
                base="cap_base",
                rate="cap_rate",
                months="months",
                when=Q(cap_base__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="invoice_status")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether its tax invoice is out and money is still to come."""
        return self.status in (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID)


class InvoiceLine(Line):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    net = money(_("net"))
    tax = money(_("tax"))

    class Meta(Line.Meta):
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")

    def __str__(self) -> str:
        return self.text


class CreditNote(Tracked):
    """A red invoice 红字发票: takes back all or part of an issued one."""

    number = models.CharField(_("number"), max_length=20, unique=True)
    invoice = models.ForeignKey(
        Invoice, verbose_name=_("invoice"), on_delete=models.PROTECT, related_name="credit_notes"
    )
    on = models.DateField(_("day"))
    gross = money(_("gross"))
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

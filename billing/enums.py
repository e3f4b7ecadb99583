"""The states of invoices, and the kinds of tax invoices (docs/rules.md 7.1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    REQUESTED = "requested", _("requested")
    ISSUED = "issued", _("issued")
    PART_PAID = "part_paid", _("part-paid")
    PAID = "paid", _("paid")
    CREDITED = "credited", _("credited")
    VOID = "void", _("void")


class CreditStatus(models.TextChoices):
    """What became of a credit that was proposed because a contract ended early."""

    PROPOSED = "proposed", pgettext_lazy("credit", "proposed")
    GRANTED = "granted", pgettext_lazy("credit", "granted")
    WAIVED = "waived", pgettext_lazy("credit", "waived")
    DROPPED = "dropped", pgettext_lazy("credit", "dropped")


class CreditGround(models.TextChoices):
    """Why an invoice is credited: the bureau's 开票有误, 销货退回, 服务中止, 销售折让 (docs/rules.md 7.6)."""

    MISTAKE = "mistake", pgettext_lazy("ground for credit", "invoiced wrongly")
    RETURN = "return", pgettext_lazy("ground for credit", "goods sent back")
    STOPPED = "stopped", pgettext_lazy("ground for credit", "service stopped")
    ALLOWANCE = "allowance", pgettext_lazy("ground for credit", "price reduced")


class InvoiceType(models.TextChoices):
    """The exact words of the tax bureau."""

    SPECIAL = "增值税专用发票", _("special VAT invoice")
    GENERAL = "普通发票", _("general invoice")

"""Rates of tax, and what every priced line has."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from contracts.models import money, rate


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

"""What a customer owes, whether or not it is invoiced yet."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked
from base.ui.search import found_by
from billing.models.rates import Line
from billing.querysets import ChargeQuerySet
from contracts.constraints import whole
from contracts.models import Contract, Customer, money


class Charge(Line, Tracked):
    """Something a customer owes 应收款项: a line of an accepted quote, agreed extra work, the fee of a visit, a part.

    What is owed falls into four: `invoiced` (on invoices that are not void, less what was credited to be issued anew),
    `waived`, `unserved` because the contract ended, and what still waits to be invoiced.
    """

    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="charges")
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), null=True, on_delete=models.PROTECT, related_name="charges"
    )
    #: What it is owed for, by the kind its owner registered and the key of the owner's record (`billing/sources.py`).
    source_kind = models.CharField(_("owed for"), max_length=20, editable=False)
    source_id = models.PositiveBigIntegerField(editable=False)
    on = models.DateField(_("owed since"))
    specification = models.CharField(_("specification"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=22, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=13, decimal_places=4, null=True, blank=True)
    service_first = models.DateField(_("service from"), null=True, blank=True)
    service_last = models.DateField(_("service to"), null=True, blank=True)
    invoiced = money(_("invoiced"), default=0)
    waived = money(pgettext_lazy("credit", "waived"), default=0)
    unserved = money(_("not served"), default=0)
    waiting = money(_("waits to be invoiced"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    search = found_by("text", "specification")

    objects = ChargeQuerySet.as_manager()

    class Meta(Line.Meta):
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source_id", "position"], name="charge_once_a_source"),
            models.CheckConstraint(
                condition=Q(invoiced__gte=0, waived__gte=0, unserved__gte=0, waiting__gte=0),
                name="charge_sums_not_negative",
            ),
            # So nothing is invoiced twice: the parts make the whole, in whole cents.
            models.CheckConstraint(
                condition=Q(
                    models.lookups.Exact(
                        whole("invoiced", 100) + whole("waived", 100) + whole("unserved", 100) + whole("waiting", 100),
                        whole("gross", 100),
                    )
                ),
                name="charge_parts_make_gross",
            ),
            models.CheckConstraint(
                condition=Q(service_first=None, service_last=None) | Q(service_last__gte=F("service_first")),
                name="charge_days_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "on"], condition=Q(waiting__gt=0), name="charge_waits"),
        ]

    def __str__(self) -> str:
        return self.text

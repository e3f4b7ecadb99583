"""Going to a customer: planned, held, reported and signed; with the parts that were changed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from moneyed import Money

from base.chatter.models import Tracked
from base.ui.search import found_by
from contracts.models import Contact, Contract, Customer, money
from service import labels
from service.choices import Score
from service.enums import VisitKind, VisitStatus
from service.models.requests import ServiceRequest
from service.querysets import ThroughRequest, ThroughVisit, VisitQuerySet


class Visit(Tracked):
    """One going to a customer, and its service record 服务单. Signed, it never changes again."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    customer = models.ForeignKey(Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="visits")
    #: None where a customer without a contract is helped.
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), null=True, on_delete=models.PROTECT, related_name="visits"
    )
    request = models.ForeignKey(
        ServiceRequest,
        verbose_name=_("request"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=labels.VISIT_KINDS, default=VisitKind.FAULT.value)
    title = models.CharField(_("what for"), max_length=150)
    system = models.CharField(_("system, device, serial number"), max_length=150, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=labels.VISIT_STATUSES, default=VisitStatus.PLANNED.value
    )

    planned_at = models.DateTimeField(_("planned from"))
    planned_until = models.DateTimeField(_("planned until"))
    #: The company's day of `planned_at`.
    planned_on = models.DateField(_("planned day"), editable=False)
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("engineer"), on_delete=models.PROTECT, related_name="visits"
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="visits"
    )
    contact_name = models.CharField(_("whom to ask for"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    address = models.CharField(_("address"), max_length=150, blank=True)

    arrived_at = models.DateTimeField(_("arrived at"), null=True, editable=False)
    #: Who noted the arrival, and may take it back until the report is written.
    arrival_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("arrival noted by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    left_at = models.DateTimeField(_("left at"), null=True, editable=False)
    cause = models.TextField(_("cause"), blank=True)
    work = models.TextField(_("work done"), blank=True)
    next_steps = models.TextField(_("open points and plan"), blank=True)
    #: Whether the contract covered the planned day; a person may know better.
    covered = models.BooleanField(_("within coverage"), default=True)
    fee = money(_("fee"), null=True, blank=True, help_text=_("For work outside coverage, without parts."))
    #: Why work outside coverage costs nothing.
    free_because = models.CharField(_("free, because"), max_length=200, blank=True)

    signer = models.CharField(_("signed by"), max_length=80, blank=True, editable=False)
    signed_on = models.DateField(pgettext_lazy("service record", "signed on"), null=True, editable=False)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), choices=Score.choices, null=True, editable=False)
    remark = models.TextField(_("the customer's remark"), blank=True, editable=False)
    reason = models.CharField(_("called off because"), max_length=200, blank=True, editable=False)

    search = found_by("number", "title", "system", "contact_name")
    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("service", "visit")
        verbose_name_plural = _("visits")
        ordering = ["-planned_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(planned_until__gt=F("planned_at")), name="visit_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gt=F("arrived_at")), name="visit_left_after_arrival"
            ),
            models.CheckConstraint(condition=Q(fee=None) | Q(fee__gte=0), name="visit_fee_not_negative"),
        ]
        indexes = [
            models.Index(fields=["-planned_at", "-id"], name="visit_newest"),
            models.Index(fields=["engineer", "planned_on"], name="visit_engineer_day"),
            models.Index(fields=["status", "-planned_at", "-id"], name="visit_stack"),
        ]

    def __str__(self) -> str:
        return self.number


class VisitPart(Tracked):
    """A part that was put in; `cost` is of one piece, tax included."""

    visit = models.ForeignKey(
        Visit, verbose_name=pgettext_lazy("service", "visit"), on_delete=models.PROTECT, related_name="parts"
    )
    name = models.CharField(_("part"), max_length=100)
    model = models.CharField(_("model"), max_length=100, blank=True)
    old_serial = models.CharField(_("old serial number"), max_length=100, blank=True)
    new_serial = models.CharField(_("new serial number"), max_length=100, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    cost = money(_("price of one"), null=True, blank=True)
    charged = models.BooleanField(_("charged"), default=False)

    objects = ThroughVisit.as_manager()

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="visitpart_some"),
            models.CheckConstraint(condition=Q(charged=False) | Q(cost__isnull=False), name="visitpart_charged_costs"),
            models.CheckConstraint(condition=Q(cost=None) | Q(cost__gte=0), name="visitpart_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def total(self) -> Money | None:
        """What all pieces cost; None where no price is known."""
        cost: Any = self.cost
        return None if cost is None else cost * self.quantity


class PriceLine(Tracked):
    """What work outside coverage costs the customer, tax included; agreed once somebody there said yes to it."""

    request = models.ForeignKey(
        ServiceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="prices"
    )
    text = models.CharField(_("what for"), max_length=150)
    amount = money(_("amount"))
    agreed_on = models.DateField(_("agreed on"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, blank=True)
    agreed_by = models.CharField(_("agreed by (at the customer)"), max_length=80, blank=True)

    objects = ThroughRequest.as_manager()

    class Meta:
        verbose_name = _("price line")
        verbose_name_plural = _("price lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="priceline_amount_positive"),
            # An agreement names its day and its person, or there is none.
            models.CheckConstraint(
                condition=Q(agreed_on=None, agreed_by="") | (Q(agreed_on__isnull=False) & ~Q(agreed_by="")),
                name="priceline_agreed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text

"""What a broken promise costs, and what was decided about it."""

from datetime import timedelta
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked
from contracts.models import Contract, money
from contracts.models import rate as share
from contracts.querysets import ThroughContract
from service import labels
from service.choices import FeeBase, FeeUnit, PenaltyStatus
from service.models.commitments import Commitment
from service.models.requests import ServiceRequest
from service.rules import LateFee

UNITS = {FeeUnit.HOUR: timedelta(hours=1), FeeUnit.DAY: timedelta(days=1)}


class PenaltyRule(Tracked):
    """The clause on being late: of a contract, or of every contract that has none of its own."""

    contract = models.OneToOneField(
        Contract,
        verbose_name=_("contract"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="penalty_rule",
        help_text=_("Empty: for every contract without a rule of its own."),
    )
    unit = models.CharField(_("counted"), max_length=4, choices=FeeUnit, default=FeeUnit.DAY)
    rate = models.DecimalField(
        pgettext_lazy("damages", "rate"),
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(Decimal("0.000001")), MaxValueValidator(Decimal("0.1"))],
        help_text=_("Share of the base for each unit begun: 0.0005 is 0.05 %."),
    )
    base = models.CharField(_("of"), max_length=8, choices=FeeBase, default=FeeBase.CONTRACT)
    grace = models.PositiveSmallIntegerField(_("grace"), default=0, help_text=_("So many units cost nothing."))
    cap_rate = share(
        _("at most"),
        default=Decimal("0.05"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text=_("Share of the base that a single breach never exceeds; 0 for no limit."),
    )

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("rule for late service")
        verbose_name_plural = _("rules for late service")
        ordering = ["-contract__number"]
        constraints = [
            # Also of those without a contract there is one.
            models.UniqueConstraint(Coalesce(F("contract"), Value(0)), name="penaltyrule_one_each"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="penaltyrule_rate_positive"),
        ]

    def __str__(self) -> str:
        return str(self.contract or _("every other contract"))

    @property
    def law(self) -> LateFee:
        """The clause as the rules know it."""
        return LateFee(UNITS[FeeUnit(self.unit)], self.rate, self.grace, self.cap_rate)


class Penalty(Tracked):
    """Damages for one broken promise: proposed by the product, decided by a person.

    See docs/rules.md 7: numbers stay as judged.
    """

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="penalties"
    )
    request = models.ForeignKey(
        ServiceRequest, verbose_name=_("service request"), null=True, on_delete=models.PROTECT, related_name="penalties"
    )
    leg = models.CharField(
        _("what"), max_length=10, choices=[(leg.value, text) for leg, text in labels.LEGS.items()], blank=True
    )
    commitment = models.ForeignKey(
        Commitment, verbose_name=_("commitment"), null=True, on_delete=models.PROTECT, related_name="penalties"
    )
    status = models.CharField(_("state"), max_length=10, choices=PenaltyStatus, default=PenaltyStatus.PROPOSED)
    on = models.DateField(_("proposed on"))
    due_at = models.DateTimeField(_("promised by"))
    done_at = models.DateTimeField(_("done at"), help_text=_("Or judged at, while it is not done."))
    unit = models.CharField(_("counted"), max_length=4, choices=FeeUnit)
    units = models.PositiveIntegerField(_("units late"))
    base = money(_("base"))
    rate = models.DecimalField(pgettext_lazy("damages", "rate"), max_digits=7, decimal_places=6)
    cap_rate = share(_("at most"))
    amount = money(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    #: The credit note that set it off.
    credited_by = models.CharField(_("set off by"), max_length=30, blank=True)

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("damages for late service")
        verbose_name_plural = _("damages for late service")
        ordering = ["-on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "leg"], condition=Q(request__isnull=False), name="penalty_once_a_leg"
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(commitment__isnull=False), name="penalty_once_a_commitment"
            ),
            models.CheckConstraint(
                condition=Q(request__isnull=False, commitment=None) | Q(request=None, commitment__isnull=False),
                name="penalty_for_one_thing",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="penalty_not_negative"),
        ]
        indexes = [models.Index(fields=["contract", "status"], name="penalty_contract")]

    def __str__(self) -> str:
        return f"{self.request or self.commitment} {self.get_leg_display()}".strip()

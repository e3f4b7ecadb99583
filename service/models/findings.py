"""What an inspection found wrong, who puts it right until when, and what the next visit saw of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.accounts.models import Role, User
from base.chatter.models import Tracked
from base.ui.search import found_by
from service.checks.enums import FindingStatus, Grade, Outcome
from service.models.checks import CheckResult, ThroughInspection
from service.models.requests import ServiceRequest
from warranty.models import Inspection


class FindingQuerySet(ThroughInspection):
    """Visible with their inspection; to an engineer also those they are to put right."""

    def visible_to(self, user: User) -> "FindingQuerySet":
        if user.role == Role.ENGINEER:
            seen = Inspection.objects.visible_to(user).values("pk")
            return self.filter(Q(inspection__in=seen) | Q(responsible=user))
        return super().visible_to(user)  # type: ignore[return-value]


class Finding(Tracked):
    """Something wrong, or something to be better; numbered within its inspection."""

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("inspection"), on_delete=models.CASCADE, related_name="problems"
    )
    number = models.PositiveSmallIntegerField(_("No."), editable=False)
    check_result = models.ForeignKey(
        CheckResult, verbose_name=_("check item"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="findings",
    )  # fmt: skip
    grade = models.CharField(_("grade"), max_length=8, choices=Grade, default=Grade.GENERAL)
    text = models.TextField(_("what was found"), max_length=500)
    advice = models.TextField(_("advice"), max_length=500, blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("responsible (ours)"), null=True, blank=True,
        on_delete=models.SET_NULL, related_name="findings",
    )  # fmt: skip
    responsible_name = models.CharField(_("responsible (customer's)"), max_length=60, blank=True)
    due_on = models.DateField(_("deadline"), null=True, blank=True)
    status = models.CharField(
        _("state"), max_length=8, choices=FindingStatus, default=FindingStatus.OPEN, editable=False
    )
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    closed_how = models.TextField(_("how it was closed"), blank=True, editable=False)
    request = models.ForeignKey(
        ServiceRequest, verbose_name=_("service request"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="findings", editable=False,
    )  # fmt: skip
    search = found_by("text", "advice", long=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["-inspection__action__due_on", "inspection", "number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at=None) | Q(status="closed", closed_at__isnull=False),
                name="finding_closed_at_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="finding_open", condition=Q(status="open"))]

    def __str__(self) -> str:
        return f"{self.number}. {self.text[:60]}"

    @property
    def in_charge(self) -> str:
        """Who puts it right, by name."""
        return " / ".join(filter(None, [str(self.responsible or ""), self.responsible_name]))


class FindingReview(Tracked):
    """An earlier finding looked at again during a later inspection."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="reviews")
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="reviews")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = ThroughInspection.as_manager()

    class Meta:
        verbose_name = _("review of a finding")
        verbose_name_plural = _("reviews of findings")
        ordering = ["finding"]
        constraints = [models.UniqueConstraint(fields=["finding", "inspection"], name="review_once")]

    def __str__(self) -> str:
        return f"{self.finding}: {self.get_outcome_display()}"

"""What was promised for faults: policies, their wordings, and which contract has which."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from contracts.models import Contract
from service import labels


class SlaPolicy(Tracked):
    """A set of promised times. What a contract promises is the version in force when a request comes in."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_default = models.BooleanField(
        _("default"), default=False, help_text=_("Counts for contracts that have no policy of their own.")
    )
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("SLA policy")
        verbose_name_plural = _("SLA policies")
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="policy_one_default")
        ]

    def __str__(self) -> str:
        return self.name


class SlaVersion(models.Model):
    """One wording of a policy, from a day on. It never changes: another wording is another version."""

    policy = models.ForeignKey(SlaPolicy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    valid_from = models.DateField(_("in force from"))

    class Meta:
        verbose_name = _("SLA version")
        verbose_name_plural = _("SLA versions")
        ordering = ["policy", "-number"]
        constraints = [models.UniqueConstraint(fields=["policy", "number"], name="slaversion_once")]

    def __str__(self) -> str:
        return f"{self.policy} {self.number}"


class SlaTarget(models.Model):
    """One promised time. A leg without a row is not promised; `amount` counts minutes or working days, by the unit."""

    version = models.ForeignKey(SlaVersion, on_delete=models.CASCADE, related_name="targets")
    phase = models.CharField(_("phase"), max_length=12, choices=labels.PHASES)
    request_class = models.CharField(_("class"), max_length=10, choices=labels.CLASSES)
    leg = models.CharField(_("what"), max_length=10, choices=[(leg.value, text) for leg, text in labels.LEGS.items()])
    unit = models.CharField(_("unit"), max_length=8, choices=labels.UNITS)
    amount = models.PositiveIntegerField(_("time"))

    class Meta:
        verbose_name = _("SLA target")
        verbose_name_plural = _("SLA targets")
        ordering = ["phase", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "phase", "request_class", "leg"], name="slatarget_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="slatarget_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_phase_display()} {self.get_request_class_display()} {self.get_leg_display()}"


class ContractPolicy(Tracked):
    """A contract that promises other times than the default."""

    contract = models.OneToOneField(
        Contract, verbose_name=_("contract"), on_delete=models.CASCADE, related_name="sla_policy"
    )
    policy = models.ForeignKey(
        SlaPolicy, verbose_name=_("SLA policy"), on_delete=models.PROTECT, related_name="contracts"
    )

    class Meta:
        verbose_name = _("policy of a contract")
        verbose_name_plural = _("policies of contracts")

    def __str__(self) -> str:
        return f"{self.contract}: {self.policy}"

"""What the customer must agree to before we do it: remote access to a system, another project manager."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked
from contracts.models import Contact, Contract, Customer, money
from service.choices import AnswerChannel, ConsentStatus
from service.models.requests import ServiceRequest
from service.querysets import AccessQuerySet, ContractWork, ThroughAccess, ThroughRequest


class Consent(Tracked):
    """One question to a customer, answered once: behind a link whose token only its hash is kept of, or by a letter."""

    contract = models.ForeignKey(Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("state"), max_length=10, choices=ConsentStatus, default=ConsentStatus.ASKED)
    contact = models.ForeignKey(
        Contact, verbose_name=_("who is asked"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: The last day on which the link takes an answer.
    expires_on = models.DateField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=100, blank=True)
    channel = models.CharField(_("how"), max_length=6, choices=AnswerChannel, blank=True)
    #: The number somebody was rung at, or rang from, where it was answered on the phone.
    number = models.CharField(_("telephone number"), max_length=50, blank=True)
    answer = models.CharField(_("because"), max_length=200, blank=True)
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def customer(self) -> Customer:
        """Whose consent it is."""
        contract: Contract = self.contract
        return contract.customer

    @property
    def project(self) -> str:
        """What it is about, in the customer's words: the project, or the contract's number."""
        return self.contract.project or self.contract.number

    @property
    def record(self) -> models.Model:
        """Whose sheet shows its mails and to-dos."""
        return self


class RemoteAccess(Consent):
    """An engineer wants to work on a customer's system from here. Without the customer's word nothing starts."""

    request = models.ForeignKey(
        ServiceRequest,
        verbose_name=_("service request"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accesses",
    )
    system = models.CharField(_("system"), max_length=150)
    purpose = models.CharField(_("what is to be done"), max_length=300)
    engineer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("engineer"), on_delete=models.PROTECT, related_name="accesses"
    )
    starts_at = models.DateTimeField(pgettext_lazy("access", "from"))
    ends_at = models.DateTimeField(pgettext_lazy("access", "to"))

    objects = AccessQuerySet.as_manager()

    class Meta:
        verbose_name = _("remote access")
        verbose_name_plural = _("remote access")
        ordering = ["-starts_at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="access_starts_before_end")]

    def __str__(self) -> str:
        return self.system


class RemoteSession(models.Model):
    """One time somebody was on the system: the log."""

    access = models.ForeignKey(RemoteAccess, on_delete=models.PROTECT, related_name="sessions")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("engineer"), on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(pgettext_lazy("access", "from"))
    ended_at = models.DateTimeField(pgettext_lazy("access", "to"), null=True)
    done = models.TextField(_("what was done"), blank=True)

    objects = ThroughAccess.as_manager()

    class Meta:
        verbose_name = _("remote session")
        verbose_name_plural = _("remote sessions")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["access"], condition=Q(ended_at=None), name="session_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.access} {self.started_at}"


class ManagerChange(Consent):
    """Another project manager: takes effect when the customer has agreed, never before (the original commitments)."""

    outgoing = models.CharField(_("project manager until then"), max_length=60)
    incoming = models.CharField(_("new project manager"), max_length=60)
    reason = models.CharField(_("reason"), max_length=300)
    qualification = models.TextField(_("qualification of the new one"), blank=True)
    effective_on = models.DateField(pgettext_lazy("manager change", "from"))
    in_effect_since = models.DateField(_("in effect since"), null=True)

    objects = ContractWork.as_manager()

    class Meta:
        verbose_name = _("change of project manager")
        verbose_name_plural = _("changes of project manager")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract"],
                condition=Q(status="asked") | Q(status="agreed", in_effect_since=None),
                name="manager_change_one_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outgoing} → {self.incoming}"


class PriceConsent(Consent):
    """What work outside coverage costs, as it was offered: nothing but an answer is promised before the customer agrees.

    An offer that is changed meanwhile is withdrawn with its link.
    """

    contract = models.ForeignKey(  # type: ignore[assignment]
        Contract, verbose_name=_("contract"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    request = models.ForeignKey(
        ServiceRequest, verbose_name=_("service request"), on_delete=models.PROTECT, related_name="price_consents"
    )
    #: The prices as they were offered, one a line.
    lines = models.TextField(_("offered"))
    amount = money(_("amount"))

    objects = ThroughRequest.as_manager()

    class Meta:
        verbose_name = _("consent to a price")
        verbose_name_plural = _("consents to prices")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(status="asked"), name="price_consent_one_open"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="price_consent_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.request.title} ({self.request})"

    @property
    def customer(self) -> Customer:
        return self.request.customer

    @property
    def record(self) -> models.Model:
        return self.request

    @property
    def in_effect_since(self) -> datetime | None:
        """An agreed price holds from the answer on."""
        return self.answered_at if self.status == ConsentStatus.AGREED else None

    @property
    def project(self) -> str:
        return (self.contract.project if self.contract else "") or self.request.title


#: All kinds of consent, for what looks for any.
CONSENTS: tuple[type[Any], ...] = (RemoteAccess, ManagerChange, PriceConsent)

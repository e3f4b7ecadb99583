"""What was promised beside faults, and what was given for it."""

from typing import Any

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked
from base.ui.look import Text
from contracts.enums import Milestone
from contracts.models import Contract
from contracts.querysets import ThroughContract
from service.choices import Audience, CommitmentKind, CommitmentUnit, DeliveryKind


def _amount(label: Text, **options: Any) -> Any:
    return models.DecimalField(label, max_digits=6, decimal_places=1, validators=[MinValueValidator(0)], **options)


class Promise(Tracked):
    """What a promise says, of a contract or in the template; `amount` counts `unit`s, none where no number was promised."""

    kind = models.CharField(_("kind"), max_length=20, choices=CommitmentKind)
    text = models.CharField(_("what is promised"), max_length=300)
    text_en = models.CharField(_("the same in English"), max_length=300, blank=True)
    amount = _amount(pgettext_lazy("promise", "amount"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=10, choices=CommitmentUnit, blank=True)
    #: Due so many days after the contract reached this station; a promise without one is never late.
    milestone = models.CharField(_("due after"), max_length=24, choices=Milestone, blank=True)
    offset_days = models.SmallIntegerField(_("days after"), default=0)
    department = models.CharField(_("responsible unit"), max_length=60, blank=True)
    phone = models.CharField(_("supervision phone"), max_length=50, blank=True)
    position = models.PositiveSmallIntegerField(pgettext_lazy("promise", "position"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


class CommitmentTemplate(Promise):
    """A promise that new contracts begin with; changing it changes no contract."""

    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("template of a commitment")
        verbose_name_plural = _("templates of commitments")
        ordering = ["position", "id"]


class Commitment(Promise):
    """One promise of a contract. How it stands is counted from the records (`service/promises/commitment_status.py`), never stored."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.CASCADE, related_name="commitments"
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="commitments",
    )
    due_on = models.DateField(_("due on"), null=True, editable=False)
    #: By hand, where no record can prove it.
    confirmed_on = models.DateField(_("kept on"), null=True, editable=False)
    confirmed_note = models.CharField(_("how it is known"), max_length=200, blank=True, editable=False)
    #: When the sweep looked at it after its day: once.
    alarmed_at = models.DateTimeField(null=True, editable=False)
    #: Its day passed without; what proves the contrary later takes it back.
    lapsed = models.BooleanField(pgettext_lazy("commitment", "lapsed"), default=False, editable=False)

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["contract", "position", "id"]
        indexes = [models.Index(fields=["due_on"], name="commitment_due", condition=Q(alarmed_at=None))]


class Delivery(Tracked):
    """Something promised that was given: a training, days on site, documents, an upgrade. Its proof is attached."""

    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="deliveries"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=DeliveryKind)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    #: A training's length: half a day counts half. Presence is counted by the days themselves.
    days = _amount(pgettext_lazy("delivery", "days"), null=True, blank=True)
    title = models.CharField(_("what"), max_length=150)
    people = models.PositiveSmallIntegerField(_("participants"), null=True, blank=True)
    audience = models.CharField(pgettext_lazy("delivery", "for"), max_length=14, choices=Audience, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("given by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deliveries",
    )
    by_name = models.CharField(_("or by (name)"), max_length=60, blank=True)
    note = models.TextField(_("note"), blank=True)
    #: Whether the sheet of attendance, or the receipt, is attached: without it nothing is proven.
    proven = models.BooleanField(_("proven"), default=False, editable=False)

    objects = ThroughContract.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(first_day__lte=F("last_day")), name="delivery_starts_before_it_ends"),
        ]
        indexes = [models.Index(fields=["contract", "kind"], name="delivery_contract")]

    def __str__(self) -> str:
        return self.title

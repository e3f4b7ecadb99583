"""What customers reported, what happened then, and when somebody has to be told."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked
from base.ui.look import Text
from base.ui.search import found_by
from contracts.enums import Coverage
from contracts.models import Contact, Contract, Customer
from service import labels
from service.enums import Channel, Leg, LegState, RequestStatus
from service.models.sla import SlaVersion
from service.querysets import RequestQuerySet, ThroughRequest
from warranty.models import MaintenanceTerm

#: Nothing was agreed that would pay for work on such a day.
OUTSIDE = frozenset({"", Coverage.GAP, Coverage.LAPSED})


def _leg_state(label: Text) -> Any:
    return models.CharField(label, max_length=8, choices=labels.STATES, default=LegState.PENDING.value, editable=False)


class ServiceRequest(Tracked):
    """A fault, question or complaint. Its deadlines are what `service/rules.py` tells from its events, stored."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="requests"
    )
    contract = models.ForeignKey(
        Contract, verbose_name=_("contract"), null=True, blank=True, on_delete=models.PROTECT, related_name="requests"
    )
    #: The term that covered the day of the report; none when it was not covered, or the system is still on trial.
    term = models.ForeignKey(
        MaintenanceTerm, verbose_name=_("covered by"), null=True, on_delete=models.SET_NULL, related_name="requests"
    )
    coverage = models.CharField(
        _("coverage that day"), max_length=10, choices=Coverage.choices, blank=True, editable=False
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("contact"), null=True, blank=True, on_delete=models.SET_NULL, related_name="requests"
    )
    caller = models.CharField(_("who reported it"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    channel = models.CharField(_("came in"), max_length=8, choices=labels.CHANNELS, default=Channel.PHONE.value)
    system = models.CharField(_("system"), max_length=150, blank=True)
    title = models.CharField(_("what is wrong"), max_length=150)
    description = models.TextField(_("description"), blank=True)
    solution = models.TextField(_("solution"), blank=True)

    phase = models.CharField(_("phase"), max_length=12, choices=labels.PHASES, editable=False)
    request_class = models.CharField(_("class"), max_length=10, choices=labels.CLASSES)
    status = models.CharField(_("state"), max_length=8, choices=labels.STATUSES, default=RequestStatus.NEW.value)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requests",
    )
    #: Of a complaint: whom the customer complains about.
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("complaint about"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="complaints",
        help_text=_("Only of a complaint: it is not given to this person without a reason."),
    )
    #: Why a complaint was given to whom it is about.
    assigned_because = models.CharField(_("given because"), max_length=200, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", verbose_name=_("the same as"), null=True, on_delete=models.PROTECT, related_name="duplicates"
    )

    sla = models.ForeignKey(SlaVersion, verbose_name=_("SLA"), on_delete=models.PROTECT, related_name="requests")
    reported_at = models.DateTimeField(pgettext_lazy("request", "reported at"))
    respond_by = models.DateTimeField(_("answer by"), null=True, editable=False)
    arrive_by = models.DateTimeField(_("arrive by"), null=True, editable=False)
    resolve_by = models.DateTimeField(_("solve by"), null=True, editable=False)
    response = _leg_state(_("answer in time"))
    arrival = _leg_state(_("arrival in time"))
    resolution = _leg_state(_("solution in time"))
    #: By which wording of the clock's rules the deadlines were computed (`service/operations.py: LAW`).
    law = models.PositiveSmallIntegerField(_("rules of the clock"), default=1, editable=False)
    #: Rests on a year whose official days are not known yet.
    provisional = models.BooleanField(_("provisional"), default=False, editable=False)

    search = found_by("number", "title", "system", "caller")
    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("service request")
        verbose_name_plural = _("service requests")
        ordering = ["-reported_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="request_not_merged_into_itself"),
        ]
        indexes = [
            models.Index(fields=["status", "resolve_by"], name="request_open"),
            models.Index(fields=["-reported_at", "-id"], name="request_newest"),
            models.Index(fields=["status", "-reported_at", "-id"], name="request_stack"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_covered(self) -> bool:
        """Whether what was agreed pays for the work of that day; before final acceptance it does."""
        return self.coverage not in OUTSIDE


class RequestEvent(models.Model):
    """What the clock goes by; never deleted.

    Only the moment may be corrected, and an arrival noted by mistake be taken back: both leave their event.
    """

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="happenings")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=14, choices=labels.HAPPENINGS)
    channel = models.CharField(_("how"), max_length=8, choices=labels.CHANNELS, blank=True)
    #: Noted by mistake: the clock does not hear of it.
    taken_back = models.BooleanField(_("taken back"), default=False)
    request_class = models.CharField(_("class"), max_length=10, choices=labels.CLASSES, blank=True)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ThroughRequest.as_manager()

    class Meta:
        verbose_name = _("happening")
        verbose_name_plural = _("happenings")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["request", "at"], name="happening_request")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at}"


class Escalation(models.Model):
    """When every service manager is told that nobody has taken a new request up: once."""

    request = models.OneToOneField(ServiceRequest, on_delete=models.CASCADE, related_name="escalation")
    due_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        indexes = [models.Index(fields=["due_at"], condition=Q(rung_at=None), name="escalation_due")]

    def __str__(self) -> str:
        return f"{self.request} {self.due_at}"


class Alarm(models.Model):
    """A moment at which a leg asks for attention: at three quarters of its time, and at its end."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="alarms")
    leg = models.CharField(max_length=10, choices=[(leg.value, text) for leg, text in labels.LEGS.items()])
    is_end = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True)
    #: Whose it was when it rang: who held the request when the promise broke.
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        constraints = [models.UniqueConstraint(fields=["request", "leg", "is_end"], name="alarm_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(rung_at=None), name="alarm_due")]

    def __str__(self) -> str:
        return f"{self.request} {Leg(self.leg)} {self.due_at}"

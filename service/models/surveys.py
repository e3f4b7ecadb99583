"""What customers think of our work."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from base.chatter.models import Tracked
from contracts.models import Contact, Contract
from service.choices import AnswerChannel, Score, SurveyCause, SurveyStatus
from service.models.requests import ServiceRequest
from service.querysets import ContractWork
from warranty.models import Inspection


class Survey(Tracked):
    """One question and a comment: behind a link that takes one answer, or asked on the phone."""

    contract = models.ForeignKey(Contract, verbose_name=_("contract"), on_delete=models.PROTECT, related_name="surveys")
    cause = models.CharField(_("occasion"), max_length=10, choices=SurveyCause)
    request = models.OneToOneField(
        ServiceRequest, verbose_name=_("service request"), null=True, on_delete=models.PROTECT, related_name="survey"
    )
    inspection = models.OneToOneField(
        Inspection, verbose_name=_("inspection"), null=True, on_delete=models.CASCADE, related_name="survey"
    )
    #: The last day of the year of coverage it asks about.
    year_ends = models.DateField(_("year until"), null=True)
    #: Who did the work: never the one who asks about it.
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("engineer"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="surveys",
    )
    contact = models.ForeignKey(
        Contact, verbose_name=_("who is asked"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(_("state"), max_length=10, choices=SurveyStatus, default=SurveyStatus.ASKED)
    asked_at = models.DateTimeField(_("asked at"))
    expires_on = models.DateField(_("to be answered by"))
    token_hash = models.CharField(max_length=64, unique=True, null=True, editable=False)

    score = models.PositiveSmallIntegerField(_("score"), choices=Score, null=True)
    comment = models.TextField(_("comment"), blank=True)
    channel = models.CharField(_("how"), max_length=6, choices=AnswerChannel, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by = models.CharField(_("answered by"), max_length=100, blank=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: What a bad score became.
    complaint = models.OneToOneField(
        ServiceRequest, verbose_name=_("complaint"), null=True, on_delete=models.PROTECT, related_name="complained_in"
    )

    objects = ContractWork.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "year_ends"], name="survey_once_a_year"),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__range=(1, 5), status="answered"), name="survey_score_of_an_answer"
            ),
        ]
        indexes = [models.Index(fields=["status", "expires_on"], name="survey_open")]

    def __str__(self) -> str:
        what = self.request or self.inspection or self.year_ends
        return f"{self.get_cause_display()} {what}" if what else str(self.get_cause_display())

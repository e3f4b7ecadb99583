"""Who we are (every paper needs it), how we like to work, and on which days."""

import uuid
from datetime import time
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import Tracked


class Company(Tracked):
    """The one selling company: a single row (primary key 1)."""

    name = models.CharField(_("legal name"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=150, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=20, blank=True)
    address = models.CharField(_("address"), max_length=150, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    hotline = models.CharField(_("service hotline"), max_length=50, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=60, blank=True)
    logo = models.FileField(_("logo"), upload_to="company/", blank=True)

    sender_name = models.CharField(_("sender's name"), max_length=80, blank=True)
    sender_email = models.EmailField(_("sender's address"), blank=True)
    mail_on_hold = models.BooleanField(_("mail on hold"), default=True)

    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    daily_run_at = models.TimeField(_("daily run at"), default=time(6, 0))
    review_days = models.PositiveSmallIntegerField(
        _("review window"),
        default=3,
        help_text=_("Working days between a renewal draft and its mail."),
        validators=[MaxValueValidator(30)],
    )
    approval_deviation = models.DecimalField(
        _("approval above"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.10"),
        help_text=_("A price this far from the price rule, either way, needs a director's approval."),
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    access_months = models.PositiveSmallIntegerField(
        _("months of accesses kept"),
        default=12,
        help_text=_("Who logged in and what was taken away is dropped after so many months, at least six."),
        validators=[MinValueValidator(6), MaxValueValidator(120)],
    )
    contact_years = models.PositiveSmallIntegerField(
        _("years contacts are kept"),
        null=True,
        blank=True,
        help_text=_(
            "So long after their customer's last coverage, request or invoice; empty: until somebody erases them."
        ),
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    caller_years = models.PositiveSmallIntegerField(
        _("years callers are kept"),
        null=True,
        blank=True,
        help_text=_("So long after they called, once the request is closed; empty: until somebody erases them."),
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    signer_years = models.PositiveSmallIntegerField(
        _("years signers are kept"),
        null=True,
        blank=True,
        help_text=_("So long after what they signed or answered; empty: until somebody erases them."),
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    tell_lateness = models.BooleanField(
        _("tell customers of lateness"),
        default=True,
        help_text=_("A customer is told by mail when an answer, an arrival or a solution missed its promised time."),
    )
    job_file_days = models.PositiveSmallIntegerField(
        _("files of jobs are kept"),
        default=7,
        help_text=_("Days until a file that a job made is removed."),
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    #: Another value after every change of windows or days: tells each process to read the calendar anew.
    calendar_stamp = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("company")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="company_single_row")]

    def __str__(self) -> str:
        return self.name


class WorkWindow(models.Model):
    """A weekly stretch of working time, local to the company."""

    weekday = models.PositiveSmallIntegerField(
        _("weekday"), help_text=_("0 is Monday"), validators=[MaxValueValidator(6)]
    )
    opens = models.TimeField(pgettext_lazy("hours", "from"))
    closes = models.TimeField(pgettext_lazy("hours", "to"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")), name="workwindow_opens_before_closes"
            ),
            models.UniqueConstraint(fields=["weekday", "opens"], name="workwindow_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}–{self.closes:%H:%M}"


class CalendarYear(models.Model):
    """A year whose official days are known. A year without a row is provisional (docs/rules.md 3)."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    source = models.CharField(_("source"), max_length=150)
    imported_at = models.DateTimeField(_("imported at"), auto_now_add=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A dated exception to the weekly windows; a company's own day wins over an official one."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("holiday")
        WORKDAY = "workday", _("working day")

    class Origin(models.TextChoices):
        OFFICIAL = "official", _("State Council")
        COMPANY = "company", _("company")

    on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["on", "origin"], name="calendarday_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"

"""What makes the logs show their own completeness: seals, the newest of each log, who came in, and what was erased."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.chatter.models import OnTarget

#: The log of events; a segment of the log of accesses is numbered by its month, such as 202611.
EVENTS = 0


class Seal(models.Model):
    """One row of a log, chained to the one sealed before it (docs/rules.md 18.1).

    `salts` has a random text for each value that may be a person's, by its place in the row; once the value is erased,
    `=` and the digest that was sealed.
    """

    log = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField()
    #: The key of the sealed row. No foreign key: neither must keep the other waiting, and what is gone is to be noticed.
    row = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    salts = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "sequence"], name="seal_sequence_once"),
            models.UniqueConstraint(fields=["log", "row"], name="seal_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.log} {self.sequence} {self.hash}"


class LogHead(models.Model):
    """The newest seal of a log. Whoever seals holds this row, so that there is one order."""

    log = models.PositiveIntegerField(primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True, default="")
    #: The highest key that was sealed: later rows are looked for from shortly before it.
    last_row = models.PositiveBigIntegerField(default=0)
    sealed_at = models.DateTimeField(null=True)
    #: When the segment was dropped as a whole; its head stays.
    dropped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.log} {self.sequence}"


class Access(models.Model):
    """Somebody came in, tried to, left, or took something away (docs/rules.md 18.2)."""

    class Kind(models.TextChoices):
        LOGIN = "login", _("log-in")
        FAILED = "login_failed", _("failed log-in")
        LOGOUT = "logout", _("log-out")
        DOWNLOAD = "download", _("download")
        EXPORT = "export", _("export")
        PRINT = "print", _("paper opened")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what happened"), max_length=20, choices=Kind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: As it was typed at the log-in; it need not be anybody's.
    name = models.CharField(_("name typed"), max_length=150, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    what = models.CharField(_("what was taken"), max_length=300, blank=True)
    #: Year and month of the day it happened on, such as 202611: what is dropped together.
    segment = models.PositiveIntegerField(_("month"))
    #: The minute of a failed log-in: one row for each name and address in it.
    minute = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("log of accesses")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="access_newest"),
            models.Index(fields=["segment", "id"], name="access_segment"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "address", "minute"],
                condition=models.Q(kind="login_failed"),
                name="access_failed_once_a_minute",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Erasure(OnTarget):
    """That a person's data were removed: of whom, by whom and why. While `is_open`, the triggers let values go."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_open = models.BooleanField(default=True)
    #: How many values were removed, by the place they stood in.
    removed = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.target_type_id} {self.target_id}"

"""A change that a second person must agree to: what, old and new, who asked, who decided."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.chatter.labels import value_text
from base.chatter.models import OnTarget, Tracked


class ChangeStatus(models.TextChoices):
    """`waiting`: the old values are in force. `unconfirmed`: the new ones are, for nobody else could agree then."""

    WAITING = "waiting", _("waits for a decision")
    UNCONFIRMED = "unconfirmed", _("in force, not confirmed")
    GRANTED = "granted", _("granted")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    USED = "used", _("granted and used")


#: Somebody still has to say yes or no.
OPEN = (ChangeStatus.WAITING, ChangeStatus.UNCONFIRMED)


class PendingChange(OnTarget, Tracked):
    """One such change of one record. `changes` is what people read, `values` what is carried out."""

    kind = models.CharField(_("kind"), max_length=40)
    #: Each field as old and new, in the way an event keeps them.
    changes = models.JSONField(_("changes"), default=dict)
    #: The same as `base.changes.values` packs it: what the kind carries out once it is granted.
    values = models.JSONField(default=dict, editable=False)
    status = models.CharField(_("state"), max_length=12, choices=ChangeStatus)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    #: Why it was asked for, and what was said to it.
    reason = models.CharField(_("because"), max_length=200, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change to be agreed")
        verbose_name_plural = _("changes to be agreed")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id", "status"], name="change_target"),
            models.Index(fields=["status", "-asked_at"], name="change_open"),
        ]

    def __str__(self) -> str:
        return f"{value_text(self.kind)}: {self.target}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to say yes or no."""
        return self.status in OPEN

    @property
    def waits(self) -> bool:
        """Whether the old values are still in force because of it."""
        return self.status == ChangeStatus.WAITING

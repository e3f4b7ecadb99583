"""Outgoing mail, its texts, and the addresses that take none."""

from django.conf import settings
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.chatter.models import OnTarget, Tracked
from base.documents.models import Document

#: What each kind of mail is called; `texts.register` fills it.
KIND_LABELS: dict[str, str | Promise] = {}


class MailText(Tracked):
    """A mail's wording in one language, as edited by the administrator; without a row the shipped text is used."""

    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=10, choices=[("en", "English"), ("zh-hans", "中文")])
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))

    class Meta:
        verbose_name = _("mail text")
        verbose_name_plural = _("mail texts")
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="mailtext_once")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"


class MailStatus(models.TextChoices):
    """`sending` is committed before the talk, so a killed worker is seen as `uncertain` (docs/rules.md 7.4)."""

    QUEUED = "queued", _("queued")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    REFUSED = "refused", _("refused")
    UNCERTAIN = "uncertain", _("uncertain")
    CANCELLED = "cancelled", _("cancelled")


class OutgoingMail(OnTarget, Tracked):
    """One mail to one reader about one thing, written before it is sent."""

    #: Unique per cause, step and reader, such as `renewal_reminder:118:60`: what makes a second one impossible.
    cause = models.CharField(max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    language = models.CharField(_("language"), max_length=10)
    to_name = models.CharField(_("reader"), max_length=100, blank=True)
    to_email = models.EmailField(pgettext_lazy("mail", "to"))
    cc = models.EmailField(_("copy"), blank=True)
    reply_to = models.EmailField(_("reply to"), blank=True)
    subject = models.CharField(_("subject"), max_length=250)
    #: With the placeholders `{reader}` and `{link}`, which are filled in when it leaves: no secret is ever stored.
    text = models.TextField(_("text"))
    #: What the wording was filled with, but for the link; asked anew when it leaves.
    variables = models.JSONField(default=dict, blank=True, editable=False)
    #: A person worded it: only the greeting follows the reader from then on.
    edited = models.BooleanField(_("worded by hand"), default=False)
    #: What its papers were like when a person worded it, or looked at it since.
    papers_seen = models.CharField(max_length=64, blank=True, editable=False)
    #: Reader or paper changed since a person worded it: it waits on hold until somebody looks.
    to_look_at = models.BooleanField(_("to be looked at"), default=False)
    #: Papers to attach: `[["renewals.renewal_quote", 12], …]`, rendered and stored before the mail goes out.
    papers = models.JSONField(default=list, blank=True)
    documents = models.ManyToManyField(Document, blank=True, related_name="mails")

    status = models.CharField(_("state"), max_length=10, choices=MailStatus, default=MailStatus.QUEUED)
    on_hold = models.BooleanField(_("on hold"), default=False)
    #: To one of our own log-ins: the hold on mail to customers does not keep it back.
    internal = models.BooleanField(_("to our own people"), default=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    queued_at = models.DateTimeField(_("queued at"))
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True)
    sending_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    message_id = models.CharField(_("message id"), max_length=200, blank=True)
    error = models.TextField(_("last error"), blank=True)
    resend_of = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="resends")

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-queued_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["cause", "to_email"], name="mail_once_per_cause_and_reader")]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="mail_target"),
            models.Index(fields=["next_attempt_at"], condition=models.Q(status="queued"), name="mail_due"),
            models.Index(fields=["queued_at", "id"], condition=models.Q(status="queued"), name="mail_waiting"),
        ]

    def __str__(self) -> str:
        """What it is and whom it is for: its subject is read by those who may read mails."""
        return f"{KIND_LABELS.get(self.kind, self.kind)} → {self.to_name or self.to_email}"


class DeadAddress(models.Model):
    """An address a mail bounced from: nothing more is sent there until the row is removed."""

    email = models.EmailField(_("address"), unique=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("bounced address")
        verbose_name_plural = _("bounced addresses")

    def __str__(self) -> str:
        return self.email

"""What happened to a record, what people said about it, what is still to do, and the files that belong to it."""

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from base.chatter.labels import event_text, todo_text


class Tracked(models.Model):
    """A record with a version: a save on an older version is refused, never merged or lost."""

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


class OnTarget(models.Model):
    """Something that hangs on any one record."""

    target_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    target_id = models.BigIntegerField()
    target = GenericForeignKey("target_type", "target_id")

    class Meta:
        abstract = True


class AppendOnly(models.QuerySet["Event"]):
    """Rows that are written once."""

    def update(self, **kwargs: object) -> int:
        raise TypeError("events are append-only")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("events are append-only")


class Event(OnTarget):
    """One thing that happened: who, when, what, and each changed field as old and new text."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(_("event"), max_length=60)
    changes = models.JSONField(_("changes"), default=dict)
    note = models.TextField(_("note"), blank=True)
    #: Which story was played when it happened; empty in real life.
    story = models.CharField(_("story"), max_length=60, blank=True, default="")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="event_target"),
            models.Index(fields=["-at", "-id"], name="event_newest"),
        ]

    def __str__(self) -> str:
        return event_text(self.verb)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("events are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("events are append-only")


class Message(OnTarget):
    """What a person wrote about a record, for colleagues."""

    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("message"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="message_target")]

    def __str__(self) -> str:
        return self.text[:60]


class Follower(OnTarget):
    """A person who wants to hear of messages on a record."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [models.UniqueConstraint(fields=["target_type", "target_id", "user"], name="follower_once")]

    def __str__(self) -> str:
        return str(self.user)


class Todo(OnTarget):
    """Something a person should do by a day. `cause` makes a to-do written by the product unique."""

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="todos",
    )
    #: Whoever has this role takes it while nobody is assigned.
    role = models.CharField(_("role"), max_length=20, blank=True)
    due_on = models.DateField(_("due on"))
    kind = models.CharField(_("kind"), max_length=40, default="note")
    text = models.CharField(_("text"), max_length=300, blank=True)
    params = models.JSONField(default=dict, blank=True)
    cause = models.CharField(max_length=120, null=True, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    #: When it was looked at whether somebody is told by mail.
    told_at = models.DateTimeField(null=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("to-do")
        verbose_name_plural = _("to-dos")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="todo_target"),
            models.Index(fields=["assignee", "due_on"], condition=models.Q(done_at=None), name="todo_open"),
            models.Index(fields=["id"], condition=models.Q(told_at=None), name="todo_untold"),
        ]

    def __str__(self) -> str:
        return self.text or todo_text(self.kind, self.params)


class Attachment(OnTarget):
    """A file that belongs to a record, stored under the hash of its content."""

    file = models.FileField(upload_to="attachments/", max_length=200)
    name = models.CharField(_("file name"), max_length=200)
    #: What the file is to its record, such as `final_acceptance` for a certificate; empty for any other file.
    label = models.CharField(_("kind"), max_length=40, blank=True)
    #: It holds prices, as a signed contract does: shown to those who may see prices.
    commercial = models.BooleanField(_("holds prices"), default=False)
    mime = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="attachment_target")]

    def __str__(self) -> str:
        return self.name

    def matches_hash(self) -> bool:
        """Whether the stored bytes are still the ones that came in."""
        with self.file.open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest() == self.sha256

"""Signs of life, and how people want to be told of what there is to do."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class When(models.TextChoices):
    """When one is told of a kind of news by mail."""

    AT_ONCE = "at_once", _("at once")
    MORNING = "morning", _("in the morning")
    NEVER = "never", _("not by mail")


class MailChoice(models.Model):
    """How a person wants to be told of a kind of news; without a row it is told as it is for everybody."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_choices")
    topic = models.CharField(max_length=20)
    when = models.CharField(max_length=10, choices=When)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="mailchoice_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.topic}: {self.when}"


class Morning(models.Model):
    """A day whose mails of the morning were written."""

    on = models.DateField(primary_key=True)

    def __str__(self) -> str:
        return self.on.isoformat()


class Heartbeat(models.Model):
    """When one of the processes behind the web was last seen: `beat`, `worker` and `jobs`."""

    name = models.CharField(max_length=20, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

"""What a person set up on a list: named searches and chosen columns."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A favourite: a list's query string under a name, for its owner or shared with all."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=60)
    name = models.CharField(_("name"), max_length=60)
    query = models.TextField()
    shared = models.BooleanField(_("shared with everyone"), default=False)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="savedfilter_once")]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(models.Model):
    """The columns a person wants to see on a list, in order."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    columns = models.JSONField(default=list)

    class Meta:
        verbose_name = _("column choice")
        verbose_name_plural = _("column choices")
        constraints = [models.UniqueConstraint(fields=["owner", "page"], name="columnchoice_once")]

    def __str__(self) -> str:
        return self.page


class SentForm(models.Model):
    """A form that was sent, by what it holds: sent again it does nothing (`base/ui/once.py`). Kept for two days."""

    key = models.CharField(max_length=64, primary_key=True)
    at = models.DateTimeField(db_index=True)
    done = models.BooleanField(default=False)
    #: The address the first one led to.
    led_to = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")

    def __str__(self) -> str:
        return self.key

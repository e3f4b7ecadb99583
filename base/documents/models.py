"""Numbers without gaps, and the papers that left the house."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from base.chatter.models import OnTarget


class NumberSeries(models.Model):
    """The last number drawn of a prefix in a year; its row lock orders all who draw."""

    prefix = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="numberseries_once")]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"


class NeverChanged(models.QuerySet["Document"]):
    """Rows that are written once."""

    def update(self, **kwargs: object) -> int:
        raise TypeError("stored papers never change")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("stored papers never change")


class Document(OnTarget):
    """A paper as it left the house: never changed after. `key` says which paper of which version it is."""

    key = models.CharField(max_length=120, unique=True)
    name = models.CharField(_("file name"), max_length=200)
    file = models.FileField(upload_to="documents/%Y/%m/", max_length=250)
    mime = models.CharField(max_length=100, default="application/pdf")
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(_("at"))

    objects = NeverChanged.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="document_target")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("stored papers never change")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise TypeError("stored papers never change")

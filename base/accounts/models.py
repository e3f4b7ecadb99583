"""People who log in, and what each of them is here for."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from base.accounts.deputies import standing_in
from base.chatter.models import Tracked


class Role(models.TextChoices):
    """What a person may do follows from the one role they have (table: `config/roles.py`)."""

    MANAGER = "manager", _("Account manager")
    FINANCE = "finance", _("Finance")
    SERVICE_MANAGER = "service_manager", _("Service manager")
    ENGINEER = "engineer", _("Engineer")
    DIRECTOR = "director", _("Director")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class User(Tracked, AbstractUser):
    """A person with a log-in. `deputy` sees and does what this person may while they are away, from a day to a day."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    display_name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    email = models.EmailField(_("email"), unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=[("en", "English"), ("zh-hans", "中文")]
    )
    theme = models.CharField(
        _("theme"),
        max_length=5,
        blank=True,
        choices=[("", _("like the device")), ("light", _("light")), ("dark", _("dark"))],
    )
    deputy = models.ForeignKey(
        "self", verbose_name=_("deputy"), null=True, blank=True, on_delete=models.SET_NULL, related_name="deputises_for"
    )
    deputy_from = models.DateField(_("deputy from"), null=True, blank=True)
    deputy_until = models.DateField(_("deputy until"), null=True, blank=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["display_name"]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def stands_in_as(self) -> frozenset[str]:
        """The roles of those this person stands in for today: asked for once a request."""
        if self.pk is None:
            return frozenset()
        return frozenset(User.objects.filter(standing_in(self), is_active=True).values_list("role", flat=True))


class WrongPassword(models.Model):
    """One log-in that failed: the name that was typed, in lower case, and where it came from. Kept some minutes.

    The name need not be anybody's. Read and written by `base/accounts/lockout.py` only.
    """

    name = models.CharField(max_length=254)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name", "at"], name="wrong_password_name"),
            models.Index(fields=["address", "at"], name="wrong_password_address"),
            models.Index(fields=["at"], name="wrong_password_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"

"""Words of inspections in full: what is looked at, how it was found, how bad it is (docs/documents.md 8, 巡检报告)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Area(models.TextChoices):
    """The kinds of system a check list is about, in the order a visit and its report take them."""

    ENVIRONMENT = "environment", _("machine room")
    SERVER = "server", _("servers")
    NETWORK = "network", _("network")
    PLATFORM = "platform", _("operating system and database")
    APPLICATION = "application", _("applications")
    BACKUP = "backup", _("backup")
    SECURITY = "security", _("security")


#: A Tabler icon for each.
AREA_ICONS = {
    Area.ENVIRONMENT: "temperature",
    Area.SERVER: "server",
    Area.NETWORK: "network",
    Area.PLATFORM: "database",
    Area.APPLICATION: "apps",
    Area.BACKUP: "device-floppy",
    Area.SECURITY: "shield-lock",
}


class CheckState(models.TextChoices):
    """How an item was found; empty while nobody looked."""

    NORMAL = "normal", _("normal")
    ABNORMAL = "abnormal", _("abnormal")
    NONE = "na", _("not applicable")


class Grade(models.TextChoices):
    """How bad a finding is."""

    SERIOUS = "serious", pgettext_lazy("grade of a finding", "serious")
    GENERAL = "general", pgettext_lazy("grade of a finding", "general")
    ADVICE = "advice", pgettext_lazy("grade of a finding", "advice")


class FindingStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("finding", "open")
    CLOSED = "closed", pgettext_lazy("finding", "closed")


class Outcome(models.TextChoices):
    """What became of an earlier finding, as seen at the next visit."""

    STILL = "still", _("still there")
    FIXED = "fixed", _("put right")

"""The choices a contract offers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ContractStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    ACTIVE = "active", _("active")
    TERMINATED = "terminated", _("terminated")


class RenewalMode(models.TextChoices):
    """Whether the renewal quote leaves by itself after the review window, or the manager sends it."""

    AUTO = "auto", _("automatic")
    MANUAL = "manual", _("by hand")


class Milestone(models.TextChoices):
    """A contract's stations; each value names the contract's date column without its `_on`."""

    SIGNED = "signed", _("signed")
    GO_LIVE = "go_live", _("go-live")
    PRELIMINARY = "preliminary_acceptance", _("preliminary acceptance")
    FINAL = "final_acceptance", _("final acceptance")


class Coverage(models.TextChoices):
    """How a contract is covered on a given day: computed, never stored."""

    NONE = "none", _("not accepted")
    TRIAL = "trial", _("trial run")
    FREE = "free", _("free maintenance")
    PAID = "paid", _("paid maintenance")
    GOODWILL = "goodwill", _("goodwill")
    GAP = "gap", _("gap")
    LAPSED = "lapsed", _("lapsed")

"""The choices of coverage and plan."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TermKind(models.TextChoices):
    FREE = "free", _("free maintenance")
    PAID = "paid", _("paid maintenance")
    GOODWILL = "goodwill", _("goodwill")


class ActionState(models.TextChoices):
    PLANNED = "planned", _("planned")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("skipped")
    CANCELLED = "cancelled", _("cancelled")
    FAILED = "failed", _("failed")


class ActionKind(models.TextChoices):
    """Everything that happens by itself (docs/rules.md 5.1); the first is held by people, the rest by the daily run."""

    INSPECTION = "inspection", _("inspection")
    RENEWAL_QUOTE = "renewal_quote", _("renewal quote is drafted")
    RENEWAL_SEND = "renewal_send", _("renewal quote leaves")
    RENEWAL_REMINDER = "renewal_reminder", _("renewal reminder")
    INSPECTION_NOTICE = "inspection_notice", _("inspection notice")
    INSPECTION_MISSED = "inspection_missed", _("inspection missed")
    QUOTE_EXPIRY = "quote_expiry", _("quote expires")
    COVERAGE_END = "coverage_end", _("coverage ends")
    BUDGET_NOTICE = "budget_notice", _("budget notice")


class InspectionResult(models.TextChoices):
    NORMAL = "normal", _("normal")
    MOSTLY_NORMAL = "mostly_normal", _("mostly normal")
    ABNORMAL = "abnormal", _("abnormal")


class ImportStatus(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")

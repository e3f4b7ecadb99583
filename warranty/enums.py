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
    """The kinds of planned actions that coverage itself brings (docs/rules.md 5); upper floors declare their own."""

    INSPECTION = "inspection", _("inspection")
    INSPECTION_NOTICE = "inspection_notice", _("inspection notice")
    INSPECTION_MISSED = "inspection_missed", _("inspection missed")
    COVERAGE_END = "coverage_end", _("coverage ends")
    TERMINATION = "termination", _("contract is terminated")


class PlanReason(models.TextChoices):
    """Why a row of the plan waits, was skipped, or leaves by another hand; with `%(value)s` where it keeps a value."""

    ON_HOLD = "on_hold", _("On hold: %(value)s")
    TERM_OVER = "term_over", _("Its term is over.")
    WINDOW_OVER = "window_over", _("Its window is over.")
    BEFORE_TERM = "before_term", _("Its day was before the term began.")
    WRITTEN_LATE = "written_late", _("Its day had passed when it was planned.")
    LATER_NOTICE = "later_notice", _("A later notice is sent.")
    REPORTED = "reported", _("reported")
    ENDING = "ending", _("The contract ends on %(value)s.")
    GOES_ON = "goes_on", _("The contract does not end on that day.")
    NO_READER = "no_reader", _("No usable address: the account manager gets a to-do.")
    UNDECLARED = "undeclared", _("Nobody carries out this kind.")


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

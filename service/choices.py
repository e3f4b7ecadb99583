"""The choices of what surrounds a request: promises, consents, surveys, and what a broken promise costs."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ConsentStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("consent", "asked")
    AGREED = "agreed", _("agreed")
    REFUSED = "refused", pgettext_lazy("consent", "refused")
    EXPIRED = "expired", _("not answered in time")
    WITHDRAWN = "withdrawn", _("withdrawn")


class AnswerChannel(models.TextChoices):
    """How the customer's answer reached us."""

    LINK = "link", _("by the link")
    LETTER = "letter", _("by letter")
    PHONE = "phone", _("by phone")


class SurveyCause(models.TextChoices):
    REQUEST = "request", _("after a request")
    INSPECTION = "inspection", _("after an inspection")
    YEARLY = "yearly", _("once a year")


class SurveyStatus(models.TextChoices):
    ASKED = "asked", pgettext_lazy("survey", "asked")
    ANSWERED = "answered", pgettext_lazy("survey", "answered")
    EXPIRED = "expired", _("not answered in time")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Score(models.IntegerChoices):
    """From the customer's form of words (docs/documents.md 9: 非常满意 … 不满意)."""

    VERY_SATISFIED = 5, _("very satisfied")
    SATISFIED = 4, _("satisfied")
    FAIR = 3, _("fairly satisfied")
    DISSATISFIED = 2, _("dissatisfied")
    VERY_DISSATISFIED = 1, _("very dissatisfied")


class CommitmentKind(models.TextChoices):
    """What was promised; most kinds are counted from records (`service/promises/commitment_status.py`), the rest a person confirms."""

    TRAINING_SESSIONS = "training_sessions", _("training before go-live")
    TRAINING_DAYS = "training_days", _("training in all")
    GO_LIVE_PRESENCE = "go_live_presence", _("engineer on site after go-live")
    DEVELOPER = "developer", _("developer on site")
    DOCUMENTS = "documents", _("documents handed over")
    INSPECTIONS = "inspections", _("inspections")
    IN_TIME = "in_time", _("faults served in time")
    ANSWERS = "answers", _("questions and complaints answered")
    MANAGER = "manager", _("project manager stays")
    HOTLINE = "hotline", _("hotline")
    UPGRADES = "upgrades", _("free upgrades")
    OTHER = "other", pgettext_lazy("commitment", "other")


class CommitmentUnit(models.TextChoices):
    NONE = "", "—"
    SESSIONS = "sessions", _("sessions")
    DAYS = "days", _("days")
    PEOPLE = "people", pgettext_lazy("amount", "people")
    DOCUMENTS = "documents", pgettext_lazy("amount", "documents")
    VISITS = "visits", pgettext_lazy("amount", "inspections")
    PERCENT = "percent", "%"


class DeliveryKind(models.TextChoices):
    """Something promised that was given."""

    TRAINING = "training", _("training")
    PRESENCE = "presence", _("presence on site")
    DEVELOPMENT = "development", _("development on site")
    DOCUMENTS = "documents", pgettext_lazy("delivery", "documents")
    UPGRADE = "upgrade", _("upgrade")


class Audience(models.TextChoices):
    NONE = "", "—"
    USERS = "users", _("users")
    ADMINISTRATORS = "administrators", _("administrators")
    BOTH = "both", _("users and administrators")


class FeeUnit(models.TextChoices):
    HOUR = "hour", _("per hour")
    DAY = "day", _("per day")


class FeeBase(models.TextChoices):
    CONTRACT = "contract", _("contract amount in force")
    YEAR = "year", _("price of a year of maintenance")


class PenaltyStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    GRANTED = "granted", _("to be credited")
    CREDITED = "credited", pgettext_lazy("damages", "credited")
    WAIVED = "waived", _("waived")

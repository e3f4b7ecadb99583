"""Words of the service desk, shared by rules, storage and screens."""

from enum import StrEnum


class Phase(StrEnum):
    """Which of a policy's two tables counts: until final acceptance the first, afterwards the second.

    See docs/rules.md 4.
    """

    TRIAL = "trial"
    MAINTENANCE = "maintenance"


class RequestClass(StrEnum):
    """How bad it is, or what else it is. Not every class stands in both tables."""

    CRITICAL = "critical"
    SERIOUS = "serious"
    GENERAL = "general"
    MINOR = "minor"
    QUESTION = "question"
    COMPLAINT = "complaint"


class Leg(StrEnum):
    """What is promised by a time of its own."""

    RESPONSE = "response"
    ARRIVAL = "arrival"
    RESOLUTION = "resolution"


class Unit(StrEnum):
    """How a target's time runs."""

    CLOCK = "clock"  # minutes, day and night
    BUSINESS = "business"  # minutes inside working hours
    DAYS = "days"  # working days, due at close of business


class LegState(StrEnum):
    NONE = "none"  # nothing was promised
    PENDING = "pending"
    MET = "met"
    BREACHED = "breached"


class Happening(StrEnum):
    """What moves the clock."""

    REPORTED = "reported"
    PAUSED = "paused"
    RESUMED = "resumed"
    RECLASSIFIED = "reclassified"
    ANSWERED = "answered"
    ARRIVED = "arrived"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    PRICE_AGREED = "price_agreed"  # the customer said yes to what uncovered work costs


class RequestStatus(StrEnum):
    NEW = "new"  # nobody answered yet
    WORKING = "working"
    WAITING = "waiting"  # for the customer: the resolution clock stands
    SOLVED = "solved"
    CLOSED = "closed"


class Channel(StrEnum):
    PHONE = "phone"
    MAIL = "mail"
    PERSON = "person"


class VisitKind(StrEnum):
    """What somebody goes to a customer for 服务类型."""

    FAULT = "fault"
    INSPECTION = "inspection"
    UPGRADE = "upgrade"
    TRAINING = "training"
    INSTALLATION = "installation"
    STATIONING = "stationing"  # an engineer who stays with the customer 驻场


class VisitStatus(StrEnum):
    PLANNED = "planned"
    ON_SITE = "on_site"
    DONE = "done"  # reported, and to be signed
    SIGNED = "signed"
    CANCELLED = "cancelled"

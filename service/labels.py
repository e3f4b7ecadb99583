"""The words of the service desk as people read them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.enums import (
    Channel,
    Happening,
    Leg,
    LegState,
    Phase,
    RequestClass,
    RequestStatus,
    Unit,
    VisitKind,
    VisitStatus,
)

PHASES = [(Phase.TRIAL.value, _("trial run")), (Phase.MAINTENANCE.value, _("maintenance"))]
CLASSES = [
    (RequestClass.CRITICAL.value, pgettext_lazy("class of a fault", "critical")),
    (RequestClass.SERIOUS.value, pgettext_lazy("class of a fault", "serious")),
    (RequestClass.GENERAL.value, pgettext_lazy("class of a fault", "general")),
    (RequestClass.MINOR.value, pgettext_lazy("class of a fault", "minor")),
    (RequestClass.QUESTION.value, _("question")),
    (RequestClass.COMPLAINT.value, _("complaint")),
]
#: What each class means, to have in view while one is chosen (from the original commitments).
DEFINITIONS = {
    RequestClass.CRITICAL: _("The system is down or does not work at all."),
    RequestClass.SERIOUS: _("A function does not do what is needed; most users are affected."),
    RequestClass.GENERAL: _("It works, with a fault."),
    RequestClass.MINOR: _("A trifle during the trial run."),
    RequestClass.QUESTION: _("How something is done; nothing is broken."),
    RequestClass.COMPLAINT: _("The customer is not content with how we work."),
}
LEGS = {Leg.RESPONSE: _("response"), Leg.ARRIVAL: _("arrival"), Leg.RESOLUTION: _("resolution")}
UNITS = [
    (Unit.CLOCK.value, _("minutes, day and night")),
    (Unit.BUSINESS.value, _("minutes of working hours")),
    (Unit.DAYS.value, _("working days")),
]
STATES = [
    (LegState.NONE.value, _("not promised")),
    (LegState.PENDING.value, pgettext_lazy("a promise", "running")),
    (LegState.MET.value, pgettext_lazy("a promise", "kept")),
    (LegState.BREACHED.value, pgettext_lazy("a promise", "broken")),
]
STATUSES = [
    (RequestStatus.NEW.value, pgettext_lazy("service request", "new")),
    (RequestStatus.WORKING.value, _("in work")),
    (RequestStatus.WAITING.value, _("waiting for the customer")),
    (RequestStatus.SOLVED.value, _("solved")),
    (RequestStatus.CLOSED.value, pgettext_lazy("service request", "closed")),
]
CHANNELS = [
    (Channel.PHONE.value, _("by phone")),
    (Channel.MAIL.value, _("by mail")),
    (Channel.PERSON.value, _("in person")),
]
HAPPENINGS = [
    (Happening.REPORTED.value, _("reported by the customer")),
    (Happening.PAUSED.value, _("waits for the customer")),
    (Happening.RESUMED.value, _("goes on")),
    (Happening.RECLASSIFIED.value, _("class changed")),
    (Happening.ANSWERED.value, _("answered")),
    (Happening.ARRIVED.value, _("arrived on site")),
    (Happening.RESOLVED.value, _("solved")),
    (Happening.REOPENED.value, _("opened again")),
    (Happening.CLOSED.value, _("closed for good")),
    (Happening.PRICE_AGREED.value, _("price agreed")),
]
VISIT_KINDS = [
    (VisitKind.FAULT.value, pgettext_lazy("kind of a visit", "fault")),
    (VisitKind.INSPECTION.value, pgettext_lazy("kind of a visit", "inspection")),
    (VisitKind.UPGRADE.value, pgettext_lazy("kind of a visit", "upgrade")),
    (VisitKind.TRAINING.value, pgettext_lazy("kind of a visit", "training")),
    (VisitKind.INSTALLATION.value, pgettext_lazy("kind of a visit", "installation")),
    (VisitKind.STATIONING.value, pgettext_lazy("kind of a visit", "stationing")),
]
VISIT_STATUSES = [
    (VisitStatus.PLANNED.value, pgettext_lazy("visit", "planned")),
    (VisitStatus.ON_SITE.value, pgettext_lazy("visit", "on site")),
    (VisitStatus.DONE.value, pgettext_lazy("visit", "to be signed")),
    (VisitStatus.SIGNED.value, pgettext_lazy("visit", "signed")),
    (VisitStatus.CANCELLED.value, pgettext_lazy("visit", "cancelled")),
]

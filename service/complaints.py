"""Whom a complaint is about: it is never theirs to deal with, unless somebody gives it to them and says why."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from base.accounts.models import User
from base.lib.errors import Refused
from service.enums import Happening, RequestClass
from service.models import ServiceRequest, Survey

#: What counts as work on a request.
_WORK = (Happening.ANSWERED, Happening.ARRIVED, Happening.RESOLVED)


def workers(request: ServiceRequest) -> set[int]:
    """Who answered, was there, solved it, or was on the system: not only whoever it was assigned to."""
    happenings = request.happenings.filter(kind__in=_WORK, taken_back=False, by__isnull=False)
    visits = request.visits.filter(arrived_at__isnull=False)
    sessions = request.accesses.filter(sessions__isnull=False)
    return {
        *happenings.values_list("by", flat=True),
        *visits.values_list("engineer", flat=True),
        *sessions.values_list("sessions__by", flat=True),
    }


def did_the_work(survey: Survey) -> set[int]:
    """Whom a customer's score is about."""
    found = {survey.about_id} if survey.about_id else set()
    return found | workers(survey.request) if survey.request else found


def concerned(request: ServiceRequest) -> Collection[int]:
    """Whom a complaint is about: who is named in it, and who did the work that a bad score was given for."""
    if request.request_class != RequestClass.COMPLAINT:
        return ()
    found = {request.about_id} if request.about_id else set()
    for survey in Survey.objects.filter(complaint=request).select_related("request") if request.pk else ():
        found |= did_the_work(survey)
    return found


def is_kept_from(request: ServiceRequest, person: User) -> bool:
    """Whether it is about the person, and was not given to them on purpose."""
    on_purpose = request.assigned_because and request.assignee_id == person.pk
    return not on_purpose and person.pk in concerned(request)


def check_handler(request: ServiceRequest, person: User | None, *, reason: str = "", field: str = "") -> None:
    """Raise `Refused` where somebody is to deal with a complaint about themselves and nobody says why."""
    if person is None or reason.strip():
        return
    if is_kept_from(request, person):
        text = _("The complaint is about %(person)s: choose a colleague, or say why it must be this person.")
        raise Refused(text % {"person": person}, field=field, code="concerned")

"""Operations on surveys: asked after the work, answered once, and a bad score becomes a complaint with its own clock."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.models import Event
from base.chatter.operations import make_event, make_todo, move, settle_todos, stale, write_todos
from base.company.models import Company
from base.company.queries import company, today
from base.lib.dates import add_months
from base.lib.errors import Refused
from base.mail.occasions import Occasion, register
from base.mail.queue import MailDraft, write_mails
from base.mail.texts import LINK
from base.mail.tokens import derive, hashed
from contracts.enums import ContractStatus
from contracts.notifications import people_of
from service import operations
from service.choices import AnswerChannel, Score, SurveyCause, SurveyStatus
from service.complaints import did_the_work
from service.enums import Channel, RequestClass
from service.models import ServiceRequest, Survey
from service.notifications import ASKED, contact_mail
from service.states import SURVEY
from warranty.models import Inspection, MaintenanceTerm

#: So long the link takes an answer.
ANSWER_DAYS = timedelta(days=21)
#: The yearly question comes so long before a year of coverage ends, in time for the talk about its renewal.
YEARLY_BEFORE, YEARLY_UNTIL = timedelta(days=60), timedelta(days=30)
#: Up to this score the customer is not content, and somebody has to find out why.
BAD = Score.DISSATISFIED
_MOST_YEARS = 10
#: What is written for everybody in the house is written in Chinese, as the house's papers are.
_HOUSE_LANGUAGE = "zh-hans"


def token_of(survey: Survey) -> str:
    """The secret part of the address the customer answers at."""
    return derive(f"survey {survey.pk}")


def link_of(survey: Survey) -> str:
    return f"{settings.PUBLIC_URL}/s/{token_of(survey)}/"


def survey_behind(token: str) -> Survey | None:
    """The survey a link leads to, whatever its state; None for a link of nobody's."""
    rows = Survey.objects.select_related("contract__customer", "request", "inspection", "contact", "about")
    found: Survey | None = rows.filter(token_hash=hashed(token)).first()
    return found


# --- asked ------------------------------------------------------------------------------------------------------------


def ask_about_request(*, request: ServiceRequest, at: datetime) -> Survey | None:
    """After a closed request; None for a complaint that a survey itself became, and for one without a contract."""
    if request.contract is None or request.merged_into_id or Survey.objects.filter(complaint=request).exists():
        return None
    survey = Survey(
        contract=request.contract,
        cause=SurveyCause.REQUEST,
        request=request,
        about=request.assignee,
        contact=request.contact or request.contract.contact,
    )
    return _ask([survey], at=at)[0]


def ask_about_inspection(*, inspection: Inspection, at: datetime) -> Survey:
    """After a reported inspection."""
    contract = inspection.action.contract
    survey = Survey(
        contract=contract,
        cause=SurveyCause.INSPECTION,
        inspection=inspection,
        about=inspection.engineer,
        contact=contract.contact,
    )
    return _ask([survey], at=at)[0]


@transaction.atomic
def ask_yearly(*, on: date, at: datetime) -> int:
    """Ask every covered customer once in each year of coverage, in the month before its last; how many were asked.

    A year is counted back from the last day of the term, so that terms of several years are asked about in each.
    """
    ends = Q()
    for years in range(_MOST_YEARS):
        first, last = (add_months(on + span, 12 * years) for span in (YEARLY_UNTIL, YEARLY_BEFORE))
        ends |= Q(last_day__range=(first, last), first_day__lte=on)
    asked = Survey.objects.filter(contract=OuterRef("contract"), year_ends__range=(on, on + YEARLY_BEFORE))
    terms = MaintenanceTerm.objects.filter(ends, ~Exists(asked), contract__status=ContractStatus.ACTIVE)
    surveys = [
        Survey(
            contract=term.contract,
            cause=SurveyCause.YEARLY,
            year_ends=_end_of_year(term.last_day, on),
            contact=term.contract.contact,
        )
        for term in terms.select_related("contract__customer", "contract__contact", "contract__manager")
    ]
    return len(_ask(surveys, at=at))


def _end_of_year(last_day: date, on: date) -> date:
    """The last day of the year of coverage that is running."""
    back = 0
    while (end := add_months(last_day, -12 * (back + 1))) >= on:
        back += 1
        if end == last_day:
            break
    return add_months(last_day, -12 * back)


@transaction.atomic
def _ask(surveys: Iterable[Survey], *, at: datetime) -> list[Survey]:
    """Store surveys with their links and mails; whom no mail reaches the service manager calls."""
    made = list(surveys)
    for survey in made:
        survey.asked_at, survey.expires_on = at, today(at) + ANSWER_DAYS
    Survey.objects.bulk_create(made)
    for survey in made:
        survey.token_hash = hashed(token_of(survey))
    Survey.objects.bulk_update(made, ["token_hash"])
    Event.objects.bulk_create([make_event(survey, "asked", by=None, at=at) for survey in made])
    unreached = [survey for survey in made if not _mailed(survey, at=at)]
    write_todos(
        make_todo(
            survey,
            kind="survey_by_phone",
            due_on=survey.expires_on,
            at=at,
            role=Role.SERVICE_MANAGER,
            cause=f"survey_by_phone:{survey.pk}",
            params={"contract": survey.contract.number, "customer": survey.contract.customer.name},
        )
        for survey in unreached
    )
    return made


def _mailed(survey: Survey, *, at: datetime) -> bool:
    draft = _mail(survey, f"survey_asked:{survey.pk}", company())
    if draft:
        write_mails([draft], at=at)
    return draft is not None


def _mail(survey: Survey, cause: str, our_company: Company) -> MailDraft | None:
    """The question as a mail: to whoever reported what it is about, else to the contract's reader."""
    contact = survey.contact if survey.request_id else None
    return contact_mail(
        survey.contract, contact, kind="survey_asked", target=survey, cause=cause, our_company=our_company,
        said=lambda language: {"what": what_text(survey, language), "link": LINK},
    )  # fmt: skip


def register_occasion() -> None:
    """Whom a survey is sent to when its mail leaves, and its link; called by `AppConfig.ready`."""
    occasion = Occasion(
        draft=lambda survey, mail, ours: _mail(survey, mail.cause, ours),
        customer=lambda survey: survey.contract.customer,
        people=lambda survey, language: people_of(survey.contract.customer, language),
        link=lambda survey, mail: link_of(survey),
        related=("request", "inspection", *ASKED),
    )
    register(occasion, "survey_asked")


def what_text(survey: Survey, language: str) -> str:
    """What the customer is asked about, in their language."""
    with translation.override(language):
        project = survey.contract.project or survey.contract.number
        if survey.request:
            return _("our work on “%(title)s” (%(number)s)") % {
                "title": survey.request.title,
                "number": survey.request.number,
            }
        if survey.inspection:
            return _("our inspection of %(project)s on %(day)s") % {
                "project": project,
                "day": survey.inspection.visited_on,
            }
        return _("our maintenance of %(project)s in the past year") % {"project": project}


# --- answered ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_survey(
    *,
    survey: Survey,
    score: int,
    comment: str = "",
    name: str = "",
    by: User | None,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The customer's score from 1 to 5: by the link (`by` is nobody), or told on the phone to somebody else than who
    did the work. A bad one opens a complaint.

    Raises `Refused` for a score that is none, an answer after the link's last day, and for the engineer concerned.
    """
    if by is not None:
        require(by, "surveys.record")
        if by.pk in did_the_work(survey):
            raise Refused(_("Whoever did the work does not ask about it: let a colleague call."), code="own_work")
    elif today(at) > survey.expires_on:
        raise Refused(_("The time to answer is over."), code="expired")
    if score not in Score.values:
        raise Refused(_("Choose one of the five answers."), field="score")
    locked = Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk)
    if seen is not None and locked.version != seen:
        raise stale()
    values = {
        "score": score,
        "comment": comment.strip()[:2000],
        "channel": AnswerChannel.LINK if by is None else AnswerChannel.PHONE,
        "answered_at": at,
        "answered_by": name.strip()[:100],
        "taken_by": by,
    }
    if score <= BAD:
        values["complaint"] = _complain(survey, score, comment, name, at=at)
    move(survey, SURVEY, "survey_answered", by=by, at=at, values=values)
    settle_todos(survey, by=by, at=at)


def _complain(survey: Survey, score: int, comment: str, name: str, *, at: datetime) -> ServiceRequest:
    """A complaint with its own clock. It is not given to whoever the customer is not content with."""
    with translation.override(_HOUSE_LANGUAGE):
        title = _("%(score)s: %(what)s") % {
            "score": Score(score).label,
            "what": what_text(survey, _HOUSE_LANGUAGE),
        }
    values = {
        "request_class": RequestClass.COMPLAINT,
        "title": title[:150],
        "description": comment,
        "about": survey.about,
        "caller": name[:80],
        "contact": survey.contact,
        "channel": Channel.MAIL,
        "system": survey.request.system if survey.request else survey.contract.project,
    }
    return operations.take_request(contract=survey.contract, values=values, reported_at=at, by=None, at=at)


@transaction.atomic
def withdraw_survey(*, survey: Survey, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """The question is not put after all: the link leads nowhere."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    move(survey, SURVEY, "withdrawn", by=by, at=at, seen=seen, note=reason)
    settle_todos(survey, by=by, at=at)


def expire_surveys(*, on: date, at: datetime) -> int:
    """Surveys nobody answered in time; a phone call may still bring the answer."""
    found = list(Survey.objects.filter(status=SurveyStatus.ASKED, expires_on__lt=on))
    for survey in found:
        move(survey, SURVEY, "expired", by=None, at=at)
    return len(found)

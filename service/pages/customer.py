"""What a customer sees behind the links of the desk: a question to agree to, or how content they are. No log-in.

Looking changes nothing, however often a mail scanner does it; only a POST from these pages answers, and once.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from base.company import clock
from base.company.queries import company, today
from base.lib.errors import Refused
from base.ui.guests import back_to, behind_link
from base.ui.look import Text
from contracts.documents import contact_person
from contracts.models import LANGUAGES, Contact, Contract, Customer
from contracts.queries import reader_of
from service.choices import ConsentStatus, Score, SurveyStatus
from service.models import Consent, PriceConsent, RemoteAccess, Survey
from service.promises import consents, surveys
from service.promises.consents import consent_behind
from service.promises.surveys import survey_behind, what_text


class AgreeForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100)
    agree = forms.BooleanField(label=_("I agree for my organisation and am entitled to do so."))


class RefuseForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100)
    reason = forms.CharField(label=_("Why not?"), max_length=200, required=False)


class ScoreForm(forms.Form):
    score = forms.TypedChoiceField(label=_("How satisfied are you?"), choices=Score.choices, coerce=int)
    comment = forms.CharField(label=_("What should we know?"), max_length=2000, required=False)
    name = forms.CharField(label=_("Your name"), max_length=100, required=False)


def _language(contract: Contract | None, contact: Contact | None, customer: Customer) -> str:
    if contact and contact.language:
        return contact.language
    return reader_of(contract).language if contract and not contact else customer.language


_for_consent = behind_link(
    consent_behind, lambda consent: _language(consent.contract, consent.contact, consent.customer)
)
_for_survey = behind_link(
    survey_behind, lambda survey: _language(survey.contract, survey.contact, survey.contract.customer)
)


def _frame(token: str, contract: Contract | None) -> dict[str, Any]:
    """What every page of ours says to a guest."""
    return {
        "company": company(),
        "token": token,
        "language": translation.get_language(),
        "languages": LANGUAGES,
        "contact": contact_person(contract) if contract else None,
    }


# --- a question to agree to -------------------------------------------------------------------------------------------


def _standing(consent: Consent | None) -> str:
    """What is to be said about it: its state, or that nobody may answer any more."""
    if consent is None:
        return "unknown"
    if consent.status == ConsentStatus.ASKED and today(clock.now()) > consent.expires_on:
        return ConsentStatus.EXPIRED
    return consent.status


_GONE = {ConsentStatus.EXPIRED: 410, ConsentStatus.WITHDRAWN: 410, "unknown": 404}


def _consent_page(request: HttpRequest, token: str, consent: Consent | None, **said: object) -> HttpResponse:
    standing = _standing(consent)
    context = _frame(token, consent.contract if consent else None) | {
        "consent": consent,
        "standing": standing,
        "about_access": isinstance(consent, RemoteAccess),
        "about_price": isinstance(consent, PriceConsent),
        "agreeing": AgreeForm(initial={"name": consent.contact.name if consent and consent.contact else ""}),
        "refusing": RefuseForm(),
        **said,
    }
    unfinished = "agreeing" in said or "refusing" in said
    return TemplateResponse(
        request, "service/customer/consent.html", context, status=422 if unfinished else _GONE.get(standing, 200)
    ).render()


@_for_consent
@require_safe
def show_consent(request: HttpRequest, token: str, consent: Consent | None) -> HttpResponse:
    """What is asked, or what was answered."""
    return _consent_page(request, token, consent)


@_for_consent
@require_POST
def agree(request: HttpRequest, token: str, consent: Consent | None) -> HttpResponse:
    """The customer agrees, by name."""
    form = AgreeForm(request.POST)
    if consent is None or _standing(consent) != ConsentStatus.ASKED:
        return _consent_page(request, token, consent, refusal=_too_late(consent))
    if not form.is_valid():
        return _consent_page(request, token, consent, agreeing=form)
    return _told(
        request,
        token,
        lambda: consents.agree_to_consent(consent=consent, by=None, at=clock.now(), name=form.cleaned_data["name"]),
    )


@_for_consent
@require_POST
def refuse(request: HttpRequest, token: str, consent: Consent | None) -> HttpResponse:
    """The customer does not want it."""
    form = RefuseForm(request.POST)
    if consent is None or _standing(consent) != ConsentStatus.ASKED:
        return _consent_page(request, token, consent, refusal=_too_late(consent))
    if not form.is_valid():
        return _consent_page(request, token, consent, refusing=form)
    return _told(
        request,
        token,
        lambda: consents.refuse_consent(consent=consent, by=None, at=clock.now(), **form.cleaned_data),
    )


def _told(request: HttpRequest, token: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refused as refusal:
        return _consent_page(request, token, consent_behind(token), refusal=refusal.message)
    return back_to(reverse("customer_consent", args=[token]))


def _too_late(consent: Consent | None) -> Text:
    """Said to whoever answers after somebody else did; a link that leads nowhere says so by itself."""
    answered = consent is not None and consent.status in (ConsentStatus.AGREED, ConsentStatus.REFUSED)
    return _("Your answer was not recorded: this was answered before.") if answered else ""


# --- how content ------------------------------------------------------------------------------------------------------


def _survey_standing(survey: Survey | None) -> str:
    if survey is None:
        return "unknown"
    if survey.status == SurveyStatus.ASKED and today(clock.now()) > survey.expires_on:
        return SurveyStatus.EXPIRED
    return survey.status


def _survey_page(request: HttpRequest, token: str, survey: Survey | None, **said: object) -> HttpResponse:
    standing = _survey_standing(survey)
    language = translation.get_language() or "zh-hans"
    context = _frame(token, survey.contract if survey else None) | {
        "survey": survey,
        "standing": standing,
        "what": what_text(survey, language) if survey else "",
        "form": ScoreForm(initial={"name": survey.contact.name if survey and survey.contact else ""}),
        **said,
    }
    return TemplateResponse(
        request, "service/customer/survey.html", context, status=422 if "form" in said else _GONE.get(standing, 200)
    ).render()


@_for_survey
@require_safe
def show_survey(request: HttpRequest, token: str, survey: Survey | None) -> HttpResponse:
    """The question, or thanks for the answer."""
    return _survey_page(request, token, survey)


@_for_survey
@require_POST
def vote(request: HttpRequest, token: str, survey: Survey | None) -> HttpResponse:
    """The customer's score and comment."""
    if survey is None or _survey_standing(survey) != SurveyStatus.ASKED:
        answered = survey is not None and survey.status == SurveyStatus.ANSWERED
        late = _("Your answer was not recorded: this was answered before.") if answered else ""
        return _survey_page(request, token, survey, refusal=late)
    form = ScoreForm(request.POST)
    if not form.is_valid():
        return _survey_page(request, token, survey, form=form)
    try:
        surveys.answer_survey(survey=survey, by=None, at=clock.now(), **form.cleaned_data)
    except Refused as refusal:
        return _survey_page(request, token, survey_behind(token), refusal=refusal.message)
    return back_to(reverse("customer_survey", args=[token]))

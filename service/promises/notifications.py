"""What the customer is asked and told by mail of a consent, and the link it is answered by."""

from dataclasses import replace

from django.conf import settings

from base.company.models import Company
from base.lib.dates import format_day
from base.lib.money import format_money
from base.mail.models import OutgoingMail
from base.mail.occasions import Occasion, register
from base.mail.queue import MailDraft
from base.mail.texts import LINK
from base.mail.tokens import derive
from contracts.notifications import people_of
from service.choices import ConsentStatus
from service.models import Consent, ManagerChange, PriceConsent, RemoteAccess
from service.notifications import contact_mail
from service.sentences import mail_moment

#: The mail that asks, by what it asks about.
KINDS: dict[type[Consent], str] = {
    RemoteAccess: "access_asked",
    ManagerChange: "manager_change_asked",
    PriceConsent: "price_asked",
}


def token_of(consent: Consent) -> str:
    """The secret part of the address the customer answers at."""
    return derive(f"consent {consent._meta.model_name} {consent.pk}")


def link_of(consent: Consent) -> str:
    return f"{settings.PUBLIC_URL}/c/{token_of(consent)}/"


def question_mail(consent: Consent, cause: str, our_company: Company) -> MailDraft | None:
    """The question as a mail; None when nobody can be written to."""
    return contact_mail(
        consent.contract, consent.contact, customer=consent.customer, kind=KINDS[type(consent)], target=consent.record,
        cause=cause, our_company=our_company, said=lambda language: _words(consent, language) | {"link": LINK},
    )  # fmt: skip


def register_occasions() -> None:
    """Whom a question concerns when its mail leaves, and the link it is answered by; called by `AppConfig.ready`."""
    asked = Occasion(
        draft=lambda target, mail, ours: question_mail(_consent_of(mail), mail.cause, ours),
        customer=lambda target: target.customer,
        people=lambda target, language: people_of(target.customer, language),
        link=lambda target, mail: link_of(_consent_of(mail)),
    )
    register(asked, *KINDS.values())
    confirmed = replace(
        asked, draft=lambda target, mail, ours: confirmation_mail(_consent_of(mail), mail.cause, ours), link=None
    )
    register(confirmed, "consent_confirmed")


def _consent_of(mail: OutgoingMail) -> Consent:
    """The consent a mail is about, told by its cause: `price_asked:12`, `consent_confirmed:price_asked:12`."""
    kind, _colon, key = mail.cause.partition("#")[0].removeprefix("consent_confirmed:").partition(":")
    model = next(model for model, name in KINDS.items() if name == kind)
    found: Consent = model._default_manager.select_related("contract__customer", "contact").get(pk=int(key))
    return found


def _words(consent: Consent, language: str) -> dict[str, str]:
    if isinstance(consent, RemoteAccess):
        return {
            "system": consent.system,
            "purpose": consent.purpose,
            "engineer": str(consent.engineer),
            "from": mail_moment(consent.starts_at),
            "to": mail_moment(consent.ends_at),
        }
    if isinstance(consent, PriceConsent):
        return {
            "request": consent.request.number,
            "title": consent.request.title,
            "lines": consent.lines,
            "sum": format_money(consent.amount, language),
            "until": format_day(consent.expires_on, language),
        }
    assert isinstance(consent, ManagerChange)
    return {
        "outgoing": consent.outgoing,
        "incoming": consent.incoming,
        "reason": consent.reason,
        "qualification": consent.qualification,
        "effective": format_day(consent.effective_on, language),
    }


def confirmation_mail(consent: Consent, cause: str, our_company: Company) -> MailDraft | None:
    """What was said on the phone, to be read once more; None when nobody can be written to."""

    def said(language: str) -> dict[str, str]:
        answer = ConsentStatus(consent.status).label
        return {
            "what": str(consent),
            "answer": f"{answer}{': ' if language == 'en' else '：'}{consent.answer}"
            if consent.answer
            else str(answer),
            "name": consent.answered_by,
            "when": mail_moment(consent.answered_at) if consent.answered_at else "",
            "number": consent.number,
        }

    return contact_mail(
        consent.contract, consent.contact, customer=consent.customer, kind="consent_confirmed", target=consent.record,
        cause=cause, our_company=our_company, said=said,
    )  # fmt: skip

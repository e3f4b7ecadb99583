"""Operations on what the customer must agree to: asked by a link, answered once, and nothing done without the answer."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.files import add_attachment
from base.chatter.operations import change, create, make_todo, move, settle_todos, write_todos
from base.company.queries import company, today
from base.lib.errors import Refused
from base.mail.queue import write_mails
from base.mail.tokens import hashed
from contracts.enums import ContractStatus
from contracts.models import Contact, Contract
from service.choices import AnswerChannel, ConsentStatus
from service.models import CONSENTS, Consent, ManagerChange, PriceConsent, RemoteAccess, ServiceRequest
from service.prices import agree_lines
from service.promises.notifications import KINDS, confirmation_mail, question_mail, token_of
from service.states import CONSENT

#: The label of the customer's letter among a consent's files.
LETTER = "letter"
#: So long the link takes an answer about people; about access it does until the time asked for is over.
ANSWER_DAYS = timedelta(days=14)
#: Nobody agrees to more than this at once.
LONGEST = timedelta(days=31)


def consent_behind(token: str) -> Consent | None:
    """The consent a link leads to, whatever its state; None for a link of nobody's."""
    for model in CONSENTS:
        found: Consent | None = (
            model.objects.filter(token_hash=hashed(token)).select_related("contract__customer", "contact").first()
        )
        if found:
            return found
    return None


# --- asked ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_access(
    *,
    contract: Contract,
    system: str,
    purpose: str,
    engineer: User,
    starts_at: datetime,
    ends_at: datetime,
    contact: Contact | None = None,
    request: ServiceRequest | None = None,
    by: User,
    at: datetime,
) -> RemoteAccess:
    """Ask the customer to let an engineer work on a system from here, between two moments.

    Raises `Refused` for a time that is over or runs backwards, and for somebody who may not be sent out.
    """
    require(by, "access.ask")
    if ends_at <= starts_at or ends_at <= at:
        raise Refused(_("The time must end after it begins, and not be over."), field="ends_at")
    if ends_at - starts_at > LONGEST:
        raise Refused(_("Ask for at most 31 days at a time."), field="ends_at")
    if contract.status != ContractStatus.ACTIVE:
        raise Refused(_("The contract is not in force."), code="wrong_state")
    if engineer.role not in (Role.ENGINEER, Role.SERVICE_MANAGER) or not engineer.is_active:
        raise Refused(_("Choose an active engineer."), field="engineer")
    access = RemoteAccess(
        contract=contract,
        request=request,
        system=system,
        purpose=purpose,
        engineer=engineer,
        starts_at=starts_at,
        ends_at=ends_at,
        contact=contact or (request.contact if request else None) or contract.contact,
        asked_at=at,
        asked_by=by,
        expires_on=today(ends_at),
    )
    ask_consent(access, by=by, at=at)
    return access


@transaction.atomic
def ask_manager_change(
    *,
    contract: Contract,
    incoming: str,
    reason: str,
    qualification: str = "",
    effective_on: date,
    contact: Contact | None = None,
    by: User,
    at: datetime,
) -> ManagerChange:
    """Ask the customer to agree to another project manager. Raises `Refused` while a change is still open."""
    require(by, "people.ask")
    incoming, outgoing = incoming.strip(), contract.project_manager
    if contract.status != ContractStatus.ACTIVE or not outgoing:
        raise Refused(_("There is no project manager to change: write the first one into the contract."))
    if not incoming or incoming == outgoing:
        raise Refused(_("Name somebody else."), field="incoming")
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if open_change(contract):
        raise Refused(_("The customer has been asked already: wait for the answer, or withdraw it."), code="open")
    asked = ManagerChange(
        contract=contract,
        outgoing=outgoing,
        incoming=incoming,
        reason=reason,
        qualification=qualification,
        effective_on=effective_on,
        contact=contact or contract.contact,
        asked_at=at,
        asked_by=by,
        expires_on=today(at) + ANSWER_DAYS,
    )
    ask_consent(asked, by=by, at=at)
    return asked


def open_change(contract: Contract) -> ManagerChange | None:
    """A change that is asked for, or agreed to and not in effect yet."""
    found: ManagerChange | None = ManagerChange.objects.filter(
        contract=contract, status__in=[ConsentStatus.ASKED, ConsentStatus.AGREED], in_effect_since=None
    ).first()
    return found


def ask_consent(consent: Consent, *, by: User, at: datetime) -> None:
    """Store it, open its link, and write its mail; without an address a to-do to bring back a letter."""
    create(consent, by=by, at=at, verb="asked")
    consent.token_hash = hashed(token_of(consent))
    type(consent)._default_manager.filter(pk=consent.pk).update(token_hash=consent.token_hash)
    cause = f"{KINDS[type(consent)]}:{consent.pk}"
    draft = question_mail(consent, cause, company())
    if draft:
        write_mails([draft], at=at)
    else:
        _bring_letter(consent, f"consent_by_letter:{cause}", by=by, at=at)


def _bring_letter(consent: Consent, cause: str, *, by: User, at: datetime) -> None:
    """No mail reaches the customer: somebody brings back a letter."""
    params = {"contract": _number(consent), "what": str(consent)}
    todo = make_todo(
        consent.record, kind="consent_by_letter", due_on=today(at), at=at, assignee=by, cause=cause, params=params
    )
    write_todos([todo])


def _number(consent: Consent) -> str:
    """By which our people know what it is about."""
    return str(consent.contract or consent.customer)


# --- answered ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def agree_to_consent(
    *,
    consent: Consent,
    name: str,
    by: User | None,
    at: datetime,
    letter: "File[bytes] | None" = None,
    call: "Call | None" = None,
    seen: int | None = None,
) -> None:
    """The customer agrees: by the link (`by` is nobody), by a letter that is kept with it, or in a telephone `call`."""
    _answer(consent, "agreed", name=name, answer="", by=by, at=at, letter=letter, call=call, seen=seen)
    if isinstance(consent, PriceConsent):
        agreed_at = consent.answered_at or at
        agree_lines(request=consent.request, name=consent.answered_by, agreed_at=agreed_at, by=by, at=at)
    if isinstance(consent, ManagerChange):
        take_effect(changes=[consent], on=today(at), by=by, at=at)


@transaction.atomic
def refuse_consent(
    *,
    consent: Consent,
    name: str,
    reason: str,
    by: User | None,
    at: datetime,
    letter: "File[bytes] | None" = None,
    call: "Call | None" = None,
    seen: int | None = None,
) -> None:
    """The customer does not want it."""
    _answer(consent, "refused", name=name, answer=reason[:200], by=by, at=at, letter=letter, call=call, seen=seen)


@dataclass(frozen=True)
class Call:
    """An answer on the phone: the number that was rung or rang, and when it was."""

    number: str
    at: datetime

    def check(self, consent: Consent, at: datetime) -> None:
        """Raises `Refused` without a number, and for a call before the question or to come."""
        if not re.search(r"\d{3}", self.number):
            raise Refused(_("Say which number was rung."), field="number")
        if not consent.asked_at <= self.at <= at:
            raise Refused(_("It was answered between the question and now."), field="answered_at")


def _answer(
    consent: Consent,
    verb: str,
    *,
    name: str,
    answer: str,
    by: User | None,
    at: datetime,
    letter: "File[bytes] | None",
    call: Call | None,
    seen: int | None,
) -> None:
    if not name.strip():
        raise Refused(_("Say who answered."), field="name")
    if call:
        call.check(consent, at)
    moment = call.at if call else at
    if today(moment) > consent.expires_on or (isinstance(consent, RemoteAccess) and moment >= consent.ends_at):
        raise Refused(_("The time to answer is over: ask again."), code="expired")
    if by is not None and letter is None and call is None:
        raise Refused(_("Attach the customer's letter: without it nothing is proven."), field="letter")
    values = {
        "answered_at": moment,
        "answered_by": name.strip()[:100],
        "channel": AnswerChannel.LINK if by is None else AnswerChannel.PHONE if call else AnswerChannel.LETTER,
        "number": call.number.strip() if call else "",
        "answer": answer,
    }
    move(consent, CONSENT, verb, by=by, at=at, values=values, seen=seen)
    if letter is not None:
        add_attachment(target=consent.record, upload=letter, by=by, at=at, label=LETTER)
    settle_todos(consent, by=by, at=at)
    if call and by:
        _confirm_call(consent, verb, by=by, at=at)
    _tell_asker(consent, verb, name, by=by, at=at)


def _confirm_call(consent: Consent, verb: str, *, by: User, at: datetime) -> None:
    """What was said on the phone is confirmed to the customer by mail; where none reaches them, by a letter."""
    cause = f"consent_confirmed:{KINDS[type(consent)]}:{consent.pk}"
    draft = confirmation_mail(consent, cause, company())
    if draft:
        write_mails([draft], at=at)
    else:
        _bring_letter(consent, cause, by=by, at=at)


def _tell_asker(consent: Consent, verb: str, name: str, *, by: User | None, at: datetime) -> None:
    todo = make_todo(
        consent.record,
        kind=f"consent_{verb}",
        due_on=today(at),
        at=at,
        assignee=consent.asked_by,
        cause=f"consent_{verb}:{consent._meta.model_name}:{consent.pk}",
        params={"contract": _number(consent), "what": str(consent), "name": name.strip()},
    )
    if by != consent.asked_by:
        write_todos([todo])


@transaction.atomic
def withdraw_consent(*, consent: Consent, reason: str, by: User, at: datetime, seen: int | None = None) -> None:
    """It is no longer wanted: the link leads nowhere, and an agreed access cannot be used any more."""
    if not reason.strip():
        raise Refused(_("Say why."), field="reason")
    if isinstance(consent, ManagerChange) and consent.in_effect_since:
        raise Refused(_("It is in effect: ask for another change."), code="wrong_state")
    if isinstance(consent, RemoteAccess) and consent.sessions.filter(ended_at=None).exists():
        raise Refused(_("Somebody is on the system: end the session first."), code="session")
    move(consent, CONSENT, "withdrawn", by=by, at=at, seen=seen, note=reason)
    settle_todos(consent, by=by, at=at)


def expire_consents(*, on: date, at: datetime) -> int:
    """Questions whose last day has passed without an answer; how many."""
    gone = 0
    for model in CONSENTS:
        for consent in model.objects.filter(status=ConsentStatus.ASKED, expires_on__lt=on):
            move(consent, CONSENT, "expired", by=None, at=at)
            gone += 1
    return gone


def take_effect(*, changes: list[ManagerChange], on: date, by: User | None, at: datetime) -> None:
    """Write the new project manager into the contract, on the agreed day or later."""
    for each in changes:
        if each.effective_on > on:
            continue
        with transaction.atomic():
            note = _("agreed by %(name)s") % {"name": each.answered_by}
            contract = each.contract
            change(contract, {"project_manager": each.incoming}, by=by, at=at, verb="manager_changed", note=note)
            change(each, {"in_effect_since": on}, by=by, at=at, verb="took_effect")


def effect_due(on: date) -> list[ManagerChange]:
    """Agreed changes whose day has come."""
    rows = ManagerChange.objects.filter(status=ConsentStatus.AGREED, in_effect_since=None, effective_on__lte=on)
    return list(rows.select_related("contract"))

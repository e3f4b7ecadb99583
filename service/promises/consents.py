"""Operations on what the customer must agree to: asked by a link, answered once, and nothing done without the answer."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import Role, User
from base.chatter.files import add_attachment
from base.chatter.operations import change, create, make_todo, move, record, settle_todos, write_todos
from base.company.queries import today
from base.lib.errors import Refused
from base.mail.tokens import derive, hashed
from contracts.enums import ContractStatus
from contracts.models import Contact, Contract
from service.choices import AnswerChannel, ConsentStatus
from service.models import CONSENTS, Consent, ManagerChange, RemoteAccess, RemoteSession, ServiceRequest
from service.notifications import mail_contact
from service.sentences import moment_text
from service.states import CONSENT

#: The label of the customer's letter among a consent's files.
LETTER = "letter"
#: So long the link takes an answer about people; about access it does until the time asked for is over.
ANSWER_DAYS = timedelta(days=14)
#: Nobody agrees to more than this at once.
LONGEST = timedelta(days=31)


def token_of(consent: Consent) -> str:
    """The secret part of the address the customer answers at."""
    return derive(f"consent {consent._meta.model_name} {consent.pk}")


def link_of(consent: Consent) -> str:
    return f"{settings.PUBLIC_URL}/c/{token_of(consent)}/"


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
    _ask(access, by=by, at=at)
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
    _ask(asked, by=by, at=at)
    return asked


def open_change(contract: Contract) -> ManagerChange | None:
    """A change that is asked for, or agreed to and not in effect yet."""
    found: ManagerChange | None = ManagerChange.objects.filter(
        contract=contract, status__in=[ConsentStatus.ASKED, ConsentStatus.AGREED], in_effect_since=None
    ).first()
    return found


def _ask(consent: Consent, *, by: User, at: datetime) -> None:
    """Store it, open its link, and write its mail; without an address a to-do to bring back a letter."""
    create(consent, by=by, at=at, verb="asked")
    consent.token_hash = hashed(token_of(consent))
    type(consent)._default_manager.filter(pk=consent.pk).update(token_hash=consent.token_hash)
    kind = "access_asked" if isinstance(consent, RemoteAccess) else "manager_change_asked"
    told = mail_contact(
        consent.contract, consent.contact, kind=kind, target=consent, cause=f"{kind}:{consent.pk}", at=at,
        said=lambda language: _words(consent, language) | {"link": link_of(consent)},
    )  # fmt: skip
    if not told:
        todo = make_todo(
            consent,
            kind="consent_by_letter",
            due_on=today(at),
            at=at,
            assignee=by,
            cause=f"consent_by_letter:{kind}:{consent.pk}",
            params={"contract": consent.contract.number, "what": str(consent)},
        )
        write_todos([todo])


def _words(consent: Consent, language: str) -> dict[str, str]:
    if isinstance(consent, RemoteAccess):
        return {
            "system": consent.system,
            "purpose": consent.purpose,
            "engineer": str(consent.engineer),
            "from": moment_text(consent.starts_at),
            "to": moment_text(consent.ends_at),
        }
    assert isinstance(consent, ManagerChange)
    return {
        "outgoing": consent.outgoing,
        "incoming": consent.incoming,
        "reason": consent.reason,
        "qualification": consent.qualification or "—",
        "effective": consent.effective_on.isoformat(),
    }


# --- answered ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def agree_to_consent(
    *,
    consent: Consent,
    name: str,
    by: User | None,
    at: datetime,
    letter: "File[bytes] | None" = None,
    seen: int | None = None,
) -> None:
    """The customer agrees: by the link (`by` is nobody), or by a letter that is kept with it."""
    _answer(consent, "agreed", name=name, answer="", by=by, at=at, letter=letter, seen=seen)
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
    seen: int | None = None,
) -> None:
    """The customer does not want it."""
    _answer(consent, "refused", name=name, answer=reason[:200], by=by, at=at, letter=letter, seen=seen)


def _answer(
    consent: Consent,
    verb: str,
    *,
    name: str,
    answer: str,
    by: User | None,
    at: datetime,
    letter: "File[bytes] | None",
    seen: int | None,
) -> None:
    if not name.strip():
        raise Refused(_("Say who answered."), field="name")
    if today(at) > consent.expires_on or (isinstance(consent, RemoteAccess) and at >= consent.ends_at):
        raise Refused(_("The time to answer is over: ask again."), code="expired")
    if by is not None and letter is None:
        raise Refused(_("Attach the customer's letter: without it nothing is proven."), field="letter")
    values = {
        "answered_at": at,
        "answered_by": name.strip()[:100],
        "channel": AnswerChannel.LINK if by is None else AnswerChannel.LETTER,
        "answer": answer,
    }
    move(consent, CONSENT, verb, by=by, at=at, values=values, seen=seen)
    if letter is not None:
        add_attachment(target=consent, upload=letter, by=by, at=at, label=LETTER)
    settle_todos(consent, by=by, at=at)
    todo = make_todo(
        consent,
        kind=f"consent_{verb}",
        due_on=today(at),
        at=at,
        assignee=consent.asked_by,
        cause=f"consent_{verb}:{consent._meta.model_name}:{consent.pk}",
        params={"contract": consent.contract.number, "what": str(consent), "name": name.strip()},
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


# --- used -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_session(*, access: RemoteAccess, by: User, at: datetime, seen: int | None = None) -> RemoteSession:
    """Somebody goes onto the system: only with the customer's word, only in the time agreed, one at a time."""
    require(by, "access.use")
    here = RemoteAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if here.status != ConsentStatus.AGREED:
        raise Refused(_("The customer has not agreed: nothing may be started."), code="no_consent")
    if not here.starts_at <= at < here.ends_at:
        raise Refused(_("The customer agreed to another time."), code="time")
    if by != here.engineer:
        raise Refused(_("The customer agreed to somebody else."), code="person")
    if here.sessions.filter(ended_at=None).exists():
        raise Refused(_("A session is open already."), code="session")
    session = RemoteSession.objects.create(access=here, by=by, started_at=at)
    record(access, "session_started", by=by, at=at)
    return session


@transaction.atomic
def end_session(*, access: RemoteAccess, done: str, by: User, at: datetime) -> RemoteSession:
    """Leave the system, and say what was done."""
    require(by, "access.use")
    session: RemoteSession | None = access.sessions.filter(ended_at=None).select_for_update(of=("self",)).first()
    if session is None:
        raise Refused(_("No session is open."), code="session")
    if by.role == Role.ENGINEER and by != session.by:
        raise Refused(_("Somebody else is on the system."), code="person")
    if not done.strip():
        raise Refused(_("Say what was done."), field="done")
    session.ended_at, session.done = at, done
    session.save(update_fields=["ended_at", "done"])
    record(access, "session_ended", by=by, at=at, note=done)
    return session


def alarm_overrun_sessions(*, at: datetime) -> None:
    """Somebody is still on a system after the time agreed: the engineer and the service manager are told, once."""
    late = RemoteSession.objects.filter(ended_at=None, access__ends_at__lt=at).select_related("access__contract", "by")
    write_todos(
        make_todo(
            session.access,
            kind="session_overrun",
            due_on=today(at),
            at=at,
            assignee=person,
            role=role,
            cause=f"session_overrun:{session.pk}:{role or 'person'}",
            params={"contract": session.access.contract.number, "what": session.access.system},
        )
        for session in late
        for person, role in ((session.by, ""), (None, Role.SERVICE_MANAGER))
    )


def may_be_used(access: RemoteAccess, at: datetime) -> bool:
    """Whether somebody may go onto the system now."""
    return access.status == ConsentStatus.AGREED and access.starts_at <= at < access.ends_at

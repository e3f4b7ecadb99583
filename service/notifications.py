"""What the customer is told at each step, and the to-dos of the desk, as worded until an administrator rewords them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from base.chatter import labels as event_labels
from base.company.models import Company
from base.company.queries import company
from base.mail import texts
from base.mail.models import OutgoingMail
from base.mail.occasions import Occasion
from base.mail.occasions import register as register_occasion
from base.mail.queue import MailDraft, Reader, write_mails
from base.mail.texts import from_files
from contracts.models import Contact, Contract, Customer
from contracts.notifications import VARIABLES, people_of, samples, values_of
from contracts.queries import reader_at, reader_of
from contracts.rules import greeting
from service import labels
from service.enums import Leg
from service.models import ServiceRequest
from service.sentences import mail_moment

_REQUEST = VARIABLES | {
    "request": _("the request's number"),
    "title": _("what was reported"),
    "class": _("its class"),
    "respond_by": _("when it is to be answered"),
    "resolve_by": _("when it is to be solved"),
    "text": _("what we say"),
}
_REQUEST_SAMPLES = samples(
    request="FW-2026-0001",
    title=("档案检索无法打开", "The archive's search does not open"),
    respond_by=("2026年11月23日 18:00", "23 November 2026, 18:00"),
    resolve_by=("2026年11月24日 18:00", "24 November 2026, 18:00"),
    text=("已定位故障原因，正在恢复服务。", "The cause is found; the service is being restored."),
    **{"class": ("重大", "critical")},
)
_LATE = _REQUEST | {
    "what": _("what is late: answer, arrival or solution"),
    "due": _("when it was promised for"),
    "expected": _("when it is expected"),
}
_LATE_SAMPLES = samples(
    request="FW-2026-0001",
    title=("档案检索无法打开", "The archive's search does not open"),
    text=("更换的硬盘尚在途中。", "The disk that is needed is still on its way."),
    what=("解决", "solution"),
    due=("2026年11月24日 18:00", "24 November 2026, 18:00"),
    expected=("2026年11月25日 18:00", "25 November 2026, 18:00"),
)
#: So long a mail about lateness can be held or reworded before it leaves.
_HOLDABLE = timedelta(minutes=10)
KINDS = [
    from_files("request_taken", _("Request received"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_taken_uncovered", _("Request received, not covered"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_answered", _("Answer to a request"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_paused", _("Request waits for the customer"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_paused_again", _("Request still waits for the customer"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_solved", _("Request solved"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_late", _("A promised time was missed"), _LATE, _LATE_SAMPLES),
    from_files("request_delayed", _("A promised time will be missed"), _LATE, _LATE_SAMPLES),
    from_files(
        "access_asked",
        _("Remote access request"),
        VARIABLES
        | {
            "system": _("the system"),
            "purpose": _("what is to be done"),
            "engineer": _("the engineer's name"),
            "from": _("from when"),
            "to": _("until when"),
            "link": _("the address to answer at"),
        },
        samples(
            system=("档案检索库", "The archive's search"),
            purpose=("重建检索索引", "Build the search index anew"),
            engineer=("周强", "Zhou Qiang"),
            to=("2026年11月24日 22:00", "24 November 2026, 22:00"),
            link="https://service.example.com/c/…/",
            **{"from": ("2026年11月24日 20:00", "24 November 2026, 20:00")},
        ),
        button=_("Agree or decline"),
    ),
    from_files(
        "manager_change_asked",
        _("Another project manager"),
        VARIABLES
        | {
            "outgoing": _("project manager until then"),
            "incoming": _("new project manager"),
            "reason": _("reason"),
            "qualification": _("qualification of the new one"),
            "effective": _("from which day"),
            "link": _("the address to answer at"),
        },
        samples(
            outgoing=("张磊", "Zhang Lei"),
            incoming=("何敏", "He Min"),
            reason=("原项目经理调往外地", "He moves to another city"),
            qualification=("PMP，十年政务项目经验", "PMP, ten years in public projects"),
            effective=date(2026, 12, 1),
            link="https://service.example.com/c/…/",
        ),
        button=_("Agree or decline"),
    ),
    from_files(
        "price_asked",
        _("May we begin at this price?"),
        VARIABLES
        | {
            "request": _("the request's number"),
            "title": _("what was reported"),
            "lines": _("the prices, one a line"),
            "sum": _("what they come to"),
            "until": _("until when it may be answered"),
            "link": _("the address to answer at"),
        },
        samples(
            request="FW-2026-0001",
            title=("档案检索无法打开", "The archive's search does not open"),
            lines=("检索索引重建：¥2,800.00", "Building the index anew: CNY 2,800.00"),
            sum=("¥2,800.00", "CNY 2,800.00"),
            until=date(2026, 12, 6),
            link="https://service.example.com/c/…/",
        ),
        button=_("Agree or decline"),
    ),
    from_files(
        "record_signed",
        _("Signed record"),
        VARIABLES | {"number": _("the record's number"), "title": _("what it is about")},
        samples(number="FD-2026-0001", title=("档案检索无法打开", "The archive's search does not open")),
    ),
    from_files(
        "consent_confirmed",
        _("What was answered on the phone"),
        VARIABLES
        | {
            "what": _("what was asked"),
            "answer": _("the answer"),
            "name": _("who answered"),
            "when": _("when it was answered"),
            "number": _("the telephone number"),
        },
        samples(
            what=("远程接入档案检索库", "Remote access to the archive's search"),
            answer=("同意", "agreed"),
            name=("王芳", "Wang Fang"),
            when=("2026年11月24日 02:10", "24 November 2026, 02:10"),
            number="138 0000 1111",
        ),
    ),
    from_files(
        "survey_asked",
        _("Satisfaction survey"),
        VARIABLES | {"what": _("what is asked about"), "link": _("the address to answer at")},
        samples(
            what=("“检索缓慢”的处理", "our work on “The search is slow”"),
            link="https://service.example.com/s/…/",
        ),
        button=_("Rate our work"),
    ),
]


def notify_of_lateness(request: ServiceRequest, leg: Leg, *, due: datetime, at: datetime) -> None:
    """Tell the customer that a promised time was missed, if the company does so; it can be held for some minutes."""
    if company().tell_lateness:
        cause = f"request_late:{request.pk}:{leg}:{int(due.timestamp())}"
        notify_customer(request, "request_late", at=at, cause=cause, said=lambda: _lateness(leg, due), wait=_HOLDABLE)


def _lateness(leg: Leg, due: datetime) -> dict[str, str]:
    return {"what": str(labels.LEGS[leg]), "due": mail_moment(due), "expected": ""}


def notify_customer(
    request: ServiceRequest,
    kind: str,
    *,
    at: datetime,
    text: str = "",
    cause: str = "",
    said: Callable[[], Mapping[str, str]] = dict,
    wait: timedelta = timedelta(),
) -> None:
    """Queue the mail of a step to whoever reported it, else to the contract's reader; nothing without an address.

    `said()` gives what the mail says beyond what all of them do, in the reader's language. `wait`: how long it can be
    held before it leaves.
    """
    cause = cause or f"{kind}:{request.pk}:{request.happenings.count()}"
    draft = _request_mail(request, kind, cause, company(), lambda: {"text": text, **said()})
    if draft:
        write_mails([replace(draft, wait=wait)], at=at)


def _request_mail(
    request: ServiceRequest, kind: str, cause: str, our_company: Company, said: Callable[[], Mapping[str, str]]
) -> MailDraft | None:
    reader = desk_reader(request.contact, request.customer, request.contract)
    if not reader.email:
        return None
    with translation.override(reader.language):
        respond_by, resolve_by = (
            mail_moment(moment) if moment else "" for moment in (request.respond_by, request.resolve_by)
        )
        label = str(request.get_request_class_display())
        more = dict(said())
    return MailDraft(
        cause=cause,
        kind=kind,
        target=request,
        reader=reader,
        reply_to=request.assignee.email if request.assignee else "",
        variables=desk_values(request.contract, request.customer, reader, our_company)
        | {
            "request": request.number,
            "title": request.title,
            "class": label,
            "respond_by": respond_by,
            "resolve_by": resolve_by,
            **more,
        },
    )


def contact_mail(
    contract: Contract | None,
    contact: Contact | None,
    *,
    customer: Customer | None = None,
    kind: str,
    target: Model,
    cause: str,
    our_company: Company,
    said: Callable[[str], Mapping[str, str]],
) -> MailDraft | None:
    """A mail to a person at the customer, else to the contract's reader; None when nobody can be written to.

    `customer` names whom it is for where there is no contract. `said(language)` gives what the mail says beside what
    every mail about a contract does.
    """
    whose = contract.customer if contract else customer
    assert whose is not None
    reader = desk_reader(contact, whose, contract)
    if not reader.email:
        return None
    manager = contract.manager if contract else None
    copy = manager.email if manager and manager.is_active else ""
    with translation.override(reader.language):
        told = dict(said(reader.language))
    return MailDraft(
        cause=cause,
        kind=kind,
        target=target,
        reader=reader,
        cc=copy,
        reply_to=copy,
        variables=desk_values(contract, whose, reader, our_company) | told,
    )


#: What is asked of a contract when a mail about something on it leaves.
ASKED = ("contact", "contract__customer", "contract__contact", "contract__manager")


def register_occasions() -> None:
    """Whom the mails about requests concern when they leave: whoever reported it, as they are reached then."""
    request = Occasion(
        draft=lambda request, mail, ours: _request_mail(
            request, mail.kind, mail.cause, ours, lambda: said_before(mail, "text", "what", "due", "expected")
        ),
        customer=lambda request: request.customer,
        people=lambda request, language: people_of(request.customer, language),
        related=("customer", "assignee", *ASKED),
    )
    register_occasion(request, *(kind.name for kind in KINDS if kind.name.startswith("request_")))


def said_before(mail: OutgoingMail, *names: str) -> dict[str, str]:
    """What a waiting mail says that its record does not know."""
    return {name: mail.variables[name] for name in names if name in mail.variables}


def mail_signed(
    contract: Contract | None,
    contact: Contact | None,
    customer: Customer,
    *,
    target: Model,
    number: str,
    title: str,
    paper: tuple[str, int],
    cause: str,
    reply_to: str,
    at: datetime,
) -> None:
    """Queue a paper as the customer signed it; nothing without an address."""
    said = {"number": number, "title": title}
    draft = signed_mail(
        contract, contact, customer, target=target, said=said, cause=cause, reply_to=reply_to, our_company=company()
    )
    if draft:
        write_mails([replace(draft, papers=[paper])], at=at)


def signed_mail(
    contract: Contract | None,
    contact: Contact | None,
    customer: Customer,
    *,
    target: Model,
    said: Mapping[str, str],
    cause: str,
    reply_to: str,
    our_company: Company,
) -> MailDraft | None:
    """The mail that a signed paper goes with; None when nobody can be written to."""
    reader = desk_reader(contact, customer, contract)
    if not reader.email:
        return None
    values = {**desk_values(contract, customer, reader, our_company), **said}
    return MailDraft(cause, "record_signed", target, reader, values, reply_to=reply_to)


def desk_reader(contact: Contact | None, customer: Customer, contract: Contract | None) -> Reader:
    """Who is written to about service work: the contact named, else the contract's reader; perhaps nobody."""
    if contact and contact.email and not customer.no_mail:
        return reader_at(contact, customer)
    return reader_of(contract) if contract else Reader("", "", customer.language)


def desk_values(contract: Contract | None, customer: Customer, reader: Reader, our_company: Company) -> dict[str, str]:
    """The values of `VARIABLES`; without a contract those of it are empty, and their lines left out."""
    known = dict.fromkeys(VARIABLES, "") | {
        "customer": customer.name,
        "phone": our_company.phone or our_company.hotline,
        "company": (our_company.name_en if reader.language == "en" else "") or our_company.name,
        "hotline": our_company.hotline,
    }
    values = values_of(contract, reader.language, our_company) if contract else known
    return values | {"reader": reader.greeting or greeting("", "", reader.language)}


def register() -> None:
    for kind in KINDS:
        texts.register(kind)
    register_occasions()
    event_labels.say(
        events=dict(labels.HAPPENINGS)
        | {
            "arrival_corrected": _("arrival corrected"),
            "times_corrected": _("times corrected"),
            "arrival_taken_back": _("arrival taken back"),
            "price_agreed": _("price agreed"),
            "delay_told": _("customer told of a delay"),
            "retold": _("deadlines computed anew"),
            "version_written": _("new promised times"),
            "policy_chosen": _("SLA policy chosen"),
            "asked": _("customer asked"),
            "agreed": _("customer agreed"),
            "refused": _("customer refused"),
            "expired": _("not answered in time"),
            "withdrawn": _("withdrawn"),
            "took_effect": _("took effect"),
            "manager_changed": _("project manager changed with consent"),
            "session_started": _("session started"),
            "session_ended": _("session ended"),
            "survey_answered": _("survey answered"),
            "confirmed": _("confirmed by hand"),
            "lapsed": _("lapsed without being kept"),
            "proven": _("proof attached"),
            "proposed": _("damages proposed"),
            "granted": _("damages granted"),
            "waived": _("damages waived"),
            "credited": _("damages set off"),
        },
        todos={
            "request_to_answer": _("Answer %(request)s of %(customer)s: %(title)s"),
            "request_not_taken_up": _("Nobody has taken up %(request)s of %(customer)s: %(title)s"),
            "pause_forgotten": _(
                "%(request)s of %(customer)s has waited for the customer since %(day)s: ask again or go on"
            ),
            "response_at_risk": _("%(request)s of %(customer)s: the time to answer runs out"),
            "response_late": _("%(request)s of %(customer)s: not answered in the promised time"),
            "arrival_at_risk": _("%(request)s of %(customer)s: the time to be on site runs out"),
            "arrival_late": _("%(request)s of %(customer)s: nobody was on site in the promised time"),
            "resolution_at_risk": _("%(request)s of %(customer)s: the time for the solution runs out"),
            "resolution_late": _("%(request)s of %(customer)s: not solved in the promised time"),
            "consent_by_letter": _("%(contract)s: bring back the customer's letter: %(what)s"),
            "consent_agreed": _("%(contract)s: %(name)s agreed: %(what)s"),
            "consent_refused": _("%(contract)s: %(name)s did not agree: %(what)s"),
            "survey_by_phone": _("Ask %(customer)s on the phone how content they are (%(contract)s)"),
            "session_overrun": _("%(contract)s: the time agreed for %(what)s is over: leave the system"),
            "commitment_lapsed": _("%(contract)s: a promise was not kept in time: %(promise)s"),
            "penalty_to_decide": _("%(contract)s: decide on the damages for %(what)s"),
        },
        values={"proof": _("proof"), "letter": _("customer's letter")},
    )

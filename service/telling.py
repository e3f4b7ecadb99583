"""What the customer is told at each step, and the to-dos of the desk, as worded until an administrator rewords them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext_lazy as _

from base.chatter import words
from base.company.models import Company
from base.company.queries import company
from base.documents import texts
from base.documents.mail import MailDraft, Reader, write_mails
from base.documents.texts import from_files
from contracts.mailing import VARIABLES, samples, values_of
from contracts.models import Contact, Contract, Customer
from contracts.queries import reader_of
from service import labels
from service.models import ServiceRequest

_REQUEST = VARIABLES | {
    "request": _("the request's number"),
    "title": _("what was reported"),
    "class": _("its class"),
    "resolve_by": _("when it is to be solved"),
    "text": _("what we say"),
}
_REQUEST_SAMPLES = samples(
    request="FW-2026-0001",
    title=("档案检索无法打开", "The archive's search does not open"),
    resolve_by="2026-11-24 18:00",
    text=("已定位故障原因，正在恢复服务。", "The cause is found; the service is being restored."),
    **{"class": ("重大", "critical")},
)
KINDS = [
    from_files("request_taken", _("Request received"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_answered", _("Answer to a request"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_paused", _("Request waits for the customer"), _REQUEST, _REQUEST_SAMPLES),
    from_files("request_solved", _("Request solved"), _REQUEST, _REQUEST_SAMPLES),
]


def tell_customer(request: ServiceRequest, kind: str, *, at: datetime, text: str = "") -> None:
    """Queue the mail of a step to whoever reported it, else to the contract's reader; nothing without an address."""
    reader = desk_reader(request.contact, request.customer, request.contract)
    if not reader.email:
        return
    ours = company()
    with translation.override(reader.language):
        by = request.resolve_by
        due = formats.date_format(by.astimezone(ZoneInfo(ours.time_zone)), "Y-m-d H:i") if by else "—"
        label = str(request.get_request_class_display())
    engineer = request.assignee.email if request.assignee else ""
    draft = MailDraft(
        cause=f"{kind}:{request.pk}:{request.happenings.count()}",
        kind=kind,
        target=request,
        reader=reader,
        reply_to=engineer,
        variables=desk_values(request.contract, request.customer, reader, ours)
        | {
            "request": request.number,
            "title": request.title,
            "class": label,
            "resolve_by": due,
            "text": text,
        },
    )
    write_mails([draft], at=at)


def desk_reader(contact: Contact | None, customer: Customer, contract: Contract | None) -> Reader:
    """Who is written to about service work: the contact named, else the contract's reader; perhaps nobody."""
    if contact and contact.email and not customer.no_mail:
        return Reader(contact.name, contact.email, contact.language or customer.language)
    return reader_of(contract) if contract else Reader("", "", customer.language)


def desk_values(contract: Contract | None, customer: Customer, reader: Reader, ours: Company) -> dict[str, str]:
    """The values of `VARIABLES`; without a contract those of it are empty, and their lines left out."""
    known = dict.fromkeys(VARIABLES, "") | {
        "customer": customer.name,
        "phone": ours.phone or ours.hotline,
        "company": (ours.name_en if reader.language == "en" else "") or ours.name,
        "hotline": ours.hotline,
    }
    values = values_of(contract, reader.language, ours) if contract else known
    return values | {"reader": reader.name or customer.name}


def plug() -> None:
    for kind in KINDS:
        texts.register(kind)
    words.say(
        events=dict(labels.HAPPENINGS)
        | {
            "retold": _("deadlines computed anew"),
            "version_written": _("new promised times"),
            "policy_chosen": _("SLA policy chosen"),
        },
        todos={
            "request_to_answer": _("Answer %(request)s of %(customer)s: %(title)s"),
            "response_at_risk": _("%(request)s of %(customer)s: the time to answer runs out"),
            "response_late": _("%(request)s of %(customer)s: not answered in the promised time"),
            "arrival_at_risk": _("%(request)s of %(customer)s: the time to be on site runs out"),
            "arrival_late": _("%(request)s of %(customer)s: nobody was on site in the promised time"),
            "resolution_at_risk": _("%(request)s of %(customer)s: the time for the solution runs out"),
            "resolution_late": _("%(request)s of %(customer)s: not solved in the promised time"),
        },
    )

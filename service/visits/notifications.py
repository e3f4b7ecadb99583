"""What the customer is told of a visit, and the words of its events and to-dos."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from base.chatter import labels
from base.company.models import Company
from base.company.queries import company
from base.lib.dates import format_day
from base.mail import texts
from base.mail.models import OutgoingMail
from base.mail.occasions import Occasion
from base.mail.occasions import register as register_occasion
from base.mail.queue import MailDraft, write_mails
from base.mail.texts import from_files
from contracts.models import Customer
from contracts.notifications import VARIABLES, people_of, samples
from service.enums import VisitKind
from service.models import Visit
from service.notifications import ASKED, desk_reader, desk_values, mail_signed, said_before, signed_mail
from warranty.models import Inspection

_VISIT = VARIABLES | {
    "visit": _("the visit's number"),
    "title": _("what the visit is for"),
    "kind": _("the kind of visit"),
    "when": _("when somebody comes"),
    "engineer": _("who comes"),
    "engineer_phone": _("the engineer's phone"),
    "address": _("where to"),
    "text": _("what we say"),
}
_SAMPLES = samples(
    visit="FD-2026-0001",
    title=("档案检索无法打开", "The archive's search does not open"),
    kind=("故障", "fault"),
    when=("2026年11月24日 09:00–11:00", "24 November 2026, 09:00–11:00"),
    engineer=("周强", "Zhou Qiang"),
    engineer_phone="138 1000 2006",
    address=("上海市浦东新区港城路 1 号", "1 Gangcheng Road, Pudong, Shanghai"),
    text=("贵方机房当日停电。", "Your server room has no power that day."),
)
KINDS = [
    from_files("visit_planned", _("Visit planned"), _VISIT, _SAMPLES),
    from_files("visit_moved", _("Visit moved"), _VISIT, _SAMPLES),
    from_files("visit_cancelled", _("Visit called off"), _VISIT, _SAMPLES),
]


def notify_of_visit(visit: Visit, kind: str, *, at: datetime, text: str = "") -> None:
    """Queue the mail of a step to whom the visit is for; nothing without an address, or of what is over already."""
    draft = _visit_mail(visit, kind, f"{kind}:{visit.pk}:{visit.version}", company(), text)
    if draft and visit.planned_until > at:
        write_mails([draft], at=at)


def _visit_mail(visit: Visit, kind: str, cause: str, our_company: Company, text: str) -> MailDraft | None:
    reader = desk_reader(visit.contact, visit.customer, visit.contract)
    if not reader.email:
        return None
    engineer = visit.engineer
    with translation.override(reader.language):
        label = str(dict(Visit._meta.get_field("kind").flatchoices)[VisitKind(visit.kind)])
        when = when_text(visit, reader.language, ZoneInfo(our_company.time_zone))
    return MailDraft(
        cause=cause,
        kind=kind,
        target=visit,
        reader=reader,
        reply_to=engineer.email,
        variables=desk_values(visit.contract, visit.customer, reader, our_company)
        | {
            "visit": visit.number,
            "title": visit.title,
            "kind": label,
            "when": when,
            "engineer": str(engineer),
            "engineer_phone": engineer.phone,
            "address": visit.address,
            "text": text,
        },
    )


def mail_record(visit: Visit, *, at: datetime) -> None:
    """Queue the signed service record to whom the visit was for; nothing without an address."""
    mail_signed(
        visit.contract, visit.contact, visit.customer, target=visit, number=visit.number, title=visit.title,
        paper=("service.record", visit.pk), cause=f"record_signed:{visit.pk}", reply_to=visit.engineer.email, at=at,
    )  # fmt: skip


def _whose(signed: Visit | Inspection) -> Customer:
    return signed.customer if isinstance(signed, Visit) else signed.action.contract.customer


def _signed_now(signed: Visit | Inspection, mail: OutgoingMail, our_company: Company) -> MailDraft | None:
    """A signed paper to whom the visit, or the inspection, was for."""
    if isinstance(signed, Visit):
        contract, contact = signed.contract, signed.contact
    else:
        contract, contact = signed.action.contract, signed.action.contract.contact
    return signed_mail(
        contract, contact, _whose(signed), target=signed, said=said_before(mail, "number", "title"), cause=mail.cause,
        reply_to=signed.engineer.email if signed.engineer else "", our_company=our_company,
    )  # fmt: skip


def when_text(visit: Visit, language: str, zone: ZoneInfo) -> str:
    """`2026年11月24日 09:00–11:00`; of more than a day both ends with their days."""
    start, end = visit.planned_at.astimezone(zone), visit.planned_until.astimezone(zone)
    between = " " if language.startswith("zh") else ", "
    first = f"{format_day(start.date(), language)}{between}{start:%H:%M}"
    last = "" if start.date() == end.date() else f"{format_day(end.date(), language)}{between}"
    return f"{first}–{last}{end:%H:%M}" if not last else f"{first} – {last}{end:%H:%M}"


def register() -> None:
    for kind in KINDS:
        texts.register(kind)
    occasion = Occasion(
        draft=lambda visit, mail, ours: _visit_mail(visit, mail.kind, mail.cause, ours, mail.variables.get("text", "")),
        customer=lambda visit: visit.customer,
        people=lambda visit, language: people_of(visit.customer, language),
        related=("customer", "engineer", *ASKED),
    )
    register_occasion(occasion, *(kind.name for kind in KINDS))
    signed = Occasion(
        draft=_signed_now,
        customer=lambda signed: _whose(signed),
        people=lambda signed, language: people_of(_whose(signed), language),
    )
    register_occasion(signed, "record_signed")
    labels.say(
        events={
            "visit_planned": _("visit planned"),
            "came": _("arrived on site"),
            "left": _("work reported"),
            "arrival_taken_back": _("arrival taken back"),
            "times_corrected": _("times corrected"),
            "signed": _("service record signed"),
            "called_off": _("called off"),
            "part_added": _("part added"),
            "part_changed": _("part corrected"),
            "part_removed": _("part taken off"),
            "price_added": _("price added"),
            "price_changed": _("price changed"),
            "price_removed": _("price taken off"),
        },
        values={
            "engineer_signature": _("engineer's signature"),
            "customer_signature": _("customer's signature"),
            "signed_record": _("paper signed by hand"),
        },
        needs={"request_to_invoice": "requests.price", "visit_to_invoice": "requests.price"},
        todos={
            "visit_to_hold": _("Visit %(customer)s: %(title)s (%(visit)s)"),
            "visit_to_sign": _("Have the service record %(visit)s of %(customer)s signed"),
            "visit_to_invoice": _("Invoice %(sum)s for %(visit)s of %(customer)s: it is signed"),
            "request_to_invoice": _("Invoice %(sum)s for %(request)s of %(customer)s: it is closed"),
        },
    )

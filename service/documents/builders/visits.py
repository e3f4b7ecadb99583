"""The service record, filled from the visit it is of."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.functional import Promise

from base.chatter.files import picture_uri
from base.company.queries import company
from base.documents.base import Person
from base.documents.registry import register_paper
from contracts.documents import contact_person, sender
from service import labels
from service.choices import Score
from service.documents.data.visits import AgreedPrice, Box, PartRow, ServiceRecordPaper
from service.enums import Happening, VisitStatus
from service.models import ServiceRequest, Visit, VisitPart
from service.money import added, agreed_for, charge_of, currency_of
from service.notifications import desk_reader

#: The labels of pictures among a visit's files, see `service/visits/signing.py`.
ENGINEERS_SIGNATURE, CUSTOMERS_SIGNATURE = "engineer_signature", "customer_signature"
#: Before the work is reported the paper says only what is planned.
_DRAFTS = frozenset({VisitStatus.PLANNED, VisitStatus.ON_SITE, VisitStatus.CANCELLED})


def record_key(visit_id: int) -> str:
    """What the stored record is known by."""
    return f"service_record:{visit_id}"


def record_name(visit: Visit) -> str:
    return f"服务单_{visit.number}.pdf"


def language_of(visit: Visit) -> str:
    """The language of whoever signs."""
    return desk_reader(visit.contact, visit.customer, visit.contract).language


def service_record(visit_id: int) -> tuple[str, str, bytes, Model]:
    """服务单 of a visit: with the draft mark before the work is reported."""
    related = ("customer", "contract__manager", "contract__contact", "request", "engineer", "contact")
    visit = Visit.objects.select_related(*related).get(pk=visit_id)
    paper = record_paper(visit, list(visit.parts.all()))
    return record_key(visit.pk), record_name(visit), paper.render(language_of(visit)), visit


def record_paper(visit: Visit, parts: Sequence[VisitPart], signature: str = "") -> ServiceRecordPaper:
    """The paper of a visit as it is in hand; `signature` is one that was drawn just now."""
    our_company, request, contract = company(), visit.request, visit.contract
    zone = ZoneInfo(our_company.time_zone)

    def here(moment: datetime | None) -> datetime | None:
        return moment.astimezone(zone) if moment else None

    currency = currency_of(contract)
    prices = list(request.prices.all()) if request else []
    answered, restored = _told(request)
    return ServiceRecordPaper(
        number=visit.number,
        on=visit.planned_on,
        sender=sender(),
        recipient=visit.customer.name,
        recipient_person=visit.contact_name,
        contact=contact_person(contract) if contract else Person("", our_company.hotline),
        draft=visit.status in _DRAFTS,
        phone=visit.phone,
        address=visit.address,
        system=visit.system,
        contract_number=contract.number if contract else "",
        project=contract.project if contract else "",
        covered=visit.covered,
        kinds=_boxes(labels.VISIT_KINDS, visit.kind),
        request_number=request.number if request else "",
        request_class=dict(labels.CLASSES)[request.request_class] if request else "",
        reported_at=here(request.reported_at) if request else None,
        answered_at=here(answered),
        planned_at=visit.planned_at.astimezone(zone),
        arrived_at=here(visit.arrived_at),
        left_at=here(visit.left_at),
        restored_at=here(restored),
        trouble=visit.title,
        details=request.description if request else "",
        cause=visit.cause,
        work=visit.work,
        parts=[_row(part) for part in parts],
        next_steps=visit.next_steps,
        fee=visit.fee,
        free_because=visit.free_because,
        parts_charge=added([part.total for part in parts if part.charged], currency),
        charge=charge_of(visit, parts),
        agreed=[
            AgreedPrice(each.text, each.amount, each.agreed_by, each.agreed_on) for each in prices if each.agreed_on
        ],
        agreed_sum=agreed_for(request, prices) if request else added([], currency),
        satisfaction=_boxes(Score.choices, visit.satisfaction),
        remark=visit.remark,
        engineer=str(visit.engineer),
        engineer_signature=picture_uri(visit, ENGINEERS_SIGNATURE),
        signer=visit.signer,
        signature=signature or picture_uri(visit, CUSTOMERS_SIGNATURE),
        signed_on=visit.signed_on,
    )


def _boxes(choices: Sequence[tuple[object, str | Promise]], chosen: object) -> list[Box]:
    return [(label, value == chosen) for value, label in choices]


def _row(part: VisitPart) -> PartRow:
    return PartRow(part.name, part.model, part.old_serial, part.new_serial, part.quantity, part.total, part.charged)


def _told(request: ServiceRequest | None) -> tuple[datetime | None, datetime | None]:
    """When the customer was first answered, and when it last worked again."""
    if request is None:
        return None, None
    told = list(request.happenings.filter(taken_back=False).values_list("kind", "at"))
    answers = [at for kind, at in told if kind == Happening.ANSWERED]
    solutions = [at for kind, at in told if kind == Happening.RESOLVED]
    return min([*answers, *solutions], default=None), max(solutions, default=None)


def register() -> None:
    register_paper("service.record", service_record, key=record_key)

"""Signing a visit's record: what proves it, what it freezes, and what the paper says."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from pypdf import PdfReader

from base.chatter.models import Attachment, Todo
from base.documents.models import Document
from base.documents.registry import preview
from base.lib.errors import Refused, Stale
from base.mail.models import OutgoingMail
from service import operations, prices
from service.models import PriceLine, Visit, VisitPart
from service.visits import operations as visits
from service.visits import signing
from tests.chain import AT, ON, accepted, cny, day
from tests.factories import ContactFactory, CustomerFactory
from tests.pictures import drawn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("files")]
HOUR = timedelta(hours=1)


def picture(name="signature.png"):
    return ContentFile(drawn(120, 40), name=name)


def words(data):
    """The text of a PDF without its line breaks."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def sign(visit, by, **more):
    values = {"signer": "Ms Wang", "signed_on": ON, "satisfaction": 4, "remark": "Quick", **more}
    return signing.sign_visit(visit=visit, **values, by=by, at=AT + 2 * HOUR)


def test_signed_it_is_stored_with_its_hash_and_frozen(held, engineer):
    visit = held()
    document = sign(visit, engineer, signature=picture())
    visit.refresh_from_db()
    assert (visit.status, visit.signer, visit.signed_on, visit.satisfaction) == ("signed", "Ms Wang", ON, 4)
    with document.file.open() as stored:
        data = stored.read()
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert len(PdfReader(io.BytesIO(data)).pages[0].images) == 1, "the customer's signature"
    assert not Todo.objects.filter(target_id=visit.pk, kind__startswith="visit", done_at=None).exists()
    for change in (
        lambda: visits.edit_visit(visit=visit, values={"work": "More"}, by=engineer, at=AT),
        lambda: visits.save_visit_part(part=VisitPart(visit=visit), values={"name": "x"}, by=engineer, at=AT),
        lambda: sign(visit, engineer, signature=picture()),
    ):
        with pytest.raises(Refused):
            change()
    assert Document.objects.filter(target_id=visit.pk).count() == 1


def test_the_paper_signed_by_hand_will_do(held, engineer):
    visit = held()
    sign(visit, engineer, signed_copy=picture("signed.png"))
    assert Attachment.objects.get(target_id=visit.pk).label == "signed_record"


@pytest.mark.parametrize(
    ("values", "field"),
    [({"signature": None}, "signature"), ({"signer": " "}, "signer"), ({"signed_on": day("2026-11-21")}, "signed_on"),
     ({"signed_on": day("2026-11-23")}, "signed_on")],
)  # fmt: skip
def test_what_is_no_signature(held, engineer, values, field):
    visit = held()
    with pytest.raises(Refused) as refusal:
        sign(visit, engineer, **{"signature": picture(), **values})
    assert refusal.value.field == field
    assert Visit.objects.get().status == "done"


def test_a_file_that_may_not_be_kept_signs_nothing(held, engineer):
    visit = held()
    with pytest.raises(Refused):
        sign(visit, engineer, signed_copy=ContentFile(b"MZ not a picture", name="record.pdf"))
    assert Visit.objects.get().status == "done"
    assert not Document.objects.exists()


def test_a_part_that_came_meanwhile_is_not_signed_unseen(held, engineer, monkeypatch):
    """Somebody adds a part while the paper is being rendered."""
    visit, render = held(), signing.record_paper

    def slow(*args, **options):
        paper = render(*args, **options)
        visits.save_visit_part(part=VisitPart(visit=Visit.objects.get()), values={"name": "Disk"}, by=engineer, at=AT)
        return paper

    monkeypatch.setattr(signing, "record_paper", slow)
    with pytest.raises(Stale):
        sign(visit, engineer, signature=picture())
    assert Visit.objects.get().status == "done"


def test_what_was_looked_at_is_what_is_signed(held, engineer):
    visit = held()
    with pytest.raises(Stale):
        sign(visit, engineer, signature=picture(), seen=visit.version - 1)


# --- the paper -------------------------------------------------------------------------------------------------------


def test_the_record_says_all_that_a_customer_expects(planned, taken, desk, engineer):
    contract = accepted(customer=CustomerFactory(name="明珠港务有限公司", address="港城路 1 号"))
    request = taken(
        contract, reported_at=AT - 2 * HOUR, at=AT - HOUR, caller="王女士", phone="139 1234", title="检索无法打开"
    )
    operations.answer_request(request=request, text="已收到", by=desk, at=AT - HOUR)
    visit = planned(request=request)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    visits.edit_visit(visit=visit, values={"covered": False}, by=engineer, at=AT)
    part = {
        "name": "硬盘",
        "model": "ST8000",
        "old_serial": "A1",
        "new_serial": "B2",
        "quantity": 2,
        "cost": cny("1250.00"),
        "charged": True,
    }
    visits.save_visit_part(part=VisitPart(visit=visit), values=part, by=engineer, at=AT)
    line = {"text": "上门费", "amount": cny("500.00"), "agreed_on": ON, "agreed_by": "李主任"}
    prices.save_price(line=PriceLine(request=request), values=line, by=desk, at=AT)
    values = {"cause": "硬盘老化", "work": "更换硬盘", "next_steps": "一周后回访", "fee": cny("800.00")}
    visits.leave_visit(visit=visit, left_at=AT + HOUR, values=values, by=engineer, at=AT + HOUR)
    text = words(preview("service.record", visit.pk).data)
    for expected in (
        visit.number, "上门服务确认单", "明珠港务有限公司", "王女士", "1391234", "港城路1号", contract.number, request.number,
        "□保内", "☑保外", "☑故障", "□巡检", "□驻场", "紧急程度重大", "报修时间2026年11月22日08:00",
        "响应时间2026年11月22日09:00", "到场时间2026年11月22日10:00", "离场时间2026年11月22日11:00", "检索无法打开",
        "硬盘老化", "更换硬盘", "一周后回访", "ST8000", "A1", "B2", "¥2,500.00", "¥800.00", "¥3,300.00",
        "人民币叁仟叁佰元整", "上门费", "¥500.00", "李主任", "人民币伍佰元整", "□非常满意", "□非常不满意", "周强",
    ):  # fmt: skip
        assert expected in text, expected
    assert "草稿" not in text


def test_before_the_report_it_is_a_draft(planned):
    visit = planned(accepted(customer=CustomerFactory(language="en")), title="Upgrade")
    text = words(preview("service.record", visit.pk).data)
    assert "DRAFT" in text
    assert "planned22November202610:00" in text
    assert "Nothingischarged" not in text


def test_a_customer_without_a_contract_is_visited_too(planned, desk):
    customer = CustomerFactory(address="Street 9")
    person = ContactFactory(customer=customer)
    request = operations.take_request(
        contract=None, customer=customer, reported_at=AT - HOUR, by=desk, at=AT - HOUR,
        values={"title": "No light", "request_class": "general", "contact": person},
    )  # fmt: skip
    visit = planned(request=request)
    assert (visit.contract, visit.covered, visit.contact) == (None, False, person)
    assert OutgoingMail.objects.get(kind="visit_planned").to_email == person.email
    assert "☑保外" in words(preview("service.record", visit.pk).data)

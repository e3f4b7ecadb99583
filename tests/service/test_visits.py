"""Visits: planned, moved, held, reported, signed, called off; with the clock, the mails and the to-dos that follow."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from moneyed import Money
from PIL import Image
from pypdf import PdfReader

from base.chatter.models import Attachment, Todo
from base.documents.models import Document, OutgoingMail
from base.documents.papers import preview
from base.lib.errors import NotAllowed, Refused, Stale
from service import operations, prices, visits
from service import visit_signing as signing
from service.models import PriceLine, Visit, VisitPart
from tests.chain import AT, ON, accepted, cny, day, verbs
from tests.factories import ContactFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
REPORT = {"cause": "A worn disk", "work": "Changed the disk", "next_steps": "Look again in a week"}


def picture(name="signature.png"):
    out = io.BytesIO()
    Image.new("RGBA", (120, 40), "#10204a").save(out, "PNG")
    return ContentFile(out.getvalue(), name=name)


def words(data):
    """The text of a PDF without its line breaks."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def planned(desk, engineer, taken):
    """A visit of an hour from `AT` on, for a request unless a contract is given."""

    def make(contract=None, *, request=None, start=AT, at=AT - HOUR, **values):
        values = {"planned_at": start, "planned_until": start + HOUR, "engineer": engineer, **values}
        if contract is None and request is None:
            request = taken(reported_at=AT - 2 * HOUR, at=AT - HOUR)
        return visits.plan(contract=contract, request=request, values=values, by=desk, at=at)

    return make


@pytest.fixture
def held(planned, engineer):
    """A visit that is reported and waits for its signature."""

    def make(contract=None, **values):
        visit = planned(contract, **values)
        visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
        visits.leave(visit=visit, left_at=AT + HOUR, values=REPORT, by=engineer, at=AT + HOUR)
        return visit

    return make


def mails(visit):
    return list(OutgoingMail.objects.filter(target_id=visit.pk, kind__startswith="visit").order_by("pk"))


def todos(visit, **more):
    return Todo.objects.filter(target_id=visit.pk, kind__startswith="visit_to", done_at=None, **more)


# --- planned ---------------------------------------------------------------------------------------------------------


def test_a_visit_for_a_request_knows_what_the_request_knows(planned, taken, engineer):
    contract = accepted(customer=CustomerFactory(address="Harbour Road 1"))
    request = taken(
        contract, reported_at=AT - 2 * HOUR, at=AT - HOUR, caller="Mr Li", phone="139 1234", system="Archive"
    )
    visit = planned(request=request)
    assert visit.number == "FD-2026-0001"
    assert (visit.contract, visit.customer, visit.title) == (contract, contract.customer, request.title)
    assert (visit.contact_name, visit.phone, visit.system) == ("Mr Li", "139 1234", "Archive")
    assert (visit.address, visit.planned_on, visit.covered) == ("Harbour Road 1", ON, True)
    assert verbs(visit) == ["visit_planned"]
    assert "visit_planned" in verbs(request)
    assert todos(visit).get().assignee == engineer


def test_the_customer_reads_when_who_and_where(planned):
    contract = accepted()
    visit = planned(contract, title="Upgrade to 3.2", address="Harbour Road 1")
    [mail] = mails(visit)
    assert mail.to_email == contract.contact.email
    assert "2026年11月22日 10:00–11:00" in mail.subject
    for word in ("Upgrade to 3.2", "Harbour Road 1", "周强", visit.number):
        assert word in mail.subject + mail.text


def test_of_a_visit_that_is_over_nobody_is_told(planned):
    assert mails(planned(accepted(), title="Yesterday", start=AT - 25 * HOUR)) == []


def test_whether_it_is_covered_is_what_its_own_day_says(planned):
    contract = accepted(day("2026-01-15"))
    assert planned(contract, title="x").covered
    late = planned(contract, title="x", start=AT + timedelta(days=80))
    assert not late.covered


def test_an_engineer_is_in_one_place_at_a_time(planned, desk):
    first = planned(accepted(), title="x")
    for start in (AT - HOUR / 2, AT, AT + HOUR / 2):
        with pytest.raises(Refused) as refusal:
            planned(accepted(), title="y", start=start)
        assert refusal.value.field == "engineer"
        assert first.number in str(refusal.value.message)
    assert planned(accepted(), title="right after", start=AT + HOUR)
    assert planned(accepted(), title="somebody else", engineer=desk)
    visits.call_off(visit=first, reason="No power", by=desk, at=AT - HOUR)
    assert planned(accepted(), title="now free").number == "FD-2026-0004"


def test_a_refused_visit_takes_no_number(planned):
    with pytest.raises(Refused), transaction.atomic():
        planned(accepted(), title="x", planned_until=AT)
    assert planned(accepted(), title="x").number == "FD-2026-0001"


@pytest.mark.parametrize("role", ["finance", "manager", "auditor"])
def test_only_who_can_be_sent_is_sent(planned, role):
    with pytest.raises(Refused) as refusal:
        planned(accepted(), title="x", engineer=UserFactory(role=role))
    assert refusal.value.field == "engineer"


def test_another_customers_contact_is_refused(planned):
    with pytest.raises(Refused) as refusal:
        planned(accepted(), title="x", contact=ContactFactory())
    assert refusal.value.field == "contact"


@pytest.mark.parametrize("role", ["engineer", "manager", "auditor", "finance"])
def test_who_may_not_plan(role):
    values = {"planned_at": AT, "planned_until": AT + HOUR, "engineer": UserFactory(role="engineer")}
    with pytest.raises(NotAllowed):
        visits.plan(contract=accepted(), values=values, by=UserFactory(role=role), at=AT)
    assert not Visit.objects.exists()


def test_moved_the_customer_and_the_next_engineer_know(planned, desk, engineer):
    visit, other = planned(accepted(), title="x"), UserFactory(role="engineer")
    start = AT + timedelta(days=1)
    visits.reschedule(visit=visit, planned_at=start, planned_until=start + HOUR, engineer=other, by=desk, at=AT - HOUR)
    visit.refresh_from_db()
    assert (visit.engineer, visit.planned_on) == (other, day("2026-11-23"))
    assert [mail.kind for mail in mails(visit)] == ["visit_planned", "visit_moved"]
    assert [each.assignee for each in todos(visit)] == [other]
    assert verbs(visit)[-1] == "rescheduled"


def test_a_move_that_changes_nothing_tells_nobody(planned, desk):
    visit = planned(accepted(), title="x")
    same = {"planned_at": visit.planned_at, "planned_until": visit.planned_until, "engineer": visit.engineer}
    visits.reschedule(visit=visit, **same, by=desk, at=AT - HOUR)
    assert len(mails(visit)) == 1
    assert verbs(visit) == ["visit_planned"]


def test_called_off_with_its_reason(planned, desk):
    visit = planned(accepted(), title="x")
    with pytest.raises(Refused):
        visits.call_off(visit=visit, reason=" ", by=desk, at=AT - HOUR)
    visits.call_off(visit=visit, reason="No power there", by=desk, at=AT - HOUR)
    assert visit.status == "cancelled"
    assert "No power there" in mails(visit)[-1].text
    assert not todos(visit).exists()
    with pytest.raises(Refused):
        visits.arrive(visit=visit, arrived_at=AT, by=desk, at=AT)


# --- held ------------------------------------------------------------------------------------------------------------


def test_the_arrival_is_told_to_the_requests_clock(planned, engineer):
    visit = planned()
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT + HOUR)
    request = visit.request
    request.refresh_from_db()
    assert visit.status == "on_site"
    assert (request.status, request.arrival) == ("working", "met")
    assert request.happenings.get(kind="arrived").at == AT


def test_a_second_arrival_leaves_the_clock_alone(planned, engineer, desk):
    visit = planned()
    operations.arrive(request=visit.request, arrived_at=AT - HOUR, by=desk, at=AT)
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
    assert visit.request.happenings.filter(kind="arrived").count() == 1


def test_of_a_solved_request_the_clock_is_not_told(planned, engineer, desk):
    visit = planned()
    operations.resolve(request=visit.request, solution="By phone", by=desk, at=AT - HOUR)
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
    visit.request.refresh_from_db()
    assert visit.request.status == "solved"


def test_an_arrival_before_the_report_changes_neither(planned, engineer):
    visit = planned()
    with pytest.raises(Refused) as refusal:
        visits.arrive(visit=visit, arrived_at=AT - 3 * HOUR, by=engineer, at=AT)
    assert refusal.value.field == "arrived_at"
    assert Visit.objects.get().status == "planned"


def test_nobody_arrives_or_leaves_in_the_future_or_backwards(planned, engineer):
    visit = planned()
    with pytest.raises(Refused):
        visits.arrive(visit=visit, arrived_at=AT + HOUR, by=engineer, at=AT)
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
    for left_at in (AT - HOUR, AT, AT + 2 * HOUR):
        with pytest.raises(Refused) as refusal:
            visits.leave(visit=visit, left_at=left_at, values=REPORT, by=engineer, at=AT + HOUR)
        assert refusal.value.field == "left_at"
    with pytest.raises(Refused) as refusal:
        visits.leave(visit=visit, left_at=AT + HOUR, values={**REPORT, "work": " "}, by=engineer, at=AT + HOUR)
    assert refusal.value.field == "work"
    assert Visit.objects.get().status == "on_site"


def test_the_report_and_what_it_asks_for_next(planned, engineer):
    visit = planned()
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
    values = {**REPORT, "fee": cny("800.00")}
    visits.leave(visit=visit, left_at=AT + HOUR, values=values, signature=picture(), by=engineer, at=AT + HOUR)
    visit.refresh_from_db()
    assert (visit.status, visit.work, visit.fee, visit.left_at) == (
        "done",
        "Changed the disk",
        cny("800.00"),
        AT + HOUR,
    )
    assert [each.kind for each in todos(visit)] == ["visit_to_sign"]
    assert Attachment.objects.get(target_id=visit.pk).label == "engineer_signature"
    assert verbs(visit) == ["visit_planned", "came", "left", "file_added"]


def test_the_database_keeps_the_order_of_times_and_sums(held):
    visit = held(accepted(), title="x")
    for broken in ({"left_at": AT}, {"planned_until": AT}, {"fee": Money(-1, "CNY")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(**broken)


def test_money_is_of_the_contracts_currency(held, engineer):
    visit = held(accepted(), title="x")
    with pytest.raises(Refused) as refusal:
        visits.edit(visit=visit, values={"fee": Money(1, "USD")}, by=engineer, at=AT)
    assert refusal.value.field == "fee"


def test_parts_come_change_and_go_with_their_events(held, engineer):
    visit = held(accepted(), title="x")
    values = {
        "name": "Disk",
        "old_serial": "A1",
        "new_serial": "B2",
        "quantity": 2,
        "cost": cny("100.00"),
        "charged": True,
    }
    part = visits.save_part(part=VisitPart(visit=visit), values=values, by=engineer, at=AT)
    visits.save_part(part=part, values={**values, "quantity": 3}, by=engineer, at=AT)
    assert part.total == cny("300.00")
    visits.remove_part(part=part, by=engineer, at=AT)
    assert verbs(visit)[-3:] == ["part_added", "part_changed", "part_removed"]
    with pytest.raises(Refused) as refusal:
        visits.save_part(part=VisitPart(visit=visit), values={**values, "cost": None}, by=engineer, at=AT)
    assert refusal.value.field == "cost"


# --- signed ----------------------------------------------------------------------------------------------------------


def sign(visit, by, **more):
    values = {"signer": "Ms Wang", "signed_on": ON, "satisfaction": "good", "remark": "Quick", **more}
    return signing.sign(visit=visit, **values, by=by, at=AT + 2 * HOUR)


def test_signed_it_is_stored_with_its_hash_and_frozen(held, engineer):
    visit = held()
    document = sign(visit, engineer, signature=picture())
    visit.refresh_from_db()
    assert (visit.status, visit.signer, visit.signed_on, visit.satisfaction) == ("signed", "Ms Wang", ON, "good")
    with document.file.open() as stored:
        data = stored.read()
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert len(PdfReader(io.BytesIO(data)).pages[0].images) == 1, "the customer's signature"
    assert not todos(visit).exists()
    for change in (
        lambda: visits.edit(visit=visit, values={"work": "More"}, by=engineer, at=AT),
        lambda: visits.save_part(part=VisitPart(visit=visit), values={"name": "x"}, by=engineer, at=AT),
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
        visits.save_part(part=VisitPart(visit=Visit.objects.get()), values={"name": "Disk"}, by=engineer, at=AT)
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
    operations.answer(request=request, text="已收到", by=desk, at=AT - HOUR)
    visit = planned(request=request)
    visits.arrive(visit=visit, arrived_at=AT, by=engineer, at=AT)
    visits.edit(visit=visit, values={"covered": False}, by=engineer, at=AT)
    part = {
        "name": "硬盘",
        "model": "ST8000",
        "old_serial": "A1",
        "new_serial": "B2",
        "quantity": 2,
        "cost": cny("1250.00"),
        "charged": True,
    }
    visits.save_part(part=VisitPart(visit=visit), values=part, by=engineer, at=AT)
    line = {"text": "上门费", "amount": cny("500.00"), "agreed_on": ON, "agreed_by": "李主任"}
    prices.save_price(line=PriceLine(request=request), values=line, by=desk, at=AT)
    values = {"cause": "硬盘老化", "work": "更换硬盘", "next_steps": "一周后回访", "fee": cny("800.00")}
    visits.leave(visit=visit, left_at=AT + HOUR, values=values, by=engineer, at=AT + HOUR)
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
    request = operations.take(
        contract=None, customer=customer, reported_at=AT - HOUR, by=desk, at=AT - HOUR,
        values={"title": "No light", "request_class": "general", "contact": person},
    )  # fmt: skip
    visit = planned(request=request)
    assert (visit.contract, visit.covered, visit.contact) == (None, False, person)
    assert mails(visit)[0].to_email == person.email
    assert "☑保外" in words(preview("service.record", visit.pk).data)

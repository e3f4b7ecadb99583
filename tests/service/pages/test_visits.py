"""Visits through their screens: planned from a request, held on a phone, signed, looked at by everybody they concern."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from base.documents.models import Document
from service.models import PriceLine, ServiceRequest, Visit, VisitPart
from service.visits import operations as visits
from tests.access.world import PDF
from tests.base.ui.test_signature import drawn
from tests.chain import AT, ON, accepted, cny, day
from tests.factories import ContactFactory, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def move(browser, visit, name, **data):
    return browser.post(f"/visits/{visit.pk}/move/{name}/", {"asked": 1, **data})


@pytest.fixture
def planned(desk, engineer):
    def make(contract=None, *, start=AT, request=None, **values):
        values = {
            "title": "Upgrade",
            "planned_at": start,
            "planned_until": start + HOUR,
            "engineer": engineer,
            **values,
        }
        contract = contract or (None if request else accepted())
        return visits.plan_visit(contract=contract, request=request, values=values, by=desk, at=AT - HOUR)

    return make


@pytest.fixture
def held(planned, engineer):
    visit = planned()
    visits.arrive_at_visit(visit=visit, arrived_at=AT - HOUR, by=engineer, at=AT)
    visits.leave_visit(visit=visit, left_at=AT, values={"work": "Done"}, by=engineer, at=AT)
    return visit


def test_a_visit_is_planned_from_a_request(enter, taken, desk, engineer):
    request = taken(caller="Ms Wang", phone="139")
    browser = enter(desk)
    form = browser.get(f"/requests/{request.pk}/move/visit/").context["form"]
    assert form.initial["contact_name"] == "Ms Wang"
    assert form.initial["engineer"] == engineer.pk
    answer = browser.post(
        f"/requests/{request.pk}/move/visit/",
        {"asked": 1, "kind": "fault", "planned_at": "2026-11-22T14:00", "planned_until": "2026-11-22T16:00",
         "engineer": engineer.pk, "contact_name": "Mr Li", "phone": "138", "address": "Gate 3"},
    )  # fmt: skip
    visit = Visit.objects.get()
    assert answer["Location"] == f"/visits/{visit.pk}/"
    assert (visit.request, visit.contact_name, visit.address) == (request, "Mr Li", "Gate 3")
    assert (visit.planned_until - visit.planned_at) == 2 * HOUR
    shown = browser.get(f"/requests/{request.pk}/?tab=visits").content.decode()
    assert visit.number in shown
    assert visit.number in browser.get(f"/contracts/{request.contract_id}/?tab=visits").content.decode()


def test_a_visit_is_planned_for_a_contract(enter, desk, engineer):
    contract, browser = accepted(), enter(desk)
    typed = {
        "contract": contract.pk, "kind": "training", "title": "Training", "system": "", "planned_at": "2026-11-23T09:00",
        "planned_until": "2026-11-23T12:00", "engineer": engineer.pk, "contact_name": "", "phone": "", "address": "",
    }  # fmt: skip
    assert browser.post("/visits/new/", {**typed, "planned_until": "2026-11-23T09:00"}).status_code == 422
    assert browser.post("/visits/new/", {**typed, "contract": ""}).status_code == 422
    browser.post("/visits/new/", typed)
    visit = Visit.objects.get()
    assert (visit.contract, visit.kind, visit.contact_name) == (contract, "training", contract.contact.name)


def test_two_visits_at_once_are_refused_at_the_engineer(enter, desk, planned, engineer):
    first = planned()
    second = planned(start=AT + 3 * HOUR)
    typed = {"planned_at": "2026-11-22T10:30", "planned_until": "2026-11-22T11:30", "engineer": engineer.pk}
    answer = move(enter(desk), second, "reschedule", **typed)
    assert answer.status_code == 422
    assert first.number in answer.context["form"].errors["engineer"][0]


def test_a_visit_on_a_phone(enter, taken, engineer, planned):
    request = taken(reported_at=AT - HOUR, at=AT)
    visit, browser = planned(request=request, start=AT - HOUR), enter(engineer)
    # One tap: no time is typed.
    assert move(browser, visit, "came").status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.arrived_at) == ("on_site", AT)
    assert ServiceRequest.objects.get().arrival == "met"
    Visit.objects.filter(pk=visit.pk).update(arrived_at=AT - HOUR / 2)
    assert move(browser, visit, "left", work="").status_code == 422
    move(browser, visit, "left", work="Changed the disk", cause="Worn", next_steps="", signature=drawn())
    browser.post(
        f"/visits/{visit.pk}/parts/new/",
        {"name": "Disk", "old_serial": "A1", "new_serial": "B2", "quantity": 1, "cost_0": "", "cost_1": "CNY"},
    )
    answer = move(
        browser,
        visit,
        "sign",
        signer="Ms Wang",
        signed_on="2026-11-22",
        satisfaction="5",
        signature=drawn((200, 50)),
    )
    assert answer.status_code == 302
    visit.refresh_from_db()
    assert (visit.status, visit.satisfaction, visit.left_at) == ("signed", 5, AT)
    shown = browser.get(f"/visits/{visit.pk}/record.pdf")
    data = b"".join(shown.streaming_content)
    with Document.objects.get(target_id=visit.pk).file.open() as stored:
        assert data == stored.read()
    page = PdfReader(io.BytesIO(data)).pages[0]
    assert len(page.images) == 2, "both signatures"
    assert "A1" in page.extract_text()


def test_signing_without_a_signature_says_so_at_its_field(enter, held, engineer):
    answer = move(enter(engineer), held, "sign", signer="Ms Wang", signed_on="2026-11-22")
    assert answer.status_code == 422
    assert answer.context["form"].errors["signature"]
    copy = SimpleUploadedFile("signed.pdf", PDF)
    assert (
        move(enter(engineer), held, "sign", signer="Ms Wang", signed_on="2026-11-22", signed_copy=copy).status_code
        == 302
    )


def test_what_is_written_down_is_corrected_until_it_is_signed(enter, held, engineer):
    browser = enter(engineer)
    form = browser.get(f"/visits/{held.pk}/edit/").context["form"]
    assert "planned_at" not in form.fields
    typed = {
        "kind": "upgrade", "title": "Upgrade", "system": "S/N 12", "contact_name": "Ms Wang", "phone": "", "address": "",
        "fee_0": "800", "fee_1": "CNY", "cause": "", "work": "More than I said", "next_steps": "", "version": held.version,
    }  # fmt: skip
    assert browser.post(f"/visits/{held.pk}/edit/", {**typed, "work": ""}).status_code == 422
    assert browser.post(f"/visits/{held.pk}/edit/", typed).status_code == 302
    held.refresh_from_db()
    assert (held.work, str(held.fee.amount), held.covered) == ("More than I said", "800.00", False)
    Visit.objects.filter(pk=held.pk).update(status="signed")
    assert browser.get(f"/visits/{held.pk}/edit/").status_code == 403


def test_parts_are_added_changed_and_removed_in_place(enter, held, engineer):
    browser, at = enter(engineer), f"/visits/{held.pk}/parts"
    typed = {
        "name": "Disk",
        "model": "ST8",
        "old_serial": "A1",
        "new_serial": "B2",
        "quantity": 2,
        "cost_0": "",
        "cost_1": "CNY",
    }
    answer = browser.post(f"{at}/new/", {**typed, "charged": "on"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "cost" in answer.context["form"].errors
    browser.post(f"{at}/new/", {**typed, "cost_0": "99.50", "charged": "on"})
    part = VisitPart.objects.get()
    shown = browser.get(f"/visits/{held.pk}/?tab=parts").content.decode()
    for word in ("Disk", "ST8", "A1", "B2", "CNY 199.00"):
        assert word in shown
    stale = browser.post(f"{at}/{part.pk}/", {**typed, "version": part.version + 1})
    assert stale.status_code == 422
    browser.post(f"{at}/{part.pk}/", {**typed, "name": "Disks", "version": part.version})
    assert VisitPart.objects.get().name == "Disks"
    other = VisitPart.objects.create(visit=Visit.objects.create(
        number="FD-X", customer=held.customer, engineer=held.engineer, planned_at=AT, planned_until=AT + HOUR, planned_on=ON
    ), name="x")  # fmt: skip
    assert browser.get(f"{at}/{other.pk}/").status_code == 404
    browser.post(f"{at}/{part.pk}/", {"remove": 1})
    assert not held.parts.exists()


def test_each_sees_what_is_theirs(enter, planned, taken):
    assigned = UserFactory(role="engineer")
    request = taken(assignee=assigned)
    visit = planned(request=request)
    for browser, sees in (
        (enter(visit.engineer), True), (enter(assigned), True), (enter("engineer"), False),
        (enter(visit.contract.manager), True), (enter("manager"), False), (enter("director"), True),
        (enter("auditor"), True), (enter("service_manager"), True),
    ):  # fmt: skip
        for address in (f"/visits/{visit.pk}/", f"/visits/{visit.pk}/record.pdf"):
            assert browser.get(address).status_code == (200 if sees else 404)
    assert enter(visit.engineer).get(f"/requests/{request.pk}/").status_code == 200, "who goes there knows why"
    for role in ("finance", "administrator"):
        assert enter(role).get("/visits/").status_code == 403


def test_lists_of_what_presses(enter, planned, desk, held):
    over = planned(start=AT - 3 * HOUR)
    later = planned(start=AT + timedelta(days=3))
    other = planned(start=AT, engineer=desk)
    browser = enter(desk)

    def numbers(query):
        return {each.number for each in browser.get(f"/visits/?{query}").context["listing"].records}

    assert numbers("quick=open") == {over.number, later.number, other.number}
    assert numbers("quick=overdue") == {over.number}
    assert numbers("quick=to_sign") == {held.number}
    assert numbers("quick=mine") == {other.number}
    assert numbers("quick=today") == {over.number, other.number, held.number}
    assert later.number not in numbers("quick=week"), "the day before is a Sunday"
    assert numbers(f"q={later.contract.number}") == {later.number}


@pytest.mark.parametrize(
    "address",
    ["/visits/", "/visits/board/", "/visits/month/feed/?start=2026-11-01&end=2026-12-01", "/visits/?group=engineer",
     "/service/month/feed/?start=2026-11-01&end=2026-12-01", "/service/day/", "/requests/calling/?calling=Customer"],
)  # fmt: skip
def test_as_many_queries_for_three_as_for_one(enter, planned, taken, desk, address, django_assert_max_num_queries):
    browser = enter(desk)

    def more(n):
        contract = accepted(engineer=desk)
        contract.plan.filter(kind="inspection").update(due_on=ON)
        planned(contract, start=AT + n * HOUR, engineer=desk, contact=ContactFactory(customer=contract.customer))
        taken(contract, assignee=desk)

    more(0)
    browser.get(address)
    with django_assert_max_num_queries(40) as few:
        browser.get(address)
    more(1)
    more(2)
    with django_assert_max_num_queries(len(few)):
        assert browser.get(address).status_code == 200


# --- month and day ---------------------------------------------------------------------------------------------------


def feed(browser, query=""):
    return browser.get(f"/service/month/feed/?start=2026-11-01&end=2026-12-01{query}").json()


def test_visits_and_inspections_on_one_calendar(enter, planned, desk, engineer):
    contract = accepted(engineer=desk)
    visit = planned(contract, start=AT)
    inspection = contract.plan.filter(kind="inspection").first().inspection
    inspection.action.due_on = day("2026-11-20")
    inspection.action.save()
    inspection.engineer = desk
    inspection.save()
    browser = enter(desk)
    entries = {each["url"]: each for each in feed(browser)}
    assert entries[f"/visits/{visit.pk}/"]["start"] == "2026-11-22T10:00:00"
    assert entries[f"/visits/{visit.pk}/"]["className"] == "entry-blue"
    assert entries[f"/inspections/{inspection.pk}/"]["className"] == "entry-red", "its day is over"
    assert [each["url"] for each in feed(browser, f"&engineer={engineer.pk}")] == [f"/visits/{visit.pk}/"]
    assert [each["url"] for each in feed(browser, f"&engineer={desk.pk}")] == [f"/inspections/{inspection.pk}/"]
    assert feed(enter("manager")) == []
    for query in ("", "?start=x&end=y", "?start=2026-01-01&end=2027-01-01"):
        assert browser.get(f"/service/month/feed/{query}").status_code == 400


def test_the_day_of_an_engineer(enter, planned, taken, engineer):
    browser = enter(engineer)
    assert "No visit on this day" in browser.get("/service/day/").content.decode()
    second = planned(
        start=AT + 3 * HOUR, title="Second", phone="139 0000 1111", contact_name="Ms Wang", address="Gate 3"
    )
    first = planned(start=AT, title="First")
    planned(start=AT + timedelta(days=1), title="Tomorrow")
    urgent = taken(title="Press", reported_at=AT - timedelta(minutes=20))
    calm = taken(title="Calm", request_class="question")
    shown = browser.get("/service/day/")
    assert [each.pk for each in shown.context["visits"]] == [first.pk, second.pk]
    assert [each["record"].pk for each in shown.context["requests"]] == [urgent.pk, calm.pk]
    text = shown.content.decode()
    for word in ('href="tel:13900001111"', "Gate 3", "13:00–14:00"):
        assert word in text
    assert "Tomorrow" not in text
    tomorrow = browser.get("/service/day/?on=2026-11-23")
    assert [each.title for each in tomorrow.context["visits"]] == ["Tomorrow"]
    assert browser.get("/service/day/?on=nonsense").context["on"] == ON


def test_anothers_day_is_for_who_plans(enter, planned, engineer, desk):
    planned()
    assert len(enter(desk).get(f"/service/day/?engineer={engineer.pk}").context["visits"]) == 1
    assert enter(desk).get("/service/day/?engineer=99999").status_code == 404
    assert enter("engineer").get(f"/service/day/?engineer={engineer.pk}").status_code == 404
    assert enter("manager").get("/service/day/").status_code == 403


# --- taking a call ---------------------------------------------------------------------------------------------------


def test_a_click_on_a_caller_fills_the_form(enter, desk):
    customer = CustomerFactory(name="Pearl Port")
    person = ContactFactory(customer=customer, name="Ms Wang", phone="0571-5550 0199")
    contract = accepted(customer=customer, contact=person, project="Archive")
    browser = enter(desk)
    assert 'hx-get="/requests/calling/"' in browser.get("/requests/new/").content.decode()
    [line] = browser.get("/requests/calling/?calling=057155500199").context["lines"]
    form = browser.get(line["href"]).context["form"]
    assert {name: form[name].value() for name in ("contract", "contact", "caller", "phone", "system")} == {
        "contract": str(contract.pk), "contact": str(person.pk), "caller": "Ms Wang", "phone": "0571-5550 0199",
        "system": "Archive",
    }  # fmt: skip
    assert "Nobody found" in browser.get("/requests/calling/?calling=nobody").content.decode()
    assert browser.get("/requests/calling/?calling=").content.decode().strip() == ""


def test_a_customer_instead_of_a_contract_where_one_sees_all(enter, desk):
    customer = CustomerFactory()
    typed = {
        "contract": "", "customer": customer.pk, "contact": "", "caller": "", "phone": "", "channel": "phone",
        "request_class": "general", "system": "", "title": "No light", "description": "",
        "reported_at": "2026-11-22T09:50", "assignee": "",
    }  # fmt: skip
    assert "customer" not in enter("manager").get("/requests/new/").context["form"].fields
    assert enter(desk).post("/requests/new/", {**typed, "customer": ""}).status_code == 422
    enter(desk).post("/requests/new/", typed)
    request = ServiceRequest.objects.get()
    assert (request.customer, request.contract) == (customer, None)
    shown = enter(desk).get(f"/requests/{request.pk}/").content.decode()
    assert "no price was agreed yet" in shown


def test_an_uncovered_request_says_how_its_price_stands(enter, taken, desk):
    request = taken(accepted(day("2024-01-15")), request_class="serious")
    browser, at = enter(desk), f"/requests/{request.pk}"

    def says():
        return browser.get(f"{at}/").content.decode()

    assert "no price was agreed yet" in says()
    typed = {"text": "Two days", "amount_0": "3200", "amount_1": "CNY", "agreed_at": "", "agreed_by": ""}
    browser.post(f"{at}/prices/new/", typed)
    assert "has not agreed to every price" in says()
    line = PriceLine.objects.get()
    browser.post(
        f"{at}/prices/{line.pk}/",
        {**typed, "agreed_at": "2026-11-22T09:55", "agreed_by": "Mr Li", "version": line.version},
    )
    assert "3,200.00" in says().partition("the customer agreed to")[2][:60]
    assert "no price" not in enter(desk).get(f"/requests/{taken().pk}/").content.decode()


def test_the_dialogs_begin_with_what_is_stored_and_show_what_is_signed(enter, engineer, planned):
    """Leaving keeps the fee; above the signature stand times, work, parts and what is to be paid."""
    visit = planned(accepted(day("2024-01-15")))
    browser = enter(engineer)
    move(browser, visit, "came", arrived_at="2026-11-22T09:00")
    visits.edit_visit(
        visit=Visit.objects.get(pk=visit.pk), values={"fee": cny("1200"), "cause": "Dust"}, by=engineer, at=AT
    )
    dialog = browser.get(f"/visits/{visit.pk}/move/left/").content.decode()
    assert "1200" in dialog
    assert "Dust" in dialog
    assert (
        move(browser, visit, "left", left_at="2026-11-22T10:00", work="Cleaned", fee_0="1200", fee_1="CNY").status_code
        == 302
    )
    visits.save_visit_part(
        part=VisitPart(visit=Visit.objects.get(pk=visit.pk)),
        values={"name": "Fan", "quantity": 2, "cost": cny("50"), "charged": True}, by=engineer, at=AT,
    )  # fmt: skip
    dialog = browser.get(f"/visits/{visit.pk}/move/sign/").content.decode()
    assert [
        text for text in ("09:00", "10:00", "Cleaned", "2 × Fan", "1,200.00", "1,300.00") if text not in dialog
    ] == []


def test_an_arrival_tapped_by_mistake_goes_by_one_more_tap(enter, engineer, planned):
    visit, browser = planned(), enter(engineer)
    move(browser, visit, "came", arrived_at="2026-11-22T10:00")
    assert move(browser, visit, "not_there").status_code == 302
    assert Visit.objects.get(pk=visit.pk).status == "planned"

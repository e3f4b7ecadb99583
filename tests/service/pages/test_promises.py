"""The screens of promises, consents, surveys, damages and reports."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from service import operations
from service.models import Commitment, Delivery, FulfilmentReport, ManagerChange, Penalty, RemoteAccess, Survey
from service.promises import commitments, consents, surveys
from tests.access.world import PDF
from tests.chain import AT, ON, accepted, day, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(manager):
    contract = accepted(manager=manager, project_manager="张磊")
    commitments.write_commitments(contract=contract, by=manager, at=AT)
    return contract


def move(client, page, record, move_name, /, **data):
    version = type(record).objects.get(pk=record.pk).version
    return client.post(reverse(f"{page}:move", args=[record.pk, move_name]), {"asked": "1", "version": version, **data})


def test_the_contract_shows_promised_kept_open_and_broken(enter, contract):
    page = enter("service_manager").get(f"/contracts/{contract.pk}/?tab=promises").content.decode()
    assert "At least" not in page, "promises are shown as they were signed"
    assert "未经用户同意不更换项目经理" in page
    # An inspection was missed, two promises were due on the day of acceptance; three wait for a go-live.
    for text in ("In force", "Broken", "Open", "Records"):
        assert text in page


def test_promises_are_written_down_by_a_button_and_in_bulk(enter, manager):
    director = enter("director")
    one, two = signed(manager=manager), signed(manager=manager)
    assert move(director, "contracts", one, "promises").status_code == 302
    assert one.commitments.count() == 14
    bulk = reverse("contracts:bulk", args=["promises"])
    director.post(bulk, {"asked": "1", "id": [one.pk, two.pk]})
    assert two.commitments.count() == one.commitments.count() == 14


def test_a_delivery_is_written_down_with_its_proof(enter, contract):
    service = enter("service_manager")
    data = {
        "contract": contract.pk, "kind": "training", "title": "Training of administrators", "first_day": "2026-10-01",
        "days": "1.5", "file": SimpleUploadedFile("sheet.pdf", PDF),
    }  # fmt: skip
    assert service.post("/deliveries/new/", data).status_code == 302
    delivery = Delivery.objects.get()
    assert (delivery.proven, delivery.days, delivery.last_day) == (True, 1.5, day("2026-10-01"))
    wrong = service.post("/deliveries/new/", data | {"first_day": "2026-12-01"})
    assert wrong.status_code == 422
    assert Delivery.objects.count() == 1


def test_a_promise_that_no_record_proves_is_confirmed(enter, contract):
    director = enter("director")
    hotline = contract.commitments.get(kind="hotline")
    move(director, "commitments", hotline, "confirm", kept_on="2026-11-20", note="Called at night")
    hotline.refresh_from_db()
    assert hotline.confirmed_note == "Called at night"
    counted = contract.commitments.get(kind="training_days")
    director.get("/")  # where it is said that this one was confirmed
    assert "Confirm as kept" not in director.get(f"/commitments/{counted.pk}/").content.decode()


def test_another_project_manager_is_asked_for_on_the_contract(enter, contract):
    client = enter(contract.manager)
    form = client.post(f"/contracts/{contract.pk}/edit/", {"project_manager": "何敏"})
    assert form.status_code == 422
    done = move(
        client, "contracts", contract, "manager", incoming="何敏", reason="He moves away", effective_on=ON.isoformat()
    )
    change = ManagerChange.objects.get()
    assert done["Location"].startswith(f"/manager-changes/{change.pk}/")
    letter = SimpleUploadedFile("letter.pdf", PDF)
    move(client, "manager-changes", change, "agree", name="王女士", letter=letter)
    contract.refresh_from_db()
    assert contract.project_manager == "何敏"


def test_remote_access_is_asked_for_on_a_request_and_used(enter, taken, engineer):
    request = taken()
    client = enter(engineer)
    move(
        client, "requests", request, "access", system="Search", purpose="Index", engineer=engineer.pk,
        starts_at="2026-11-22T09:00", ends_at="2026-11-22T18:00",
    )  # fmt: skip
    access = RemoteAccess.objects.get()
    assert (access.request, access.contract) == (request, request.contract)
    page = client.get(f"/access/{access.pk}/").content.decode()
    assert "The customer has not agreed" in page
    consents.agree_to_consent(consent=access, name="王女士", by=None, at=AT)
    move(client, "access", access, "start")
    assert "On the system now" in client.get(f"/access/{access.pk}/?tab=sessions").content.decode()
    move(client, "access", access, "end", done="Index built")
    assert access.sessions.get().done == "Index built"


def test_a_survey_is_taken_on_the_phone_but_not_by_who_did_the_work(enter, taken, desk, engineer):
    request = taken(assignee=desk)
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    survey = Survey.objects.get()
    own = move(enter(desk), "surveys", survey, "phone", score="5", name="王女士")
    assert own.status_code == 422
    assert "let a colleague call" in own.content.decode()
    move(enter("director"), "surveys", survey, "phone", score="4", name="王女士")
    survey.refresh_from_db()
    assert (survey.score, survey.channel) == (4, "phone")
    page = enter("director").get("/satisfaction/").content.decode()
    assert "4.0" in page
    assert "100 %" in page


def test_satisfaction_without_any_survey(enter):
    assert "Nobody was asked yet" in enter("director").get("/satisfaction/").content.decode()


def test_damages_are_decided_on_their_sheet_and_hidden_from_who_sees_no_prices(enter, taken, desk):
    request = taken()
    operations.resolve_request(request=request, solution="x", by=desk, at=AT + (day("2026-11-30") - ON))
    operations.close_request(request=request, by=desk, at=AT + (day("2026-11-30") - ON))
    penalty = Penalty.objects.order_by("leg").first()
    manager = enter(request.contract.manager)
    assert "CNY" in manager.get(f"/penalties/{penalty.pk}/").content.decode()
    move(manager, "penalties", penalty, "waive", reason="Agreed")
    penalty.refresh_from_db()
    assert penalty.status == "waived"
    assert enter("engineer").get("/penalties/").status_code == 403
    assert "CNY" not in enter("service_manager").get(f"/penalties/{penalty.pk}/").content.decode()


def test_a_report_is_made_looked_at_and_handed_over(enter, contract):
    client = enter(contract.manager)
    move(
        client, "contracts", contract, "report", first_day="2026-01-15", last_day="2026-11-22", summary="Thanks",
        with_quote="on",
    )  # fmt: skip
    report = FulfilmentReport.objects.get()
    paper = client.get(f"/reports/{report.pk}/papers/report/")
    assert paper["Content-Type"] == "application/pdf"
    move(client, "reports", report, "hand_over")
    assert "SHA-256" in client.get(f"/reports/{report.pk}/?tab=papers").content.decode()
    letter = client.get(f"/contracts/{contract.pk}/papers/commitments/")
    assert letter["Content-Type"] == "application/pdf"


def _three(make):
    for _n in range(3):
        make()


@pytest.mark.parametrize("path", ["/commitments/", "/deliveries/", "/surveys/", "/penalties/", "/access/", "/reports/"])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(
    path, enter, manager, taken, desk, engineer, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    director = enter("director")

    def one():
        contract = accepted(manager=manager)
        commitments.write_commitments(contract=contract, by=manager, at=AT)
        Commitment.objects.filter(contract=contract).exclude(kind="in_time").delete()
        delivery = Delivery(contract=contract, kind="training", title="x", first_day=ON, last_day=ON, by=engineer)
        delivery.save()
        consents.ask_access(
            contract=contract, system="x", purpose="x", engineer=engineer, starts_at=AT,
            ends_at=AT + (day("2026-11-30") - ON), by=engineer, at=AT,
        )  # fmt: skip
        move(enter(manager), "contracts", contract, "report", first_day="2026-01-15", last_day="2026-11-22")
        request = taken(contract)
        late = AT + (day("2026-11-30") - ON)
        operations.resolve_request(request=request, solution="x", by=desk, at=late)
        operations.close_request(request=request, by=desk, at=late)
        surveys.answer_survey(survey=Survey.objects.get(request=request), score=1, by=None, at=late)

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert director.get(path).status_code == 200
        return len(seen)

    one()
    queries()
    first = queries()
    _three(one)
    assert queries() == first


def test_moves_seldom_needed_wait_behind_more_where_there_are_many(enter):
    contract = accepted(project_manager="张磊")

    def aside(role):
        found = enter(role).get(f"/contracts/{contract.pk}/").context["move_states"]
        return {door.move.name for door in found if door.aside}, {door.move.name for door in found}

    away, known = aside("director")
    assert {"terminate", "correct", "goodwill", "manager", "access"} <= away
    assert {"amend", "report", "quote"} <= known - away
    away, known = aside("service_manager")
    assert not away
    assert "sla" in known

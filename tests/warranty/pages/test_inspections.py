"""Visits through the screens: planned, assigned, moved, reported."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from base.chatter.models import Attachment
from tests.chain import ON, accepted, verbs
from tests.factories import UserFactory
from tests.html import squeezed
from warranty.models import Inspection

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def visit(step="2", **values):
    """The visit due in December 2026 of a contract accepted in January."""
    contract = accepted(date(2026, 1, 15), planned_on=ON, **values)
    return Inspection.objects.get(action__contract=contract, action__step=step)


@pytest.mark.parametrize(
    ("language", "title"), [("en", "Contract and customer"), ("zh-hans", "合同与客户")], ids=["en", "zh"]
)
def test_the_sheet_says_whose_visit_it_is(enter, language, title):
    director = enter(UserFactory(role="director", language=language))
    assert f"<h2>{title}</h2>" in director.get(f"/inspections/{visit().pk}/").content.decode()


def test_a_visit_is_reported_with_its_signed_report(enter):
    engineer = enter("engineer")
    inspection = visit(engineer=engineer.user)
    file = SimpleUploadedFile("report.png", PNG, "image/png")
    data = {
        "asked": 1,
        "version": 0,
        "visited_on": "2026-11-20",
        "result": "abnormal",
        "findings": "Disk full",
        "file": file,
    }

    answer = engineer.post(f"/inspections/{inspection.pk}/move/report/", data)

    inspection.refresh_from_db()
    assert (answer.status_code, inspection.visited_on, inspection.result) == (302, date(2026, 11, 20), "abnormal")
    assert Attachment.objects.get().label == "report"
    assert verbs(inspection) == ["reported", "file_added"]
    assert b"Disk full" in engineer.get(f"/inspections/{inspection.pk}/").content


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"visited_on": "2026-11-23"}, "visited_on"),
        ({"visited_on": "2026-07-01"}, "visited_on"),
        ({"result": "abnormal", "findings": " "}, "findings"),
        ({"result": ""}, "result"),
    ],
)
def test_a_report_that_cannot_be_is_refused_and_what_was_found_is_kept(enter, changed, field):
    inspection = visit()
    data = {"asked": 1, "visited_on": "2026-11-20", "result": "normal", "findings": "All is well", **changed}

    answer = enter("director").post(f"/inspections/{inspection.pk}/move/report/", data)

    inspection.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert inspection.reported_at is None


def test_a_visit_moves_inside_its_window_only(enter):
    inspection = visit()
    manager, address = enter("service_manager"), f"/inspections/{inspection.pk}/move/reschedule/"

    form = manager.get(address).content.decode()
    assert 'min="2026-07-16"' in form
    assert 'max="2027-01-15"' in form
    for day in ("2027-01-16", "2026-11-21"):
        assert list(manager.post(address, {"asked": 1, "to": day}).context["form"].errors) == ["to"]
    manager.post(address, {"asked": 1, "to": "2026-12-30"})

    inspection.refresh_from_db()
    assert (inspection.action.due_on, inspection.rescheduled) == (date(2026, 12, 30), True)


def test_visits_are_assigned_one_by_one_and_together(enter):
    one, two = visit(), visit()
    engineer = UserFactory(role="engineer")
    manager = enter("service_manager")

    manager.post(f"/inspections/{one.pk}/move/assign/", {"asked": 1, "engineer": engineer.pk})
    manager.post(
        "/inspections/bulk/assign/", {"id": [one.pk, two.pk], "asked": 1, "engineer": engineer.pk, "query": ""}
    )
    refused = manager.post(
        f"/inspections/{one.pk}/move/assign/", {"asked": 1, "engineer": UserFactory(role="finance").pk}
    )

    assert set(Inspection.objects.filter(pk__in=[one.pk, two.pk]).values_list("engineer", flat=True)) == {engineer.pk}
    assert list(refused.context["form"].errors) == ["engineer"]


def test_a_reported_visit_is_only_left_to_be_signed(enter):
    inspection = visit()
    director = enter("director")
    director.post(
        f"/inspections/{inspection.pk}/move/report/", {"asked": 1, "visited_on": "2026-11-20", "result": "normal"}
    )

    doors = director.get(f"/inspections/{inspection.pk}/").context["move_states"]
    assert [door.move.name for door in doors] == ["sign"]


def test_an_engineer_sees_what_is_assigned_and_the_contracts_that_are_theirs(enter):
    engineer = enter("engineer")
    own = visit(engineer=engineer.user)
    assigned = visit()
    Inspection.objects.filter(pk=assigned.pk).update(engineer=engineer.user)
    foreign = visit()

    shown = {each.pk for each in engineer.get("/inspections/?quick=open").context["listing"].records}
    assert {own.pk, assigned.pk} <= shown
    assert foreign.pk not in shown
    assert engineer.get(f"/inspections/{foreign.pk}/").status_code == 404


def test_what_is_overdue_missed_or_without_engineer_is_found(enter):
    late = accepted(date(2025, 11, 30), planned_on=date(2026, 5, 1))
    director = enter("director")

    def found(quick):
        rows = director.get(f"/inspections/?quick={quick}").context["listing"].records
        return [(each.action.contract, each.action.step) for each in rows]

    assert found("missed") == [(late, "1")]
    assert (late, "1") in found("overdue")
    assert (late, "2") in found("unassigned")


def test_the_month_shows_the_visits_of_its_days(enter):
    inspection = visit(engineer=UserFactory(role="engineer", display_name="Zhou Qiang"))
    director = enter("director")

    assert director.get("/inspections/month/").status_code == 200
    feed = director.get("/inspections/month/feed/?start=2026-12-01&end=2027-01-01").json()

    mine = [each for each in feed if each["url"] == f"/inspections/{inspection.pk}/"]
    assert [each["start"] for each in mine] == [inspection.action.due_on.isoformat()]
    assert "Zhou Qiang" in mine[0]["title"]


def test_the_list_takes_as_many_queries_for_three_visits_as_for_one(enter):
    director = enter("director")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert director.get("/inspections/?quick=open").status_code == 200
        return len(seen)

    visit()
    queries()
    one = queries()
    visit(), visit()
    assert queries() == one


def test_a_refused_move_is_mended_and_sent_again_but_not_over_a_colleague(enter):
    """The version in the form is the one the person looked at, whatever the refused attempt did meanwhile."""
    inspection, browser = visit(), enter("director")
    address = f"/inspections/{inspection.pk}/move/report/"
    data = {"asked": 1, "version": 0, "visited_on": "2026-11-20", "result": "normal", "findings": ""}

    refused = browser.post(address, data | {"file": SimpleUploadedFile("report.png", b"no picture")})
    assert "file" in refused.context["form"].errors
    assert 'name="version" value="0"' in squeezed(refused)

    browser.post(
        f"/inspections/{inspection.pk}/move/assign/", {"asked": 1, "engineer": UserFactory(role="engineer").pk}
    )
    late = browser.post(address, data)
    assert "Somebody else changed this record" in str(late.context["form"].errors)
    inspection.refresh_from_db()
    assert inspection.reported_at is None

    again = browser.post(address, data | {"version": late.context["record"].version})
    assert again.status_code == 302

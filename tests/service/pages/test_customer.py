"""What a customer meets behind the links of the desk."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from service import operations
from service.models import ManagerChange, RemoteAccess, ServiceRequest, Survey
from service.promises import consents, surveys
from tests.chain import AT, ON, accepted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_guessed(db):
    cache.clear()


@pytest.fixture
def change(manager):
    contract = accepted(project_manager="张磊", manager=manager)
    return consents.ask_manager_change(
        contract=contract,
        incoming="何敏",
        reason="He moves away",
        qualification="PMP",
        effective_on=ON,
        by=manager,
        at=AT,
    )


@pytest.fixture
def access(engineer):
    return consents.ask_access(
        contract=accepted(), system="Search", purpose="Index", engineer=engineer, starts_at=AT + timedelta(hours=1),
        ends_at=AT + timedelta(hours=3), by=engineer, at=AT,
    )  # fmt: skip


@pytest.fixture
def survey(taken, desk):
    request = taken()
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    operations.close_request(request=request, by=desk, at=AT)
    return Survey.objects.get()


def of_consent(consent, name="consent"):
    return reverse(f"customer_{name}", args=[consents.token_of(consent)])


def of_survey(survey, name="survey"):
    return reverse(f"customer_{name}", args=[surveys.token_of(survey)])


def test_looking_never_answers(client, change, access, survey):
    for address in (of_consent(change), of_consent(access), of_survey(survey)):
        with CaptureQueriesContext(connection) as seen:
            for method in (client.get, client.head):
                response = method(address)
                assert response.status_code == 200
                assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store, private", "no-referrer")
        assert not [q for q in seen if q["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    for name, record in (("agree", change), ("refuse", access)):
        assert client.get(of_consent(record, name)).status_code == 405
    assert client.get(of_survey(survey, "vote")).status_code == 405
    assert Survey.objects.get().status == "asked"
    assert ManagerChange.objects.get().status == RemoteAccess.objects.get().status == "asked"


def test_the_customer_agrees_by_name(client, change):
    page = client.get(of_consent(change), {"lang": "en"}).content.decode()
    assert all(text in page for text in ("张磊", "何敏", "PMP", "He moves away"))
    unfinished = client.post(of_consent(change, "agree"), {"name": "", "agree": ""})
    assert unfinished.status_code == 422
    done = client.post(of_consent(change, "agree"), {"name": "王女士", "agree": "on"}, follow=True)
    assert done.status_code == 200
    change.refresh_from_db()
    assert (change.status, change.answered_by, change.contract.project_manager) == ("agreed", "王女士", "何敏")
    again = client.post(of_consent(change, "refuse"), {"name": "x"})
    assert "此前已有答复" in again.content.decode()
    change.refresh_from_db()
    assert change.status == "agreed"


def test_the_customer_refuses_access(client, access):
    client.post(of_consent(access, "refuse"), {"name": "王女士", "reason": "Not tonight"})
    access.refresh_from_db()
    assert (access.status, access.answer) == ("refused", "Not tonight")


def test_a_withdrawn_question_and_an_unknown_link_say_so(client, change, manager):
    consents.withdraw_consent(consent=change, reason="x", by=manager, at=AT)
    assert client.get(of_consent(change)).status_code == 410
    assert client.post(of_consent(change, "agree"), {"name": "x", "agree": "on"}).status_code == 410
    for address in ("/c/nobodys-token-at-all-000/", "/s/nobodys-token-at-all-000/"):
        assert client.get(address).status_code == 404
    change.refresh_from_db()
    assert change.status == "withdrawn"


def test_one_vote_a_link(client, survey):
    assert client.post(of_survey(survey, "vote"), {"comment": "no score"}).status_code == 422
    assert client.post(of_survey(survey, "vote"), {"score": "9"}).status_code == 422
    client.post(of_survey(survey, "vote"), {"score": "2", "comment": "Again down", "name": "王女士"})
    survey.refresh_from_db()
    assert (survey.status, survey.score, survey.comment) == ("answered", 2, "Again down")
    assert survey.complaint.number in client.get(of_survey(survey)).content.decode()
    client.post(of_survey(survey, "vote"), {"score": "5"})
    survey.refresh_from_db()
    assert survey.score == 2
    assert ServiceRequest.objects.filter(request_class="complaint").count() == 1


def test_a_form_from_elsewhere_is_not_taken(survey):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(of_survey(survey, "vote"), {"score": "5"}).status_code == 403
    survey.refresh_from_db()
    assert survey.status == "asked"


def test_guessing_is_slowed_down_for_all_kinds_of_links_together(client, survey):
    for n in range(20):
        client.get(f"/{'cs'[n % 2]}/nobodys-token-{n:020d}/")
    assert client.get("/s/nobodys-token-00000000000000000000/").status_code == 429
    assert client.get(of_survey(survey)).status_code == 200

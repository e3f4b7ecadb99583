"""Leaving a customer and signing: what was written stays, nothing is signed unseen (docs/rules.md 9)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Todo
from base.documents.models import Document
from base.lib.errors import Refused
from base.mail.models import OutgoingMail
from service.models import ServiceRequest, Visit
from service.visits import operations as visits
from service.visits.signing import sign_visit
from tests.access.world import PDF
from tests.chain import AT, ON, accepted, cny, day

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
WORK = {"work": "Changed the disk"}


def fresh(visit):
    return Visit.objects.get(pk=visit.pk)


def came(planned, engineer, contract=None):
    visit = planned(contract)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    return visit


def leave(visit, engineer, **more):
    values = {**WORK, **more}
    solved = values.pop("solved", False)
    visits.leave_visit(visit=visit, left_at=AT + HOUR, values=values, solved=solved, by=engineer, at=AT + 2 * HOUR)


def test_work_outside_coverage_has_a_fee_or_says_why_it_is_free(planned, engineer):
    visit = came(planned, engineer, accepted(day("2024-01-15")))
    assert not visit.covered
    for values in ({}, {"fee": None}, {"fee": cny("0")}, {"free_because": " "}):
        with pytest.raises(Refused) as no:
            leave(fresh(visit), engineer, **values)
        assert (no.value.field, no.value.code) == ("fee", "unpriced")
    leave(fresh(visit), engineer, free_because="Our own mistake")
    assert (fresh(visit).status, fresh(visit).free_because) == ("done", "Our own mistake")
    with pytest.raises(Refused):
        visits.edit_visit(visit=fresh(visit), values={"free_because": ""}, by=engineer, at=AT + 2 * HOUR)
    visits.edit_visit(visit=fresh(visit), values={"fee": cny("1200")}, by=engineer, at=AT + 2 * HOUR)
    assert (fresh(visit).fee, fresh(visit).free_because) == (cny("1200"), "")


def test_a_fee_that_stands_is_not_wiped_by_leaving(planned, engineer):
    visit = came(planned, engineer, accepted(day("2024-01-15")))
    visits.edit_visit(visit=visit, values={"fee": cny("1200")}, by=engineer, at=AT)
    leave(fresh(visit), engineer)
    assert fresh(visit).fee == cny("1200")


def test_solved_on_leaving_is_the_moment_of_leaving(planned, engineer):
    visit = came(planned, engineer)
    leave(visit, engineer, solved=True)
    request = ServiceRequest.objects.get(pk=visit.request_id)
    assert (request.status, request.solution, request.resolution) == ("solved", "Changed the disk", "met")
    assert request.happenings.get(kind="resolved").at == AT + HOUR


def test_a_visit_without_a_request_solves_none(planned, engineer):
    visit = came(planned, engineer, accepted())
    leave(visit, engineer, solved=True)
    assert fresh(visit).status == "done"


def test_a_mistaken_arrival_is_taken_back_until_the_report_by_who_tapped_it(planned, engineer, desk):
    visit = came(planned, engineer)
    request = ServiceRequest.objects.get(pk=visit.request_id)
    assert (request.status, request.arrival) == ("working", "met")
    with pytest.raises(Refused) as no:
        visits.take_back_arrival(visit=fresh(visit), by=desk, at=AT)
    assert no.value.code == "person"
    visits.take_back_arrival(visit=fresh(visit), by=engineer, at=AT)
    request.refresh_from_db()
    assert (fresh(visit).status, fresh(visit).arrived_at) == ("planned", None)
    assert (request.status, request.arrival) == ("new", "pending")
    visits.arrive_at_visit(visit=fresh(visit), arrived_at=AT + HOUR, by=engineer, at=AT + HOUR)
    assert (
        ServiceRequest.objects.get(pk=visit.request_id).happenings.filter(taken_back=False, kind="arrived").get().at
        == AT + HOUR
    )
    visits.leave_visit(visit=fresh(visit), left_at=AT + 2 * HOUR, values=WORK, by=engineer, at=AT + 2 * HOUR)
    with pytest.raises(Refused):
        visits.take_back_arrival(visit=fresh(visit), by=engineer, at=AT + 2 * HOUR)


def test_an_arrival_somebody_else_noted_first_stays(planned, engineer, taken, desk):
    from service import operations

    request = taken(reported_at=AT - 2 * HOUR, at=AT - HOUR)
    operations.record_arrival(request=request, arrived_at=AT - HOUR, by=desk, at=AT - HOUR)
    visit = planned(request=request)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    visits.take_back_arrival(visit=fresh(visit), by=engineer, at=AT)
    assert ServiceRequest.objects.get(pk=request.pk).arrival == "met"


def test_the_signed_record_is_mailed_and_what_is_to_be_paid_is_told(planned, engineer, files):
    visit = came(planned, engineer, accepted(day("2024-01-15")))
    leave(visit, engineer, fee=cny("1200"))
    paper = SimpleUploadedFile("paper.pdf", PDF, "application/pdf")
    document = sign_visit(
        visit=fresh(visit), signer="王芳", signed_on=ON, signed_copy=paper, by=engineer, at=AT + 2 * HOUR
    )
    mail = OutgoingMail.objects.get(kind="record_signed")
    assert mail.papers == [["service.record", visit.pk]]
    assert mail.to_email == visit.contract.contact.email
    assert Document.objects.get(pk=document.pk).key == f"service_record:{visit.pk}"
    todo = Todo.objects.get(kind="visit_to_invoice")
    assert todo.params["sum"] == {"amount": "1200.00", "currency": "CNY"}


def test_a_record_without_a_price_is_not_signed(planned, engineer, files):
    visit = came(planned, engineer, accepted(day("2024-01-15")))
    leave(visit, engineer, fee=cny("1200"))
    Visit.objects.filter(pk=visit.pk).update(fee=None)
    paper = SimpleUploadedFile("paper.pdf", PDF, "application/pdf")
    with pytest.raises(Refused) as no:
        sign_visit(visit=fresh(visit), signer="王芳", signed_on=ON, signed_copy=paper, by=engineer, at=AT + 2 * HOUR)
    assert no.value.code == "unpriced"

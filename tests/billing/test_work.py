"""Service work that a customer agreed to pay for is owed, and asked for until it is invoiced (docs/rules.md 9)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from base.chatter.models import Todo
from billing.charges import waive_charge
from billing.invoicing import invoice_charges
from billing.models import Charge
from billing.sources import Source, record_behind, source_label
from ops.integrity import findings
from service import operations, prices
from service.models import PriceLine, VisitPart
from service.visits import operations as visits
from service.visits.signing import sign_visit
from tests.chain import AT, ON, accepted, cny, day
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(db):
    return UserFactory(role="service_manager")


@pytest.fixture
def request_closed(desk):
    """A request outside coverage, closed with one price agreed and another only offered."""
    request = operations.take_request(
        contract=accepted(day("2024-01-15")), reported_at=AT - HOUR, by=desk, at=AT,
        values={"title": "Search is down", "system": "Archive", "request_class": "critical"},
    )  # fmt: skip
    agreed = {"text": "Two days", "amount": cny("3000.00"), "agreed_on": ON, "agreed_by": "Mr Li"}
    offered = {"text": "A tape", "amount": cny("800.00"), "agreed_on": None, "agreed_by": ""}
    for values in (agreed, offered):
        prices.save_price(line=PriceLine(request=request), values=values, by=desk, at=AT)
    assert not Charge.objects.exists()
    operations.close_request(request=request, reason="Done by others", by=desk, at=AT)
    return request


def test_what_was_agreed_for_a_closed_request_is_owed_and_asked_for_until_it_is_invoiced(request_closed, finance):
    charge = Charge.objects.get()
    assert (charge.text, charge.waiting, charge.contract) == ("Two days", cny("3000.00"), request_closed.contract)
    assert (str(charge.tax_rate), charge.tax_code) == ("0.0600", "3040201030000000000")
    assert record_behind(Source(charge.source_kind, charge.source_id)) == request_closed
    assert str(source_label(charge.source_kind)) == "extra work"
    invoice_charges(charges=[charge], amount=cny("1000.00"), by=finance, at=AT, on=ON)
    asked = Todo.objects.filter(kind="request_to_invoice", done_at=None)
    assert asked.exists()
    invoice_charges(charges=[charge], by=finance, at=AT, on=ON)
    assert not asked.exists()
    assert list(findings(on=ON, only=["charges", "agreed work"])) == []


def test_what_is_not_invoiced_at_all_is_not_asked_for(request_closed, finance):
    waive_charge(charge=Charge.objects.get(), reason="goodwill", by=finance, at=AT)
    assert not Todo.objects.filter(kind="request_to_invoice", done_at=None).exists()


def test_fee_and_charged_parts_of_a_signed_visit_are_owed(desk, engineer, finance, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    contract = accepted(day("2024-01-15"))
    start = {"planned_at": AT, "planned_until": AT + HOUR, "engineer": engineer, "title": "Change a disk"}
    visit = visits.plan_visit(contract=contract, values=start, by=desk, at=AT - HOUR)
    for name, charged in (("Disk", True), ("Cable", False)):
        part = {"name": name, "model": "X-1", "quantity": 2, "cost": cny("250.00"), "charged": charged}
        visits.save_visit_part(part=VisitPart(visit=visit), values=part, by=desk, at=AT)
    visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
    report = {"cause": "A worn disk", "work": "Changed the disk", "fee": cny("1200.00")}
    visits.leave_visit(visit=visit, left_at=AT + HOUR, values=report, by=engineer, at=AT + HOUR)
    assert not Charge.objects.exists()
    paper = SimpleUploadedFile("paper.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    visit.refresh_from_db()
    sign_visit(visit=visit, signer="王芳", signed_on=ON, signed_copy=paper, by=engineer, at=AT + 2 * HOUR)

    fee, disk = Charge.objects.order_by("pk")
    assert (fee.text, fee.gross) == ("Change a disk", cny("1200.00"))
    assert (disk.text, disk.specification, disk.quantity, disk.gross) == ("Disk", "X-1", 2, cny("500.00"))
    assert {record_behind(Source(each.source_kind, each.source_id)) for each in (fee, disk)} == {visit}
    invoice = invoice_charges(charges=[fee, disk], by=finance, at=AT, on=ON)
    assert invoice.gross == cny("1700.00")
    assert not Todo.objects.filter(kind="visit_to_invoice", done_at=None).exists()
    assert list(findings(on=ON, only=["charges", "agreed work"])) == []

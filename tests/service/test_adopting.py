"""The clock's rules change: what is open is computed anew once, what is closed keeps what was stored."""

from datetime import timedelta

import pytest
from moneyed import Money

from base.chatter.operations import events_of
from service import operations
from service.clock import LAW, adopt_rules
from service.models import PriceLine, ServiceRequest
from tests.chain import AT, accepted, day

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def as_before(request, **stored):
    ServiceRequest.objects.filter(pk=request.pk).update(law=1, **stored)


def test_what_is_open_is_computed_anew_once(taken, desk):
    request, closed = taken(), taken()
    operations.resolve_request(request=request, solution="x", by=desk, at=AT)
    operations.close_request(request=closed, reason="x", by=desk, at=AT)
    as_before(request, response="pending", arrival="pending")
    as_before(closed, response="pending", arrival="pending")
    assert adopt_rules(AT) == 1
    request.refresh_from_db()
    closed.refresh_from_db()
    assert (request.law, request.response, request.arrival) == (LAW, "met", "none")
    assert (closed.law, closed.arrival) == (1, "pending")
    assert events_of(request).filter(verb="retold").count() == 1
    assert adopt_rules(AT + MINUTE) == 0


def test_a_price_agreed_before_counts_from_its_day(taken):
    request = taken(accepted(day("2024-01-15")))
    assert (request.arrival, request.resolution) == ("none", "none")
    PriceLine.objects.create(
        request=request, text="x", amount=Money(100, "CNY"), agreed_on=day("2026-11-22"), agreed_by="Mr Shen"
    )
    as_before(request)
    adopt_rules(AT)
    request.refresh_from_db()
    assert request.happenings.get(kind="price_agreed").at == request.reported_at
    assert (request.arrival, request.resolution) == ("pending", "pending")

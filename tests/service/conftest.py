from datetime import timedelta

import pytest

from service.operations import take_request
from service.visits import operations as visits
from tests.chain import AT, CALENDAR, accepted
from tests.factories import UserFactory

HOUR = timedelta(hours=1)
REPORT = {"cause": "A worn disk", "work": "Changed the disk", "next_steps": "Look again in a week"}


@pytest.fixture(scope="session")
def calendar():
    """The working calendar of a new installation."""
    return CALENDAR


@pytest.fixture
def desk(db):
    """The service manager."""
    return UserFactory(role="service_manager", display_name="孙刚")


@pytest.fixture
def taken(desk, engineer):
    """Makes a request reported ten minutes before `AT`, on a covered contract unless another is given."""

    def make(contract=None, *, request_class="critical", reported_at=AT - timedelta(minutes=10), at=AT, **values):
        values = {"title": "Search is down", "system": "Archive", "assignee": engineer, **values}
        return take_request(
            contract=contract or accepted(), values={**values, "request_class": request_class},
            reported_at=reported_at, by=desk, at=at,
        )  # fmt: skip

    return make


@pytest.fixture
def planned(desk, engineer, taken):
    """A visit of an hour from `AT` on, for a request unless a contract is given."""

    def make(contract=None, *, request=None, start=AT, at=AT - HOUR, **values):
        values = {"planned_at": start, "planned_until": start + HOUR, "engineer": engineer, **values}
        if contract is None and request is None:
            request = taken(reported_at=AT - 2 * HOUR, at=AT - HOUR)
        return visits.plan_visit(contract=contract, request=request, values=values, by=desk, at=at)

    return make


@pytest.fixture
def held(planned, engineer):
    """A visit that is reported and waits for its signature."""

    def make(contract=None, **values):
        visit = planned(contract, **values)
        visits.arrive_at_visit(visit=visit, arrived_at=AT, by=engineer, at=AT)
        visits.leave_visit(visit=visit, left_at=AT + HOUR, values=REPORT, by=engineer, at=AT + HOUR)
        return visit

    return make


@pytest.fixture
def files(settings, tmp_path):
    """A folder of its own for what is stored."""
    settings.MEDIA_ROOT = tmp_path

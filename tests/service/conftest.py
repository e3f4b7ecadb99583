from datetime import timedelta

import pytest

from service.operations import take
from tests.chain import AT, CALENDAR, accepted
from tests.factories import UserFactory


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
        return take(
            contract=contract or accepted(), values={**values, "request_class": request_class},
            reported_at=reported_at, by=desk, at=at,
        )  # fmt: skip

    return make

"""Who may do what: the table of roles, and who has none of it."""

import pytest

from base.accounts.access import ANYONE, NOBODY, PUBLIC, may, require
from base.lib.errors import NotAllowed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "expected"),
    [(PUBLIC, True), (ANYONE, True), ("payments.record", True), ("users.edit", False), (NOBODY, False), ("", False)],
)
def test_a_person_may_what_the_role_has(action, expected):
    assert may(UserFactory(role="finance"), action) is expected


@pytest.mark.parametrize(("action", "expected"), [(PUBLIC, True), (ANYONE, False), ("payments.record", False)])
def test_who_may_no_longer_log_in_may_nothing_in_an_operation_either(action, expected):
    """Logging in refuses them already; a session, a link or a command that was begun before does not."""
    closed = UserFactory(role="finance", is_active=False)
    assert may(closed, action) is expected
    if not expected:
        with pytest.raises(NotAllowed):
            require(closed, action)


def test_the_product_itself_may_everything():
    assert may(None, NOBODY)
    require(None, NOBODY)

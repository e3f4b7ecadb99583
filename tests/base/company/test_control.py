"""Which settings a director agrees to (docs/rules.md 8.1)."""

from decimal import Decimal

import pytest

from base.changes.models import PendingChange
from base.company import control
from base.company.operations import edit_company
from base.company.queries import company
from tests.chain import AT
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_where_money_goes_and_whose_approval_a_price_needs():
    admin = UserFactory(role="administrator")
    values = {"bank_name": "A", "bank_account": "1", "approval_deviation": Decimal("0.2"), "phone": "2", "name": "B"}
    assert control.takes_a_second(company(), values, admin).keys() == {
        "bank_name",
        "bank_account",
        "approval_deviation",
    }
    assert control.takes_a_second(company(), values, None) == {}
    assert control.takes_a_second(company(), {"approval_deviation": Decimal("0.1000")}, admin) == {}


def test_a_second_administrator_is_not_a_director():
    admin = UserFactory(role="administrator")
    UserFactory(role="administrator")
    edit_company(values={"bank_account": "62220000"}, by=admin, at=AT)
    assert PendingChange.objects.get().status == "unconfirmed"

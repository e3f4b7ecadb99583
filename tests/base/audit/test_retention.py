"""People go after the years the company set, and nobody goes without them."""

import pytest

from base.audit.retention import keep_to_retention
from base.company.models import Company
from contracts.models import Contact
from tests.chain import AT, ON, accepted

pytestmark = pytest.mark.django_db


def test_nobody_goes_while_nothing_is_set_or_somebody_is_covered():
    contact = Contact.objects.create(customer=accepted().customer, name="王小芳")
    assert keep_to_retention(on=ON, at=AT) == 0
    Company.objects.update(contact_years=1, caller_years=1, signer_years=1)
    assert keep_to_retention(on=ON, at=AT) == 0
    contact.refresh_from_db()
    assert contact.name == "王小芳"

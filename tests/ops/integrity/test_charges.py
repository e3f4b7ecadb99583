"""Agreed work that nobody asks for cannot hide (docs/rules.md 7.6)."""

import pytest

from ops.integrity.charges import agreed, invoiced
from service.models import PriceLine
from tests.ops.integrity.days import ON

pytestmark = pytest.mark.django_db


def test_what_was_agreed_and_never_owed_is_found(story):
    assert [*agreed(ON), *invoiced(ON)] == []
    line = PriceLine.objects.get()
    PriceLine.objects.filter(pk=line.pk).update(agreed_on=None, agreed_by="")
    PriceLine(
        request=line.request, text="Unseen", amount=line.amount, agreed_on=line.agreed_on, agreed_by=line.agreed_by
    ).save()
    [fault] = agreed(ON)
    assert "Unseen" in fault.record
    assert fault.problem == "it was agreed, and is not owed"

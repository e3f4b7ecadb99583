"""What a flushed database lacks."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import TaxRate


@pytest.fixture
def tax_rate(transactional_db):
    """The rate of a renewal: tests that commit leave the tables empty, also of what the migrations had put there."""
    TaxRate.objects.all().delete()
    return TaxRate.objects.create(
        name="软件维护服务", rate=Decimal("0.06"), tax_code="3040201030000000000", valid_from=date(2016, 5, 1), is_default=True
    )  # fmt: skip

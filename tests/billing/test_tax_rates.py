"""Rates of VAT: what they may be, which of them counts on a day, and that one default is always left."""

from decimal import Decimal

import pytest

from base.lib.errors import Refused, Stale
from billing.models import TaxRate
from billing.queries import renewal_tax
from billing.tax_rates import save_rate
from tests.chain import AT, day, verbs
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
CODE = "3040201030000000000"


@pytest.fixture
def administrator():
    return UserFactory(role="administrator")


def save(by, record=None, **values):
    given = {"name": "6 %", "rate": Decimal("0.06"), "tax_code": CODE, "valid_from": day("2026-01-01"), **values}
    return save_rate(rate=record or TaxRate(), values=given, by=by, at=AT)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rate": Decimal("-0.0001")}, "rate"),
        ({"rate": Decimal(1)}, "rate"),
        ({"rate": None}, "rate"),
        ({"tax_code": CODE[1:]}, "tax_code"),
        ({"tax_code": f"{CODE}0"}, "tax_code"),
        ({"tax_code": f"{CODE[1:]}x"}, "tax_code"),
        ({"valid_to": day("2025-12-31")}, "valid_to"),
    ],
)
def test_what_no_rate_may_be(values, field, administrator):
    before = TaxRate.objects.count()
    with pytest.raises(Refused) as no:
        save(administrator, **values)
    assert no.value.field == field
    assert TaxRate.objects.count() == before


@pytest.mark.parametrize(
    "values", [{"rate": Decimal(0)}, {"rate": Decimal("0.9999")}, {"valid_to": day("2026-01-01")}, {"valid_to": None}]
)
def test_what_a_rate_may_just_be(values, administrator):
    assert verbs(save(administrator, **values)) == ["created"]


def test_one_default_takes_the_place_of_another_and_one_is_always_left(administrator):
    old = TaxRate.objects.get(is_default=True)
    new = save(administrator, is_default=True)
    assert list(TaxRate.objects.filter(is_default=True)) == [new]
    assert verbs(TaxRate.objects.get(pk=old.pk))[-1] == "changed"
    with pytest.raises(Refused) as no:
        save(administrator, record=new, is_default=False)
    assert no.value.field == "is_default"
    save(administrator, record=new, name="Renewals", is_default=True)
    assert TaxRate.objects.get(is_default=True).name == "Renewals"
    with pytest.raises(Stale):
        save_rate(rate=new, values={"name": "x", "is_default": True}, by=administrator, at=AT, seen=99)


def test_which_rate_counts_on_a_day(administrator):
    TaxRate.objects.all().delete()
    plain = save(administrator, valid_from=day("2026-01-01"), valid_to=day("2026-12-31"))
    with pytest.raises(Refused) as no:
        renewal_tax(day("2025-12-31"))
    assert no.value.code == "tax_rate"
    assert {renewal_tax(day(on)) for on in ("2026-01-01", "2026-12-31")} == {plain}
    with pytest.raises(Refused):
        renewal_tax(day("2027-01-01"))
    default = save(administrator, valid_from=day("2026-06-01"), valid_to=None, is_default=True)
    assert [renewal_tax(day(on)) for on in ("2026-05-31", "2026-06-01", "2030-01-01")] == [plain, default, default]

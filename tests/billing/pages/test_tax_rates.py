"""Tax rates with the days they are valid on, as an administrator keeps them."""

import pytest

from base.accounts.models import Role
from billing.models import TaxRate
from billing.queries import renewal_tax
from tests.chain import ON, day, verbs

pytestmark = pytest.mark.django_db

CODE = "3040201030000000000"


def typed(**changed):
    values = {"name": "Maintenance 2027", "rate": "9", "tax_code": CODE, "valid_from": "2027-01-01", "valid_to": ""}
    return values | changed


@pytest.fixture
def usual(db):
    return TaxRate.objects.get(is_default=True)


def test_a_new_default_takes_the_place_of_the_old_one(as_, usual):
    as_("administrator").post("/tax-rates/new/", typed(is_default="on"))

    rate = TaxRate.objects.get(name="Maintenance 2027")
    assert (str(rate.rate), rate.is_default) == ("0.0900", True)
    assert verbs(rate) == ["created"]
    usual.refresh_from_db()
    assert not usual.is_default
    assert renewal_tax(day("2027-06-01")) == rate
    assert renewal_tax(ON) == usual, "it is not valid before its first day"


def test_a_rate_ends_on_a_day_and_a_late_save_is_told(as_, usual):
    administrator = as_("administrator")
    url = f"/tax-rates/{usual.pk}/edit/"
    values = typed(
        name=usual.name, rate="6", valid_from="2016-05-01", valid_to="2026-12-31", is_default="on", version="0"
    )

    administrator.post(url, values)

    usual.refresh_from_db()
    assert (usual.valid_to, usual.version) == (day("2026-12-31"), 1)
    late = administrator.post(url, values | {"valid_to": "2027-12-31"})
    assert "Somebody else changed this record" in late.content.decode()


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("rate", {"rate": "100"}),
        ("rate", {"rate": "-1"}),
        ("tax_code", {"tax_code": "304"}),
        ("valid_to", {"valid_to": "2026-12-31"}),
        ("is_default", {}),
    ],
)
def test_impossible_rates_are_refused_at_their_field(as_, usual, field, changed):
    answer = as_("administrator").post(f"/tax-rates/{usual.pk}/edit/", typed(version="0", **changed))

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    usual.refresh_from_db()
    assert usual.version == 0


@pytest.mark.parametrize("role", Role)
def test_who_may_look_and_who_may_change(as_, usual, role):
    may_look = role in (Role.ADMINISTRATOR, Role.DIRECTOR, Role.AUDITOR, Role.FINANCE)
    browser = as_(role)
    assert browser.get("/tax-rates/").status_code == (200 if may_look else 403)
    assert browser.get("/tax-rates/new/").status_code == (200 if role == Role.ADMINISTRATOR else 403)

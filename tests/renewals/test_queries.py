"""Questions about quotes: the gap before one, and what is still to be paid of its invoice."""

import pytest

from billing.models import Invoice
from billing.queries import outstanding
from renewals.models import RenewalQuote
from renewals.queries import gap_before
from tests.chain import accepted, cny, day, drafted, invoiced

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("first_day", "gap"),
    [
        (None, None),
        ("2026-01-17", ("2026-01-16", "2026-01-16")),
        ("2026-12-01", ("2026-01-16", "2026-11-30")),
    ],
)
def test_the_gap_before_a_quote(first_day, gap):
    contract = accepted(day("2025-01-15"), planned_on=day("2026-11-22"))
    quote = drafted(contract, first_day=day(first_day) if first_day else None)
    assert gap_before(quote) == (tuple(day(each) for each in gap) if gap else None)
    RenewalQuote.objects.filter(pk=quote.pk).update(follows_term=None)
    assert gap_before(RenewalQuote.objects.get()) is None


@pytest.mark.parametrize(
    ("status", "rest"),
    [
        ("draft", "0"), ("requested", "0"), ("void", "0"), ("paid", "0"), ("issued", "140000.00"),
        ("part_paid", "140000.00"), ("credited", "140000.00"),
    ],
)  # fmt: skip
def test_what_is_still_to_be_paid(status, rest):
    invoice = invoiced()
    Invoice.objects.filter(pk=invoice.pk).update(
        status=status, paid="60000.00", credited="40000.00", tax_invoice_number="1" * 20, tax_invoice_on="2026-11-22"
    )
    assert outstanding(Invoice.objects.get()) == cny(rest)

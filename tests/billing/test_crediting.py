"""Credit notes take from lines, to the cent; what was wrong waits to be invoiced again (docs/rules.md 7.6)."""

import pytest

from base.lib.errors import Refused
from billing.crediting import credit_invoice
from billing.invoices import issue_invoice, request_invoice
from billing.invoicing import invoice_charges
from billing.models import Invoice
from ops.integrity import findings
from tests.billing.test_charges import CHARGES, owed, parts
from tests.chain import AT, ON, cny
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(finance) -> Invoice:
    """Two lines: 100,000.00 and 50,000.00 at 6 %."""
    made = invoice_charges(charges=owed(None, "100000.00", "50000.00"), by=finance, at=AT, on=ON)
    request_invoice(invoice=made, by=UserFactory(role="manager"), at=AT, on=ON)
    issue_invoice(invoice=made, tax_invoice_number="26312000000123456789", tax_invoice_on=ON, by=finance, at=AT, on=ON)
    return made


def credit(invoice, amount, by, ground="allowance"):
    return credit_invoice(
        invoice=invoice, amount=cny(amount), ground=ground, reason="x", tax_invoice_number="", credited_on=ON, by=by,
        at=AT, on=ON,
    )  # fmt: skip


def test_a_credit_goes_over_the_lines_and_the_last_takes_what_is_left(invoice, finance):
    notes = [credit(invoice, each, finance) for each in ("50000.00", "50000.00", "50000.00")]
    assert [[str(line.gross.amount) for line in note.lines.all()] for note in notes] == [
        ["33333.33", "16666.67"], ["33333.33", "16666.67"], ["33333.34", "16666.66"],
    ]  # fmt: skip
    assert [(note.net + note.tax, note.gross) for note in notes] == [(cny("50000.00"), cny("50000.00"))] * 3
    last = notes[2].lines.all()[0]
    assert (last.net, last.tax) == (cny("31446.54"), cny("1886.80"))
    assert sum((note.net for note in notes[1:]), notes[0].net) == invoice.net
    assert (invoice.status, invoice.credited) == ("credited", invoice.gross)
    assert list(findings(on=ON, only=CHARGES)) == []


def test_what_is_credited_for_good_is_not_owed_again(invoice, finance):
    credit(invoice, "150000.00", finance)
    assert [parts(line.charge)[3] for line in invoice.lines.all()] == ["0.00", "0.00"]


def test_what_was_wrong_is_credited_whole_and_waits_again(invoice, finance):
    with pytest.raises(Refused) as no:
        credit(invoice, "149999.99", finance, "mistake")
    assert no.value.field == "ground"
    credit(invoice, "150000.00", finance, "mistake")
    assert [parts(line.charge) for line in invoice.lines.all()] == [
        ["0.00", "0.00", "0.00", "100000.00"],
        ["0.00", "0.00", "0.00", "50000.00"],
    ]
    assert list(findings(on=ON, only=CHARGES)) == []


def test_after_a_part_was_credited_the_whole_was_not_wrong(invoice, finance):
    credit(invoice, "1.00", finance)
    with pytest.raises(Refused):
        credit(invoice, "149999.00", finance, "mistake")

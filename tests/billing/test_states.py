"""The moves of invoices: from where, to where, and who may."""

from billing.enums import InvoiceStatus as I
from billing.states import CREDIT_PROPOSAL, INVOICE, INVOICE_GONE, INVOICE_ISSUED, INVOICE_OPEN
from tests.tables import lines


def test_moves_of_an_invoice():
    assert lines(INVOICE) == [
        "requested: draft > requested (invoices.request)",
        "issued: requested > issued (invoices.issue)",
        "void: draft requested > void (invoices.request)",
        "part_paid: issued paid > part_paid (payments.record)",
        "fully_paid: issued part_paid > paid (payments.record)",
        "payment_taken_back: paid part_paid > issued (payments.record)",
        "wholly_credited: issued paid part_paid > credited (invoices.issue)",
    ]


def test_moves_of_a_proposed_credit():
    assert lines(CREDIT_PROPOSAL) == [
        "credit_granted: proposed waived > granted (invoices.issue)",
        "credit_waived: proposed > waived (credits.waive)",
        "credit_dropped: proposed waived > dropped (nobody)",
    ]


def test_which_invoices_ask_for_money():
    assert {I.ISSUED, I.PART_PAID} == INVOICE_OPEN
    assert {I.ISSUED, I.PART_PAID, I.PAID} == INVOICE_ISSUED
    assert {I.VOID, I.CREDITED} == INVOICE_GONE

"""The moves of quotes and invoices: from where, to where, and who may."""

from billing.enums import InvoiceStatus as I
from billing.states import INVOICE, INVOICE_GONE, INVOICE_ISSUED, INVOICE_OPEN
from renewals.states import QUOTE
from tests.tables import lines


def test_moves_of_a_quote():
    assert lines(QUOTE) == [
        "sent: draft > sent (quotes.send)",
        "quote_accepted: sent > accepted (quotes.decide)",
        "declined: sent > declined (quotes.decide)",
        "expired: sent > expired (quotes.send)",
        "superseded: sent > superseded (quotes.send)",
        "cancelled: draft sent > cancelled (quotes.edit)",
        "acceptance_withdrawn: accepted > sent (quotes.decide)",
    ]


def test_moves_of_an_invoice():
    assert lines(INVOICE) == [
        "requested: draft > requested (invoices.request)",
        "issued: requested > issued (invoices.issue)",
        "void: draft requested > void (invoices.request)",
    ]


def test_which_invoices_ask_for_money():
    assert {I.ISSUED, I.PART_PAID} == INVOICE_OPEN
    assert {I.ISSUED, I.PART_PAID, I.PAID} == INVOICE_ISSUED
    assert {I.VOID, I.CREDITED} == INVOICE_GONE

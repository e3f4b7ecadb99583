"""Which moves an invoice allows (docs/rules.md 7.1)."""

from base.accounts.access import NOBODY
from base.lib.states import Move, StateTable
from billing.enums import CreditStatus as C
from billing.enums import InvoiceStatus as I

INVOICE = StateTable(
    [
        Move("requested", frozenset({I.DRAFT}), I.REQUESTED, "invoices.request"),
        Move("issued", frozenset({I.REQUESTED}), I.ISSUED, "invoices.issue"),
        Move("void", frozenset({I.DRAFT, I.REQUESTED}), I.VOID, "invoices.request"),
        # Money moves it: what was paid and credited says where to (`invoices._settle`).
        Move("part_paid", frozenset({I.ISSUED, I.PAID}), I.PART_PAID, "payments.record"),
        Move("fully_paid", frozenset({I.ISSUED, I.PART_PAID}), I.PAID, "payments.record"),
        Move("payment_taken_back", frozenset({I.PART_PAID, I.PAID}), I.ISSUED, "payments.record"),
        Move("wholly_credited", frozenset({I.ISSUED, I.PART_PAID, I.PAID}), I.CREDITED, "invoices.issue"),
    ]
)
CREDIT_PROPOSAL = StateTable(
    [
        # What was waived may be granted after all.
        Move("credit_granted", frozenset({C.PROPOSED, C.WAIVED}), C.GRANTED, "invoices.issue"),
        Move("credit_waived", frozenset({C.PROPOSED}), C.WAIVED, "credits.waive"),
        # The termination was taken back.
        Move("credit_dropped", frozenset({C.PROPOSED, C.WAIVED}), C.DROPPED, NOBODY),
    ]
)
#: Money moves an issued invoice between these by itself.
INVOICE_OPEN = frozenset({I.ISSUED, I.PART_PAID})
INVOICE_ISSUED = frozenset({I.ISSUED, I.PART_PAID, I.PAID})
#: It asks for no money any more: another may take its place.
INVOICE_GONE = frozenset({I.VOID, I.CREDITED})

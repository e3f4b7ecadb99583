"""Which moves quotes and invoices allow (docs/rules.md 7.1)."""

from base.lib.states import Move, StateTable
from billing.enums import InvoiceStatus as I

INVOICE = StateTable(
    [
        Move("requested", frozenset({I.DRAFT}), I.REQUESTED, "invoices.request"),
        Move("issued", frozenset({I.REQUESTED}), I.ISSUED, "invoices.issue"),
        Move("void", frozenset({I.DRAFT, I.REQUESTED}), I.VOID, "invoices.request"),
    ]
)
#: Money moves an issued invoice between these by itself.
INVOICE_OPEN = frozenset({I.ISSUED, I.PART_PAID})
INVOICE_ISSUED = frozenset({I.ISSUED, I.PART_PAID, I.PAID})
#: It asks for no money any more: another may take its place.
INVOICE_GONE = frozenset({I.VOID, I.CREDITED})

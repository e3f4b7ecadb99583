"""What billing stores, a module for each kind."""

from billing.models.charges import Charge
from billing.models.credits import CreditLine, CreditNote, CreditProposal
from billing.models.exports import ExportBatch
from billing.models.invoices import Invoice, InvoiceLine
from billing.models.payments import Payment
from billing.models.rates import Line, TaxRate

__all__ = [
    "Charge",
    "CreditLine",
    "CreditNote",
    "CreditProposal",
    "ExportBatch",
    "Invoice",
    "InvoiceLine",
    "Line",
    "Payment",
    "TaxRate",
]

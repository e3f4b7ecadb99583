"""Which payments and credit notes a person sees: those of the contracts they see (docs/rules.md 8)."""

from contracts.querysets import ThroughContract


class ThroughInvoice(ThroughContract):
    """What hangs on an invoice: payments and credit notes."""

    through = "invoice__contract__"

"""Where invoices keep data of people outside of the house; the buyer on them is an organisation (docs/rules.md 19)."""

from base.audit.personal import Place, register
from base.audit.retention import register_use
from billing.models import Charge, CreditNote, CreditProposal, Invoice, Payment


def register_places() -> None:
    """Called from `AppConfig.ready`."""
    register(
        Place(Invoice, "customer", texts=("note",)),
        Place(Charge, "customer", texts=("text", "reason")),
        Place(CreditNote, "invoice__customer", texts=("reason",)),
        Place(CreditProposal, "contract__customer", texts=("reason",)),
        Place(Payment, "invoice__customer", texts=("reference",)),
    )
    register_use(Invoice, "customer", "on")
    register_use(Charge, "customer", "on")

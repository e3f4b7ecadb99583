"""Where the contracts keep data of people outside of the house (docs/rules.md 19)."""

from base.audit.personal import PersonKind, Place, register
from contracts.models import Amendment, Contact, Contract, Customer


def register_places() -> None:
    """Called from `AppConfig.ready`."""
    register(
        Place(Contact, "customer", "name", ("salutation", "keys", "position", "phone", "email"), PersonKind.CONTACT),
        Place(Customer, "pk", texts=("note",)),
        Place(
            Contract,
            "customer",
            texts=("project_manager", "no_renewal_reason", "ending_reason", "snooze_reason", "note", "ledger_values"),
        ),
        Place(Amendment, "contract__customer", texts=("note",)),
    )

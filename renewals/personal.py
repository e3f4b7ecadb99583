"""Where quotes keep data of people outside of the house: who accepted or refused them (docs/rules.md 19)."""

from base.audit.personal import PersonKind, Place, register
from renewals.models import RenewalQuote


def register_places() -> None:
    """Called from `AppConfig.ready`."""
    register(
        Place(
            RenewalQuote,
            "contract__customer",
            "decided_by_name",
            (),
            PersonKind.SIGNER,
            "decided_at",
            texts=("reason", "hold_reason", "refusal"),
        )
    )

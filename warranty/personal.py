"""Where terms, inspections and ledgers keep data of people outside of the house (docs/rules.md 19)."""

from base.audit.personal import Place, register
from base.audit.retention import register_use
from warranty.models import Inspection, LedgerImport, MaintenanceTerm


def register_places() -> None:
    """Called from `AppConfig.ready`."""
    register(
        Place(MaintenanceTerm, "contract__customer", texts=("hand_set_reason",)),
        Place(Inspection, "action__contract__customer", texts=("findings",)),
        Place(
            LedgerImport, "", texts=("name", "sheets", "people", "reading", "mapping", "answers", "result", "problem")
        ),
    )
    register_use(MaintenanceTerm, "contract__customer", "last_day")

"""Which moves a ledger on its way in allows."""

from base.accounts.access import NOBODY
from base.lib.states import Move, StateTable
from warranty.enums import ImportStatus as I

IMPORT = StateTable(
    [
        # One that failed goes on where it stopped.
        Move("started", frozenset({I.UPLOADED, I.FAILED}), I.QUEUED, "ledger.import"),
        # Also from running: the lease of a killed worker ran out.
        Move("taken", frozenset({I.QUEUED, I.RUNNING}), I.RUNNING, NOBODY),
        Move("failed", frozenset({I.QUEUED, I.RUNNING}), I.FAILED, NOBODY),
        Move("finished", frozenset({I.RUNNING}), I.DONE, NOBODY),
    ]
)

"""Which moves a ledger on its way in and a planned action allow (docs/rules.md 5)."""

from base.accounts.access import NOBODY
from base.lib.states import Move, StateTable
from warranty.enums import ActionState as A
from warranty.enums import ImportStatus as I

IMPORT = StateTable(
    [
        # One that failed goes on where it stopped.
        Move("started", frozenset({I.UPLOADED, I.FAILED}), I.QUEUED, "ledger.import"),
        # Also from running: its job begins again where a killed worker was.
        Move("taken", frozenset({I.QUEUED, I.RUNNING}), I.RUNNING, NOBODY),
        Move("failed", frozenset({I.QUEUED, I.RUNNING}), I.FAILED, NOBODY),
        Move("finished", frozenset({I.RUNNING}), I.DONE, NOBODY),
    ]
)

_OPEN = frozenset({A.PLANNED, A.FAILED})
#: What planning may still change; a row that was done stays as it is.
_UNDONE = _OPEN | {A.SKIPPED, A.CANCELLED}

PLAN = StateTable(
    [
        # By a run, started by a person or by the clock.
        Move("done", _OPEN, A.DONE, "runs.start"),
        Move("skipped", _OPEN, A.SKIPPED, "runs.start"),
        Move("waits", _OPEN, A.PLANNED, "runs.start"),
        Move("failed", _OPEN, A.FAILED, "runs.start"),
        # By planning.
        Move("planned", _UNDONE, A.PLANNED, NOBODY),
        Move("planned_too_late", _UNDONE, A.SKIPPED, NOBODY),
        Move("cancelled", _OPEN, A.CANCELLED, NOBODY),
        # What was done is to happen again.
        Move("reopened", _UNDONE | {A.DONE}, A.PLANNED, NOBODY),
        # A visit, by people.
        Move("rescheduled", _OPEN | {A.SKIPPED}, A.PLANNED, "inspections.plan"),
        Move("reported", _OPEN | {A.SKIPPED}, A.DONE, "inspections.report"),
    ]
)

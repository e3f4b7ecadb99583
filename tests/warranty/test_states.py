"""The moves of a ledger on its way in and of a planned action: from where, to where, and who may."""

from tests.tables import lines
from warranty.states import IMPORT, PLAN


def test_moves_of_an_import():
    assert lines(IMPORT) == [
        "started: failed uploaded > queued (ledger.import)",
        "taken: queued running > running (nobody)",
        "failed: queued running > failed (nobody)",
        "finished: running > done (nobody)",
    ]


def test_moves_of_a_planned_action():
    every = "cancelled failed planned skipped"
    assert lines(PLAN) == [
        "done: failed planned > done (runs.start)",
        "skipped: failed planned > skipped (runs.start)",
        "waits: failed planned > planned (runs.start)",
        "failed: failed planned > failed (runs.start)",
        f"planned: {every} > planned (nobody)",
        f"planned_too_late: {every} > skipped (nobody)",
        "cancelled: failed planned > cancelled (nobody)",
        "reopened: cancelled done failed planned skipped > planned (nobody)",
        "rescheduled: failed planned skipped > planned (inspections.plan)",
        "reported: failed planned skipped > done (inspections.report)",
    ]

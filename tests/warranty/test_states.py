"""The moves of a ledger on its way in: from where, to where, and who may."""

from tests.tables import lines
from warranty.states import IMPORT


def test_moves_of_an_import():
    assert lines(IMPORT) == [
        "started: failed uploaded > queued (ledger.import)",
        "taken: queued running > running (nobody)",
        "failed: queued running > failed (nobody)",
        "finished: running > done (nobody)",
    ]

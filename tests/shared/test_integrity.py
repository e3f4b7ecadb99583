"""The reference ledger, imported and run for a day, breaks no rule."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.ledger.reader import read_ledger
from ops.integrity import findings
from warranty.ledger.load import load
from warranty.planning.run import run_day

LEDGER = Path(__file__).parents[3] / "shared" / "data" / "contract-ledger.xlsx"
ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 2, tzinfo=UTC)


@pytest.mark.skipif(not LEDGER.exists(), reason="the reference ledger is not beside the project")
@pytest.mark.django_db
def test_the_reference_ledger_breaks_no_rule():
    load(read_ledger(str(LEDGER), on=ON), by=None, at=AT, on=ON)
    run_day(on=ON, by=None, at=AT)
    assert list(findings(on=ON)) == []

"""The moves of a finding: from where, to where, and who may."""

from service.checks.states import FINDING
from tests.tables import lines


def test_moves_of_a_finding():
    assert lines(FINDING) == [
        "finding_closed: open > closed (inspections.report)",
        "finding_reopened: closed > open (inspections.report)",
    ]

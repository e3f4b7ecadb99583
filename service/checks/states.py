"""Which moves a finding of an inspection allows."""

from base.lib.states import Move, StateTable
from service.checks.enums import FindingStatus as S

FINDING = StateTable(
    [
        Move("finding_closed", frozenset({S.OPEN}), S.CLOSED, "inspections.report"),
        Move("finding_reopened", frozenset({S.CLOSED}), S.OPEN, "inspections.report"),
    ]
)

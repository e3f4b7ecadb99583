"""Which moves a contract allows (docs/rules.md 7.1)."""

from base.lib.states import Move, StateTable
from contracts.enums import ContractStatus as S

CONTRACT = StateTable(
    [
        Move("activated", frozenset({S.DRAFT}), S.ACTIVE, "contracts.edit"),
        Move("terminated", frozenset({S.ACTIVE}), S.TERMINATED, "contracts.terminate"),
        Move("reactivated", frozenset({S.TERMINATED}), S.ACTIVE, "contracts.reactivate"),
    ]
)

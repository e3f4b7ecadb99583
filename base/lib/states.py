"""Which moves a record's status allows, declared as a table."""

from collections.abc import Iterable
from dataclasses import dataclass

from base.lib.errors import Refused


@dataclass(frozen=True)
class Move:
    """One named way from any of `sources` to `target`; `action` is the right it takes (config/roles.py)."""

    name: str
    sources: frozenset[str]
    target: str
    action: str


class StateTable:
    """The moves of one kind of record. ValueError for two of the same name."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self.moves = tuple(moves)
        self._by_name = {move.name: move for move in self.moves}
        if len(self._by_name) < len(self.moves):
            raise ValueError("two moves have the same name")

    def move(self, name: str) -> Move:
        """The move of that name; KeyError when the table has none."""
        return self._by_name[name]

    def allowed(self, status: str) -> list[Move]:
        """The moves open from `status`, in the table's order."""
        return [move for move in self.moves if status in move.sources]

    def check(self, name: str, status: str, *, message: object = None) -> Move:
        """The move of that name, or Refused (code `wrong_state`) when it is not open from `status`.

        `message` is what to tell the person instead of the plain English default.
        """
        move = self.move(name)
        if status not in move.sources:
            raise Refused(message or f"{name} is not possible while {status}", code="wrong_state")
        return move

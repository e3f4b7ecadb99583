"""How a table of moves is compared with what a test says of it."""

from base.lib.states import StateTable


def lines(table: StateTable) -> list[str]:
    """One line a move, such as `sent: draft > sent (quotes.send)`; several states it starts from in alphabetical order."""
    return [
        f"{move.name}: {' '.join(sorted(move.sources))} > {move.target} ({move.action})" for move in table.moves
    ]  # fmt: skip

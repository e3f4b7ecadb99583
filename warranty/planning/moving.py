"""Moving planned actions through their states: the table says what may become what, for one row and for many."""

from typing import Any

from django.db.models import QuerySet

from warranty.models import PlannedAction
from warranty.states import PLAN


def move_actions(rows: QuerySet[PlannedAction], name: str, **values: Any) -> int:
    """Make the declared move with those of the rows that allow it, and write `values` with it. Returns how many.

    The update is conditional: a row that somebody settled meanwhile is not counted.
    """
    move = PLAN.move(name)
    return rows.filter(state__in=move.sources).update(state=move.target, **values)


def move_action(action: PlannedAction, name: str) -> None:
    """Make the declared move with a row in memory. Refused (`wrong_state`) where its state does not allow it."""
    action.state = PLAN.check(name, action.state).target

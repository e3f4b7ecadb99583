"""Holding back what would happen by itself, and letting it go again."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from base.accounts.access import require
from base.accounts.models import User
from base.chatter.operations import record
from base.lib.errors import Refused
from warranty.enums import ActionState
from warranty.models import PlannedAction
from warranty.planning.kinds import kind_of

OPEN: Final = frozenset({ActionState.PLANNED, ActionState.FAILED})


def is_holdable(kind: str) -> bool:
    """Whether a person may hold rows of this kind back."""
    declared = kind_of(kind)
    return declared is not None and declared.holdable


@transaction.atomic
def hold_action(*, action: PlannedAction, reason: str, by: User, at: datetime) -> None:
    """Keep a planned row from being carried out, with a reason that is shown on it."""
    require(by, "plan.hold")
    if not reason.strip():
        raise Refused(_("Say why it waits."), field="reason")
    if not is_holdable(action.kind):
        raise Refused(_("This comes by itself and cannot be held back."), code="kind")
    _set(action, on_hold=True, problem=reason.strip()[:300])
    record(action.contract, "plan_held", by=by, at=at, note=f"{_name(action)}: {reason.strip()}")


@transaction.atomic
def release_action(*, action: PlannedAction, by: User, at: datetime) -> None:
    """Let a held row go: the next run on or after its day carries it out."""
    require(by, "plan.hold")
    _set(action, on_hold=False, problem="")
    record(action.contract, "plan_released", by=by, at=at, note=_name(action))


def _set(action: PlannedAction, *, on_hold: bool, problem: str) -> None:
    """Conditionally: a run may settle the row in the same moment."""
    rows = PlannedAction.objects.filter(pk=action.pk, on_hold=not on_hold, state__in=OPEN)
    if not rows.update(on_hold=on_hold, problem=problem):
        raise Refused(_("This is settled meanwhile, or somebody did the same just now."), code="wrong_state")
    action.on_hold, action.problem = on_hold, problem


def _name(action: PlannedAction) -> str:
    return f"{action.get_kind_display()} {action.due_on}"

"""What the plan will do, in words a person uses."""

from collections.abc import Mapping
from typing import Final

from contracts.enums import Coverage
from warranty.enums import ActionState
from warranty.planning.kinds import Act, kind_of

STATE_COLOURS: Final[Mapping[str, str]] = {
    ActionState.PLANNED: "blue",
    ActionState.DONE: "green",
    ActionState.SKIPPED: "secondary",
    ActionState.CANCELLED: "secondary",
    ActionState.FAILED: "red",
}
COVERAGE_COLOURS: Final[Mapping[str, str]] = {
    Coverage.NONE: "secondary",
    Coverage.TRIAL: "orange",
    Coverage.FREE: "teal",
    Coverage.PAID: "blue",
    Coverage.GOODWILL: "purple",
    Coverage.GAP: "red",
    Coverage.LAPSED: "red",
}


def say(act: Act) -> str:
    """The row as a sentence in the reader's language; a kind that nobody declares is its code."""
    kind = kind_of(act.kind)
    return kind.sentence(act) if kind and kind.sentence else act.kind


def icon_of(kind: str) -> str:
    declared = kind_of(kind)
    return declared.icon if declared else "point"

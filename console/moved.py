"""What another calendar moved, line by line."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from service.models import ServiceRequest
from warranty.labels import say
from warranty.models import PlannedAction
from warranty.planning.kinds import Act


@dataclass(frozen=True)
class Moved:
    """One planned thing that has another day now."""

    contract: Any
    words: str
    before: date | None
    after: date | None

    def __str__(self) -> str:
        days = " → ".join(day.isoformat() if day else "–" for day in (self.before, self.after))
        return f"{self.contract}: {self.words}, {days}"


def moved_line(moved: Any) -> Moved:
    """Of what a floor answered to the change: a row of the plan, or a deadline of a request."""
    row, before, *rest = moved
    if isinstance(row, ServiceRequest):
        [after] = rest
        return Moved(
            row.contract,
            f"{row} {row.title}",
            before and timezone.localdate(before),
            after and timezone.localdate(after),
        )
    assert isinstance(row, PlannedAction)
    return Moved(row.contract, say(Act(row.kind, row.step, row.contract)), before, row.due_on)

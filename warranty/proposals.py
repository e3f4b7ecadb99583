"""What a report is filled in with before a person changes it; the floor above knows more than the day."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from warranty.enums import InspectionResult
from warranty.models import Inspection

_proposers: list[Callable[[Inspection], Mapping[str, Any]]] = []


def register_proposer(proposer: Callable[[Inspection], Mapping[str, Any]]) -> None:
    """Add `proposer(inspection)`: the values of the report's form that it knows better, by name."""
    _proposers.append(proposer)


def proposal_for(inspection: Inspection, on: date) -> Mapping[str, Any]:
    """Held today, and normal, unless somebody knows better."""
    found: dict[str, Any] = {"visited_on": on, "result": InspectionResult.NORMAL}
    for proposer in _proposers:
        found |= proposer(inspection)
    return found

"""Terms, plan and windows of a contract in lines a person can read, and a visit that was held."""

from contracts.models import Contract
from tests.chain import AT, ON, day
from warranty.enums import InspectionResult
from warranty.inspections import report_inspection
from warranty.models import Inspection


def terms(contract: Contract) -> list[str]:
    found = contract.terms.order_by("first_day")
    return [f"{t.kind} {t.first_day}…{t.last_day}{'*' if t.hand_set_reason else ''}" for t in found]


def plan(contract: Contract, *kinds: str, state: str = "planned") -> list[str]:
    rows = contract.plan.filter(kind__in=kinds, state=state).order_by("due_on", "step")
    return [f"{each.kind} {each.step} {each.due_on}".replace("  ", " ") for each in rows]


def windows(contract: Contract) -> list[str]:
    found = Inspection.objects.filter(action__contract=contract).order_by("window_first", "action__step")
    return [f"{i.action.step}: {i.window_first}…{i.window_last}{' reported' if i.reported_at else ''}" for i in found]


def hold_visit(contract: Contract, step: str, visited_on: str, engineer) -> Inspection:
    inspection = Inspection.objects.get(action__contract=contract, action__step=step, reported_at=None)
    report_inspection(
        inspection=inspection, visited_on=day(visited_on), result=InspectionResult.NORMAL, findings="", by=engineer, at=AT, on=ON,
    )  # fmt: skip
    return inspection

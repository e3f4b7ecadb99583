"""Questions about check lists, what was found during an inspection, and what is left of earlier ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from base.lib.dates import format_day
from contracts.models import Contract
from contracts.queries import reader_of
from service.checks.enums import Area, CheckState, FindingStatus, Grade
from service.models import CheckList, CheckResult, Finding
from warranty.enums import InspectionResult
from warranty.models import Inspection


def lists_for(contract: Contract) -> QuerySet[CheckList]:
    """The lists a contract's inspections are held by: its own, else the default ones."""
    own = CheckList.objects.filter(contracts__contract=contract)
    return own if own.exists() else CheckList.objects.filter(is_default=True)


@dataclass(frozen=True)
class Progress:
    """How far an inspection is: of `all` items `done` were looked at, and `abnormal` of them were not as they should be."""

    done: int
    all: int
    abnormal: int = 0

    @property
    def is_complete(self) -> bool:
        return self.done == self.all

    @property
    def is_begun(self) -> bool:
        return self.all > 0


def progress_of(checks: Iterable[CheckResult]) -> Progress:
    states = [check.state for check in checks]
    return Progress(sum(1 for each in states if each), len(states), states.count(CheckState.ABNORMAL))


def counted_progress(inspection: Inspection) -> Progress:
    """The same asked of the database, where the items themselves are not needed."""
    found = inspection.checks.aggregate(
        done=Count("pk", filter=~Q(state="")),
        all=Count("pk"),
        abnormal=Count("pk", filter=Q(state=CheckState.ABNORMAL)),
    )
    return Progress(**found)


def unjudged(inspection: Inspection) -> Mapping[Area, int]:
    """How many items of each kind of system nobody judged yet, in the areas' own order."""
    rows = inspection.checks.filter(state="").order_by().values_list("area").annotate(Count("pk"))
    found: dict[str, int] = dict(rows)
    return {area: found[area] for area in Area if area in found}


def by_area(checks: Iterable[CheckResult]) -> dict[Area, list[CheckResult]]:
    """The items of an inspection by kind of system, in the areas' own order."""
    found: dict[Area, list[CheckResult]] = {}
    for check in checks:
        found.setdefault(Area(check.area), []).append(check)
    return {area: found[area] for area in Area if area in found}


def values_before(inspection: Inspection) -> Mapping[tuple[str, str], str]:
    """What the contract's inspection before this one measured, by kind of system and item."""
    earlier = Inspection.objects.filter(action__contract=inspection.action.contract_id, reported_at__isnull=False)
    last = earlier.exclude(pk=inspection.pk).order_by("-visited_on", "-pk").first()
    if last is None:
        return {}
    rows = last.checks.exclude(value="")
    return {
        (area, text): f"{value} {unit}".strip()
        for area, text, value, unit in rows.values_list("area", "text", "value", "unit")
    }


def to_review(inspection: Inspection) -> QuerySet[Finding]:
    """What earlier inspections of the contract found: as far as it is open, and what this inspection looked at again."""
    earlier = Finding.objects.filter(
        inspection__action__contract=inspection.action.contract_id, inspection__reported_at__isnull=False
    ).exclude(inspection=inspection)
    if inspection.reported_at is not None:
        return earlier.filter(reviews__inspection=inspection)
    left = Q(status=FindingStatus.OPEN) | Q(pk__in=inspection.reviews.values("finding"))
    return earlier.filter(left)


def proposal(inspection: Inspection) -> Mapping[str, Any]:
    """What the report of an inspection is filled in with, as its checks and findings tell, in the customer's language."""
    findings = list(inspection.problems.all())
    progress = counted_progress(inspection)
    if not progress.is_begun and not findings:
        return {}
    with translation.override(reader_of(inspection.action.contract).language):
        return {"result": result_of(findings, progress), "findings": composed(findings)}


def result_of(findings: Iterable[Finding], progress: Progress) -> InspectionResult:
    """Abnormal with a serious finding, mostly normal with any other or an abnormal item, else normal."""
    grades = [finding.grade for finding in findings]
    if Grade.SERIOUS in grades:
        return InspectionResult.ABNORMAL
    return InspectionResult.MOSTLY_NORMAL if grades or progress.abnormal else InspectionResult.NORMAL


def composed(findings: Iterable[Finding]) -> str:
    """The findings as one text, in the language that is active."""
    language = translation.get_language() or "en"
    lines = []
    for each in findings:
        parts = [f"{each.number}. [{each.get_grade_display()}] {each.text}"]
        if each.advice:
            parts.append(_("Advice: %(advice)s") % {"advice": each.advice})
        if each.in_charge:
            parts.append(_("Responsible: %(who)s") % {"who": each.in_charge})
        if each.due_on:
            parts.append(_("Deadline: %(day)s") % {"day": format_day(each.due_on, language)})
        lines.append("\n   ".join(parts))
    return "\n".join(lines)

"""What the screens of an inspection's checks show: areas with their items, findings, earlier findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from base.ui.look import Look
from service.checks.entry import Entry
from service.checks.enums import AREA_ICONS, Area, CheckState, Grade, Outcome
from service.checks.findings import photos_of
from service.checks.queries import Progress, by_area, lists_for, progress_of, to_review, values_before
from service.models import CheckResult, Finding, FindingReview
from service.pages.findings import GRADE_COLOURS
from warranty.models import Inspection


@dataclass(frozen=True)
class ItemLine:
    """One item as it stands in its inputs; `clash` is what somebody else stored meanwhile."""

    check: CheckResult
    state: str
    value: str
    note: str
    version: int
    text: str
    method: str
    findings: list[Finding]
    #: What the last visit measured.
    last: str = ""
    clash: CheckResult | None = None


@dataclass(frozen=True)
class AreaBlock:
    area: Area
    icon: str
    lines: list[ItemLine]
    progress: Progress
    is_open: bool
    #: The last save of any of its items.
    saved_at: datetime | None


@dataclass(frozen=True)
class ReviewLine:
    """An earlier finding, with what this inspection says of it."""

    finding: Finding
    review: FindingReview | None

    @property
    def outcome(self) -> str:
        return self.review.outcome if self.review else ""


def entry_context(
    inspection: Inspection,
    look: Look,
    *,
    opened: str = "",
    typed: Mapping[int, Entry] | None = None,
    missed: Mapping[int, CheckResult] | None = None,
) -> dict[str, Any]:
    """All that the entry page shows; what was typed and not stored stands in its inputs again."""
    found = list(inspection.checks.all())
    problems = list(inspection.problems.select_related("responsible", "request"))
    blocks = _blocks(found, problems, opened, typed or {}, missed or {}, values_before(inspection))
    context = {
        "inspection": inspection,
        "contract": inspection.action.contract,
        "look": look,
        "areas": blocks,
        "progress": progress_of(found),
        "states": CheckState.choices,
        "outcomes": Outcome.choices,
        "reviews": review_lines(inspection),
        **problems_context(inspection, look, problems),
    }
    if not found:
        context["lists"] = list(lists_for(inspection.action.contract).prefetch_related("items"))
    return context


def _blocks(
    found: list[CheckResult],
    problems: list[Finding],
    opened: str,
    typed: Mapping[int, Entry],
    missed: Mapping[int, CheckResult],
    before: Mapping[tuple[str, str], str],
) -> list[AreaBlock]:
    grouped = by_area(found)
    progress = {area: progress_of(checks) for area, checks in grouped.items()}
    first = next((area for area, each in progress.items() if not each.is_complete), None)
    wanted = Area(opened) if opened in Area.values else first
    return [
        AreaBlock(
            area,
            AREA_ICONS[area],
            [
                _line(
                    check, problems, typed.get(check.pk), missed.get(check.pk), before.get((check.area, check.text), "")
                )
                for check in checks
            ],
            progress[area],
            area == wanted,
            max((check.at for check in checks if check.at), default=None),
        )
        for area, checks in grouped.items()
    ]


def _line(
    check: CheckResult, problems: list[Finding], typed: Entry | None, clash: CheckResult | None, last: str
) -> ItemLine:
    """An item that clashes shows what was typed, on the version it was typed on; any other what is stored."""
    language = translation.get_language() or "en"
    own = [each for each in problems if each.check_result_id == check.pk]
    words = (check.text_in(language), check.method_in(language), own, last)
    if typed is not None and clash is not None:
        return ItemLine(check, typed.state, typed.value, typed.note, typed.seen, *words, clash)
    return ItemLine(check, check.state, check.value, check.note, check.version, *words)


def area_of(context: Mapping[str, Any], area: str) -> AreaBlock | None:
    return next((each for each in context["areas"] if each.area == area), None)


def review_lines(inspection: Inspection) -> list[ReviewLine]:
    seen = {each.finding_id: each for each in inspection.reviews.all()}
    rows = to_review(inspection).select_related("inspection", "responsible", "request").distinct()
    return [ReviewLine(each, seen.get(each.pk)) for each in rows]


def problems_context(inspection: Inspection, look: Look, problems: list[Finding] | None = None) -> dict[str, Any]:
    if problems is None:
        problems = list(inspection.problems.select_related("responsible", "request"))
    photos = photos_of(problems)
    return {
        "problems": [(each, photos.get(each.pk, [])) for each in problems],
        "grades": GRADE_COLOURS,
        "serious": sum(1 for each in problems if each.grade == Grade.SERIOUS),
        "may_write": look.may("inspections.report"),
    }

"""Filling in an inspection's checks, made for a phone in a machine room: each area saves by itself."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from base.accounts.access import action
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.record import record_or_404
from service.checks import entry as checks
from service.checks import findings
from service.checks.enums import Area, Outcome
from service.checks.queries import by_area
from service.models import CheckResult, Finding
from service.pages.check_lines import area_of, entry_context, problems_context, review_lines
from warranty.enums import ActionState
from warranty.models import Inspection
from warranty.pages.inspections import InspectionPage

#: What a person typed was kept aside because somebody else was faster.
CLASH_STATUS = 409


def inspection_or_404(look: Look, pk: int) -> Inspection:
    found: Inspection = record_or_404(InspectionPage, look, pk)
    return found


def is_open(inspection: Inspection) -> bool:
    """Whether its checks and findings may still be written."""
    return inspection.reported_at is None and inspection.action.state != ActionState.CANCELLED


def entry_url(pk: int, area: str = "") -> str:
    address = reverse("inspection_checks", args=[pk])
    return f"{address}?open={area}#area-{area}" if area else address


@action("inspections.report")
@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """All areas with their items, the findings, and what earlier visits left to look at."""
    look = Look.of(request)
    inspection = inspection_or_404(look, pk)
    if not is_open(inspection):
        return HttpResponseRedirect(f"{InspectionPage.address('sheet', pk)}?tab=checks")
    context = entry_context(inspection, look, opened=request.GET.get("open", ""))
    return TemplateResponse(request, "service/checks/entry.html", context)


@action("inspections.report")
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    look = Look.of(request)
    checks.begin_entry(inspection=inspection_or_404(look, pk), by=look.user, at=look.now)
    return HttpResponseRedirect(entry_url(pk))


@action("inspections.report")
@require_POST
def save_area(request: HttpRequest, pk: int, area: str) -> HttpResponse:
    """Store an area. By htmx only what changed around the inputs comes back; without, the page again."""
    look = Look.of(request)
    inspection = inspection_or_404(look, pk)
    if area not in Area.values:
        raise Http404(area)
    typed = _typed(request.POST, inspection, area)
    missed = checks.fill_in_item(
        inspection=inspection,
        area=Area(area),
        entries=typed,
        rest=request.POST.get("rest") == "normal",
        by=look.user,
        at=look.now,
    )
    if not request.htmx:  # type: ignore[attr-defined]
        if missed:
            context = entry_context(inspection, look, opened=area, typed=typed, missed=missed)
            return TemplateResponse(request, "service/checks/entry.html", context, status=CLASH_STATUS)
        messages.success(request, _("%(what)s is stored.") % {"what": Area(area).label})
        return HttpResponseRedirect(entry_url(pk, area))
    context = entry_context(inspection, look, opened=area, typed=typed, missed=missed)
    whole_area = bool(request.POST.get("rest") or request.POST.get("theirs") or _judged_otherwise(context, typed))
    context |= {"area": area_of(context, area), "saved_at": look.now, "whole": whole_area}
    response = TemplateResponse(request, "service/checks/saved.html", context, status=CLASH_STATUS if missed else 200)
    if whole_area:
        response["HX-Retarget"], response["HX-Reswap"] = f"#area-{area}", "outerHTML"
    return response


def _judged_otherwise(context: Mapping[str, Any], typed: Mapping[int, checks.Entry]) -> bool:
    """Whether a value within or beyond its limits judged an item otherwise than the buttons on the screen say."""
    lines = [line for block in context["areas"] for line in block.lines if line.check.pk in typed]
    return any(line.clash is None and line.state != typed[line.check.pk].state for line in lines)


def _typed(data: QueryDict, inspection: Inspection, area: str) -> dict[int, checks.Entry]:
    """What stands in the inputs of an area. `theirs` names an item left as it is stored, `mine` one to be overwritten
    though somebody else saved it: with the version whose content the person has read."""
    theirs = whole(data.get("theirs"))
    mine, _sep, read = data.get("mine", "").partition(":")
    found = {}
    for key in CheckResult.objects.filter(inspection=inspection, area=area).values_list("pk", flat=True):
        seen = whole(data.get(f"version-{key}"))
        if seen is None or key == theirs:
            continue
        if key == whole(mine):
            seen = whole(read) or 0
        found[key] = checks.Entry(
            data.get(f"state-{key}", ""), data.get(f"value-{key}", ""), data.get(f"note-{key}", ""), seen
        )
    return found


@action("inspections.report")
@require_POST
def save_review(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    """What became of an earlier finding."""
    look = Look.of(request)
    inspection = inspection_or_404(look, pk)
    earlier = Finding.objects.visible_to(look.user).filter(pk=finding).first()
    if earlier is None:
        raise Http404(finding)
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponse(status=204)
        messages.error(request, _("Choose what became of it."))
        return HttpResponseRedirect(f"{entry_url(pk)}#reviews")
    findings.review_finding(
        finding=earlier,
        inspection=inspection,
        outcome=Outcome(outcome),
        note=request.POST.get("note", "")[:300],
        by=look.user,
        at=look.now,
        seen=whole(request.POST.get("version")),
    )
    if not request.htmx:  # type: ignore[attr-defined]
        return HttpResponseRedirect(f"{entry_url(pk)}#reviews")
    line = next(each for each in review_lines(inspection) if each.finding.pk == earlier.pk)
    context = {"line": line, "inspection": inspection, "look": look, "saved_at": look.now}
    return TemplateResponse(request, "service/checks/review_saved.html", context)


def results_tab(inspection: Inspection, look: Look) -> dict[str, Any]:
    """What was found, to be read: by area, with findings and what earlier visits left."""
    found = list(inspection.checks.select_related("by"))
    return {
        "areas": [(area, results) for area, results in by_area(found).items()],
        "reviews": review_lines(inspection),
        "entry_url": entry_url(inspection.pk) if is_open(inspection) and look.may("inspections.report") else "",
        "pdf_url": reverse("inspection_report", args=[inspection.pk]),
        **problems_context(inspection, look),
    }

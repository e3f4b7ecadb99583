"""A finding written down where it was found: in the dialogue over the checks, or on a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from base.accounts.access import action
from base.lib.errors import NotAllowed, Refused
from base.ui.forms import refuse
from base.ui.inputs import whole
from base.ui.look import Look
from base.ui.once import once
from base.ui.views.edit import FORM_STATUS
from contracts.queries import reader_of
from service.checks import findings
from service.checks.enums import Grade
from service.forms.checks import FindingForm
from service.models import CheckResult, Finding
from service.pages.check_lines import entry_context
from service.pages.checks import entry_url, inspection_or_404, is_open
from warranty.models import Inspection

_FIELDS = ("grade", "text", "advice", "responsible", "responsible_name", "due_on")


@action("inspections.report")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def edit(request: HttpRequest, pk: int, finding: int | None = None) -> HttpResponse:
    """A new finding (`?check=` names the item it is about), or one of this inspection to be changed."""
    look = Look.of(request)
    inspection = inspection_or_404(look, pk)
    known = _finding(inspection, finding)
    if not is_open(inspection):
        raise Refused(_("This inspection is reported: its checks and findings stay as they were."), code="reported")
    check = _check(inspection, known, request.GET.get("check"))
    posted = request.method == "POST" and "asked" in request.POST
    language = reader_of(inspection.action.contract).language
    form = FindingForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        initial=_initial(known, check, language),
        photos=findings.photos_of([known]).get(known.pk, []) if known else [],
        record=inspection,
        look=look,
    )
    if posted and form.is_valid() and _stored(request, inspection, known, check, form, look):
        return _done(request, inspection, look)
    context = {
        "form": form, "finding": known, "check": check, "inspection": inspection, "look": look,
        "action_url": request.get_full_path(), "back": f"{entry_url(pk)}#problems",
    }  # fmt: skip
    template = "service/checks/finding.html" + ("#dialog" if request.htmx else "")  # type: ignore[attr-defined]
    return TemplateResponse(request, template, context, status=FORM_STATUS if form.errors else 200)


def _finding(inspection: Inspection, pk: int | None) -> Finding | None:
    if pk is None:
        return None
    known: Finding | None = Finding.objects.filter(inspection=inspection, pk=pk).first()
    if known is None:
        raise Http404(pk)
    return known


def _check(inspection: Inspection, known: Finding | None, asked: str | None) -> CheckResult | None:
    pk = known.check_result_id if known else whole(asked)
    return CheckResult.objects.filter(inspection=inspection, pk=pk).first() if pk else None


def _initial(known: Finding | None, check: CheckResult | None, language: str) -> dict[str, Any]:
    """What is known already: the finding itself, or the item with its value and note, in the customer's language."""
    if known:
        return {name: getattr(known, name) for name in _FIELDS} | {"responsible": known.responsible_id}
    if check is None:
        return {"grade": Grade.GENERAL}
    measured = f"{check.value} {check.unit}".strip() if check.value else ""
    chinese, method = language.startswith("zh"), check.method_in(language)
    colon, stop, bracket = ("：", "。", "（{}）") if chinese else (": ", ". ", " ({})")
    normal = bracket.format(method) if method and measured else ""
    text = stop.join(filter(None, [colon.join(filter(None, [check.text_in(language), measured + normal])), check.note]))
    return {"grade": Grade.GENERAL, "text": text}


def _stored(
    request: HttpRequest,
    inspection: Inspection,
    known: Finding | None,
    check: CheckResult | None,
    form: FindingForm,
    look: Look,
) -> bool:
    values = {name: form.cleaned_data[name] for name in _FIELDS} | {"check_result": check}
    seen = whole(request.POST.get("version")) if known else None
    pictures = {"photos": form.cleaned_data["photos"], "gone": list(form.cleaned_data.get("gone", ()))}
    try:
        findings.write_finding(
            inspection=inspection, values=values, finding=known, **pictures, by=look.user, at=look.now, seen=seen
        )
    except NotAllowed:
        raise
    except Refused as refusal:
        refuse(form, refusal)
        return False
    return True


def _done(request: HttpRequest, inspection: Inspection, look: Look) -> HttpResponse:
    """Back to the checks; over them, only the findings are shown anew, and what is being typed stays."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, _("The finding is written down."))
        return HttpResponseRedirect(f"{entry_url(inspection.pk)}#problems")
    context = entry_context(inspection, look) | {"swapped": True}
    response = TemplateResponse(request, "service/checks/problems_saved.html", context)
    response["HX-Retarget"], response["HX-Reswap"] = "#problems", "outerHTML"
    return response


@action("inspections.report")
@require_POST
def take_back(request: HttpRequest, pk: int, finding: int) -> HttpResponse:
    look = Look.of(request)
    inspection = inspection_or_404(look, pk)
    known = _finding(inspection, finding)
    assert known is not None
    findings.take_back_finding(finding=known, by=look.user, at=look.now)
    return _done(request, inspection, look)
